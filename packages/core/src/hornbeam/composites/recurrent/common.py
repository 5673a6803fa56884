"""What the recurrent composites share: activations with derivatives from their values, and shifts in time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.errors import InvalidArgumentError
from hornbeam.interpret import bind
from hornbeam.ops.contraction import dot_general_p, matmul
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.arithmetic import abs as absolute
from hornbeam.ops.elementwise.arithmetic import minimum
from hornbeam.ops.elementwise.comparison import where
from hornbeam.ops.elementwise.exponential import sigmoid
from hornbeam.ops.elementwise.trigonometric import tanh
from hornbeam.ops.joining import concat
from hornbeam.ops.movement import expand_dims, static_slice
from hornbeam.ops.nn import elu, hard_sigmoid, relu, softsign
from hornbeam.tensor import Tensor

__all__ = ["SUPPORTED"]

Function = Callable[[Any], Any]

# name: (the function, its derivative as a function of its value)
_FUNCTIONS: dict[str, tuple[Function, Function]] = {
    "tanh": (tanh, lambda a: 1.0 - a * a),
    "sigmoid": (sigmoid, lambda a: a * (1.0 - a)),
    "relu": (relu, lambda a: where(a > 0, 1.0, 0.0).astype(a.dtype)),
    "linear": (lambda x: x, lambda a: where(a == a, 1.0, 0.0).astype(a.dtype)),
    "hard_sigmoid": (hard_sigmoid, lambda a: where((a > 0) & (a < 1), 1 / 6, 0.0).astype(a.dtype)),
    "softsign": (softsign, lambda a: (1.0 - absolute(a)) * (1.0 - absolute(a))),
    "elu": (elu, lambda a: minimum(a, 0.0) + 1.0),
}
SUPPORTED = tuple(_FUNCTIONS)


def activation_of(name: str) -> Function:
    """The function of that name."""
    return _functions(name)[0]


def slope_of(name: str) -> Function:
    """Its derivative, as a function of its value."""
    return _functions(name)[1]


def _functions(name: str) -> tuple[Function, Function]:
    if name not in _FUNCTIONS:
        raise InvalidArgumentError(
            f"a recurrent layer in one operation takes activations out of {', '.join(SUPPORTED)}; got {name!r}. "
            "A loop over the layer's cell takes any."
        )
    return _FUNCTIONS[name]


def blocks(x: Tensor, count: int) -> list[Tensor]:
    """`count` equal parts of the last axis."""
    size = x.shape[-1] // count
    lead, zeros = x.shape[:-1], (0,) * (x.ndim - 1)
    return [static_slice(x, (*zeros, i * size), (*lead, (i + 1) * size)) for i in range(count)]


def first(x: Tensor, size: int) -> Tensor:
    """The first `size` elements of the last axis."""
    return static_slice(x, (0,) * x.ndim, (*x.shape[:-1], size))


def before(states: Tensor, initial: Tensor, reverse: bool) -> Tensor:
    """The state from which each step starts: [time, batch, units], out of the states after each step and the first one."""
    time, *rest = states.shape
    start = expand_dims(initial, 0)
    if not time:
        return states
    if reverse:
        return concat([static_slice(states, (1, 0, 0), (time, *rest)), start], axis=0)
    return concat([start, static_slice(states, (0, 0, 0), (time - 1, *rest))], axis=0)


def times_transposed(x: Tensor, weights: Tensor) -> Tensor:
    """x @ weights.T"""
    return bind(dot_general_p, x, weights, contracting=((1,), (1,)), batch=((), ()))


def of_recurrent(previous: Tensor, dz: Tensor, recurrent_mask: Tensor | None) -> Tensor:
    """The cotangent of weights that every step uses: [time, batch, m] and [time, batch, n] -> [m, n]."""
    seen = previous if recurrent_mask is None else previous * recurrent_mask
    return bind(dot_general_p, seen, dz, contracting=((0, 1), (0, 1)), batch=((), ()))


def dropped(h: Tensor, recurrent_mask: Tensor | None) -> Tensor:
    """The state as the recurrent product sees it."""
    return h if recurrent_mask is None else h * recurrent_mask


def given(**tensors: Any) -> dict[str, Tensor]:
    """Those of the optional tensors that are not None, as tensors."""
    return {name: as_tensor(t) for name, t in tensors.items() if t is not None}


def named(extra: Sequence[str], tensors: Sequence[Tensor]) -> dict[str, Tensor]:
    """The further tensors of a composite by their names."""
    return dict(zip(extra, tensors, strict=True))


def of_recurrent_mask(previous: Tensor, dz: Tensor, recurrent: Tensor) -> Tensor:
    """The cotangent of the state's dropout: [time, batch, units], [time, batch, n], [units, n] -> [batch, units]."""
    through = bind(dot_general_p, dz, recurrent, contracting=((2,), (1,)), batch=((), ()))
    return (previous * through).sum(0)


def example(t: Any, gates: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """For test cases: tensors of fitting shapes, options by chance, and static parameters."""
    n, time, u = t.sizes[:3]
    tensors = {"z": t.array((time, n, gates * u)), "recurrent": t.array((u, gates * u)), "state": t.array((n, u))}
    extra = {}
    if t.rng.random() < 0.5:
        extra["mask"] = t.rng.random((time, n)) < 0.5
    if t.rng.random() < 0.5:
        extra["recurrent_mask"] = t.array((n, u))
    return tensors, extra, {"activation": "tanh", "reverse": bool(t.rng.random() < 0.5)}


def product(h: Tensor, recurrent: Tensor, recurrent_mask: Tensor | None) -> Tensor:
    """[batch, units] @ [units, n], with dropout of the state."""
    return matmul(dropped(h, recurrent_mask), recurrent)
