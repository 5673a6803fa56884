"""The simple (Elman) RNN: all steps as one operation, and its gradient as another."""

from __future__ import annotations

from typing import Any

from hornbeam.composites.recurrent import common
from hornbeam.composites.recurrent.common import activation_of, named, slope_of, times_transposed
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


@composite("simple_rnn", cases=_case, multiple=True, partial_cts=True)
def simple_rnn_p(
    z: Tensor, recurrent: Tensor, h0: Tensor, *more: Tensor, extra: tuple[str, ...], activation: str, reverse: bool
) -> tuple[Tensor, Tensor]:
    """One step: h = activation(z + h @ recurrent).

    Shapes: z [time, batch, units], recurrent [units, units], h0 [batch, units]; `extra` as in `lstm`. Results: h after each
    step, [time, batch, units], and the last h, [batch, units].
    """
    found = named(extra, more)
    act = activation_of(activation)

    def step(h: Tensor, row: dict[str, Tensor]) -> Any:
        new = act(row["z"] + common.product(h, recurrent, found.get("recurrent_mask")))
        if "mask" in row:
            new = where(expand_dims(row["mask"], 1), new, h)
        return new, new

    rows = {"z": z} | ({"mask": found["mask"]} if "mask" in found else {})
    last, h = scan(step, h0, rows, reverse=reverse)
    return h, last


@simple_rnn_p.vjp("inputs out")
def _(cts: Any, inputs: Any, out: Any, extra: tuple[str, ...], activation: str, reverse: bool) -> Any:
    (_, recurrent, h0, *more), (h, _) = inputs, out
    found = named(extra, more)
    optional = common.given(dh=cts[0], dlast=cts[1], **found)
    dz, dh0 = bind(
        simple_rnn_grad_p, recurrent, h, *optional.values(),
        extra=tuple(optional), activation=activation, reverse=reverse,
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
    shapes = {"dh": h.shape, "dlast": h.shape[1:]}
    extra = {name: t.array(shape) for name, shape in shapes.items() if t.rng.random() < 0.7} | extra
    return t.case(tensors["recurrent"], h, *extra.values(), extra=tuple(extra), **params)


@composite("simple_rnn_grad", cases=_grad_case, multiple=True)
def simple_rnn_grad_p(
    recurrent: Tensor, h: Tensor, *more: Tensor, extra: tuple[str, ...], activation: str, reverse: bool
) -> tuple[Tensor, Tensor]:
    """(dz, dh0) of `simple_rnn`, whose parameters it shares; `reverse` is the forward walk's.

    `extra` names further tensors: dh and dlast, the cotangents of simple_rnn's results (one that is not there is zero), mask and
    recurrent_mask.
    """
    found = named(extra, more)
    slope = slope_of(activation)

    def step(carried: Tensor, row: dict[str, Tensor]) -> Any:
        total = carried + row["dh"] if "dh" in row else carried
        passed = None
        if "mask" in row:
            keep, none = expand_dims(row["mask"], 1), zeros_like(total)
            passed, total = where(keep, none, total), where(keep, total, none)
        dz = total * slope(row["h"])
        before = common.dropped(times_transposed(dz, recurrent), found.get("recurrent_mask"))
        return (before if passed is None else before + passed), dz

    rows = {"h": h} | {name: found[name] for name in ("dh", "mask") if name in found}
    last = found["dlast"] if "dlast" in found else zeros(h.shape[1:], h.dtype)
    dh0, dz = scan(step, last, rows, reverse=not reverse)
    return dz, dh0


def simple_rnn(
    z: Any, recurrent: Any, h0: Any, mask: Any = None, recurrent_mask: Any = None,
    activation: str = "tanh", reverse: bool = False,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """All steps of a simple RNN.

    Args:
        z: inputs times kernel, plus bias: [time, batch, units].
        recurrent: [units, units].
        h0: first state, [batch, units].
        mask, recurrent_mask, activation, reverse: as for `lstm`.

    Returns:
        h after each step, [time, batch, units], and after the last step that is walked, [batch, units].

    Raises:
        InvalidArgumentError: the activation is not among the supported ones.

    Source: Elman 1990, "Finding structure in time".

    Example:
        >>> import hornbeam as hb
        >>> h, last = simple_rnn(hb.ops.ones((5, 2, 3)), hb.ops.ones((3, 3)), hb.ops.zeros((2, 3)))
        >>> h.shape, last.shape
        ((5, 2, 3), (2, 3))
    """
    optional = common.given(mask=mask, recurrent_mask=recurrent_mask)
    tensors = (*map(as_tensor, (z, recurrent, h0)), *optional.values())
    return bind(simple_rnn_p, *tensors, extra=tuple(optional), activation=activation, reverse=reverse)
