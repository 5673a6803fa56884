"""Kernels compiled by NVRTC, which needs no GPU, and kept on disk."""

from hornbeam_cuda.compiler.nvrtc import compile_kernels

__all__ = ["compile_kernels"]
