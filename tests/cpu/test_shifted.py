"""Results of a loop that are also wanted shifted by a step: no copy of them is made, and what is made of them is right."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.backends.base import using_backend
from hornbeam_cpu import executable

TIME, BATCH, UNITS = 7, 40, 5


def states(x, first, reverse, body):
    """The states after each step, and those before it."""

    def step(h, row):
        h = body(h, row)
        return h, h

    _, after = ops.scan(step, first, x, reverse=reverse)
    start = ops.expand_dims(first, 0)
    return after, ops.concat([after[1:], start] if reverse else [start, after[:-1]], axis=0)


def expected(x, first, reverse, body):
    after, before, h = np.zeros_like(x), np.zeros_like(x), first
    for t in reversed(range(TIME)) if reverse else range(TIME):
        before[t], h = h, body(h, x[t])
        after[t] = h
    return after, before


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    return rng.normal(size=(TIME, BATCH, UNITS)).astype("float32"), rng.normal(size=(BATCH, UNITS)).astype("float32")


@pytest.mark.parametrize("reverse", [False, True])
def test_both_are_right_and_nothing_large_is_copied(arrays, reverse, monkeypatch):
    made = []
    monkeypatch.setattr(executable.CpuExecutable, "_tell", lambda self: made.append(self))
    with using_backend("cpu"):

        def used(x, first):
            after, before = states(x, first, reverse, lambda h, row: 0.5 * h + row)
            return ops.sum(after * before), ops.max(before, axis=(1, 2)), ops.min(after, axis=(1, 2))

        found = hb.jit(used)(*arrays)
    after, before = expected(*arrays, reverse, lambda h, row: np.float32(0.5) * h + row)
    np.testing.assert_allclose(found[0].numpy(), (after * before).sum(), rtol=1e-4)
    np.testing.assert_allclose(found[1].numpy(), before.max((1, 2)), rtol=1e-5)
    np.testing.assert_allclose(found[2].numpy(), after.min((1, 2)), rtol=1e-5)
    copied = [s for one in made for g in one.groups for s in g.stages if s.name == "copy"]
    assert all(sum(v.size for v in s.reads) == BATCH * UNITS for s in copied), copied


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1, 1), (0, 0)])
def test_as_results_of_the_whole(arrays, reverse, order):
    with using_backend("cpu"):
        run = hb.jit(lambda x, first: [states(x, first, reverse, lambda h, row: 0.5 * h + row)[k] for k in order])
        found = run(*arrays)
    truth = expected(*arrays, reverse, lambda h, row: np.float32(0.5) * h + row)
    for one, k in zip(found, order, strict=True):
        np.testing.assert_allclose(one.numpy(), truth[k], rtol=1e-5, atol=1e-6)


def test_where_the_loop_runs_on_its_numpy_kernel(arrays, monkeypatch):
    from hornbeam_cpu.lower.rules import RULES

    monkeypatch.delitem(RULES, "scan")
    with using_backend("cpu"):
        found = hb.jit(lambda x, first: states(x, first, False, lambda h, row: 0.5 * h + row)[1] * 2.0)(*arrays)
    np.testing.assert_allclose(
        found.numpy(), 2 * expected(*arrays, False, lambda h, row: np.float32(0.5) * h + row)[1], rtol=1e-5, atol=1e-6
    )
