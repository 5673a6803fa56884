"""Values that cost less to compute again where they are used than to write and read: bytes are what a step waits for.

A normalisation reads its input, in half floats, three times; kept in between were the same numbers in float32, less their mean, and
normalised. So a value that is made by cheap operations is not kept, where what these start from is in memory anyway and is fewer bytes.
"""

from __future__ import annotations

from collections.abc import Callable

from hornbeam.graph.fusion import fuse
from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.passes.dead import dead_code
from hornbeam.graph.region import REDUCTIONS, Makers, Region
from hornbeam.primitive import primitives

__all__ = ["recomputed"]

CHEAP = frozenset((
    "add", "cast", "equal", "greater", "greater_equal", "less", "less_equal", "logical_and", "logical_not", "logical_or", "maximum",
    "minimum", "multiply", "negative", "square", "subtract", "where",
))  # fmt: skip
VIEWS = frozenset(("broadcast_to", "reshape", "transpose"))
LONGEST = 12  # operations of a chain
LEAST = 1 << 16  # bytes of a value for which it is worth while


def recomputed(graph: Graph, takes: Callable[[Node], bool]) -> Graph:
    """The graph with such values computed anew in each loop that reads them.

    Args:
        graph: optimised.
        takes: whether a node can be in a loop.
    """
    groups = fuse(graph, takes)
    regions = [g for g in groups if isinstance(g, Region)]
    return _Recompute(graph, regions).run() if regions else graph


class _Recompute:
    def __init__(self, graph: Graph, regions: list[Region]) -> None:
        self.graph = graph
        self.makers = Makers(graph)
        self.home = {node: region for region in regions for node in region.nodes}
        self.kept = {v for region in regions for v in region.outputs}
        self.clones: dict[tuple[int, Value], Value] = {}

    def run(self) -> Graph:
        """The new graph."""
        nodes: list[Node] = []
        reads = {id(r): set(r.reads) for r in self.home.values()}
        for node in self.graph.nodes:
            region = self.home.get(node)
            if region is None:
                nodes.append(node)
                continue
            known, inputs = reads[id(region)], []
            for value in node.inputs:
                leaves = self._leaves(value, region)
                fresh = sum(v.nbytes for v in leaves - known) if leaves is not None else 0
                if leaves is None or fresh >= self._root(value).nbytes:
                    inputs.append(value)
                    continue
                known |= leaves
                inputs.append(self._again(value, region, leaves, nodes))
            nodes.append(Node(node.primitive, tuple(inputs), node.params, node.outputs, node.where))
        return dead_code(self.graph.with_nodes(nodes))

    def _root(self, value: Value) -> Value:
        while (node := self.makers.get(value)) is not None and node.primitive.name in VIEWS:
            value = node.inputs[0]
        return value

    def _leaves(self, value: Value, region: Region) -> set[Value] | None:
        """What a value that another region keeps can be computed from; None where it is to be read."""
        root = self._root(value)
        if root not in self.kept or root in region.axes or root.nbytes < LEAST:
            return None
        found: set[Value] = set()
        left = self._expand(root, region, found, LONGEST)
        return found if left is not None and root not in found else None

    def _expand(self, value: Value, region: Region, leaves: set[Value], left: int) -> int | None:
        """Collect what a value is computed from, as far as that is in memory; what is left of the length."""
        node = self.makers.get(value)
        if node is None or node.primitive.name not in CHEAP or node not in self.home or not left:
            return None
        left -= 1
        for operand in node.inputs:
            root = self._root(operand)
            if root.data is not None and root.size == 1:
                continue
            deeper: set[Value] = set()
            rest = self._expand(root, region, deeper, left)
            price = root.nbytes if self._in_memory(root) else 2 * root.nbytes  # it would have to be written first
            cheaper = rest is not None and sum(v.nbytes for v in deeper) < price
            near = root not in region.axes and (self._in_memory(root) or 2 * root.nbytes <= value.nbytes)
            if rest is not None and (cheaper or not near):
                left = rest
                leaves |= deeper
            elif near:  # in memory already, or kept from now on instead of what is twice as wide
                leaves.add(root)
            else:
                return None
        return left

    def _in_memory(self, value: Value) -> bool:
        node = self.makers.get(value)
        return node is None or node not in self.home or value in self.kept

    def _again(self, value: Value, region: Region, leaves: set[Value], nodes: list[Node]) -> Value:
        """The value computed anew for a region, once."""
        if value.data is not None:
            return value
        if value in leaves:
            return self._apart(value, region, nodes)
        key = (id(region), value)
        if key not in self.clones:
            node = self.makers[value]
            inputs = tuple(self._again(v, region, leaves, nodes) for v in node.inputs)
            made = self.clones[key] = Value(value.shape, value.dtype)
            nodes.append(Node(node.primitive, inputs, node.params, (made,), node.where))
        return self.clones[key]

    def _apart(self, leaf: Value, region: Region, nodes: list[Node]) -> Value:
        """What a chain starts from, behind a barrier where a loop makes it: else the chain would be fused to that loop again."""
        maker = self.makers.get(leaf)
        if maker not in self.home or maker is None or maker.primitive.name in REDUCTIONS:
            return leaf
        key = (-id(region), leaf)
        if key not in self.clones:
            made = self.clones[key] = Value(leaf.shape, leaf.dtype)
            nodes.append(Node(primitives()["barrier"], (leaf,), {}, (made,), maker.where))
        return self.clones[key]
