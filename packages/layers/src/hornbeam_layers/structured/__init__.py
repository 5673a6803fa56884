"""Layers whose results hang together."""
