"""One primitive alone on the CPU engine: on operands that are views, on any number of threads, for less than this machine has."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest import mock

import llvmlite.binding as llvm
import numpy as np
from hornbeam.backends.base import make_backend
from hornbeam.dtypes import as_dtype
from hornbeam.graph.ir import Graph
from hornbeam.interpret import bind
from hornbeam.interpreters.capture import capture_specs
from hornbeam.ops.movement import broadcast_to, flip, permute_dims
from hornbeam.primitive import Spec
from hornbeam.threads import set_num_threads
from hornbeam_cpu.executable import CpuExecutable
from hornbeam_cpu.llvm import library
from hornbeam_cpu.llvm.target import host, restricted
from hornbeam_cpu.lower import plan
from hypothesis import strategies as st

CPU, NUMPY = make_backend("cpu"), make_backend("numpy")
LEVELS = ("avx512", "avx2", "sse")
# Relative to the largest element of the result, for sums of a few thousand terms.
TOLERANCE = {"float32": 2e-5, "float64": 1e-13, "bfloat16": 2e-2, "float16": 2e-3}


class View(NamedTuple):
    """How an operand is seen: the base's axes in another order, every `step`-th element, flipped, or one element repeated."""

    order: tuple[int, ...]
    steps: tuple[int, ...]
    flipped: tuple[int, ...]
    repeated: tuple[int, ...]

    def base(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of the array of which it is a view of that shape."""
        sizes = [1 if a in self.repeated else n * s for a, (n, s) in enumerate(zip(shape, self.steps, strict=True))]
        return tuple(sizes[a] for a in self.order)

    def see(self, x: Any, shape: tuple[int, ...]) -> Any:
        """The view."""
        x = permute_dims(x, tuple(int(a) for a in np.argsort(self.order)))
        x = x[tuple(slice(None, None, s) for s in self.steps)] if any(s > 1 for s in self.steps) else x
        return broadcast_to(flip(x, self.flipped) if self.flipped else x, shape)


def plain(rank: int) -> View:
    """The array itself."""
    return View(tuple(range(rank)), (1,) * rank, (), ())


def views(rank: int) -> st.SearchStrategy[View]:
    """Any view of that many axes; the plain one most often."""
    axes = st.lists(st.integers(0, rank - 1), unique=True, max_size=1).map(tuple) if rank else st.just(())
    steps = st.lists(st.sampled_from((1, 1, 1, 2)), min_size=rank, max_size=rank).map(tuple)

    def made(order: list[int], steps: tuple[int, ...], flipped: tuple[int, ...], repeated: tuple[int, ...]) -> View:
        return View(tuple(order), tuple(1 if a in repeated else s for a, s in enumerate(steps)), flipped, repeated)

    return st.just(plain(rank)) | st.builds(made, st.permutations(range(rank)), steps, axes, axes)


@contextmanager
def only(level: str) -> Iterator[None]:
    """Compile for that level, if this machine has it; else for what it has."""
    mine = host()
    if LEVELS.index(level) <= LEVELS.index(mine.level):
        yield
        return
    target = restricted(level, llvm.get_process_triple(), mine.l1, mine.l2)
    with mock.patch.object(plan, "host", lambda: target), mock.patch.object(library, "host", lambda: target):
        yield


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Run on that many threads."""
    set_num_threads(count)
    try:
        yield
    finally:
        set_num_threads(None)


def random(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Normally distributed numbers."""
    return rng.normal(size=shape).astype(as_dtype(dtype).name if dtype != "bfloat16" else NUMPY.native(as_dtype(dtype)))


def captured(primitive: Any, shapes: list[tuple[int, ...]], seen: list[View], dtype: str, **params: Any) -> Graph:
    """The graph that applies a primitive to views."""
    specs = [Spec(v.base(s), as_dtype(dtype)) for v, s in zip(seen, shapes, strict=True)]

    def apply(*xs: Any) -> Any:
        return bind(primitive, *(v.see(x, s) for v, x, s in zip(seen, xs, shapes, strict=True)), **params)

    return capture_specs(apply, specs, {})


def check_primitive(
    primitive: Any,
    shapes: list[tuple[int, ...]],
    seen: list[View] | None = None,
    dtype: str = "float32",
    level: str = "avx512",
    compiled: bool = True,
    **params: Any,
) -> None:
    """Compare a primitive on the engine with its NumPy kernel in float64, and one thread with two and three to the bit.

    Args:
        primitive: what to run.
        shapes: of its operands.
        seen: the views that the operands are; default: none.
        dtype: of the operands.
        level: compile for no more than that.
        compiled: whether the engine must have native code for it.
        params: of the primitive.

    Raises:
        AssertionError: the numbers differ, or there is no native code.
    """
    seen = seen or [plain(len(s)) for s in shapes]
    graph = captured(primitive, shapes, seen, dtype, **params)
    rng = np.random.default_rng(0)
    arrays = [random(rng, v.shape, dtype) for v in graph.inputs]
    exact = captured(primitive, shapes, seen, "float64", **params)
    (expected,) = NUMPY.run_graph(exact, [a.astype("float64") for a in arrays])
    with only(level):
        run = CpuExecutable(graph, CPU)
        if compiled:
            names = [str(g.fallback.node.primitive) for g in run.groups if g.fallback]
            assert not names, f"{names} of\n{graph}\nran on NumPy"
        outs = []
        for count in (1, 2, 3):
            with threads(count):
                outs.append(run(arrays)[0])
    scale = max(1.0, float(np.abs(expected[np.isfinite(expected)]).max(initial=0)))
    found = outs[0].astype("float64")
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE[dtype] * scale, err_msg=str(graph))
    for count, out in zip((2, 3), outs[1:], strict=True):
        assert outs[0].tobytes() == out.tobytes(), f"{count} threads give other bits, in\n{graph}"


def fallbacks_of(step: Any) -> list[str]:
    """The primitives that a jitted function runs on NumPy kernels."""
    programs = [made.executable for made in step.compiled.values()]
    return [str(g.fallback.node.primitive) for p in programs for g in p.groups if g.fallback and g.fallback.bad is None]
