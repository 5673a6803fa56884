"""GRU: all steps as one operation, and its gradient as another."""

from __future__ import annotations

from typing import Any

from hornbeam.composites.recurrent import common
from hornbeam.composites.recurrent.common import activation_of, blocks, named, slope_of, times_transposed
from hornbeam.interpret import bind
from hornbeam.ops.contraction import matmul
from hornbeam.ops.control import scan
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import zeros, zeros_like
from hornbeam.ops.elementwise.comparison import where
from hornbeam.ops.joining import concat
from hornbeam.ops.movement import expand_dims, static_slice
from hornbeam.primitive import composite
from hornbeam.tensor import Tensor

__all__ = ["gru"]


def _case(t: Any) -> Any:
    tensors, extra, params = common.example(t, 3)
    reset_after = bool(t.rng.random() < 0.5)
    if reset_after and t.rng.random() < 0.5:
        extra = {"recurrent_bias": t.array((tensors["recurrent"].shape[1],))} | extra
    params |= {"recurrent_activation": "sigmoid", "reset_after": reset_after}
    return t.case(*tensors.values(), *extra.values(), extra=tuple(extra), **params)


def _columns(weights: Tensor, start: int, stop: int) -> Tensor:
    return static_slice(weights, (0, start), (weights.shape[0], stop))


@composite("gru", cases=_case, multiple=True, partial_cts=True)
def gru_p(
    z: Tensor, recurrent: Tensor, h0: Tensor, *more: Tensor,
    extra: tuple[str, ...], activation: str, recurrent_activation: str, reset_after: bool, reverse: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """One step, with the update gate u, the reset gate r and the candidate n: h = u * h + (1 - u) * n.

    u and r are activated sums of z's blocks and h @ recurrent (+ recurrent_bias). Where `reset_after`, n is the activation of
    z_n + r * m with m = h @ recurrent_n + bias_n; else of z_n + (r * h) @ recurrent_n.

    Shapes: z [time, batch, 3 units], recurrent [units, 3 units], h0 [batch, units]; `extra` names further tensors:
    recurrent_bias [3 units] (only where `reset_after`), mask and recurrent_mask as in `lstm`. Results: h after each step,
    [time, batch, units]; u, r, n, and m where `reset_after`: [time, batch, 3 or 4 units]; the last h, [batch, units].
    """
    found = named(extra, more)
    act, gate, units = activation_of(activation), activation_of(recurrent_activation), recurrent.shape[0]

    def step(h: Tensor, row: dict[str, Tensor]) -> Any:
        seen = common.dropped(h, found.get("recurrent_mask"))
        z_u, z_r, z_n = blocks(row["z"], 3)
        if reset_after:
            inner = matmul(seen, recurrent)
            if "recurrent_bias" in found:
                inner = inner + found["recurrent_bias"]
            m_u, m_r, m = blocks(inner, 3)
            u, r = gate(z_u + m_u), gate(z_r + m_r)
            n = act(z_n + r * m)
            kept = [u, r, n, m]
        else:
            m_u, m_r = blocks(matmul(seen, _columns(recurrent, 0, 2 * units)), 2)
            u, r = gate(z_u + m_u), gate(z_r + m_r)
            n = act(z_n + matmul(r * seen, _columns(recurrent, 2 * units, 3 * units)))
            kept = [u, r, n]
        new = u * h + (1.0 - u) * n
        if "mask" in row:
            new = where(expand_dims(row["mask"], 1), new, h)
        return new, (new, concat(kept, axis=1))

    rows = {"z": z} | ({"mask": found["mask"]} if "mask" in found else {})
    last, (h, gates) = scan(step, h0, rows, reverse=reverse)
    return h, gates, last


@gru_p.vjp("inputs out")
def _(cts: Any, inputs: Any, out: Any, extra: tuple[str, ...], reset_after: bool, reverse: bool, **how: str) -> Any:
    _, recurrent, h0, *more = inputs
    h, gates, _ = out
    found = named(extra, more)
    previous, rmask, units = common.before(h, h0, reverse), found.get("recurrent_mask"), h0.shape[1]
    chosen = {name: t for name, t in found.items() if name != "recurrent_bias"}
    optional = common.given(dh=cts[0], dgates=cts[1], dlast=cts[2], **chosen)
    dz, dm, dh0 = bind(
        gru_grad_p, recurrent, gates, previous, *optional.values(),
        extra=tuple(optional), reset_after=reset_after, reverse=reverse, **how,
    )  # fmt: skip
    d_inner = concat([common.first(dz, 2 * units), dm], axis=2)  # of the products with the recurrent weights

    def of_recurrent() -> Tensor:
        if reset_after:
            return common.of_recurrent(previous, d_inner, rmask)
        early = common.of_recurrent(previous, common.first(dz, 2 * units), rmask)
        late = common.of_recurrent(previous * blocks(gates, 3)[1], dm, rmask)
        return concat([early, late], axis=1)

    def of_recurrent_mask() -> Tensor:
        if reset_after:
            return common.of_recurrent_mask(previous, d_inner, recurrent)
        early = common.of_recurrent_mask(
            previous, common.first(dz, 2 * units), _columns(recurrent, 0, 2 * units)
        )  # fmt: skip
        reset = previous * blocks(gates, 3)[1]
        return early + common.of_recurrent_mask(reset, dm, _columns(recurrent, 2 * units, 3 * units))

    rest = {
        "mask": None,
        "recurrent_mask": of_recurrent_mask,
        "recurrent_bias": lambda: d_inner.sum((0, 1)),
    }
    return dz, of_recurrent, dh0, *(rest[name] for name in extra)


def _grad_case(t: Any) -> Any:
    tensors, extra, params = common.example(t, 3)
    reset_after = bool(t.rng.random() < 0.5)
    (time, n), units = tensors["z"].shape[:2], tensors["state"].shape[1]
    kept = (time, n, (4 if reset_after else 3) * units)
    shapes = {"dh": (time, n, units), "dgates": kept, "dlast": (n, units)}
    extra = {name: t.array(shape) for name, shape in shapes.items() if t.rng.random() < 0.7} | extra
    needed = tensors["recurrent"], t.array(kept, 0.1, 0.9), t.array((time, n, units))
    params |= {"recurrent_activation": "sigmoid", "reset_after": reset_after}
    return t.case(*needed, *extra.values(), extra=tuple(extra), **params)


@composite("gru_grad", cases=_grad_case, multiple=True)
def gru_grad_p(
    recurrent: Tensor, gates: Tensor, previous: Tensor, *more: Tensor,
    extra: tuple[str, ...], activation: str, recurrent_activation: str, reset_after: bool, reverse: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """(dz, dm, dh0) of `gru`, whose parameters it shares; `reverse` is the forward walk's.

    previous: the state from which each step started, [time, batch, units]. `extra` names further tensors: dh, dgates and dlast,
    the cotangents of gru's results (one that is not there is zero), mask and recurrent_mask. dm [time, batch, units] is the
    cotangent of what the third block of the recurrent weights gave.
    """
    found = named(extra, more)
    units = recurrent.shape[0]
    slope, gate_slope, rmask = slope_of(activation), slope_of(recurrent_activation), found.get("recurrent_mask")

    def step(carried: Tensor, row: dict[str, Tensor]) -> Any:
        dh = carried + row["dh"] if "dh" in row else carried
        passed = None
        if "mask" in row:
            keep, none = expand_dims(row["mask"], 1), zeros_like(dh)
            passed, dh = where(keep, none, dh), where(keep, dh, none)
        h = row["before"]
        u, r, n, *rest = blocks(row["gates"], 4 if reset_after else 3)
        more = blocks(row["dgates"], len(rest) + 3) if "dgates" in row else None
        du, dn, direct = dh * (h - n), dh * (1.0 - u), dh * u
        if more is not None:
            du, dn = du + more[0], dn + more[2]
        dz_n = dn * slope(n)
        if reset_after:
            dm, dr = dz_n * r, dz_n * rest[0]
            if more is not None:
                dm = dm + more[3]
        else:
            dm = dz_n
            through = times_transposed(dm, _columns(recurrent, 2 * units, 3 * units))  # the cotangent of r * seen
            dr, through = through * common.dropped(h, rmask), through * r
        if more is not None:
            dr = dr + more[1]
        early = concat([du * gate_slope(u), dr * gate_slope(r)], axis=1)
        if reset_after:
            seen = times_transposed(concat([early, dm], axis=1), recurrent)
        else:
            seen = times_transposed(early, _columns(recurrent, 0, 2 * units)) + through
        before = direct + common.dropped(seen, rmask)
        return (before if passed is None else before + passed), (concat([early, dz_n], axis=1), dm)

    rows = {"gates": gates, "before": previous}
    rows |= {name: found[name] for name in ("dh", "dgates", "mask") if name in found}
    last = found["dlast"] if "dlast" in found else zeros((previous.shape[1], units), previous.dtype)
    dh0, (dz, dm) = scan(step, last, rows, reverse=not reverse)
    return dz, dm, dh0


def gru(
    z: Any, recurrent: Any, h0: Any, recurrent_bias: Any = None, mask: Any = None, recurrent_mask: Any = None,
    activation: str = "tanh", recurrent_activation: str = "sigmoid", reset_after: bool = True, reverse: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """All steps of a GRU.

    Args:
        z: inputs times kernel, plus the inputs' bias: [time, batch, 3 * units]; blocks in Keras's order: update (z), reset (r),
            candidate (h).
        recurrent: [units, 3 * units].
        h0: first state, [batch, units].
        recurrent_bias: [3 * units], or None; only where `reset_after`.
        mask, recurrent_mask, activation, recurrent_activation, reverse: as for `lstm`.
        reset_after: whether the reset gate acts after the product with the recurrent weights, or before it.

    Returns:
        h after each step, [time, batch, units]; the activated gates, [time, batch, 3 * units] (with the candidate's recurrent
        part behind them where `reset_after`: 4 * units); h after the last step that is walked, [batch, units].

    Raises:
        InvalidArgumentError: an activation is not among the supported ones.

    Source: Cho et al. 2014.

    Example:
        >>> import hornbeam as hb
        >>> h, gates, last = gru(hb.ops.ones((5, 2, 9)), hb.ops.ones((3, 9)), hb.ops.zeros((2, 3)))
        >>> h.shape, last.shape
        ((5, 2, 3), (2, 3))
    """
    optional = common.given(recurrent_bias=recurrent_bias, mask=mask, recurrent_mask=recurrent_mask)
    return bind(
        gru_p, *map(as_tensor, (z, recurrent, h0)), *optional.values(), extra=tuple(optional), activation=activation,
        recurrent_activation=recurrent_activation, reset_after=reset_after, reverse=reverse,
    )  # fmt: skip
