"""Graphs that differ in sizes alone, such as those of two batch sizes: what was found out about one holds for the other.

Grouping nodes into regions asks of sizes only whether they are 0, 1, or equal to one another, and whether an array is small enough for
one task. Graphs in which all these answers are the same have the same regions.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.region import ONE_TASK, Dims, Region

__all__ = ["Remembered"]

MOST = 64  # groupings that are remembered

Groups = list[Region | Node]


@dataclass
class _Region:
    """A region in numbers: of nodes, of values, and of sizes in the order in which they come up."""

    nodes: tuple[int, ...]
    axes: tuple[tuple[int, Dims], ...]
    walks: tuple[tuple[int, Dims], ...]
    reads: tuple[tuple[int, Dims], ...]
    extents: tuple[int, ...]
    reductions: tuple[tuple[int, str], ...]
    groups: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    outputs: tuple[int, ...]


class _Numbers:
    """The values, nodes and sizes of a graph, numbered; and all that grouping it depends on."""

    def __init__(self, graph: Graph) -> None:
        self.nodes = graph.nodes
        self.sizes: dict[int, int] = {0: 0, 1: 1}
        self.values: dict[Value, int] = {}
        words: list[Hashable] = [self._add(v) for v in (*graph.inputs, *graph.constants)]
        for node in graph.nodes:
            inputs = tuple([self.values[v] for v in node.inputs])
            words.append((node.primitive.name, inputs, node.params.get("axes")))
            words += [self._add(v) for v in node.outputs]
        words += [self.values[v] for v in graph.outputs]
        self.key = tuple(words)

    def _add(self, value: Value) -> Hashable:
        self.values[value] = len(self.values)
        sizes, size, seen = self.sizes, 1, []
        for n in value.shape:
            size *= n
            number = sizes.get(n)
            if number is None:
                number = sizes[n] = len(sizes)
            seen.append(number)
        return value.dtype, tuple(seen), size > ONE_TASK, value.data is None


class Remembered:
    """Groupings of graphs by what they depend on; the oldest are forgotten."""

    def __init__(self) -> None:
        self.known: OrderedDict[Hashable, list[_Region | int]] = OrderedDict()

    def grouped(self, graph: Graph, takes: Callable[[Node], bool], group: Callable[[], Groups]) -> Groups:
        """What `group` gives, or gave for a graph like this one.

        Args:
            graph: what is grouped.
            takes: what else the grouping depends on; it looks at operations and dtypes only.
            group: groups it.
        """
        numbers = _Numbers(graph)
        key = (takes, numbers.key)
        found = self.known.get(key)
        if found is not None:
            return _applied(found, numbers)
        made = group()
        self.known[key] = _noted(made, numbers)
        if len(self.known) > MOST:
            self.known.popitem(last=False)
        return made


def _noted(made: Groups, numbers: _Numbers) -> list[_Region | int]:
    place = {node: i for i, node in enumerate(numbers.nodes)}
    values, sizes = numbers.values, numbers.sizes

    def pairs(table: dict[Any, Any], of: dict[Any, int]) -> tuple[tuple[int, Any], ...]:
        return tuple((of[k], v) for k, v in table.items())

    def noted(item: Region | Node) -> _Region | int:
        if isinstance(item, Node):
            return place[item]
        return _Region(
            tuple(place[n] for n in item.nodes),
            pairs(item.axes, values),
            pairs(item.walks, place),
            pairs(item.reads, values),
            tuple(sizes[n] for n in item.extents),
            pairs(item.reductions, place),
            (item.parallel, item.serial, item.inner),
            tuple(values[v] for v in item.outputs),
        )

    return [noted(item) for item in made]


def _applied(found: Iterable[_Region | int], numbers: _Numbers) -> Groups:
    nodes, values, sizes = numbers.nodes, list(numbers.values), list(numbers.sizes)

    def applied(item: _Region | int) -> Region | Node:
        if isinstance(item, int):
            return nodes[item]
        parallel, serial, inner = item.groups
        return Region(
            nodes=[nodes[n] for n in item.nodes],
            axes={values[v]: dims for v, dims in item.axes},
            walks={nodes[n]: dims for n, dims in item.walks},
            reads={values[v]: dims for v, dims in item.reads},
            extents=[sizes[n] for n in item.extents],
            reductions={nodes[n]: kind for n, kind in item.reductions},
            parallel=parallel,
            serial=serial,
            inner=inner,
            outputs=[values[v] for v in item.outputs],
            makers={v: nodes[n] for n in item.nodes for v in nodes[n].outputs},
        )

    return [applied(item) for item in found]
