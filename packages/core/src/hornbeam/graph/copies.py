"""Operations that only put tensors together: what they copy, and where to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from hornbeam.graph.ir import Node, Value
from hornbeam.graph.views import Layout

__all__ = ["COPIES", "Copy", "copies"]

COPIES = frozenset(("concatenate", "pad", "update_slice"))


class Copy(NamedTuple):
    """Elements of some shape, where they are and where they go."""

    source: Layout
    shape: tuple[int, ...]
    goal: Layout


def copies(node: Node, layout: Callable[[Value], Layout]) -> Iterator[Copy]:
    """The copies that make the result of a node of `COPIES`, in an order in which they can be made; what is in its place is left.

    Args:
        node: what to make.
        layout: where the elements of its operands are, and those of its result will be.
    """
    made = {"concatenate": _concatenated, "pad": _padded, "update_slice": _updated}[node.primitive.name]
    for copy in made(node, layout):
        if all(copy.shape) and (copy.source.base, copy.source.offset) != (copy.goal.base, copy.goal.offset):
            yield copy


def _concatenated(node: Node, layout: Callable[[Value], Layout]) -> Iterator[Copy]:
    base, offset, strides = layout(node.output)
    axis, begin = node.params["axis"], 0
    for value in node.inputs:
        yield Copy(layout(value), value.shape, Layout(base, offset + begin * strides[axis], strides))
        begin += value.shape[axis]


def _padded(node: Node, layout: Callable[[Value], Layout]) -> Iterator[Copy]:
    """All is filled with the padding, then what of the operand is in it is copied: negative padding cuts off."""
    x, fill, out, goal = layout(node.inputs[0]), layout(node.inputs[1]), node.output.shape, layout(node.output)
    offset, begin = x.offset, goal.offset
    shape: list[int] = []
    steps: list[int] = []
    for axis, size in enumerate(node.inputs[0].shape):
        step, low = node.params["interior"][axis] + 1, node.params["low"][axis]
        first = max(0, -(low // step)) if low < 0 else 0
        last = min(size, (out[axis] - 1 - low) // step + 1)
        shape.append(max(0, last - first))
        offset += first * x.strides[axis]
        begin += (low + first * step) * goal.strides[axis]
        steps.append(step * goal.strides[axis])
    if tuple(shape) != out:
        yield Copy(Layout(fill.base, fill.offset, (0,) * len(out)), out, goal)
    yield Copy(Layout(x.base, offset, x.strides), tuple(shape), Layout(goal.base, begin, tuple(steps)))


def _updated(node: Node, layout: Callable[[Value], Layout]) -> Iterator[Copy]:
    x, updates = node.inputs
    goal, start = layout(node.output), node.params["start"]
    yield Copy(layout(x), x.shape, goal)
    begin = goal.offset + sum(place * by for place, by in zip(start, goal.strides, strict=True))
    strides = tuple(by * step for by, step in zip(goal.strides, node.params["strides"], strict=True))
    yield Copy(layout(updates), updates.shape, Layout(goal.base, begin, strides))
