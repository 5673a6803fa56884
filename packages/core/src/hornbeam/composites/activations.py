"""Softmax, its logarithm and the rectifier, with their gradients."""

from __future__ import annotations

from typing import Any

from hornbeam.primitive import composite
from hornbeam.tensor import Tensor


def _case(t: Any) -> Any:
    return t.case(t.array((2, 5)), axes=(1,))


@composite("softmax", cases=_case)
def softmax_p(x: Tensor, *, axes: tuple[int, ...]) -> Tensor:
    """exp(x - max) / sum."""
    from hornbeam.gradient_rules import stop_gradient
    from hornbeam.ops import exp
    from hornbeam.ops import max as top

    e = exp(x - stop_gradient(top(x, axes, keepdims=True)))
    return e / e.sum(axes, keepdims=True)


@softmax_p.vjp("out")
def _(ct: Tensor, out: Tensor, axes: tuple[int, ...]) -> Tensor:
    return out * (ct - (ct * out).sum(axes, keepdims=True))


@composite("log_softmax", cases=_case)
def log_softmax_p(x: Tensor, *, axes: tuple[int, ...]) -> Tensor:
    """x - max - log(sum(exp(x - max)))."""
    from hornbeam.gradient_rules import stop_gradient
    from hornbeam.ops import exp, log
    from hornbeam.ops import max as top

    shifted = x - stop_gradient(top(x, axes, keepdims=True))
    return shifted - log(exp(shifted).sum(axes, keepdims=True))


@log_softmax_p.vjp("out")
def _(ct: Tensor, out: Tensor, axes: tuple[int, ...]) -> Tensor:
    from hornbeam.ops import exp

    return ct - exp(out) * ct.sum(axes, keepdims=True)


@composite("relu", cases=lambda t: t.floats("n d"))
def relu_p(x: Tensor) -> Tensor:
    """max(x, 0)."""
    from hornbeam.ops import maximum

    return maximum(x, 0.0)


@relu_p.vjp("out")
def _(ct: Tensor, out: Tensor) -> Tensor:
    from hornbeam.ops import where

    return where(out > 0.0, ct, 0.0)
