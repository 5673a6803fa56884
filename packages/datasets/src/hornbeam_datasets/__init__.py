"""Data loaders for Hornbeam."""

__version__ = "0.1.0"
