"""Normalisation: layer, root-mean-square, group and batch normalisation are one operation over different axes."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.interpret import bind
from hornbeam.ops.creation import zeros
from hornbeam.ops.elementwise.arithmetic import rsqrt
from hornbeam.primitive import composite
from hornbeam.tensor import Tensor

__all__ = ["normalize"]

Axes = tuple[int, ...]


def _example(t: Any) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    n, c, d = (size + 1 for size in t.sizes[:3])  # a mean needs elements
    axes, scaled = [((2,), (1, 1, d)), ((1, 2), (1, c, d)), ((0, 1), (1, 1, d)), ((1,), (n, 1, 1))][t.rng.integers(4)]
    found = {name: t.array(scaled) for name in ("gamma", "beta") if t.rng.random() < 0.6}
    how = {"axes": axes, "epsilon": 0.1, "centered": bool(t.rng.random() < 0.7)}
    return t.array((n, c, d)), found, how


def _case(t: Any) -> Any:
    x, extra, how = _example(t)
    return t.case(x, *extra.values(), extra=tuple(extra), **how)


@composite("normalize", cases=_case, multiple=True, partial_cts=True)
def normalize_p(
    x: Tensor, *more: Tensor, extra: tuple[str, ...], axes: Axes, epsilon: float, centered: bool
) -> tuple[Tensor, ...]:
    """(y, variance, mean): y = (x - mean) / sqrt(variance + epsilon) * gamma + beta.

    mean and variance (the mean of the squares of x - mean) are over `axes`, which stay with size 1. `extra` names gamma and
    beta, which broadcast to x, where they are given. Where not `centered`, the mean is taken for 0, and is no result.
    """
    found = dict(zip(extra, more, strict=True))
    mean = x.mean(axes, keepdims=True) if centered else None
    shifted = x if mean is None else x - mean
    variance = (shifted * shifted).mean(axes, keepdims=True)
    y = shifted * rsqrt(variance + epsilon)
    if "gamma" in found:
        y = y * found["gamma"]
    if "beta" in found:
        y = y + found["beta"]
    return (y, variance) if mean is None else (y, variance, mean)


@normalize_p.vjp("inputs out")
def _(cts: Any, inputs: Any, out: Any, extra: tuple[str, ...], axes: Axes, epsilon: float, centered: bool) -> Any:
    x, *more = inputs
    found = dict(zip(extra, more, strict=True))
    given = {name: ct for name, ct in zip(("dy", "dvariance", "dmean"), cts, strict=False) if ct is not None}
    if centered:
        given["mean"] = out[2]
    if "gamma" in found:
        given["gamma"] = found["gamma"]
    shapes = tuple(t.shape for t in found.values())
    return bind(
        normalize_grad_p, x, out[1], *given.values(),
        extra=tuple(given), results=extra, shapes=shapes, axes=axes, epsilon=epsilon,
    )  # fmt: skip


def _grad_case(t: Any) -> Any:
    x, scaling, how = _example(t)
    rows = tuple(1 if a in how["axes"] else size for a, size in enumerate(x.shape))
    tensors = {"dy": t.array(x.shape), "dvariance": t.array(rows), "dmean": t.array(rows)}
    extra = {name: ct for name, ct in tensors.items() if t.rng.random() < 0.7}
    extra |= ({"mean": t.array(rows)} if how["centered"] else {}) | {k: v for k, v in scaling.items() if k == "gamma"}
    if not how["centered"]:
        extra.pop("dmean", None)
    shapes = {"results": tuple(scaling), "shapes": tuple(a.shape for a in scaling.values())}
    variance = t.array(rows, 0.5, 2.0)
    return t.case(
        x, variance, *extra.values(), extra=tuple(extra), **shapes, axes=how["axes"], epsilon=how["epsilon"]
    )  # fmt: skip


@composite("normalize_grad", cases=_grad_case, multiple=True)
def normalize_grad_p(
    x: Tensor, variance: Tensor, *more: Tensor,
    extra: tuple[str, ...], results: tuple[str, ...], shapes: tuple[tuple[int, ...], ...], axes: Axes, epsilon: float,
) -> tuple[Tensor, ...]:  # fmt: skip
    """(dx, and dgamma and dbeta as `results` names them, of `shapes`) of `normalize`.

    `extra` names further tensors: dy, dvariance and dmean, the cotangents of its results (one that is not there is zero), and
    mean and gamma, where it had them.
    """
    found = dict(zip(extra, more, strict=True))
    shifted = x - found["mean"] if "mean" in found else x
    count = math.prod(x.shape[a] for a in axes)
    factor = rsqrt(variance + epsilon)
    unit = shifted * factor
    dy = found.get("dy", zeros(x.shape, x.dtype))
    ct = dy * found["gamma"] if "gamma" in found else dy
    dx = ct - unit * (ct * unit).mean(axes, keepdims=True)
    if "mean" in found:
        dx = dx - ct.mean(axes, keepdims=True)
    dx = dx * factor
    if "dvariance" in found:
        dx = dx + found["dvariance"] * shifted * (2.0 / count)
    if "dmean" in found:
        dx = dx + found["dmean"] * (1.0 / count)
    of_scaling = {"gamma": lambda: dy * unit, "beta": lambda: dy}
    return dx, *(unbroadcast(of_scaling[name](), shape) for name, shape in zip(results, shapes, strict=True))


def unbroadcast(ct: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The cotangent of what was broadcast from `shape`: the sum over the axes that were stretched."""
    stretched = tuple(a for a, (size, old) in enumerate(zip(ct.shape, shape, strict=True)) if size != old)
    return ct.sum(stretched, keepdims=True) if stretched else ct


def normalize(
    x: Tensor,
    axes: Axes,
    epsilon: float,
    gamma: Tensor | None = None,
    beta: Tensor | None = None,
    centered: bool = True,
) -> tuple[Tensor, ...]:
    """(x - mean) / sqrt(variance + epsilon) * gamma + beta, with mean and variance over `axes`.

    Args:
        x: floating-point tensor.
        axes: not negative, in ascending order.
        epsilon: added to the variance, the mean of the squares of x - mean.
        gamma, beta: of x's number of axes; they broadcast to x.
        centered: where False, the mean is taken for 0.

    Returns:
        The result, the variance and, where centered, the mean; the last two with size 1 along `axes`.

    Source: Ba et al. 2016 and Ioffe and Szegedy 2015; Zhang and Sennrich 2019 where not centered.

    Example:
        >>> import hornbeam as hb
        >>> y, variance, mean = normalize(hb.ops.asarray([[1.0, 3.0]]), (1,), 0.0)
        >>> y.numpy().tolist(), float(variance[0, 0]), float(mean[0, 0])
        ([[-1.0, 1.0]], 1.0, 2.0)
    """
    extra = {name: t for name, t in (("gamma", gamma), ("beta", beta)) if t is not None}
    return bind(normalize_p, x, *extra.values(), extra=tuple(extra), axes=axes, epsilon=epsilon, centered=centered)
