"""Fourier transforms as products with matrices of sines and cosines: of the whole length, or of two factors one after another.

Source: Cooley & Tukey 1965, "An Algorithm for the Machine Calculation of Complex Fourier Series". A factor is as long as pays in
products of matrices, which run near the machine's limit, rather than as short as can be.
"""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np
from hornbeam.graph.ir import Node, Value

__all__ = ["inverse_real", "suits", "transform", "transform_real"]

WHOLE = 128  # elements up to which a transform is one product
REAL = 256  # of real numbers, which take half of it
FACTOR = 64  # elements of a factor at most

Parts = tuple[Value, "Value | None"]  # real and imaginary part; None: zeros


class Writer(Protocol):
    """Writes the graph."""

    def emit(self, name: str, *inputs: Value, **params: Any) -> Value:
        """The result of an operation."""

    def constant(self, array: Any, like: Value) -> Value:
        """An array in the dtype of a value."""


def suits(node: Node) -> bool:
    """Whether the lengths of a transform have factors that are small enough."""
    shape, params = node.inputs[0].shape, node.params
    if node.primitive.name == "fft":
        lengths = [shape[a] for a in params["axes"]]
        return math.prod(node.output.shape) > 0 and all(n <= WHOLE or _factor(n) for n in lengths)
    n = params["n"] if node.primitive.name == "irfft" else shape[params["axis"]]
    return math.prod(node.output.shape) > 0 and (n <= REAL or _factor(n) > 0)


def _factor(n: int) -> int:
    """The first factor of a length: that nearest to its root which leaves one that can be transformed, too; 0: none."""
    able = [d for d in range(2, min(FACTOR, n // 2) + 1) if n % d == 0 and (n // d <= WHOLE or _factor(n // d))]
    return min(able, key=lambda d: abs(math.log(d * d / n)), default=0)


def transform(p: Writer, x: Parts, axes: tuple[int, ...], inverse: bool) -> tuple[Value, Value]:
    """The parts of a transform over some axes, unscaled."""
    re, im = x
    for axis in axes:
        found = _last(p, (re, im), axis)
        re, im = _dft(p, found, inverse)
        re, im = _back(p, re, axis), _back(p, im, axis)
    if im is None:
        im = p.emit("multiply", re, p.emit("broadcast_to", p.constant(0.0, re), shape=re.shape))
    return re, im


def transform_real(p: Writer, x: Value, axis: int) -> tuple[Value, Value]:
    """The first half of the transform of real numbers: the other half mirrors it."""
    n, half = x.shape[axis], x.shape[axis] // 2 + 1
    re, im = _last(p, (x, None), axis)
    if n <= REAL:
        cosines, sines = _waves(n, n, half, False)
        both = _matrix(p, re, np.concatenate([cosines, sines], 1))
        parts = _cut(p, both, 0, half), _cut(p, both, half, 2 * half)
    else:
        found = _dft(p, (re, im), False)
        parts = _cut(p, found[0], 0, half), _cut(p, found[1], 0, half)
    return _back(p, parts[0], axis), _back(p, parts[1], axis)


def inverse_real(p: Writer, x: tuple[Value, Value], n: int, axis: int) -> Value:
    """The real numbers whose transform's first half that is, times their number."""
    half = n // 2 + 1
    weights = np.full(half, 2.0)  # all but the ends stand for their mirror images too
    weights[[0, *([n // 2] if n % 2 == 0 else [])]] = 1
    re, im = _last(p, x, axis)
    assert im is not None
    if n <= REAL:
        cosines, sines = _waves(n, half, n, True)
        found = p.emit("subtract", _matrix(p, re, weights[:, None] * cosines), _matrix(p, im, weights[:, None] * sines))
        return _back(p, found, axis)
    zero = p.constant(0.0, re)
    edges = {"low": (0,) * len(re.shape), "interior": (0,) * len(re.shape)}
    edges["high"] = (*edges["low"][1:], n - half)
    scale = p.emit("broadcast_to", p.constant(weights, re), shape=re.shape)
    re, im = (p.emit("pad", p.emit("multiply", part, scale), zero, **edges) for part in (re, im))
    return _back(p, _dft(p, (re, im), True)[0], axis)


def _dft(p: Writer, x: Parts, inverse: bool) -> tuple[Value, Value]:
    """Along the last axis, of n = n1 * n2: over n1 for each place within n2, turned by the phase of the place, then over n2."""
    n = x[0].shape[-1]
    if n <= WHOLE:
        return _product(p, x, inverse)
    n1 = _factor(n)
    n2 = n // n1
    rest, rows = x[0].shape[:-1], math.prod(x[0].shape[:-1])
    re, im = (v if v is None else p.emit("reshape", v, shape=(rows, n1, n2)) for v in x)
    assert re is not None
    re, im = _crossed(p, (re, im), inverse)  # (rows, k1, j2)
    cosines, sines = (p.emit("broadcast_to", p.constant(w, re), shape=re.shape) for w in _waves(n, n1, n2, inverse))
    re, im = _dft(p, _turned(p, (re, im), (cosines, sines)), inverse)
    re, im = (p.emit("transpose", v, axes=(0, 2, 1)) for v in (re, im))  # (rows, k2, k1): place k1 + n1 * k2
    return p.emit("reshape", re, shape=(*rest, n)), p.emit("reshape", im, shape=(*rest, n))


def _crossed(p: Writer, x: Parts, inverse: bool) -> tuple[Value, Value]:
    """The transform over the middle axis of (rows, n, others), which stays where it is."""
    rows, n, others = x[0].shape
    waves = p.constant(np.concatenate(_waves(n, n, n, inverse), 0), x[0])
    waves = p.emit("broadcast_to", waves, shape=(rows, 2 * n, n))

    def product(part: Value) -> list[Value]:
        found = p.emit("dot_general", waves, part, contracting=((2,), (1,)), batch=((0,), (0,)))
        ends = (((0, i * n, 0), (rows, (i + 1) * n, others)) for i in (0, 1))
        return [p.emit("slice", found, start=start, stop=stop, strides=(1, 1, 1)) for start, stop in ends]

    return _joined(p, product(x[0]), None if x[1] is None else product(x[1]))


def _joined(p: Writer, a: list[Value], b: list[Value] | None) -> tuple[Value, Value]:
    """The parts of a transform from the products of the real and of the imaginary part with cosines and with sines."""
    if b is None:
        return a[0], a[1]
    return p.emit("subtract", a[0], b[1]), p.emit("add", a[1], b[0])


def _product(p: Writer, x: Parts, inverse: bool) -> tuple[Value, Value]:
    """The whole transform along the last axis."""
    n = x[0].shape[-1]
    waves = np.concatenate(_waves(n, n, n, inverse), 1)
    a, b = (None if v is None else _matrix(p, v, waves) for v in x)
    assert a is not None
    parts = [[_cut(p, v, 0, n), _cut(p, v, n, 2 * n)] for v in (a, b) if v is not None]
    return _joined(p, parts[0], parts[1] if len(parts) > 1 else None)


def _turned(p: Writer, x: tuple[Value, Value], by: tuple[Value, Value]) -> tuple[Value, Value]:
    (a, b), (c, d) = x, by
    re = p.emit("subtract", p.emit("multiply", a, c), p.emit("multiply", b, d))
    return re, p.emit("add", p.emit("multiply", a, d), p.emit("multiply", b, c))


def _waves(n: int, rows: int, columns: int, inverse: bool) -> tuple[Any, Any]:
    """cos and -sin (inverse: sin) of 2 pi j k / n for j below `rows` and k below `columns`, in double precision."""
    turns = np.outer(np.arange(rows), np.arange(columns)) % n * (2 * math.pi / n)
    return np.cos(turns), np.sin(turns) * (1 if inverse else -1)


def _matrix(p: Writer, x: Value, matrix: Any) -> Value:
    """The product of the vectors along the last axis with a matrix."""
    return p.emit("dot_general", x, p.constant(matrix, x), contracting=((len(x.shape) - 1,), (0,)), batch=((), ()))


def _cut(p: Writer, x: Value, start: int, stop: int) -> Value:
    """Some places of the last axis."""
    rank = len(x.shape)
    ends = {"start": (*(0,) * (rank - 1), start), "stop": (*x.shape[:-1], stop)}
    return p.emit("slice", x, **ends, strides=(1,) * rank)


def _last(p: Writer, x: Parts, axis: int) -> Parts:
    """An axis brought to the end."""
    rank = len(x[0].shape)
    order = (*(a for a in range(rank) if a != axis), axis)
    if order == tuple(range(rank)):
        return x
    re, im = (v if v is None else p.emit("transpose", v, axes=order) for v in x)
    assert re is not None
    return re, im


def _back(p: Writer, x: Value, axis: int) -> Value:
    """The last axis brought to where it was."""
    rank = len(x.shape)
    order = [*range(rank - 1)]
    order.insert(axis, rank - 1)
    return x if order == [*range(rank)] else p.emit("transpose", x, axes=tuple(order))
