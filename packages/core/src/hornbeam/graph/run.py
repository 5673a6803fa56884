"""Run a graph again through `bind`: in whatever way the present interpreter does its operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hornbeam.graph.ir import Graph, Value
from hornbeam.interpret import bind

if TYPE_CHECKING:
    from hornbeam.tensor import Tensor

__all__ = ["replay"]


def replay(graph: Graph, inputs: Sequence[Tensor]) -> list[Tensor]:
    """The outputs of `graph` for tensors in the place of its inputs."""
    values: dict[Value, Tensor] = dict(zip(graph.inputs, inputs, strict=True))
    values.update((c, c.data) for c in graph.constants)
    for node in graph.nodes:
        out = bind(node.primitive, *(values[v] for v in node.inputs), **node.params)
        values.update(zip(node.outputs, out if node.primitive.multiple else (out,), strict=True))
    return [values[v] for v in graph.outputs]
