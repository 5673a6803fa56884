"""What products take over: numbers are NumPy's, and the plans hold what is expected of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import make_backend, using_backend
from hornbeam.tree import flatten
from hornbeam_cuda.lower.plan import prepare
from hornbeam_cuda.lower.stage import Library, Loop
from hornbeam_cuda.plan import Plan
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cuda.emulator import COMPILER
from tests.cuda.emulator.backend import EmulatedBackend
from tests.cuda.models import plan

pytestmark = pytest.mark.skipif(COMPILER is None, reason="the emulated device needs g++")
some = settings(max_examples=max(6, settings().max_examples // 4))
NUMPY, CUDA = make_backend("numpy"), EmulatedBackend()
ops = hb.ops


def both(function: Callable[..., Any], *arrays: Any) -> tuple[list[str], list[str]]:
    """Hold two runs of a compiled function to NumPy's numbers; what its products do besides."""
    found = []
    for backend in (NUMPY, CUDA):
        with using_backend(backend):
            compiled = hb.jit(function)
            given = [ops.asarray(a) for a in arrays]
            found.append([[t.numpy() for t in flatten(compiled(*given))[0]] for _ in range(3)])
    for first, second in zip(*found, strict=True):
        for a, b in zip(first, second, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)
    steps = [s for c in compiled.compiled.values() for s in c.executable.plan.steps]
    steps += [s for loop in steps if isinstance(loop, Loop) for s in loop.steps]
    calls = [s.call for s in steps if isinstance(s, Library)]
    return sorted(call.epilogue + " and addend" * call.addend for call in calls), [
        s.name for s in steps if not isinstance(s, Library)
    ]


def drawn(*shapes: tuple[int, ...]) -> list[Any]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape).astype("float32") for shape in shapes]


SHAPES = {"x": (2, 5, 4), "w": (4, 4), "b": (4,), "y": (2, 5, 4), "u": (4, 4)}
TERMS = {
    "a bias": lambda t: t["b"],
    "a tensor": lambda t: t["y"],
    "a row": lambda t: t["y"][:1, :1],
    "what is multiplied": lambda t: t["x"],
    "another product": lambda t: t["x"] @ t["u"],
    "what a loop makes": lambda t: ops.exp(t["y"]),
    "a tensor turned": lambda t: ops.flip(t["y"], axis=1),
}
READERS = {
    "nothing": lambda t, v: v,
    "a loop": lambda t, v: ops.tanh(v),
    "a loop and the caller": lambda t, v: (v, v - ops.mean(v, axis=-1, keepdims=True)),
    "a concatenation": lambda t, v: ops.concatenate([v, t["y"] * 2.0], axis=1),
    "another product": lambda t, v: v @ t["u"],
}


@some
@given(
    st.lists(st.tuples(st.sampled_from(sorted(TERMS)), st.booleans()), min_size=1, max_size=3),
    st.sampled_from(sorted(READERS)),
)
def test_whatever_is_added_to_a_product(terms: list[tuple[str, bool]], reader: str) -> None:
    def function(*tensors: Any) -> Any:
        t = dict(zip(SHAPES, tensors, strict=True))
        value = t["x"] @ t["w"]
        for term, before in terms:
            value = TERMS[term](t) + value if before else value + TERMS[term](t)
        return READERS[reader](t, value)

    both(function, *drawn(*SHAPES.values()))


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x, w, b, y, u: x @ w + b, ["bias"]),
        (lambda x, w, b, y, u: y + (x @ w + b), ["bias and addend"]),
        (lambda x, w, b, y, u: (x @ w + y) + b, ["bias and addend"]),
        (lambda x, w, b, y, u: x @ w + x @ u, ["none", "none and addend"]),
        (lambda x, w, b, y, u: x + x @ w, ["none and addend"]),
        (lambda x, w, b, y, u: ops.matmul(ops.swapaxes(x, 1, 2), x) + b, ["bias"]),  # one for each matrix of the batch
        (lambda x, w, b, y, u: ops.concatenate([x @ w + b, y], axis=0), ["none"]),
        (lambda x, w, b, y, u: (x @ w) * 2.0 + b, ["none"]),
    ],
)
def test_an_addition_is_part_of_the_product(function: Any, expected: list[str]) -> None:
    found, others = both(function, *drawn(*SHAPES.values()))
    assert found == expected
    assert expected == ["none"] or not others


def test_what_is_added_to_may_be_overwritten_unless_the_product_reads_it() -> None:
    """Ten residual blocks need as much as two: each is written over what it adds to."""

    def chain(x: Any, w: Any) -> Any:
        for _ in range(10):
            x = ops.exp(x)  # so that x is the function's own
            x = x + ops.sin(x) @ w
        return x

    both(chain, *drawn((64, 32), (32, 32)))
    with using_backend(CUDA):
        compiled = hb.jit(chain)
        compiled(ops.ones((64, 32)), ops.ones((32, 32)))
        ((made,),) = [[c.executable.plan for c in compiled.compiled.values()]]
    assert made.places.size <= 3 * 64 * 32 * 4


@pytest.mark.parametrize("first", [True, False])
def test_a_row_of_what_is_added_is_not_overwritten(first: bool) -> None:
    def function(x: Any, w: Any, y: Any) -> Any:
        z = ops.sort(y, axis=0)  # the function's own, and no loop's
        one, other = (z, z[:1]) if first else (z[:1], z)
        return ops.sort(x @ w + one + other, axis=0)

    arrays = drawn((7, 4), (4, 8), (7, 8))
    assert both(function, *arrays)[0] == ["bias and addend"]
    graph = hb.capture(function, *arrays)
    (step,) = (s for s in Plan(prepare(graph, CUDA.target.supports), CUDA.target).steps if isinstance(s, Library))
    assert step.in_place == ()


@some
@given(
    st.sampled_from(
        [
            ((6, 4), (6, 3)),
            ((2, 3, 4), (2, 3, 3)),
            ((6, 4), (6, 2, 3)),
            ((1, 4), (1, 3)),
            ((6, 1), (6, 3)),
            ((6, 4), (6, 1)),
        ]
    ),
    st.booleans(),
    st.booleans(),
)
def test_the_gradient_of_a_bias_comes_with_that_of_the_kernel(shapes: Any, turned: bool, early: bool) -> None:
    """Of a gradient that is given, as one that a library computes: no loop makes it, so none can sum it up on the way."""

    def function(x: Any, dy: Any) -> Any:
        axes = list(range(x.ndim if dy.ndim == x.ndim and x.ndim == 3 else 2))[:-1]
        kernel = ops.tensordot(dy, x, (axes, axes)) if turned else ops.tensordot(x, dy, (axes, axes))
        bias = ops.sum(dy, axis=tuple(axes))
        return (bias * 2.0 @ ops.ones(bias.shape[-1:]), kernel) if early else (kernel, bias)

    found, _ = both(function, *drawn(*shapes))
    if min(n for shape in shapes for n in shape) > 1:
        assert ("left sums" if turned else "right sums") in found


def test_sums_of_something_else_are_left() -> None:
    x, y = drawn((6, 4), (6, 4))
    found, _ = both(lambda x, y: (x.T @ y, ops.sum(x + y, axis=0), ops.sum(y, axis=1)), x, y)
    assert found == ["none"]
    found, _ = both(lambda x, y: (x @ y.T, ops.sum(y, axis=0)), x, y)  # over another axis than the product
    assert found == ["none"]


def test_products_that_only_multiply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HORNBEAM_CUDA_EPILOGUES", "0")
    x, y = drawn((6, 4), (6, 4))
    found, others = both(lambda x, y: (x.T @ y + x[:4], ops.sum(y, axis=0), x @ x.T + 1.0), x, y)
    assert set(found) == {"none"} and len(others) >= 3


def test_sums_are_not_rounded_to_tf32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HORNBEAM_CUDA_TF32", "1")
    x, y = drawn((6, 4), (6, 4))
    assert both(lambda x, y: (x.T @ y, ops.sum(y, axis=0)), x, y)[0] == ["none"]


def test_benchmark_models() -> None:
    calls = [step.call for step in plan("gpt2").steps if isinstance(step, Library) and hasattr(step.call, "addend")]
    assert sum(call.addend and call.epilogue == "bias" for call in calls) == 24  # what 12 blocks add up, twice each
    assert sum(call.epilogue == "right sums" for call in calls) == 36  # biases of queries, keys and values
