"""Gradients against finite differences, in float64, at two orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.autodiff import grad, jvp
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.complex import imag, real
from hornbeam.ops.reduction import sum as total
from hornbeam.tensor import Tensor
from hornbeam.tree import flatten

__all__ = ["check_gradients"]

STEP = 1e-3
SMOOTH = 1e-4  # two step sizes must agree to this: otherwise there is a kink between, where no derivative exists


def check_gradients(
    function: Callable[..., Any], *args: Any, order: int = 2, rtol: float = 1e-5, atol: float = 1e-6, seed: int = 0
) -> int:
    """Compare the gradients of a function with finite differences along random directions.

    The differences are central, of fourth order (Richardson). Where two step sizes disagree, there is a kink nearby and
    the direction is left out. The forward derivative (`hb.jvp`) has to agree too.

    Args:
        function: takes tensors, and returns tensors in nested containers; integers among them are left alone.
        *args: arrays; the float64 ones are differentiated.
        order: 1, or 2 for the gradient of the gradient too.
        rtol, atol: how far they may be apart, relative and absolute.
        seed: of the directions.

    Returns:
        How many comparisons were made.

    Raises:
        AssertionError: they differ.

    Example:
        >>> import numpy as np, hornbeam as hb
        >>> check_gradients(hb.ops.sin, np.array([0.3, 1.0]))
        3
    """
    rng = np.random.default_rng(seed)
    arrays = [np.asarray(a) for a in args]
    chosen = [i for i, a in enumerate(arrays) if a.dtype == np.float64]
    if not chosen:
        return 0
    tensors = [as_tensor(a) for a in arrays]
    weights: list[Any] = []

    def scalar(*values: Tensor) -> Any:
        given = dict(zip(chosen, values, strict=True))
        outputs = flatten(function(*(given.get(i, t) for i, t in enumerate(tensors))))[0]
        parts = [p for o in outputs for p in _real_parts(o)]
        if not weights:
            weights.extend(rng.uniform(0.5, 1.5, p.shape) * rng.choice([-1.0, 1.0], p.shape) for p in parts)
        result = as_tensor(0.0, dtype="float64")
        for part, weight in zip(parts, weights, strict=True):
            result = result + total(part * as_tensor(weight, dtype=part.dtype))
        return result

    made = _compare(scalar, [arrays[i] for i in chosen], rng, rtol, atol, "the gradient")
    if order > 1 and made:
        direction = [rng.normal(size=arrays[i].shape) for i in chosen]

        def slope(*values: Tensor) -> Any:
            found = grad(scalar, tuple(range(len(values))))(*values)
            result = as_tensor(0.0, dtype="float64")
            for g, d in zip(found, direction, strict=True):
                result = result + total(g * as_tensor(d))
            return result

        made += _compare(slope, [arrays[i] for i in chosen], rng, rtol * 10, atol * 10, "the gradient of the gradient")
    return made


def _real_parts(output: Any) -> list[Tensor]:
    tensor = as_tensor(output)
    if tensor.dtype.kind == "complex":
        return [real(tensor), imag(tensor)]
    return [tensor] if tensor.dtype.is_floating else []


def _compare(scalar: Any, at: list[Any], rng: Any, rtol: float, atol: float, what: str) -> int:
    direction = [rng.normal(size=a.shape) for a in at]

    def value(step: float) -> float:
        return float(scalar(*(as_tensor(a + step * d) for a, d in zip(at, direction, strict=True))))

    wide = (value(STEP) - value(-STEP)) / (2 * STEP)
    narrow = (value(STEP / 2) - value(-STEP / 2)) / STEP
    scale = max(abs(wide), abs(narrow), 1.0)
    if not abs(wide - narrow) <= SMOOTH * scale:
        return 0
    expected = (4 * narrow - wide) / 3
    here = [as_tensor(a) for a in at]
    found = grad(scalar, tuple(range(len(at))))(*here)
    backward = sum(float(np.sum(g.numpy() * d)) for g, d in zip(found, direction, strict=True))
    _assert_near(backward, expected, rtol, atol * scale, f"{what} along a random direction")
    if what == "the gradient":
        _, tangent = jvp(scalar, tuple(here), tuple(as_tensor(d) for d in direction))
        _assert_near(float(tangent), expected, rtol, atol * scale, "the forward derivative (jvp)")
        return 2
    return 1


def _assert_near(found: float, expected: float, rtol: float, atol: float, what: str) -> None:
    assert abs(found - expected) <= atol + rtol * abs(expected), (
        f"{what} is {found!r}; finite differences give {expected!r}. Is the vjp rule that of the function?"
    )
