"""Every template is CUDA C to NVIDIA's compiler, too: those that few models use, and every element-wise primitive."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

import pytest
from hornbeam.primitive import primitives
from hornbeam_cuda.compiler.nvrtc import compile_text
from hornbeam_cuda.library import Convolution, Product
from hornbeam_cuda.source import blocks, many, ordering, rows, windows
from hornbeam_cuda.source.convolutions import convolution
from hornbeam_cuda.source.described import Loops, Operation, Strided
from hornbeam_cuda.source.expressions import supported
from hornbeam_cuda.source.kernel import At, Call, Kernel
from hornbeam_cuda.source.moments import moments
from hornbeam_cuda.source.prelude import PRELUDE
from hornbeam_cuda.source.products import product
from hornbeam_cuda.source.regions import region
from hornbeam_cuda.source.special import ORDERED

WHEEL = importlib.util.find_spec("nvidia") is not None and importlib.util.find_spec("nvidia.cu13") is not None
pytestmark = pytest.mark.skipif(not WHEEL, reason="NVRTC is in the wheel nvidia-cuda-nvrtc, which is not installed")

A, B, C, D = At("a"), At("b"), At("c"), At("d")
BOTH = ("int32", "bfloat16")


def compiled(kernels: Sequence[Kernel], architecture: str) -> bytes:
    """Kernels in one unit, each in a namespace of its own: the compiler starts once."""
    parts = (f"namespace unit_{i} {{\n{k.body}\n}}" for i, k in enumerate(dict.fromkeys(kernels)))
    return compile_text("\n".join((PRELUDE, *parts)), architecture)


def templates() -> list[Call]:
    """A launch or more of each template that is written by hand."""
    found = rows.index_within(A, "int64", B, C, 5, 7)
    for dtype in BOTH:
        found += rows.gather(A, dtype, B, "int32", C, 5, 8)
        for mode in ("add", "set", "max"):
            found += rows.scatter(A, "int32", B, dtype, C, 5, 8, 9, mode, At)
            found += rows.scatter(A, "int32", B, dtype, C, 5000, 8, 90000, mode, At)
        for descending in (False, True):
            found += ordering.argsort(A, dtype, B, 3, 5000, 2, descending, At)
        found += ordering.searchsorted(A, B, dtype, C, 5, 7, True)
        for inner in (1, 3):
            found += ordering.extreme(A, dtype, B, 3, 5, inner, True)
            found += ordering.cumulative_sum(A, dtype, B, 3, 5, inner)
        how = windows.Windows((2, 5, 5, 8), (2, 3, 3, 8), (2, 2), (2, 2), (1, 1))
        for op in ("window_sum", "window_max", "window_gather", "window_spread", "window_scatter"):
            pair = (C, dtype) if op in ("window_gather", "window_scatter") else (None, "")
            found += windows.window(op, how, dtype, A, B, *pair)
        found += blocks.block_cut(A, dtype, B, "int32", C, (5, 8), (2, 8))
    for dtype in ("bool", "int64", "float64", "float16"):
        described = Product(dtype, dtype, (1, 5, 6, 7), (0, 7, 1), (0, 6, 1), (0, 6), "bias", True)
        found += product(described, [A, B, C, D, B], At)
    for direction in ("forward", "input", "kernel"):
        shapes = (2, 9, 8, 4), (6, 3, 3, 2), (2, 4, 3, 6)
        found += convolution(
            Convolution(direction, "float32", *shapes, (2, 2), (0, 0), (0, 0), (1, 1), 2), [A, B, C], At
        )
    dense = Strided("bfloat16", (1,))
    update = Loops((100,), (0, 0, 1), (dense, dense), (), (Operation("subtract", (0, 1), "bfloat16"),), ((dense, 2),))
    found += moments(A, "bfloat16", B, C, 500, 64, At, 132)
    return found + many.as_one(region(update, [A, B], [C], At) * 2)


@pytest.mark.parametrize("architecture", ["sm_80", "sm_90", "sm_100"])
def test_templates(architecture: str) -> None:
    assert compiled([call.kernel for call in templates()], architecture)[:4] == b"\x7fELF"


@pytest.mark.parametrize("dtype", ["bool", "int8", "int32", "uint64", "bfloat16", "float32", "float64"])
def test_primitives(dtype: str) -> None:
    """Each on one number, so that there is little to compile."""
    kernels = []
    for arity in (1, 2, 3):
        steps = []
        for name, p in primitives().items():
            takes = 3 if name in ("where", "clip") else len(p.input_names) if p.elementwise else 0
            name = f"{name}_2" if name in ORDERED else name
            if takes == arity and name != "cast" and supported(name, dtype):
                truth = name.startswith(("is", "logical", "less", "greater", "signbit")) or name.endswith("equal")
                operands = (3, 0, 1) if name == "where" else tuple(range(arity))
                steps.append(Operation(name, operands, "bool" if truth else dtype, "row"))
        reads = (*[Strided(dtype, ())] * arity, *([Strided("bool", ())] if arity == 3 else []))
        writes = tuple((Strided(s.dtype, ()), len(reads) + i) for i, s in enumerate(steps))
        nest = Loops((), (0, 0, 0), reads, (), tuple(steps), writes)
        kernels.append(region(nest, [A] * len(reads), [B] * len(writes), At)[0].kernel)
    assert compiled(kernels, "sm_90")[:4] == b"\x7fELF"
