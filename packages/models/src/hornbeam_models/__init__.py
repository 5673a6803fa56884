"""Sequential, Functional and subclassed models for Hornbeam: training, callbacks, files."""

__version__ = "0.1.0"
