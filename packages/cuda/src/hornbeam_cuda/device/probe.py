"""Whether there is a GPU to use, found out without importing CuPy: what `hornbeam doctor` says."""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Callable
from functools import cache
from typing import Any

__all__ = ["LEAST_CAPABILITY", "LEAST_DRIVER", "Finding", "examine", "missing", "why_not"]

LEAST_CAPABILITY = (8, 0)
"""The oldest compute capability that kernels are compiled for: Ampere."""

LEAST_DRIVER = 12000
"""The oldest CUDA version of a driver that the wheels of CuPy 14 run on."""

_CAPABILITY_MAJOR, _CAPABILITY_MINOR = 75, 76  # CUdevice_attribute
_NO_DEVICE = 100  # CUDA_ERROR_NO_DEVICE


class Finding:
    """What the driver says of this machine.

    Attributes:
        driver: the CUDA version that it supports, such as 13000; 0 where there is none.
        capabilities: of each GPU, in the driver's order: (9, 0).
        problem: why there is nothing to use, or None.
    """

    def __init__(self, driver: int = 0, capabilities: tuple[tuple[int, int], ...] = (), problem: str | None = None):
        self.driver = driver
        self.capabilities = capabilities
        self.problem = problem


def why_not() -> str | None:
    """None if a GPU can be used here, else what is missing and what to do."""
    if importlib.util.find_spec("cupy") is None:
        return f"CuPy is not installed: pip install 'hornbeam-cuda[{_extra(_finding().driver)}]'"
    finding = _finding()
    if (
        finding.problem is None
        and finding.driver < 13000
        and _installed("cupy-cuda13x")
        and not _installed("cupy-cuda12x")
    ):
        return (
            f"cupy-cuda13x needs a driver for CUDA 13; this one supports {_version(finding.driver)}. "
            "Run: pip uninstall cupy-cuda13x; pip install 'hornbeam-cuda[cuda12]'; or install a newer driver"
        )
    return finding.problem


def _installed(distribution: str) -> bool:
    from importlib.metadata import PackageNotFoundError, version

    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


def missing() -> list[str]:
    """A line for each library that the backend would use and that is in no wheel here."""
    from hornbeam_cuda.device.libraries import find

    lines = []
    if importlib.util.find_spec("cudnn") is None:
        lines.append(
            "without nvidia-cudnn-frontend convolutions and attention are put together from products: "
            "pip install 'nvidia-cudnn-frontend>=1.18,<1.25'"
        )
    for name, wheel in (("cudnn", "nvidia-cudnn-cu13"), ("cublasLt", "nvidia-cublas"), ("nvrtc", "nvidia-cuda-nvrtc")):
        if find(name) is None:
            lines.append(f"lib{name} is in no wheel; the system's is used if there is one: pip install {wheel}")
    return lines


def _extra(driver: int) -> str:
    return "cuda12" if 0 < driver < 13000 else "cuda13"


@cache
def _finding() -> Finding:
    return examine(ctypes.CDLL)


def examine(loader: Callable[[str], Any]) -> Finding:
    """Ask the driver; no context is made, so this takes no memory of a GPU.

    Args:
        loader: gives the driver's library by its name, as ctypes.CDLL does.
    """
    try:
        cuda = loader("libcuda.so.1")
    except OSError:
        return Finding(problem="there is no NVIDIA driver (libcuda.so.1 is not found): install it, or run elsewhere")
    status = cuda.cuInit(0)
    if status == _NO_DEVICE:
        return Finding(problem="the NVIDIA driver finds no GPU; is CUDA_VISIBLE_DEVICES empty?")
    if status:
        return Finding(problem=f"the NVIDIA driver does not start (cuInit: error {status}); does nvidia-smi work?")
    driver = _number(cuda.cuDriverGetVersion)
    count = _number(cuda.cuDeviceGetCount)
    if not count:
        return Finding(driver, problem="the NVIDIA driver finds no GPU; is CUDA_VISIBLE_DEVICES empty?")
    if driver < LEAST_DRIVER:
        return Finding(
            driver,
            problem=f"the NVIDIA driver supports CUDA {_version(driver)}; {_version(LEAST_DRIVER)} is needed: "
            "install a newer driver",
        )
    attribute = cuda.cuDeviceGetAttribute
    found = tuple(
        (_number(attribute, _CAPABILITY_MAJOR, number), _number(attribute, _CAPABILITY_MINOR, number))
        for number in range(count)
    )
    if max(found) < LEAST_CAPABILITY:
        best = ".".join(map(str, max(found)))
        return Finding(driver, found, f"the GPU is too old: compute capability {best}; 8.0 (Ampere) or newer is needed")
    return Finding(driver, found)


def _number(ask: Callable[..., int], *of: int) -> int:
    value = ctypes.c_int()
    return value.value if ask(ctypes.byref(value), *of) == 0 else 0


def _version(number: int) -> str:
    return f"{number // 1000}.{number % 1000 // 10}"
