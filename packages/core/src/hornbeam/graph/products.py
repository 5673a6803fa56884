"""A contraction of two tensors as a product of matrices: which axes are its batch, rows, columns and sums."""

from __future__ import annotations

from typing import NamedTuple

from hornbeam.graph.ir import Node, Value
from hornbeam.graph.views import Layout, contiguous
from hornbeam.ops.contraction import free_axes

__all__ = ["Axis", "in_order", "joined", "product_axes"]


class Axis(NamedTuple):
    """Some axes as one: their size, and strides in the operands and the result (0 where they are not there)."""

    size: int
    a: int
    b: int
    c: int


def in_order(node: Node, side: int, other: Layout, own: Layout | None = None) -> Layout:
    """Memory for one operand in the order batch, m, k or batch, k, n; what is summed over in the order of the other operand.

    Where `own`, its layout before, says that rows of m lie in one run, they stay so: the order is batch, k, m.
    """
    value = node.inputs[side]
    contracting, batch = node.params["contracting"], node.params["batch"]
    pairs = sorted(zip(*contracting, strict=True), key=lambda pair: -abs(other.strides[pair[1 - side]]))
    summed = tuple(pair[side] for pair in pairs)
    free = free_axes(len(value.shape), summed, batch[side])
    runs = own is not None and any(own.strides[a] == 1 for a in free)
    order = (*batch[side], *summed, *free) if side or runs else (*batch[side], *free, *summed)
    shape = tuple(value.shape[a] for a in order)
    strides = dict(zip(order, contiguous(shape), strict=True))
    return Layout(Value(shape, value.dtype), 0, tuple(strides[a] for a in range(len(order))))


def product_axes(
    node: Node, left: Layout, right: Layout, goal: Layout | None = None
) -> tuple[list[Axis], Axis, Axis, Axis] | None:
    """(batch, m, n, k), each m, n and k as one axis; None where k cannot be. `goal`: of the result, default: in C order."""
    x, y = node.inputs
    contracting, batch = node.params["contracting"], node.params["batch"]
    free = free_axes(len(x.shape), contracting[0], batch[0]), free_axes(len(y.shape), contracting[1], batch[1])
    out = iter(goal.strides if goal else contiguous(node.output.shape))
    batches = [Axis(x.shape[i], left.strides[i], right.strides[j], next(out)) for i, j in zip(*batch, strict=True)]
    ms = joined(sorted((Axis(x.shape[i], left.strides[i], 0, next(out)) for i in free[0]), key=lambda axis: -axis.c))
    ns = joined(sorted((Axis(y.shape[j], 0, right.strides[j], next(out)) for j in free[1]), key=lambda axis: -axis.c))
    ks = [Axis(x.shape[i], left.strides[i], right.strides[j], 0) for i, j in zip(*contracting, strict=True)]
    ks = joined(sorted(ks, key=lambda axis: (-abs(axis.a), -abs(axis.b))))  # the order of a sum is free
    if len(ks) > 1:
        return None
    k = ks[0] if ks else Axis(1, 1, 1, 0)
    m, n = _largest(ms, Axis(1, 1, 0, node.output.shape[-1] if node.output.shape else 1)), _inner(ns)
    if n.b != 1 and k.b != 1 and n.size > 1 and k.size > 1:
        return None
    rest = [axis for axis in (*batches, *ms, *ns) if axis not in (m, n) and axis.size > 1]
    return joined(rest), m, n, k


def joined(axes: list[Axis]) -> list[Axis]:
    """Neighbouring axes as one where all strides go on from one to the next."""
    found: list[Axis] = []
    for axis in axes:
        if axis.size == 1:
            continue
        last = found[-1] if found else None
        if last and (last.a, last.b, last.c) == (axis.a * axis.size, axis.b * axis.size, axis.c * axis.size):
            found[-1] = Axis(last.size * axis.size, *axis[1:])
        else:
            found.append(axis)
    return found


def _largest(axes: list[Axis], otherwise: Axis) -> Axis:
    return max(axes, key=lambda axis: axis.size) if axes else otherwise


def _inner(axes: list[Axis]) -> Axis:
    """The axis along which vectors run: the result's last."""
    return axes[-1] if axes else Axis(1, 0, 1, 1)
