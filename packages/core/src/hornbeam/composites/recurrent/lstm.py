"""LSTM: all steps as one operation, and its gradient as another."""

from __future__ import annotations

from typing import Any

from hornbeam.composites.recurrent import common
from hornbeam.composites.recurrent.common import activation_of, blocks, named, slope_of, times_transposed
from hornbeam.interpret import bind
from hornbeam.ops.control import scan
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import zeros, zeros_like
from hornbeam.ops.elementwise.comparison import where
from hornbeam.ops.joining import concat
from hornbeam.ops.movement import expand_dims
from hornbeam.primitive import composite
from hornbeam.tensor import Tensor

__all__ = ["lstm"]


def _case(t: Any) -> Any:
    tensors, extra, params = common.example(t, 4)
    c0 = t.array(tensors["state"].shape)
    return t.case(*tensors.values(), c0, *extra.values(), extra=tuple(extra), recurrent_activation="sigmoid", **params)


@composite("lstm", cases=_case, multiple=True, partial_cts=True)
def lstm_p(
    z: Tensor, recurrent: Tensor, h0: Tensor, c0: Tensor, *more: Tensor,
    extra: tuple[str, ...], activation: str, recurrent_activation: str, reverse: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    """One step: i, f, g, o = z + h @ recurrent, activated; c = f * c + i * g; h = o * activation(c).

    Shapes: z [time, batch, 4 units], recurrent [units, 4 units], h0 and c0 [batch, units]; `extra` names further tensors:
    mask [time, batch] bool and recurrent_mask [batch, units]. Results: h and c [time, batch, units], the activated gates
    [time, batch, 4 units], and the last h and c [batch, units]. `reverse`: from the last step to the first; results stand where
    their inputs stood.
    """
    found = named(extra, more)
    act, gate = activation_of(activation), activation_of(recurrent_activation)

    def step(state: tuple[Tensor, Tensor], row: dict[str, Tensor]) -> Any:
        h, c = state
        i, f, g, o = blocks(row["z"] + common.product(h, recurrent, found.get("recurrent_mask")), 4)
        i, f, g, o = gate(i), gate(f), act(g), gate(o)
        new_c = f * c + i * g
        new_h = o * act(new_c)
        if "mask" in row:
            keep = expand_dims(row["mask"], 1)
            new_h, new_c = where(keep, new_h, h), where(keep, new_c, c)
        return (new_h, new_c), (new_h, new_c, concat([i, f, g, o], axis=1))

    rows = {"z": z} | ({"mask": found["mask"]} if "mask" in found else {})
    last, results = scan(step, (h0, c0), rows, reverse=reverse)
    return *results, *last


@lstm_p.vjp("inputs out")
def _(
    cts: Any, inputs: Any, out: Any, extra: tuple[str, ...], activation: str, recurrent_activation: str, reverse: bool
) -> Any:
    _, recurrent, h0, c0, *more = inputs
    h, c, gates, *_ = out
    found = named(extra, more)
    optional = common.given(dh=cts[0], dc=cts[1], dgates=cts[2], dlast_h=cts[3], dlast_c=cts[4], **found)
    dz, dh0, dc0 = bind(
        lstm_grad_p, recurrent, gates, c, c0, *optional.values(),
        extra=tuple(optional), activation=activation, recurrent_activation=recurrent_activation, reverse=reverse,
    )  # fmt: skip

    def of_recurrent() -> Tensor:
        return common.of_recurrent(common.before(h, h0, reverse), dz, found.get("recurrent_mask"))

    def of_recurrent_mask() -> Tensor:
        return common.of_recurrent_mask(common.before(h, h0, reverse), dz, recurrent)

    rest = {"mask": None, "recurrent_mask": of_recurrent_mask}
    return dz, of_recurrent, dh0, dc0, *(rest[name] for name in extra)


def _grad_case(t: Any) -> Any:
    tensors, extra, params = common.example(t, 4)
    states = (*tensors["z"].shape[:2], tensors["state"].shape[1])
    shapes = {"dh": states, "dc": states, "dgates": tensors["z"].shape, "dlast_h": states[1:], "dlast_c": states[1:]}
    extra = {name: t.array(shape) for name, shape in shapes.items() if t.rng.random() < 0.7} | extra
    gates, c = t.array(tensors["z"].shape, 0.1, 0.9), t.array(states)
    needed = tensors["recurrent"], gates, c, tensors["state"]
    return t.case(*needed, *extra.values(), extra=tuple(extra), recurrent_activation="sigmoid", **params)


@composite("lstm_grad", cases=_grad_case, multiple=True)
def lstm_grad_p(
    recurrent: Tensor, gates: Tensor, c: Tensor, c0: Tensor, *more: Tensor,
    extra: tuple[str, ...], activation: str, recurrent_activation: str, reverse: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """(dz, dh0, dc0) of `lstm`, whose parameters it shares; `reverse` is the forward walk's.

    `extra` names further tensors: dh, dc, dgates, dlast_h and dlast_c, the cotangents of lstm's results (one that is not there
    is zero), mask and recurrent_mask.
    """
    found = named(extra, more)
    act, slope, gate_slope = activation_of(activation), slope_of(activation), slope_of(recurrent_activation)

    def step(state: tuple[Tensor, Tensor], row: dict[str, Tensor]) -> Any:
        dh, dc = state
        if "dh" in row:
            dh = dh + row["dh"]
        if "dc" in row:
            dc = dc + row["dc"]
        passed: tuple[Any, Any] | None = None
        if "mask" in row:  # a masked step hands the cotangents of its state on to the step before
            keep = expand_dims(row["mask"], 1)
            none = zeros_like(dh)
            passed = where(keep, none, dh), where(keep, none, dc)
            dh, dc = where(keep, dh, none), where(keep, dc, none)
        i, f, g, o = blocks(row["gates"], 4)
        a = act(row["c"])
        dc = dc + dh * o * slope(a)
        gates_cts = [dc * g, dc * row["before"], dc * i, dh * a]
        if "dgates" in row:
            gates_cts = [x + y for x, y in zip(gates_cts, blocks(row["dgates"], 4), strict=True)]
        slopes = (gate_slope(i), gate_slope(f), slope(g), gate_slope(o))
        dz = concat([x * y for x, y in zip(gates_cts, slopes, strict=True)], axis=1)
        dh, dc = common.dropped(times_transposed(dz, recurrent), found.get("recurrent_mask")), dc * f
        if passed is not None:
            dh, dc = dh + passed[0], dc + passed[1]
        return (dh, dc), dz

    rows = {"gates": gates, "c": c, "before": common.before(c, c0, reverse)}
    rows |= {name: found[name] for name in ("dh", "dc", "dgates", "mask") if name in found}
    last = [found[name] if name in found else zeros(c0.shape, c0.dtype) for name in ("dlast_h", "dlast_c")]
    (dh0, dc0), dz = scan(step, tuple(last), rows, reverse=not reverse)
    return dz, dh0, dc0


def lstm(
    z: Any, recurrent: Any, h0: Any, c0: Any, mask: Any = None, recurrent_mask: Any = None,
    activation: str = "tanh", recurrent_activation: str = "sigmoid", reverse: bool = False,
) -> tuple[Tensor, ...]:  # fmt: skip
    """All steps of an LSTM.

    Args:
        z: inputs times kernel, plus bias: [time, batch, 4 * units]; gates in the order i, f, c, o.
        recurrent: [units, 4 * units].
        h0, c0: first states, [batch, units].
        mask: [time, batch], bool; where False, the step leaves the states as they are.
        recurrent_mask: [batch, units]; multiplies the state before each product with `recurrent` (recurrent dropout).
        activation, recurrent_activation: names out of `SUPPORTED`.
        reverse: from the last step to the first; results stand where their inputs stood.

    Returns:
        h and c after each step, [time, batch, units]; the activated gates, [time, batch, 4 * units]; h and c after the last
        step that is walked, [batch, units].

    Raises:
        InvalidArgumentError: an activation is not among the supported ones.

    Source: Hochreiter and Schmidhuber 1997; Gers et al. 2000 (the forget gate).

    Example:
        >>> import hornbeam as hb
        >>> h, c, gates, last_h, last_c = lstm(hb.ops.ones((5, 2, 12)), hb.ops.ones((3, 12)), hb.ops.zeros((2, 3)), hb.ops.zeros((2, 3)))
        >>> h.shape, gates.shape, last_h.shape
        ((5, 2, 3), (5, 2, 12), (2, 3))
    """
    optional = common.given(mask=mask, recurrent_mask=recurrent_mask)
    return bind(
        lstm_p, *map(as_tensor, (z, recurrent, h0, c0)), *optional.values(),
        extra=tuple(optional), activation=activation, recurrent_activation=recurrent_activation, reverse=reverse,
    )  # fmt: skip
