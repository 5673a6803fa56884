"""Every kernel of the models by which speed is measured compiles for the GPUs that the engine is made for; no GPU is needed."""

from __future__ import annotations

import importlib.util

import pytest
from hornbeam_cuda.compiler import compile_kernels
from hornbeam_cuda.library import Recurrent

from tests.cuda.models import WORKLOADS, plan

WHEEL = importlib.util.find_spec("nvidia") is not None and importlib.util.find_spec("nvidia.cu13") is not None
pytestmark = pytest.mark.skipif(not WHEEL, reason="NVRTC is in the wheel nvidia-cuda-nvrtc, which is not installed")


@pytest.mark.parametrize("architecture", ["sm_80", "sm_90", "sm_100"])
def test_kernels_compile(architecture: str) -> None:
    plans = [plan(name) for name in WORKLOADS] + [plan(name, (Recurrent,)) for name in ("imdb", "characters")]
    kernels = list(dict.fromkeys(kernel for made in plans for kernel in made.kernels))
    assert len(kernels) > 100
    assert all(code[:4] == b"\x7fELF" for code in compile_kernels(kernels, architecture))
