"""NVRTC by ctypes: machine code without a GPU, the log of what is refused, and code that is kept."""

from __future__ import annotations

import importlib.util

import pytest
from hornbeam import kernel_cache
from hornbeam.errors import BackendError
from hornbeam_cuda.compiler import compile_kernels, nvrtc
from hornbeam_cuda.source.described import Loops, Operation, Strided
from hornbeam_cuda.source.kernel import At
from hornbeam_cuda.source.regions import region

WHEEL = importlib.util.find_spec("nvidia") is not None and importlib.util.find_spec("nvidia.cu13") is not None
pytestmark = pytest.mark.skipif(not WHEEL, reason="NVRTC is in the wheel nvidia-cuda-nvrtc, which is not installed")


def some_kernel():
    array = Strided("bfloat16", (1,))
    nest = Loops((100,), (0, 0, 1), (array, array), (), (Operation("add", (0, 1), "bfloat16"),), ((array, 2),))
    return region(nest, [At("x"), At("y")], [At("z")], lambda size: At("t"))[0].kernel


@pytest.mark.parametrize("architecture", ["sm_80", "sm_90", "sm_100"])
def test_machine_code_of_each_architecture(architecture, tmp_path, monkeypatch):
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path))
    (code,) = compile_kernels([some_kernel()], architecture)
    assert code[:4] == b"\x7fELF"
    assert some_kernel().name.encode() in code


def test_code_is_kept_for_each_architecture(tmp_path, monkeypatch):
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path))
    calls = []
    original = nvrtc.compile_text
    monkeypatch.setattr(nvrtc, "compile_text", lambda *given: calls.append(given[1]) or original(*given))
    first = compile_kernels([some_kernel(), some_kernel()], "sm_90")
    assert compile_kernels([some_kernel()], "sm_90") == first[:1]
    assert set(calls) == {"sm_90"}
    compile_kernels([some_kernel()], "sm_80")
    assert calls[-1] == "sm_80"
    monkeypatch.setattr(kernel_cache, "read", lambda key: b"stored")
    assert compile_kernels([some_kernel()], "sm_90") == [b"stored"]


def test_what_is_refused_is_told_with_the_log():
    with pytest.raises(BackendError, match=r"(?s)bad for sm_90.*bad\.cu\(1\): error: .*nothing"):
        nvrtc.compile_text('extern "C" __global__ void f() { nothing(); }', "sm_90", "bad")
    with pytest.raises(BackendError, match="architecture"):
        nvrtc.compile_text("", "sm_1", "old")
