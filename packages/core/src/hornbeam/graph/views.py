"""Views: values that are other values' memory, seen with other strides. Nothing is copied unless a reader needs it."""

from __future__ import annotations

from typing import NamedTuple

from hornbeam.graph.ir import Node, Value

__all__ = ["VIEWS", "Layout", "contiguous", "layout_of"]

VIEWS = frozenset(("reshape", "transpose", "broadcast_to", "slice", "flip", "identity", "stop_gradient", "barrier"))


class Layout(NamedTuple):
    """Where a value's elements are: in the memory of `base` at `offset` + sum(index * stride), in elements.

    A value that is no view is its own base. A stride is 0 along an axis that is broadcast, negative along one that is flipped.
    """

    base: Value
    offset: int
    strides: tuple[int, ...]


def contiguous(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides, in elements, of an array in C order."""
    strides, size = [], 1
    for length in reversed(shape):
        strides.append(size)
        size *= length
    return tuple(reversed(strides))


def layout_of(value: Value, producers: dict[Value, Node], known: dict[Value, Layout]) -> Layout:
    """Where a value's elements are, followed back through views; `known` remembers.

    A reshape of something that is not in C order is no view: its layout is its own, and its node a copy.
    """
    if value not in known:
        node = producers.get(value)
        seen = None
        if node is not None and node.primitive.name in VIEWS and node.inputs and value.size:
            seen = _seen(node, layout_of(node.inputs[0], producers, known))
        known[value] = seen or Layout(value, 0, contiguous(value.shape))
    return known[value]


def _seen(node: Node, source: Layout) -> Layout | None:
    name, params, shape = node.primitive.name, node.params, node.inputs[0].shape
    base, offset, strides = source
    if name == "transpose":
        return Layout(base, offset, tuple(strides[a] for a in params["axes"]))
    if name == "broadcast_to":
        target = node.output.shape
        extra = len(target) - len(shape)
        kept = (0 if s == 1 and t != 1 else by for s, t, by in zip(shape, target[extra:], strides, strict=True))
        return Layout(base, offset, (0,) * extra + tuple(kept))
    if name == "slice":
        if not params["start"]:
            return source
        offset += sum(start * by for start, by in zip(params["start"], strides, strict=True))
        return Layout(base, offset, tuple(by * step for by, step in zip(strides, params["strides"], strict=True)))
    if name == "flip":
        axes = set(params["axes"])
        offset += sum((shape[a] - 1) * strides[a] for a in axes)
        return Layout(base, offset, tuple(-by if a in axes else by for a, by in enumerate(strides)))
    if name == "reshape":
        return _reshaped(source, shape, node.output.shape)
    return source


def _reshaped(source: Layout, before: tuple[int, ...], after: tuple[int, ...]) -> Layout | None:
    """The same elements in another shape, if strides can say it: axes of size 1 come and go, neighbouring axes join and part."""
    old = [(n, by) for n, by in zip(before, source.strides, strict=True) if n != 1]
    strides: list[int] = []
    groups: list[list[int]] = []  # the old axes, joined where they are one run: [size, stride]
    for n, by in old:
        if groups and groups[-1][1] == n * by:
            groups[-1] = [groups[-1][0] * n, by]
        else:
            groups.append([n, by])
    for size in reversed(after):
        if size == 1:
            strides.append(0)
            continue
        if not groups or groups[-1][0] % size:
            return None
        strides.append(groups[-1][1])
        groups[-1] = [groups[-1][0] // size, groups[-1][1] * size]
        if groups[-1][0] == 1:
            groups.pop()
    return None if groups else Layout(source.base, source.offset, tuple(reversed(strides)))
