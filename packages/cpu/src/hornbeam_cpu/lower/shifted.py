"""Results of a loop that are also wanted one step later, as the states before each step: both in one memory, a step apart."""

from __future__ import annotations

from typing import NamedTuple

from hornbeam.graph.ir import Graph, Node, Value

from hornbeam_cpu.lower.stage import Layout, contiguous

__all__ = ["Shift", "shifted"]


class Shift(NamedTuple):
    """Where a loop's results are, and the value that is made of them and a first state, which then alone has to be copied."""

    results: Layout
    value: Value
    moved: Layout


def shifted(graph: Graph) -> dict[Value, Shift]:
    """What can be laid out so: results of a scan of which concatenate(start, results[:-1]) or (results[1:], start) is made."""
    producers = graph.producers()
    found: dict[Value, Shift] = {}
    for node in graph.nodes:
        if node.primitive.name != "concatenate" or node.params["axis"] != 0 or len(node.inputs) != 2:
            continue
        for late, (start, rest) in ((True, node.inputs), (False, node.inputs[::-1])):
            results = _source(rest, late, producers)
            if results is None or results in found or start.shape[0] != 1:
                continue
            memory = Value((results.shape[0] + 1, *results.shape[1:]), results.dtype)
            strides = contiguous(memory.shape)
            first, second = Layout(memory, 0, strides), Layout(memory, strides[0], strides)
            found[results] = Shift(second, node.output, first) if late else Shift(first, node.output, second)
    return found


def _source(value: Value, late: bool, producers: dict[Value, Node]) -> Value | None:
    """The results of a scan that a value is but for one step: the last (`late`) or the first."""
    cut = producers.get(value)
    if cut is None or cut.primitive.name != "slice":
        return None
    results = cut.inputs[0]
    scan = producers.get(results)
    if scan is None or scan.primitive.name != "scan" or results not in scan.outputs[scan.params["carries"] :]:
        return None
    time, *rest = results.shape
    start, stop = (0 if late else 1, *(0 for _ in rest)), (time - 1 if late else time, *rest)
    plain = set(cut.params["strides"]) <= {1}
    return results if plain and (cut.params["start"], cut.params["stop"]) == (start, stop) else None
