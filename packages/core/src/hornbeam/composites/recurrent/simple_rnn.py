"""The simple (Elman) RNN: all steps as one operation, and its gradient as another."""

from __future__ import annotations

from typing import Any

from hornbeam.composites.recurrent import common
from hornbeam.composites.recurrent.common import activation_of, named, slope_of, swap_time, times_transposed
from hornbeam.interpret import bind
from hornbeam.ops.control import scan
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import zeros, zeros_like
from hornbeam.ops.elementwise.comparison import where
from hornbeam.ops.movement import expand_dims
from hornbeam.primitive import composite
from hornbeam.tensor import Tensor

__all__ = ["simple_rnn"]


def _case(t: Any) -> Any:
    tensors, extra, params = common.example(t, 1)
    return t.case(*tensors.values(), *extra.values(), extra=tuple(extra), **params)


@composite("simple_rnn", cases=_case)
def simple_rnn_p(
    z: Tensor, recurrent: Tensor, h0: Tensor, *more: Tensor, extra: tuple[str, ...], activation: str, reverse: bool
) -> Tensor:
    """One step: h = activation(z + h @ recurrent).

    Shapes: z [batch, time, units], recurrent [units, units], h0 [batch, units]; `extra` as in `lstm`. Result: h after each
    step, [batch, time, units].
    """
    found = named(extra, more)
    act = activation_of(activation)

    def step(h: Tensor, row: dict[str, Tensor]) -> Any:
        new = act(row["z"] + common.product(h, recurrent, found.get("recurrent_mask")))
        if "mask" in row:
            new = where(expand_dims(row["mask"], 1), new, h)
        return new, new

    rows = {"z": swap_time(z)} | ({"mask": swap_time(found["mask"])} if "mask" in found else {})
    _, h = scan(step, h0, rows, reverse=reverse)
    return swap_time(h)


@simple_rnn_p.vjp("inputs out")
def _(dh: Tensor, inputs: Any, h: Tensor, extra: tuple[str, ...], activation: str, reverse: bool) -> Any:
    _, recurrent, h0, *more = inputs
    found = named(extra, more)
    dz, dh0 = bind(
        simple_rnn_grad_p, dh, recurrent, h, *more, extra=extra, activation=activation, reverse=reverse
    )  # fmt: skip

    def of_recurrent() -> Tensor:
        return common.of_recurrent(common.before(h, h0, reverse), dz, found.get("recurrent_mask"))

    def of_recurrent_mask() -> Tensor:
        return common.of_recurrent_mask(common.before(h, h0, reverse), dz, recurrent)

    rest = {"mask": None, "recurrent_mask": of_recurrent_mask}
    return dz, of_recurrent, dh0, *(rest[name] for name in extra)


def _grad_case(t: Any) -> Any:
    tensors, extra, params = common.example(t, 1)
    h = t.array(tensors["z"].shape, -0.9, 0.9)
    return t.case(tensors["z"], tensors["recurrent"], h, *extra.values(), extra=tuple(extra), **params)


@composite("simple_rnn_grad", cases=_grad_case, multiple=True)
def simple_rnn_grad_p(
    dh: Tensor, recurrent: Tensor, h: Tensor, *more: Tensor, extra: tuple[str, ...], activation: str, reverse: bool
) -> tuple[Tensor, Tensor]:
    """(dz, dh0) of `simple_rnn`, whose parameters it shares; `reverse` is the forward walk's."""
    found = named(extra, more)
    slope = slope_of(activation)

    def step(carried: Tensor, row: dict[str, Tensor]) -> Any:
        total = carried + row["dh"]
        passed = None
        if "mask" in row:
            keep, none = expand_dims(row["mask"], 1), zeros_like(total)
            passed, total = where(keep, none, total), where(keep, total, none)
        dz = total * slope(row["h"])
        before = common.dropped(times_transposed(dz, recurrent), found.get("recurrent_mask"))
        return (before if passed is None else before + passed), dz

    rows = {"dh": dh, "h": h} | ({"mask": found["mask"]} if "mask" in found else {})
    none = zeros((h.shape[0], h.shape[2]), h.dtype)
    dh0, dz = scan(step, none, {k: swap_time(v) for k, v in rows.items()}, reverse=not reverse)
    return swap_time(dz), dh0


def simple_rnn(
    z: Any, recurrent: Any, h0: Any, mask: Any = None, recurrent_mask: Any = None,
    activation: str = "tanh", reverse: bool = False,
) -> Tensor:  # fmt: skip
    """All steps of a simple RNN.

    Args:
        z: inputs times kernel, plus bias: [batch, time, units].
        recurrent: [units, units].
        h0: first state, [batch, units].
        mask, recurrent_mask, activation, reverse: as for `lstm`.

    Returns:
        h after each step, [batch, time, units].

    Raises:
        InvalidArgumentError: the activation is not among the supported ones.

    Source: Elman 1990, "Finding structure in time".

    Example:
        >>> import hornbeam as hb
        >>> simple_rnn(hb.ops.ones((2, 5, 3)), hb.ops.ones((3, 3)), hb.ops.zeros((2, 3))).shape
        (2, 5, 3)
    """
    optional = common.given(mask=mask, recurrent_mask=recurrent_mask)
    tensors = (*map(as_tensor, (z, recurrent, h0)), *optional.values())
    return bind(simple_rnn_p, *tensors, extra=tuple(optional), activation=activation, reverse=reverse)
