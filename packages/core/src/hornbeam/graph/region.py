"""A region: operations of a graph that run as one loop over memory, and how two regions become one.

A region walks one space of iteration. Its dimensions fall into three groups, from the outside in: `parallel` (independent),
`serial` (some result is reduced over them) and `inner` (walked several times where a row has to be reduced before it can be used,
as in a softmax). A value of the region has all dimensions, or all but the inner ones (one number a row); results reduced over
serial dimensions are known when the region ends, and are not used in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hornbeam.graph.ir import Graph, Node, Value

__all__ = ["REDUCTIONS", "SOURCES", "Makers", "Region", "alone", "axis_map", "united"]

Dims = tuple[int | None, ...]
VIEWS = frozenset(("transpose", "broadcast_to", "reshape", "slice", "flip"))
SOURCES = frozenset(("iota", "random_bits"))
REDUCTIONS = frozenset(("reduce_sum", "reduce_prod", "reduce_max", "reduce_min", "reduce_any", "reduce_all"))
CHEAP = frozenset(
    (
        "iota",
        "cast",
        "add",
        "subtract",
        "multiply",
        "negative",
        "equal",
        "less",
        "greater",
        "less_equal",
        "greater_equal",
    )
)
# a reduction to a single number is used in its own region only up to that many elements: it is not shared out
ONE_TASK = 4096


class Makers(dict[Value, Node]):
    """The node that makes each value of a graph, and what values are views of, as far as that was asked for."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph.producers())
        self.views: dict[Value, tuple[Value, Dims]] = {}


@dataclass
class Region:
    """Nodes that run as one loop.

    Attributes:
        nodes: in an order in which they can run.
        axes: for each value made in it, the dimension that each axis runs along (None for an axis of size 1).
        walks: for each node, the dimension of each axis of what it computes over: its input if it reduces, else its result.
        reads: the values from outside that it reads, each with the dimensions of its axes at its first use.
        extents: the size of each dimension.
        reductions: reducing node -> "row", "column" or "all" (a row, then over the serial dimensions); one that reduces
            axes of size 1 alone does nothing, and is not among them.
        parallel, serial, inner: the groups of dimensions, each in the order of the loops.
        outputs: what nodes outside, or the graph's caller, need.
        makers: the node of each value made in it.
        cheap: values made of indices and plain numbers alone: each place computes them anew, whatever dimensions they have.
        reducing: the nodes that reduce over a dimension.
        consumed: those of them whose results are used in the region.
        rows: the dimensions that some value lacks where it is used.
        spans: the dimensions of the values that are neither cheap nor reduced.
    """

    nodes: list[Node] = field(default_factory=list)
    axes: dict[Value, Dims] = field(default_factory=dict)
    walks: dict[Node, Dims] = field(default_factory=dict)
    reads: dict[Value, Dims] = field(default_factory=dict)
    extents: list[int] = field(default_factory=list)
    reductions: dict[Node, str] = field(default_factory=dict)
    parallel: tuple[int, ...] = ()
    serial: tuple[int, ...] = ()
    inner: tuple[int, ...] = ()
    outputs: list[Value] = field(default_factory=list)
    makers: dict[Value, Node] = field(default_factory=dict)
    cheap: set[Value] = field(default_factory=set)
    reducing: list[Node] = field(default_factory=list)
    consumed: set[Node] = field(default_factory=set)
    rows: set[frozenset[int]] = field(default_factory=set)
    spans: set[frozenset[int]] = field(default_factory=set)

    def over(self, node: Node) -> frozenset[int]:
        """The dimensions over which a node reduces."""
        return dimensions(self.walks[node][a] for a in node.params["axes"])

    def extent(self, dims: Iterable[int]) -> int:
        """The number of places along several dimensions together."""
        return math.prod(self.extents[d] for d in dims)


@lru_cache(4096)
def _dimensions(dims: Dims) -> frozenset[int]:
    return frozenset(d for d in dims if d is not None)


def dimensions(dims: Iterable[int | None]) -> frozenset[int]:
    """Those that are there."""
    return _dimensions(tuple(dims))


def axis_map(value: Value, makers: Makers) -> tuple[Value, Dims]:
    """What a value is a view of, as long as the views only name axes anew: transposes, broadcasts, axes of size 1.

    Returns:
        The value at the root, and for each axis of `value` the axis of the root that it is (None: repeated, or of size 1).
    """
    found = makers.views.get(value)
    if found is None:
        found = makers.views[value] = _axis_map(value, makers)
    return found


def _axis_map(value: Value, makers: Makers) -> tuple[Value, Dims]:
    node = makers.get(value)
    name = node.primitive.name if node is not None else ""
    if node is None or name not in ("transpose", "broadcast_to", "reshape"):
        return value, tuple(range(len(value.shape)))
    source = node.inputs[0]
    if name == "transpose":
        step: tuple[int | None, ...] = node.params["axes"]
    elif name == "broadcast_to":
        extra = len(value.shape) - len(source.shape)
        kept = (i if n == value.shape[i + extra] else None for i, n in enumerate(source.shape))
        step = (*(None for _ in range(extra)), *kept)
    elif [s for s in source.shape if s != 1] == [s for s in value.shape if s != 1]:
        real = iter(i for i, s in enumerate(source.shape) if s != 1)
        step = tuple(None if s == 1 else next(real) for s in value.shape)
    else:
        return value, tuple(range(len(value.shape)))
    root, axes = axis_map(source, makers)
    return root, tuple(None if a is None else axes[a] for a in step)


def alone(node: Node, makers: Makers) -> Region | None:
    """A region of one node, or None where the node is no loop over memory."""
    name = node.primitive.name
    loop = node.primitive.elementwise or name in REDUCTIONS or name in SOURCES
    if not loop:
        return None
    for value in (*node.inputs, *node.outputs):
        if value.dtype.kind == "complex" or 0 in value.shape:
            return None
    shape = node.inputs[0].shape if name in REDUCTIONS else node.output.shape
    region = Region(extents=[s for s in shape if s > 1])
    count = iter(range(len(shape)))
    walk = tuple([next(count) if s > 1 else None for s in shape])
    region.nodes.append(node)
    region.walks[node] = walk
    axes = node.params["axes"] if name in REDUCTIONS else ()
    region.axes[node.output] = tuple([d for a, d in enumerate(walk) if a not in axes]) if axes else walk
    for value in node.inputs:
        root, axes = axis_map(value, makers)
        known = (None,) * len(root.shape) if name in SOURCES else _dims_of_root(root, axes, walk)
        region.reads.setdefault(root, known)
    return region if _include(region, [node], makers) and _arrange(region) else None


def _dims_of_root(root: Value, axes: tuple[int | None, ...], walk: Dims) -> Dims:
    found: list[int | None] = [None] * len(root.shape)
    for axis, place in enumerate(axes):
        if place is not None:
            found[place] = walk[axis]
    return tuple(found)


def united(first: Region, second: Region, makers: Makers) -> Region | None:
    """One region of the nodes of two, those of `second` after those of `first`; None where that is not one loop."""
    if bool(first.extents) != bool(second.extents):
        return None  # single numbers are computed once, not by every task
    same = _correspondence(first, second, makers)
    if same is None:
        return None
    made = Region(
        nodes=[*first.nodes, *second.nodes],
        axes=first.axes.copy(),
        walks=first.walks.copy(),
        reads=first.reads.copy(),
        extents=first.extents.copy(),
        makers=first.makers.copy(),
        cheap=first.cheap.copy(),
        reducing=first.reducing.copy(),
        consumed=first.consumed.copy(),
        rows=first.rows.copy(),
        spans=first.spans.copy(),
    )
    names: dict[Any, Any] = {None: None, **same}
    for dim, extent in enumerate(second.extents):
        if dim not in same:
            made.extents.append(extent)
            names[dim] = len(made.extents) - 1
    new_name = names.__getitem__
    for value, dims in second.axes.items():
        made.axes[value] = tuple(map(new_name, dims))
    for node, dims in second.walks.items():
        made.walks[node] = tuple(map(new_name, dims))
    for value, dims in second.reads.items():
        if value not in first.axes:
            if _hides(value, made, makers):
                return None
            made.reads.setdefault(value, tuple(map(new_name, dims)))
    return made if _include(made, second.nodes, makers) and _arrange(made) else None


def _correspondence(first: Region, second: Region, makers: Makers) -> dict[int, int] | None:
    """Which dimension of `first` each dimension of `second` is: told by what flows from one to the other, else by what both read."""
    same: dict[int, int] = {}

    def equate(theirs: Dims, mine: Dims) -> bool:
        for f, s in zip(theirs, mine, strict=True):
            if f is None or s is None:
                continue
            if same.get(s, f) != f or s not in same and f in same.values():
                return False
            same[s] = f
        return True

    for value, dims in second.reads.items():
        if value in first.axes and not equate(first.axes[value], dims):
            return None
    for value, dims in second.reads.items():
        if value in first.reads and value.size > 1:
            before = dict(same)
            if not equate(first.reads[value], dims):
                same = before
    for s, extent in enumerate(second.extents):  # any dimension of the same size will do
        if s not in same:
            free = [f for f, e in enumerate(first.extents) if e == extent and f not in same.values()]
            if free:
                same[s] = free[0]
    # a value may be read twice, with its axes in different order
    for node in second.nodes:
        for value in node.inputs:
            root, axes = axis_map(value, makers)
            if root in first.axes and node.primitive.name in SOURCES:
                return None
            if root in first.axes:
                for axis, place in enumerate(axes):
                    mine = second.walks[node][axis]
                    theirs = None if place is None else first.axes[root][place]
                    if theirs is not None and (mine is None or same.get(mine) != theirs):
                        return None
    return same


def _hides(root: Value, region: Region, makers: Makers) -> bool:
    """Whether a value from outside is, further up, a view of a value of the region: it would not be in memory yet."""
    while (node := makers.get(root)) is not None and node.primitive.name in VIEWS:
        root = node.inputs[0]
        if root in region.axes:
            return True
    return False


def _include(region: Region, nodes: list[Node], makers: Makers) -> bool:
    """Note what the last nodes of a region say about its dimensions; False where a value is used along others than its own,
    or is repeated along outer ones only."""
    for node in nodes:
        name, walk = node.primitive.name, region.walks[node]
        across = dimensions(walk)
        cheap = name in CHEAP
        for value in node.inputs:
            root, axes = axis_map(value, makers)
            cheap = cheap and (root in region.cheap or root.data is not None and root.size == 1)
            maker = region.makers.get(root)
            if maker is None:
                continue
            if name in SOURCES:
                return False
            if maker in region.reducing:
                region.consumed.add(maker)
            own = region.axes[root]
            missing = across - dimensions(own)
            if missing and root not in region.cheap:
                if next((d for d in reversed(walk) if d is not None), None) not in missing:
                    return False  # the loop would run across memory: what is repeated over rows is computed before
                region.rows.add(missing)
            if any(p is not None and own[p] != walk[a] for a, p in enumerate(axes)):
                return False
        region.makers[node.output] = node
        if cheap:
            region.cheap.add(node.output)
        if name in REDUCTIONS and region.over(node):
            region.reducing.append(node)
        elif not cheap:
            region.spans.add(dimensions(region.axes[node.output]))
    return True


def _arrange(region: Region) -> bool:
    """Sort the dimensions into groups; False where no grouping serves every value."""
    everything = frozenset(range(len(region.extents)))
    rows = region.rows | {region.over(n) for n in region.consumed}
    if not rows and not region.reducing:
        region.parallel, region.serial, region.inner, region.reductions = tuple(range(len(everything))), (), (), {}
        return all(span == everything for span in region.spans)
    if len(rows) > 1:
        return False
    inner = next(iter(rows)) if rows else _choose_inner(region, [region.over(n) for n in region.reducing])
    outer = everything - inner
    if region.consumed and not outer and region.extent(inner) > ONE_TASK:
        return False
    if any(span not in (everything, outer) for span in region.spans):
        return False
    serial: frozenset[int] | None = None
    region.reductions = {}
    for node in region.reducing:
        dims, over = dimensions(region.walks[node]), region.over(node)
        if dims not in (everything, outer) or node.inputs[0] in region.cheap:
            return False
        last = next((d for d in reversed(region.walks[node]) if d is not None), None)
        if dims == everything and over == inner and (last in over or not over):
            region.reductions[node] = "row"
            continue
        if node in region.consumed:
            return False
        if dims == everything and inner and inner <= over:
            kind, part = "all", over - inner
        elif not over & inner:
            kind, part = "column", over
        else:
            return False
        if serial not in (None, part):
            return False
        serial = part
        region.reductions[node] = kind
    serial = serial or frozenset()
    region.inner = tuple(sorted(inner))
    region.serial = tuple(sorted(serial))
    region.parallel = tuple(sorted(outer - serial))
    return True


def _choose_inner(region: Region, over: list[frozenset[int]]) -> frozenset[int]:
    """The innermost dimensions, where only reductions whose results leave the region say something about them."""
    reduced = [a for a in over if a]
    order = sorted(range(len(region.extents)))
    if not reduced:
        return frozenset()
    if all(a == reduced[0] for a in reduced) and order[-1] in reduced[0]:
        return frozenset(order[-1:]) if len(reduced[0]) == len(order) else reduced[0]
    last = max(d for a in reduced for d in a)
    return frozenset(order[last + 1 :] or order[-1:])
