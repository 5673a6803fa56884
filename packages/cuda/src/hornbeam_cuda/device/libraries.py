"""NVIDIA's shared libraries: where they are, and how they are loaded."""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hornbeam.errors import BackendError

__all__ = ["Functions", "MissingLibraryError", "find", "folders", "load"]

SONAMES = {
    "cublasLt": ("libcublasLt.so.13", "libcublasLt.so.12"),
    "cudnn": ("libcudnn.so.9",),
    "nvrtc": ("libnvrtc.so.13", "libnvrtc.so.12"),
}
WHEELS = {
    "cublasLt": "nvidia-cublas (CUDA 13) or nvidia-cublas-cu12",
    "cudnn": "nvidia-cudnn-cu13 or nvidia-cudnn-cu12",
    "nvrtc": "nvidia-cuda-nvrtc (CUDA 13) or nvidia-cuda-nvrtc-cu12",
}


class MissingLibraryError(BackendError, ImportError):
    """A shared library of NVIDIA's is not there, or does not load."""


class Functions:
    """Functions of a library that answer with a status, 0 for success.

    Args:
        library: the loaded library; functions are found in it by name.
        prefix: what all names begin with, such as "cublasLt".
        signatures: for each function, without the prefix, the types of its arguments.
        text: what a status stands for.
    """

    def __init__(
        self, library: Any, prefix: str, signatures: Mapping[str, tuple[Any, ...]], text: Callable[[int], str]
    ) -> None:
        self._prefix, self._text, self._functions = prefix, text, {}
        for name, arguments in signatures.items():
            function = getattr(library, f"{prefix}{name}")
            function.argtypes, function.restype = arguments, ctypes.c_int
            self._functions[name] = function

    def call(self, name: str, *arguments: Any, allowed: int = 0) -> int:
        """Call a function, and return its status.

        Args:
            name: without the prefix.
            *arguments: as its signature says.
            allowed: a status that is no error, besides 0.

        Raises:
            BackendError: it has another status.
        """
        status: int = self._functions[name](*arguments)
        if status not in (0, allowed):
            raise BackendError(f"{self._prefix}{name}: {self._text(status)} (status {status})")
        return status


def folders() -> list[Path]:
    """Where NVIDIA's wheels put their libraries, in the order of the import path."""
    spec = importlib.util.find_spec("nvidia")
    roots = list(spec.submodule_search_locations or ()) if spec else []
    return [lib for root in roots for lib in sorted(Path(root).glob("*/lib"))]


def find(name: str) -> Path | None:
    """The file of a library in a wheel; None if the system's loader has to find it.

    Args:
        name: "cublasLt", "cudnn" or "nvrtc".
    """
    for folder in folders():
        for soname in SONAMES[name]:
            if (folder / soname).is_file():
                return folder / soname
    return None


@cache
def load(name: str) -> ctypes.CDLL:
    """The library, loaded once in a process: the one of a wheel, else the system's.

    Args:
        name: "cublasLt", "cudnn" or "nvrtc".

    Raises:
        MissingLibraryError: there is none; the message says which wheel has it.
    """
    if not sys.platform.startswith("linux"):
        raise MissingLibraryError(f"{name}: NVIDIA's libraries are loaded on Linux alone; this is {sys.platform}")
    found = find(name)
    failures = []
    for path in [str(found)] if found else SONAMES[name]:
        try:
            return ctypes.CDLL(path)
        except OSError as error:
            failures.append(str(error))
    raise MissingLibraryError(
        f"{SONAMES[name][0]} cannot be loaded ({'; '.join(failures)}). Run: pip install {WHEELS[name]}, "
        "or: pip install 'hornbeam-cuda[cuda13]'"
    )
