"""The CPU engine: graphs compiled to native code."""

__version__ = "0.1.0"
