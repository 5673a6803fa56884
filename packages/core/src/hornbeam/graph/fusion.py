"""Which operations of a graph can run as one loop over memory: element-wise chains with the reductions among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hornbeam.graph.alike import Remembered
from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.region import Makers, Region, alone, axis_map, united

__all__ = ["fuse"]

MOST_NODES = 80  # of a region: more would spill registers
MOST_OPERANDS = 40  # arrays that a region reads and writes


def _any(node: Node) -> bool:
    return True


def fuse(graph: Graph, takes: Callable[[Node], bool] = _any) -> list[Region | Node]:
    """The nodes of a graph, as many as possible in regions, in an order in which they can run.

    Views (transpose, broadcast_to, reshape, slice, flip) stay nodes of their own: whoever reads them looks through them.

    Args:
        graph: what to group.
        takes: whether an engine can have a node in a loop, by its operation and dtypes; the others stay nodes.
    """
    return _remembered.grouped(graph, takes, lambda: _Fusion(graph, takes).schedule())


_remembered = Remembered()


def _bits(mask: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class _Fusion:
    """Groups nodes greedily, in order; a group joins others as long as no group depends on itself by way of another."""

    def __init__(self, graph: Graph, takes: Callable[[Node], bool]) -> None:
        self.graph, self.takes = graph, takes
        self.makers = Makers(graph)
        self.users = graph.users()
        self.group: dict[Node, int] = {}  # node -> its group
        self.members: dict[int, list[Node]] = {}
        self.regions: dict[int, Region] = {}
        self.before: dict[int, int] = {}  # group -> bit set of all the groups it depends on
        for number, node in enumerate(graph.nodes):
            self._place(number, node)

    def _place(self, number: int, node: Node) -> None:
        """Give a node a group of its own, then let that join the groups of what it reads."""
        self.group[node], self.members[number] = number, [node]
        below = 0
        for value in node.inputs:
            maker = self.makers.get(value)
            if maker is not None:
                below |= self.before[self.group[maker]] | 1 << self.group[maker]
        self.before[number] = below
        region = alone(node, self.makers)
        if region is None or not self.takes(node):
            return
        self.regions[number] = region
        mine = number
        for other in sorted({self.group[m] for v in node.inputs if (m := self._root(v)) is not None}, reverse=True):
            if other in self.regions and other != mine:
                mine = self._unite(other, mine)

    def _root(self, value: Value) -> Node | None:
        return self.makers.get(axis_map(value, self.makers)[0])

    def _unite(self, first: int, second: int) -> int:
        """Let two groups become one, if that is possible; returns the group of the second's nodes."""
        between = self.before[second] & ~self.before[first] & ~(1 << first) & ~(1 << second)
        through = [
            g for g in _bits(between) if self.before[g] >> first & 1
        ]  # depend on the first, and the second on them
        if not all(map(self._only_views, through)):
            return second
        region = united(self.regions[first], self.regions[second], self.makers)
        if region is None or len(region.nodes) > MOST_NODES:
            return second
        if len(region.reads) + len(region.nodes) > MOST_OPERANDS and self._operands(region) > MOST_OPERANDS:
            return second
        bits = 1 << first | 1 << second
        for (
            view
        ) in through:  # a view between the two is looked through; it may still be read elsewhere, after the union
            self.before[view] = self.before[view] & ~bits | 1 << first
        for node in self.members.pop(second):
            self.group[node] = first
            self.members[first].append(node)
        del self.regions[second]
        self.regions[first] = region
        hidden = sum(1 << v for v in through)
        self.before[first] = (self.before[first] | self.before.pop(second)) & ~bits & ~hidden
        for g, found in self.before.items():
            if found & bits:
                self.before[g] = (found | self.before[first]) & ~(1 << second) | 1 << first
        return first

    def _only_views(self, group: int) -> bool:
        """Whether a group is a view that names axes anew, so that the region can look through it."""
        (node, *more) = self.members[group]
        return not more and bool(node.inputs) and axis_map(node.outputs[0], self.makers)[0] is not node.outputs[0]

    def _operands(self, region: Region) -> int:
        arrays = [v for v in region.reads if v.data is None or v.size > 1]
        return len(arrays) + len(list(self._outputs(region)))

    def _outputs(self, region: Region) -> Iterator[Value]:
        inside = set(region.nodes)
        wanted = set(self.graph.outputs)
        for node in region.nodes:
            for value in node.outputs:
                if value in wanted or self._leaves(value, inside, wanted):
                    yield value

    def _leaves(self, value: Value, inside: set[Node], wanted: set[Value]) -> bool:
        """Whether a value is read outside the region, directly or through views."""
        for user in self.users.get(value, ()):
            if user in inside:
                continue
            out = user.outputs[0]
            looked_through = bool(user.inputs) and axis_map(out, self.makers)[0] is not out
            if not looked_through or out in wanted or self._leaves(out, inside, wanted):
                return True
        return False

    def schedule(self) -> list[Region | Node]:
        """Groups in an order in which they can run: each as early as what it depends on lets it."""
        done, order, pending = 0, [], sorted(self.members)
        while pending:
            later = []
            for g in pending:
                if self.before[g] & ~done:
                    later.append(g)
                else:
                    done |= 1 << g
                    order.append(g)
            assert len(later) < len(pending), "groups depend on one another in a circle"
            pending = later
        result: list[Region | Node] = []
        for g in order:
            if g not in self.regions:
                result += self.members[g]
                continue
            region = self.regions[g]
            region.outputs = list(self._outputs(region))
            result.append(region)
        return result
