"""Hornbeam's GPU engine; `hornbeam_cuda._manifest` announces it."""

__version__ = "0.1.0"
