"""Maps that are alike, joined in one launch, give what each alone gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hornbeam_cuda.lower.grouping import together
from hornbeam_cuda.source import many
from hornbeam_cuda.source.described import Loops, Operation, Strided
from hornbeam_cuda.source.kernel import At
from hornbeam_cuda.source.regions import region

from tests.cuda.emulator import COMPILER
from tests.cuda.source.harness import Bench

pytestmark = pytest.mark.skipif(COMPILER is None, reason="the emulated device needs g++")

DENSE, SINGLE = Strided("float32", (1,)), Strided("float32", (0,))
STEPS = (
    Operation("multiply", (1, 2), "float32"),  # rate, a single number, times the gradient
    Operation("multiply", (4, 3), "float32"),  # times a constant
    Operation("subtract", (0, 5), "float32"),
    Operation("add", (1, 5), "float32"),
)


def update(size: int) -> Loops:
    """The new value of a parameter of some size, and of what goes with it."""
    reads, writes = (DENSE, DENSE, SINGLE), ((DENSE, 6), (DENSE, 7))
    return Loops((size,), (0, 0, 1), reads, (("float32", 0.5),), STEPS, writes)


def parameters(bench: Bench, sizes: list[int]) -> Any:
    """A launch for each parameter, and what it has to give."""
    rng = np.random.default_rng(0)
    rate = np.float32([0.25])
    where = bench.given(rate)
    calls, expected = [], []
    for size in sizes:
        p, g = rng.normal(size=(2, size)).astype(np.float32)
        outs = [bench.room(4 * size), bench.room(4 * size)]
        calls += region(update(size), [bench.given(p), bench.given(g), where], outs, bench.room)
        step = g * rate * np.float32(0.5)
        expected += [(outs[0], p - step), (outs[1], g + step)]
    return calls, expected


@pytest.mark.parametrize("backwards", [False, True])
def test_many_updates_are_few_launches(backwards: bool) -> None:
    bench = Bench(backwards)
    sizes = [int(n) for n in np.random.default_rng(1).integers(1, 3000, 100)]
    calls, expected = parameters(bench, sizes)
    steps = together(calls)
    assert len(steps) == 2  # 68 fit in a table
    counts = bench.run(steps)
    for at, values in expected:
        np.testing.assert_array_equal(bench.seen(at, values.shape, "float32"), values)
    assert counts.stored == 8 * sum(sizes)


def test_what_is_read_later_stays_where_it_is() -> None:
    first, second, third = (
        region(update(8), [At(f"p{i}"), At(f"g{i}"), At("rate")], [At(f"new{i}"), At(f"other{i}")], At)[0]
        for i in range(3)
    )
    assert len(together([first, second, third])) == 1
    reader = replace(third, reads=("new0",), alone=None)
    assert together([first, reader, second]) == [first, reader, second]
    assert [len(step.writes) for step in together([first, second, replace(third, alone=None)])] == [4, 2]


def test_only_dense_maps_join() -> None:
    assert many.alike(update(3)) == many.alike(update(50)) is not None
    assert many.alike(update(3)) != many.alike(update(3)._replace(constants=(("float32", 0.1),)))
    apart = update(3)._replace(reads=(Strided("float32", (2,)), DENSE, SINGLE))
    assert many.alike(apart) is None
    (call,) = region(
        update(3)._replace(steps=(*STEPS[:3], Operation("reduce_sum", (1,), "float32", "reduce row"))),
        [At("p"), At("g"), At("r")],
        [At("a"), At("b")],
        At,
    )
    assert together([call, call]) == [call, call]
