"""Whether a graph does the same to every row of a batch, and the graph for fewer rows.

A scan over time whose body never looks from one row of the batch to another may be walked block by block: each block takes all
its steps while its state is in the cache, and blocks do not wait for one another.
"""

from __future__ import annotations

from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.region import REDUCTIONS
from hornbeam.ops.contraction import free_axes

__all__ = ["batch_axes", "with_batch"]

Axis = tuple[Value, int]


class _Classes:
    """Axes that have to be of one size because operations go along them side by side; and those that an operation looks across."""

    def __init__(self) -> None:
        self.parent: dict[Axis, Axis] = {}
        self.fixed: set[Axis] = set()

    def root(self, axis: Axis) -> Axis:
        while (above := self.parent.get(axis, axis)) != axis:
            self.parent[axis] = self.parent.get(above, above)
            axis = self.parent[axis]
        return axis

    def same(self, one: Axis, other: Axis) -> None:
        a, b = self.root(one), self.root(other)
        if a != b:
            self.parent[a] = b
            if a in self.fixed:
                self.fixed.add(b)

    def fix(self, value: Value, axis: int) -> None:
        self.fixed.add(self.root((value, axis)))

    def fix_all(self, node: Node) -> None:
        for value in (*node.inputs, *node.outputs):
            for axis in range(len(value.shape)):
                self.fix(value, axis)


def batch_axes(graph: Graph) -> dict[Value, int] | None:
    """The axis of each value along which the graph works row by row, beginning with axis 0 of its first input.

    Returns:
        The axis, for every value that has one; None if some operation looks across it, or an output lacks it.
    """
    if not graph.inputs or not graph.inputs[0].shape:
        return None
    classes = _Classes()
    for value in graph.constants:
        for axis, size in enumerate(value.shape):
            if size > 1:
                classes.fix(value, axis)
    for node in graph.nodes:
        _connect(node, classes)
    wanted = classes.root((graph.inputs[0], 0))
    if wanted in classes.fixed or graph.inputs[0].shape[0] < 2:
        return None
    found: dict[Value, int] = {}
    for value in (*graph.inputs, *graph.constants, *(v for n in graph.nodes for v in n.outputs)):
        axes = [a for a in range(len(value.shape)) if classes.root((value, a)) == wanted]
        if len(axes) > 1:
            return None
        if axes:
            found[value] = axes[0]
    return found if all(v in found for v in graph.outputs) else None


def _connect(node: Node, classes: _Classes) -> None:
    """What one operation says about the axes of its operands and its result."""
    name, params = node.primitive.name, node.params
    if len(node.outputs) != 1 or not node.inputs:
        classes.fix_all(node)
        return
    out, x = node.output, node.inputs[0]
    if node.primitive.elementwise:
        for value in node.inputs:
            for axis in range(len(out.shape)):
                classes.same((value, axis), (out, axis))
    elif name == "broadcast_to":
        extra = len(out.shape) - len(x.shape)
        for axis, size in enumerate(x.shape):
            if size == out.shape[axis + extra]:
                classes.same((x, axis), (out, axis + extra))
    elif name == "transpose":
        for axis, source in enumerate(params["axes"]):
            classes.same((x, source), (out, axis))
    elif name == "reshape":
        _reshape(node, classes)
    elif name == "slice":
        for axis, size in enumerate(x.shape):
            whole = not params["start"] or (params["start"][axis], params["stop"][axis], params["strides"][axis]) == (
                0,
                size,
                1,
            )
            classes.same((x, axis), (out, axis))
            if not whole:
                classes.fix(x, axis)
    elif name == "concatenate":
        for value in node.inputs:
            for axis in range(len(out.shape)):
                if axis == params["axis"]:
                    classes.fix(value, axis)
                    classes.fix(out, axis)
                else:
                    classes.same((value, axis), (out, axis))
    elif name in REDUCTIONS:
        kept = [a for a in range(len(x.shape)) if a not in params["axes"]]
        for axis, source in enumerate(kept):
            classes.same((x, source), (out, axis))
        for axis in params["axes"]:
            classes.fix(x, axis)
    elif name == "dot_general":
        _product(node, classes)
    else:
        classes.fix_all(node)


def _reshape(node: Node, classes: _Classes) -> None:
    """Axes that come before, or behind, everything that a reshape changes stay what they were; so do all if only ones come and go."""
    x, out = node.inputs[0], node.output
    old = [a for a, n in enumerate(x.shape) if n != 1]
    new = [a for a, n in enumerate(out.shape) if n != 1]
    front = 0
    while front < min(len(old), len(new)) and x.shape[old[front]] == out.shape[new[front]]:
        classes.same((x, old[front]), (out, new[front]))
        front += 1
    for value, axes in ((x, old), (out, new)):
        for axis in axes[front:]:
            classes.fix(value, axis)


def _product(node: Node, classes: _Classes) -> None:
    x, y = node.inputs
    contracting, batch = node.params["contracting"], node.params["batch"]
    places = iter(range(len(node.output.shape)))
    for i, j in zip(*batch, strict=True):
        place = next(places)
        classes.same((x, i), (node.output, place))
        classes.same((y, j), (node.output, place))
    for value, over, along in ((x, contracting[0], batch[0]), (y, contracting[1], batch[1])):
        for axis in free_axes(len(value.shape), over, along):
            classes.same((value, axis), (node.output, next(places)))
        for axis in over:
            classes.fix(value, axis)


def with_batch(graph: Graph, axes: dict[Value, int], size: int) -> Graph:
    """The graph for `size` rows; `axes` comes from `batch_axes`."""
    made: dict[Value, Value] = {}

    def shape_of(value: Value) -> tuple[int, ...]:
        axis = axes.get(value)
        return tuple(size if a == axis else n for a, n in enumerate(value.shape))

    def renewed(value: Value) -> Value:
        if value not in made:
            made[value] = Value(shape_of(value), value.dtype, value.name, value.data) if value in axes else value
        return made[value]

    nodes = []
    for node in graph.nodes:
        params = dict(node.params)
        if node.primitive.name in ("broadcast_to", "reshape"):
            params["shape"] = shape_of(node.output)
        elif node.primitive.name == "slice" and params["stop"] and node.inputs[0] in axes:
            axis = axes[node.inputs[0]]
            params["stop"] = tuple(size if a == axis else n for a, n in enumerate(params["stop"]))
        inputs, outputs = (tuple(map(renewed, vs)) for vs in (node.inputs, node.outputs))
        nodes.append(Node(node.primitive, inputs, params, outputs, node.where))
    return Graph(
        map(renewed, graph.inputs), map(renewed, graph.constants), nodes, map(renewed, graph.outputs), graph.name
    )
