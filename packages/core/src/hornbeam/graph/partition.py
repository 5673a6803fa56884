"""Split a graph that computes results and cotangents into one half for each, and say what the first has to keep for the second.

Source: the rule is that of partial evaluation in Griewank & Walther 2008, "Evaluating Derivatives", chapter 5: keep what is dear,
compute again what is cheap.
"""

from __future__ import annotations

from typing import NamedTuple

from hornbeam.graph.ir import Graph, Node, Value

__all__ = ["Halves", "partition"]

MOVEMENT = {"reshape", "transpose", "broadcast_to", "identity", "cast", "flip"}


class Halves(NamedTuple):
    """The nodes of the second half, and what it needs from outside.

    Attributes:
        nodes: in an order in which they can run.
        given: inputs of the whole graph that the second half reads, apart from the cotangents.
        kept: values that the first half computes and has to keep.
    """

    nodes: list[Node]
    given: list[Value]
    kept: list[Value]


def partition(joint: Graph, results: int, cotangents: set[Value], invariant: set[Value]) -> Halves:
    """Find the second half of `joint`.

    Args:
        joint: its first `results` outputs are the function's, the others depend on `cotangents` too.
        results: how many outputs belong to the first half.
        cotangents: inputs that only the second half has.
        invariant: inputs that are the same in every round; what depends on them alone is computed again, not kept.
    """
    producers = joint.producers()
    late, fixed = set(cotangents), {*invariant, *joint.constants}
    for node in joint.nodes:
        if any(v in late for v in node.inputs):
            late.update(node.outputs)
        elif all(v in fixed for v in node.inputs) and node.inputs:
            fixed.update(node.outputs)
    chosen: set[Node] = set()
    given: dict[Value, None] = {}
    kept: dict[Value, None] = {}
    known = {*cotangents, *joint.constants}
    pending = list(joint.outputs[results:])
    while pending:
        value = pending.pop()
        if value in known:
            continue
        known.add(value)
        maker = producers.get(value)
        if maker is None:
            given[value] = None
        elif value in late or value in fixed or maker.primitive.name in MOVEMENT or not maker.inputs:
            chosen.add(maker)
            pending.extend(maker.inputs)
        else:
            kept[value] = None
    ordered = [v for v in joint.inputs if v in given]
    return Halves([n for n in joint.nodes if n in chosen], ordered, list(kept))
