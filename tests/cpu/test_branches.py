"""Branches and loops on values, native on the engine, against Python's own if and while in double precision."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hypothesis import given
from hypothesis import strategies as st

from tests.cpu.harness import fallbacks_of, threads


def run(function, *arrays, native=True):
    """The results of a jitted function, compiled whole, the same on one thread and on three."""
    with using_backend("cpu"):
        found = []
        for count in (1, 3):
            with threads(count):
                step = hb.jit(function)
                out = step(*arrays)
                found.append([np.asarray(t) for t in (out if isinstance(out, tuple) else (out,))])
        assert (fallbacks_of(step) == []) is native
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    return found[0]


@given(st.integers(-2, 4), st.sampled_from(("int32", "int64", "uint8")), st.sampled_from((3, 33)), st.integers(0, 99))
def test_the_branch_that_the_index_says(index, dtype, size, seed):
    index = abs(index) if dtype == "uint8" else index
    x, y = np.random.default_rng(seed).normal(size=(2, 3, size)).astype("float32")
    outer = np.arange(size, dtype="float32")

    def chosen(index, x, y, outer):
        branches = [
            lambda x, y: (x @ hb.ops.transpose(y), hb.ops.sum(x)),
            lambda x, y: (y @ hb.ops.transpose(x * outer), hb.ops.max(y)),
            lambda x, y: (hb.ops.zeros((3, 3)), x[0, 0]),
        ]
        return hb.ops.switch(index, branches, x, y)

    wide = [a.astype("float64") for a in (x, y)]
    expected = (
        (wide[0] @ wide[1].T, wide[0].sum()),
        (wide[1] @ (wide[0] * outer).T, wide[1].max()),
        (np.zeros((3, 3)), wide[0][0, 0]),
    )[min(max(index, 0), 2)]
    for one, other in zip(run(chosen, np.array(index, dtype), x, y, outer), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-4)


def test_the_other_branch_does_nothing():
    x = np.array([-1.0, 4.0], "float32")

    def guarded(x):
        positive = hb.ops.all(x > 0)
        return hb.ops.cond(positive, lambda: hb.ops.log(x), lambda: hb.ops.zeros_like(x))

    assert run(guarded, x)[0].tolist() == [0.0, 0.0]
    np.testing.assert_allclose(run(guarded, x + 2)[0], np.log(x + 2), rtol=1e-6)


@given(st.integers(0, 200), st.integers(1, 9))
def test_rounds_while_the_condition_holds(steps, divisor):
    def collatz(n):
        return hb.ops.while_loop(
            lambda n, count: n != 1,
            lambda n, count: (hb.ops.where(n % 2 == 0, n // 2, 3 * n + 1), count + 1),
            (n, hb.ops.zeros((), "int32")),
        )[1]

    n, count = steps + 1, 0
    while n != 1:
        n, count = (n // 2 if n % 2 == 0 else 3 * n + 1), count + 1
    assert run(collatz, np.array(steps + 1, "int32"))[0] == count

    def euclid(a, b):  # what goes into one state is what another was
        return hb.ops.while_loop(lambda a, b: b > 0, lambda a, b: (b, a % b), (a, b))

    found = run(euclid, np.array(steps, "int64"), np.array(divisor, "int64"))
    assert [int(a) for a in found] == [np.gcd(steps, divisor), 0]


@pytest.mark.parametrize("most", [None, 0, 3])
def test_loops_over_tensors_end_at_the_given_number_of_rounds(most):
    rng = np.random.default_rng(0)
    w, x = rng.normal(size=(20, 20)).astype("float32") / 5, rng.normal(size=(4, 20)).astype("float32")

    def settled(w, x):
        def more(x, change):
            return change > 1e-3

        def step(x, change):
            new = hb.ops.tanh(x @ w)
            return new, hb.ops.max(hb.ops.abs(new - x))

        return hb.ops.while_loop(more, step, (x, hb.ops.ones(())), maximum_iterations=most)[0]

    expected, change, rounds = x.astype("float64"), 1.0, 0
    while change > 1e-3 and (most is None or rounds < most):
        new = np.tanh(expected @ w)
        expected, change, rounds = new, np.abs(new - expected).max(), rounds + 1
    np.testing.assert_allclose(run(settled, w, x)[0], expected, atol=2e-3 if most is None else 1e-5)


def test_gradients_through_branches_and_loops_are_native():
    w = np.array([0.9, 1.1, -0.5], "float32")

    def loss(w):
        def step(total, n):
            return hb.ops.cond(total[0] < 3.0, lambda: total * w + 1.0, lambda: total - w), None

        scanned = hb.ops.scan(step, hb.ops.ones_like(w), length=6)[0]
        (looped,) = hb.ops.while_loop(
            lambda x: hb.ops.max(x) < 5.0, lambda x: (x * w * w + 1.0,), (w,), maximum_iterations=9
        )
        return hb.ops.sum(scanned * looped)

    def plain(w):
        total = np.ones_like(w)
        for _ in range(6):
            total = total * w + 1.0 if total[0] < 3.0 else total - w
        x, rounds = w, 0
        while x.max() < 5.0 and rounds < 9:
            x, rounds = x * w * w + 1.0, rounds + 1
        return (total * x).sum()

    value, slope = run(hb.value_and_grad(loss), w)
    wide = w.astype("float64")
    np.testing.assert_allclose(value, plain(wide), rtol=1e-5)
    ends = [(plain(wide + h) - plain(wide - h)) / 2e-6 for h in np.eye(3) * 1e-6]
    np.testing.assert_allclose(slope, ends, rtol=1e-3)


def test_what_is_too_large_for_one_thread_or_may_fail_runs_in_compiled_parts():
    x = np.random.default_rng(0).normal(size=(300, 300)).astype("float32")
    (found,) = run(lambda x: hb.ops.cond(x[0, 0] > 9, lambda: x, lambda: x @ x), x, native=False)
    np.testing.assert_allclose(found, x.astype("float64") @ x, atol=1e-3)
    places = np.array([0, 301], "int32")

    def taken(x, places):
        return hb.ops.cond(x[0, 0] > 9, lambda: hb.ops.take(x, places, axis=0), lambda: x[:2])

    np.testing.assert_array_equal(run(taken, x, places, native=False)[0], x[:2])
    with pytest.raises(IndexError):
        run(taken, np.full_like(x, 10), places, native=False)
