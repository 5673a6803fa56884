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
    """Groups nodes greedily, in order; a group joins others as long as no group depends on itself by way of another.

    A group has the number of its first node. Sets of nodes are bit sets: thousands of nodes in a few machine words.
    """

    def __init__(self, graph: Graph, takes: Callable[[Node], bool]) -> None:
        self.graph, self.takes = graph, takes
        self.makers = Makers(graph)
        self.users = graph.users()
        self.number = {node: number for number, node in enumerate(graph.nodes)}
        self.group: list[int] = []  # of each node
        self.members: dict[int, list[Node]] = {}
        self.regions: dict[int, Region] = {}
        self.nodes: dict[int, int] = {}  # group -> its nodes
        self.before: dict[int, int] = {}  # group -> the nodes of all groups that it depends on
        self.after: dict[int, int] = {}  # group -> the nodes that read what it makes
        for number, node in enumerate(graph.nodes):
            self._place(number, node)

    def _place(self, number: int, node: Node) -> None:
        """Give a node a group of its own, then let that join the groups of what it reads."""
        self.group.append(number)
        self.members[number], self.nodes[number] = [node], 1 << number
        below = after = 0
        for value in node.inputs:
            maker = self.makers.get(value)
            if maker is not None:
                group = self.group[self.number[maker]]
                below |= self.before[group] | self.nodes[group]
        for value in node.outputs:
            for user in self.users.get(value, ()):
                after |= 1 << self.number[user]
        self.before[number], self.after[number] = below, after
        region = alone(node, self.makers)
        if region is None or not self.takes(node):
            return
        self.regions[number] = region
        mine = number
        roots = [m for v in node.inputs if (m := self._root(v)) is not None]
        for other in sorted({self.group[self.number[m]] for m in roots}, reverse=True):
            if other in self.regions and other != mine:
                mine = self._unite(other, mine)

    def _root(self, value: Value) -> Node | None:
        return self.makers.get(axis_map(value, self.makers)[0])

    def _unite(self, first: int, second: int) -> int:
        """Let two groups become one, if that is possible; returns the group of the second's nodes."""
        through = self._between(first, second)
        if through is None:
            return second
        region = united(self.regions[first], self.regions[second], self.makers)
        if region is None or len(region.nodes) > MOST_NODES:
            return second
        if len(region.reads) + len(region.nodes) > MOST_OPERANDS and self._operands(region) > MOST_OPERANDS:
            return second
        for number in _bits(self.nodes[second]):
            self.group[number] = first
        self.members[first] += self.members.pop(second)
        del self.regions[second]
        self.regions[first] = region
        self.nodes[first] |= self.nodes.pop(second)
        self.after[first] |= self.after.pop(second)
        self.before[first] = (self.before[first] | self.before.pop(second)) & ~self.nodes[first] & ~through
        self._tell(first)
        return first

    def _between(self, first: int, second: int) -> int | None:
        """What depends on the first, and the second on it, if that is nothing but views; else None.

        A view between the two is looked through; it may still be read elsewhere, after the union.
        """
        found, within = 0, self.before[second] & ~self.before[first] & ~self.nodes[first]
        pending = self.after[first] & within
        while pending:
            number = pending.bit_length() - 1
            if not self._only_views(number):
                return None
            found |= 1 << number
            pending = (pending | self.after[number] & within) & ~found
        return found

    def _tell(self, first: int) -> None:
        """Let what depends on a group know what that depends on now."""
        seen = self.nodes[first]
        news = seen | self.before[first]
        placed = (1 << len(self.group)) - 1
        pending = self.after[first] & placed & ~seen
        while pending:
            group = self.group[pending.bit_length() - 1]
            seen |= self.nodes[group]
            before = self.before[group]
            if news & ~before:  # else those behind it know as well
                self.before[group] = before | news
                pending |= self.after[group] & placed
            pending &= ~seen

    def _only_views(self, number: int) -> bool:
        """Whether a node is a view that names axes anew, so that the region can look through it."""
        node = self.graph.nodes[number]
        return bool(node.inputs) and axis_map(node.outputs[0], self.makers)[0] is not node.outputs[0]

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
        done, order, pending = 0, [], [(g, g) for g in sorted(self.members)]
        finished = bytearray(len(self.group))  # of each node
        while pending:
            later = []
            for g, missing in pending:  # missing: one of those that the group was found to wait for, or itself
                if missing == g or finished[missing]:
                    missing = (self.before[g] & ~done).bit_length() - 1
                    if missing < 0:
                        done |= self.nodes[g]
                        for number in _bits(self.nodes[g]):
                            finished[number] = 1
                        order.append(g)
                        continue
                later.append((g, missing))
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
