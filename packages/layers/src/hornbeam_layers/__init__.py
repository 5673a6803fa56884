"""Layers, activations, initializers, regularizers and constraints for Hornbeam."""

__version__ = "0.1.0"
