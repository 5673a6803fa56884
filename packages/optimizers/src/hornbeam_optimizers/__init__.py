"""Optimizers, schedules, losses and metrics for Hornbeam."""

__version__ = "0.1.0"
