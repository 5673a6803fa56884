"""Passes: each takes a graph and returns one that computes the same, in fewer or better steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.debug import enabled
from hornbeam.graph.check import check
from hornbeam.graph.ir import Graph
from hornbeam.graph.passes.dead import dead_code
from hornbeam.graph.passes.expand import Keep
from hornbeam.graph.passes.expand import expand as expand
from hornbeam.graph.passes.layout import layout
from hornbeam.graph.passes.share import share
from hornbeam.graph.passes.simplify import simplify

__all__ = ["expand", "optimize"]

PASSES: tuple[tuple[str, Callable[[Graph], Graph]], ...] = (
    ("dead_code", dead_code),
    ("share", share),
    ("simplify", simplify),
    ("share", share),
    ("layout", layout),
    ("share", share),
    ("dead_code", dead_code),
)


def optimize(graph: Graph, composites: Keep = ()) -> Graph:
    """Expand the composites that the backend has no kernel for, then apply every pass.

    Args:
        graph: what was captured.
        composites: those that the backend runs whole: their names, or a function that says it of a node.

    `HORNBEAM_DEBUG=check` checks the graph after each pass.
    """
    graph = expand(graph, composites)
    checked = enabled("check")
    for name, run in PASSES:
        graph = run(graph)
        if checked:
            check(graph, after=name)
    return graph


def is_pure(node: Any) -> bool:
    """Whether a node may be left out or shared: all are, but the barrier exists to keep things apart."""
    return node.primitive.name != "barrier"
