"""Applications and the hornbeam command."""

__version__ = "0.1.0"
