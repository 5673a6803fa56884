"""Kernels that NumPy runs faster than the generic ones, by family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.backends.numpy_kernels import basic, convolution, indexing

KERNELS: dict[str, Callable[..., Any]] = {**basic.KERNELS, **convolution.KERNELS, **indexing.KERNELS}
