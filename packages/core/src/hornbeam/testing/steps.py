"""The steps of which random graphs are made: each takes values that are there and adds one more, whatever was drawn."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from hornbeam import ops
from hornbeam.dtypes import DType
from hornbeam.host import native_dtype
from hornbeam.interpret import bind
from hornbeam.ops.contraction import dot_general_p
from hornbeam.ops.convolution import conv_p
from hornbeam.ops.movement import pad_p
from hornbeam.ops.window import window_max_p, window_sum_p
from hornbeam.tensor import Tensor

__all__ = ["FAMILIES", "Entry", "Pool"]

LIMIT = 8.0  # larger values are scaled down, so that rounding errors stay comparable and exp does not overflow
GRAIN = 4  # constants and inputs are multiples of 1 / GRAIN: sums of a few are exact in every float dtype


class Entry(NamedTuple):
    """A value of the graph, and what is known of its elements.

    Attributes:
        tensor: the captured tensor.
        bound: no element is larger, in absolute value.
        exact: whether every engine gets the same bits, so that comparing or rounding it is safe.
    """

    tensor: Tensor
    bound: float
    exact: bool


class Pool:
    """The values made so far, and the choices that remain.

    Args:
        draw: Hypothesis's.
        seed: of the numbers in constants.
        dtype: of the floats.
        sizes: the sizes that an axis may have.
    """

    def __init__(self, draw: Callable[..., Any], seed: int, dtype: DType, sizes: tuple[int, ...]) -> None:
        self.draw = draw
        self.rng = np.random.default_rng(seed)
        self.dtype = dtype
        self.sizes = sizes
        self.entries: list[Entry] = []

    def choose(self, options: Any) -> Any:
        """One of several."""
        return self.draw(st.sampled_from(tuple(options)))

    def between(self, low: int, high: int) -> int:
        """An integer, both ends included."""
        return int(self.draw(st.integers(low, high)))

    def shape(self, most: int = 3) -> tuple[int, ...]:
        """A shape of up to `most` axes."""
        return tuple(self.choose(self.sizes) for _ in range(self.between(0, most)))

    def array(self, shape: tuple[int, ...], dtype: Any = None, low: int = -2, high: int = 2) -> Any:
        """Numbers for an input or a constant."""
        kind = native_dtype(dtype or self.dtype)
        if kind.kind == "b":
            return np.asarray(self.rng.random(shape) < 0.5)
        grain = GRAIN if kind.kind not in "iu" else 1
        return np.asarray(self.rng.integers(low * grain, high * grain, shape, endpoint=True) / grain).astype(kind)

    def constant(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        """A tensor that the graph holds."""
        return ops.asarray(self.array(shape, dtype))

    def of(self, accept: Callable[[Entry], bool], shape: tuple[int, ...] | None = None) -> Entry:
        """One of the values that are accepted; a new constant, in floats, where there is none."""
        found = [e for e in reversed(self.entries) if accept(e)]
        if found:
            return self.choose(found)
        return Entry(self.constant(self.shape() if shape is None else shape), 2.0, True)

    def floats(self, rank: int = 0, exact: bool = False) -> Entry:
        """A float value of at least that many axes."""
        return self.of(
            lambda e: e.tensor.dtype is self.dtype and e.tensor.ndim >= rank and e.exact >= exact,
            tuple(self.choose(self.sizes) for _ in range(rank)),
        )

    def partner(self, entry: Entry) -> Entry:
        """A value of the same dtype that broadcasts against another, or a number."""
        x = entry.tensor
        kind = self.between(0, 3)
        if kind == 0:
            number = self.between(-8, 8) / 4 if x.dtype.is_floating else self.between(-2, 2)
            return Entry(ops.asarray(number, dtype=x.dtype), 2.0, True)
        shape = tuple(1 if self.between(0, 3) == 0 else s for s in x.shape[self.between(0, x.ndim) :])
        if kind == 1:
            return Entry(self.constant(shape, x.dtype), 2.0, True)
        return self.of(lambda e: e.tensor.dtype is x.dtype and _broadcasts(e.tensor.shape, x.shape))

    def add(self, tensor: Tensor, bound: float, exact: bool) -> None:
        """Take in a value, scaled down if it may be large."""
        if bound > LIMIT and tensor.dtype.is_floating:
            tensor, bound, exact = ops.multiply(tensor, 1.0 / bound), 1.0, False
        elif bound > LIMIT and tensor.dtype.is_integer:
            tensor, bound = ops.remainder(tensor, 7), 6.0
        self.entries.append(Entry(tensor, bound, exact or not tensor.dtype.is_floating))


def _broadcasts(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(a == b or 1 in (a, b) for a, b in zip(one[::-1], other[::-1], strict=False)) and max(
        len(one), len(other)
    ) <= 4  # fmt: skip


UNARY: dict[str, tuple[Callable[[Any], Any], Callable[[float], float], bool]] = {
    "negative": (ops.negative, lambda b: b, True),
    "square": (ops.square, lambda b: b * b, False),
    "tanh": (ops.tanh, lambda b: 1.0, False),
    "sigmoid": (ops.sigmoid, lambda b: 1.0, False),
    "exp": (ops.exp, lambda b: math.exp(b), False),
    "expm1": (ops.expm1, lambda b: math.exp(b), False),
    "log1p": (lambda x: ops.log1p(ops.square(x)), lambda b: math.log1p(b * b), False),
    "sin": (ops.sin, lambda b: 1.0, False),
    "cos": (ops.cos, lambda b: 1.0, False),
    "erf": (ops.erf, lambda b: 1.0, False),
    "sqrt": (lambda x: ops.sqrt(ops.square(x) + 0.5), lambda b: b + 1, False),
    "rsqrt": (lambda x: ops.rsqrt(ops.square(x) + 1), lambda b: 1.0, False),
    "reciprocal": (lambda x: ops.reciprocal(ops.square(x) + 1.0), lambda b: 1.0, False),
    "double negation": (lambda x: ops.negative(ops.negative(x)), lambda b: b, True),
    "nothing": (lambda x: (x + 0.0) * 1.0, lambda b: b, True),
    "zero": (lambda x: x * 0.0, lambda b: b, True),
    "power": (lambda x: x**3, lambda b: b**3, False),
    "silu": (ops.silu, lambda b: b, False),
    "softplus": (ops.softplus, lambda b: b + 1, False),
}
KINKED: dict[str, tuple[Callable[[Any], Any], Callable[[float], float], bool]] = {  # without a derivative somewhere
    "abs": (ops.abs, lambda b: b, True),
    "relu": (ops.relu, lambda b: b, True),
    "clip": (lambda x: ops.clip(x, -1.0, 1.5), lambda b: min(b, 1.5), True),
}
BINARY: dict[str, tuple[Callable[[Any, Any], Any], Callable[[float, float], float], bool]] = {
    "add": (ops.add, lambda a, b: a + b, True),
    "subtract": (ops.subtract, lambda a, b: a + b, True),
    "multiply": (ops.multiply, lambda a, b: a * b, False),
    "divide": (lambda x, y: x / (ops.square(y) + 1.0), lambda a, b: a, False),
}


def unary(p: Pool) -> None:
    """A smooth function of each element."""
    x = p.floats()
    function, bound, exact = UNARY[p.choose(UNARY)]
    p.add(function(x.tensor), bound(x.bound), exact and x.exact)


def kinked(p: Pool) -> None:
    """A function of each element that has a kink, or the larger or smaller of two."""
    x = p.floats()
    if p.between(0, 1):
        y = p.partner(x)
        p.add(p.choose((ops.maximum, ops.minimum))(x.tensor, y.tensor), max(x.bound, y.bound), x.exact and y.exact)
        return
    function, bound, exact = KINKED[p.choose(KINKED)]
    p.add(function(x.tensor), bound(x.bound), exact and x.exact)


def binary(p: Pool) -> None:
    """Arithmetic on two values that broadcast."""
    x = p.floats()
    y = p.partner(x)
    if p.between(0, 1):
        x, y = y, x
    function, bound, exact = BINARY[p.choose(BINARY)]
    p.add(function(x.tensor, y.tensor), bound(x.bound, y.bound), exact and x.exact and y.exact)


def compare(p: Pool) -> None:
    """A truth value of each element: a comparison, or logic on two."""
    masks = [e for e in p.entries if e.tensor.dtype == "bool"]
    if masks and p.between(0, 2) == 0:
        x = p.choose(masks)
        other = p.partner(x).tensor
        p.add(p.choose((ops.logical_and, ops.logical_or, ops.logical_xor))(x.tensor, other), 1.0, True)
        return
    x = p.floats(exact=True)
    y = p.partner(x)
    if not y.exact:
        y = x
    names = (ops.less, ops.less_equal, ops.greater, ops.equal, ops.not_equal)
    p.add(p.choose(names)(x.tensor, y.tensor), 1.0, True)


def where(p: Pool) -> None:
    """One or the other of two values."""
    x = p.floats()
    y = p.partner(x)
    shape = np.broadcast_shapes(x.tensor.shape, y.tensor.shape)
    mask = p.of(lambda e: e.tensor.dtype == "bool" and _broadcasts(e.tensor.shape, shape)).tensor
    condition = mask if mask.dtype == "bool" else ops.asarray(p.choose((True, False)))
    p.add(ops.where(condition, x.tensor, y.tensor), max(x.bound, y.bound), x.exact and y.exact)


def casts(p: Pool) -> None:
    """Another dtype, and back."""
    x = p.of(lambda e: e.exact)
    kinds = ("int32", "bool", "float64", str(p.dtype)) if x.tensor.dtype.is_floating else ("int32", str(p.dtype))
    out = ops.cast(x.tensor, p.choose(kinds))
    p.add(out if out.dtype != "float64" else ops.cast(out, p.dtype), max(x.bound, 1.0), True)


def integers(p: Pool) -> None:
    """Arithmetic on integers."""
    x = p.of(lambda e: e.tensor.dtype == "int32")
    if x.tensor.dtype != "int32":
        x = Entry(p.constant(x.tensor.shape, "int32"), 2.0, True)
    y = p.partner(x)
    if y.tensor.dtype != "int32":
        y = x
    function = p.choose((ops.add, ops.multiply, ops.subtract, ops.bitwise_xor, ops.maximum))
    p.add(function(x.tensor, y.tensor), max(x.bound * y.bound, x.bound + y.bound), True)


def reduce(p: Pool) -> None:
    """A reduction over some axes."""
    x = p.floats(rank=1)
    t = x.tensor
    axes = tuple(a for a in range(t.ndim) if p.between(0, 1)) or (p.between(0, t.ndim - 1),)
    count = math.prod(t.shape[a] for a in axes)
    keepdims = bool(p.between(0, 1))
    kinds: dict[str, tuple[Callable[..., Any], float, bool]] = {
        "sum": (ops.sum, x.bound * count, x.exact),
        "mean": (ops.mean, x.bound, False),
        "square": (lambda v, *a, **k: ops.mean(v * v, *a, **k), x.bound**2, False),
    }
    if count:
        kinds["logsumexp"] = (lambda v, a, keepdims: ops.logsumexp(v, a, keepdims), x.bound + math.log(count), False)
        kinds["var"] = (ops.var, 4 * x.bound**2, False)
    function, bound, exact = kinds[p.choose(kinds)]
    p.add(function(t, axes, keepdims=keepdims), bound, exact)


def extremes(p: Pool) -> None:
    """The largest, the smallest, where it is, or whether any or all hold."""
    x = p.floats(rank=1, exact=True)
    t = x.tensor
    axis = p.between(0, t.ndim - 1)
    function = p.choose((ops.max, ops.min, ops.argmax, ops.argmin, ops.any, ops.all, ops.sort))
    if not t.shape[axis] and function not in (ops.any, ops.all):
        function = ops.any
    out = function(t, axis=axis)
    p.add(out, float(t.shape[axis]) if out.dtype == "int32" else x.bound, True)


def movement(p: Pool) -> None:
    """The elements in another order, under another shape, some of them, or more of them."""
    x = p.of(lambda e: True)
    t, kind = x.tensor, p.between(0, 9)
    bound = x.bound
    axis = p.between(0, t.ndim - 1) if t.ndim else 0
    if kind == 0:
        out = ops.reshape(t, p.choose(_factors(t.size)) if t.size else t.shape[::-1])
    elif kind in (1, 2) or not t.ndim:
        out = ops.permute_dims(t, p.draw(st.permutations(range(t.ndim))))
    elif kind == 3:
        out = ops.flip(t, axis=axis)
    elif kind == 4 and t.ndim < 4:
        out = ops.broadcast_to(t, (p.choose(p.sizes), *t.shape))
    elif kind == 5:
        pairs = [(a, p.between(a, s)) for s in t.shape for a in (p.between(0, s),)]
        out = t[tuple(slice(a, b, p.between(1, 2)) for a, b in pairs)]
    elif kind == 6 and t.dtype.is_floating:
        low, high = ([p.between(-1, 2) if s > 2 else p.between(0, 2) for s in t.shape] for _ in range(2))
        inner = tuple(p.between(0, 1) for _ in t.shape)
        fill = ops.asarray(p.choose((0.0, 1.5)), dtype=t.dtype)
        out = bind(pad_p, t, fill, low=tuple(low), high=tuple(high), interior=inner)
        bound = max(bound, 1.5)
    elif kind == 7:
        out = ops.roll(t, p.between(-2, 2), axis=axis)
    elif kind == 8:
        out = ops.concat([t, ops.flip(t, axis=axis), *([t] if p.between(0, 1) else [])], axis=axis)
    else:
        out = ops.expand_dims(t, p.between(0, t.ndim)) if t.ndim < 4 else ops.swapaxes(t, 0, -1)
    if math.prod(out.shape) <= 4000:
        p.add(out, bound, x.exact)


def _factors(size: int) -> list[tuple[int, ...]]:
    pairs = [(a, size // a) for a in range(1, size + 1) if size % a == 0]
    return [(size,), *pairs, *((1, a, b) for a, b in pairs[:2])]


def product(p: Pool) -> None:
    """A sum of products over a pair of axes, beside common ones."""
    x = p.floats(rank=1)
    t = x.tensor
    axes = p.draw(st.permutations(range(t.ndim)))
    contracting = tuple(axes[: p.between(1, min(2, t.ndim))])
    batch = tuple(axes[len(contracting) : len(contracting) + p.between(0, 1)])
    shared = [t.shape[a] for a in (*contracting, *batch)]
    rest = [p.choose(p.sizes) for _ in range(p.between(0, 1))]
    order = p.draw(st.permutations(range(len(shared) + len(rest))))
    sizes = [*shared, *rest]
    shape = tuple(sizes[i] for i in order)
    y = p.of(lambda e: e.tensor.dtype is t.dtype and e.tensor.shape == shape, shape)
    place = {i: at for at, i in enumerate(order)}
    mine = tuple(place[i] for i in range(len(contracting)))
    common = tuple(place[len(contracting) + i] for i in range(len(batch)))
    count = math.prod(t.shape[a] for a in contracting)
    if p.between(0, 1):
        out = bind(dot_general_p, t, y.tensor, contracting=(contracting, mine), batch=(batch, common))
    else:
        out = bind(dot_general_p, y.tensor, t, contracting=(mine, contracting), batch=(common, batch))
    if math.prod(out.shape) <= 4000:
        p.add(out, x.bound * y.bound * count, False)


def indexing(p: Pool) -> None:
    """Rows picked by an index, or replaced at one."""
    x = p.floats(rank=1)
    t = x.tensor
    axis = p.between(0, t.ndim - 1)
    size = t.shape[axis]
    if not size:
        return
    index = ops.asarray(p.rng.integers(-size, size, p.shape(2)).astype(np.int32))
    if p.between(0, 2):
        p.add(ops.take(t, index, axis=axis), x.bound, x.exact)
        return
    rows = ops.asarray(p.rng.integers(0, t.shape[0], (2, 1)).astype(np.int32)) if t.shape[0] else None
    if rows is not None:
        p.add(ops.scatter_update(t, rows, p.constant((2, *t.shape[1:]))), max(x.bound, 2.0), x.exact)


def running(p: Pool) -> None:
    """Sums along an axis."""
    x = p.floats(rank=1)
    axis = p.between(0, x.tensor.ndim - 1)
    p.add(ops.cumulative_sum(x.tensor, axis=axis), x.bound * max(1, x.tensor.shape[axis]), x.exact)


def normalised(p: Pool) -> None:
    """Softmax, its logarithm, or a value less its mean and over its deviation."""
    x = p.floats(rank=1)
    t = x.tensor
    axis = p.between(0, t.ndim - 1)
    if not t.shape[axis]:
        return
    kind = p.between(0, 2)
    if kind == 0:
        p.add(ops.softmax(t, axis=axis), 1.0, False)
    elif kind == 1:
        p.add(ops.log_softmax(t, axis=axis), 2 * x.bound + math.log(t.shape[axis]), False)
    else:
        centred = t - ops.mean(t, axis, keepdims=True)
        p.add(centred * ops.rsqrt(ops.var(t, axis, keepdims=True) + 0.5), 2 * x.bound * 1.5, False)


def images(p: Pool) -> None:
    """A convolution of one axis, or windows along it."""
    x = p.of(lambda e: e.tensor.dtype is p.dtype and e.tensor.ndim == 3 and e.tensor.size > 0, (2, 5, 3))
    t = x.tensor
    if t.ndim != 3 or not t.size:
        return
    window = p.between(1, min(3, t.shape[1]))
    strides, padding = (p.between(1, 2),), ((p.between(0, window - 1), p.between(0, window - 1)),)
    kind = p.between(0, 2)
    if kind == 0:
        kernel = p.constant((window, t.shape[2], p.choose([s for s in p.sizes if s])))
        out = bind(conv_p, t, kernel, strides=strides, padding=padding, dilation=(1,), groups=1)
        p.add(out, x.bound * 2 * window * t.shape[2], False)
    else:
        which, bound = ((window_sum_p, x.bound * window), (window_max_p, x.bound))[kind - 1]
        out = bind(which, t, window=(window,), strides=strides, padding=padding)
        p.add(out, bound, x.exact)


FAMILIES: dict[str, Callable[[Pool], None]] = {
    step.__name__: step
    for step in (
        *(unary, binary, kinked, compare, where, casts, integers, reduce, extremes, movement),
        *(product, indexing, running, normalised, images),
    )
}
