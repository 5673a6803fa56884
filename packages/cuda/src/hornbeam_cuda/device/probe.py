"""Whether a GPU can be used here, found out without importing CuPy."""

from __future__ import annotations

import ctypes
from importlib.util import find_spec

__all__ = ["why_not"]

INSTALL = 'pip install "hornbeam-cuda[cuda13]" (or [cuda12], by what the driver supports)'


def why_not() -> str | None:
    """None if there are CuPy, a driver and a GPU; else what is missing, and what to do."""
    if find_spec("cupy") is None:
        return f"CuPy is not installed: {INSTALL}"
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return "there is no NVIDIA driver (libcuda.so.1 cannot be loaded)"
    found = driver.cuInit(0)
    if found:
        return f"the NVIDIA driver does not start (cuInit answers {found}): is there a GPU, and is the driver its own?"
    count = ctypes.c_int()
    driver.cuDeviceGetCount(ctypes.byref(count))
    return None if count.value else "the NVIDIA driver sees no GPU (CUDA_VISIBLE_DEVICES may hide it)"
