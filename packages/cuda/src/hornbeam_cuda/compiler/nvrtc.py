"""NVIDIA's run-time compiler by ctypes: CUDA C to machine code for one architecture, no GPU and no driver needed.

Source: NVRTC's documentation, https://docs.nvidia.com/cuda/nvrtc/ ("User Interface").
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from hornbeam import kernel_cache
from hornbeam.errors import BackendError

from hornbeam_cuda.device.libraries import load
from hornbeam_cuda.source.kernel import Kernel

__all__ = ["OPTIONS", "compile_kernels", "compile_text", "version"]

# The arithmetic of IEEE: subnormal numbers, exact division and square roots are the default, contraction is switched off.
OPTIONS = ("--std=c++17", "--fmad=false")


@cache
def version() -> tuple[int, int]:
    """Of the compiler: major and minor."""
    major, minor = ctypes.c_int(), ctypes.c_int()
    _check(load("nvrtc").nvrtcVersion(ctypes.byref(major), ctypes.byref(minor)))
    return major.value, minor.value


def _check(status: int, log: str = "") -> None:
    if status:
        name = load("nvrtc").nvrtcGetErrorString
        name.restype = ctypes.c_char_p
        raise BackendError(f"NVRTC: {name(status).decode()}{': ' if log else ''}{log}")


def compile_text(text: str, architecture: str, name: str = "kernel") -> bytes:
    """The machine code (a cubin) of a translation unit.

    Args:
        text: CUDA C.
        architecture: such as "sm_90".
        name: what messages call it.

    Raises:
        BackendError: NVRTC refuses it; the message has its log.
    """
    nvrtc = load("nvrtc")
    program = ctypes.c_void_p()
    given = text.encode(), f"{name}.cu".encode()
    _check(nvrtc.nvrtcCreateProgram(ctypes.byref(program), *given, 0, None, None))
    try:
        options = [f"--gpu-architecture={architecture}".encode(), *(o.encode() for o in OPTIONS)]
        status = nvrtc.nvrtcCompileProgram(program, len(options), (ctypes.c_char_p * len(options))(*options))
        if status:
            log = _output(program, "ProgramLog").rstrip(b"\0").decode()
            _check(status, f"{name} for {architecture}\n{log}")
        return _output(program, "CUBIN")
    finally:
        nvrtc.nvrtcDestroyProgram(ctypes.byref(program))


def _output(program: ctypes.c_void_p, what: str) -> bytes:
    """What a program has come to."""
    nvrtc = load("nvrtc")
    size = ctypes.c_size_t()
    _check(getattr(nvrtc, f"nvrtcGet{what}Size")(program, ctypes.byref(size)))
    found = ctypes.create_string_buffer(size.value)
    _check(getattr(nvrtc, f"nvrtcGet{what}")(program, found))
    return found.raw


def compile_kernels(kernels: Sequence[Kernel], architecture: str) -> list[bytes]:
    """The machine code of each kernel, from the disk or compiled, by as many threads as there are processors.

    Args:
        kernels: what to compile.
        architecture: such as "sm_90".

    Raises:
        BackendError: NVRTC refuses one.
        MissingLibraryError: there is no NVRTC.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda kernel: _compiled(kernel, architecture), kernels))


def _compiled(kernel: Kernel, architecture: str) -> bytes:
    parts = (f"nvrtc {version()} {architecture} {OPTIONS}", kernel.source)
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    found = kernel_cache.read(key)
    if found is None:
        found = compile_text(kernel.source, architecture, kernel.name)
        kernel_cache.write(key, found)
    return found
