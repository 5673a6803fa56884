"""Metrics: streaming figures, kept in variables."""
