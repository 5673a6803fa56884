"""The order of a Functional model's calls and operations: Keras's, on which the order of weights depends."""

from __future__ import annotations

from typing import Any

from hornbeam import KerasTensor
from hornbeam.errors import InvalidArgumentError
from hornbeam.symbolic import Node

__all__ = ["ordered"]


def ordered(inputs: list[KerasTensor], outputs: list[KerasTensor]) -> tuple[list[Node], list[Any]]:
    """The calls that lead from inputs to outputs, each after what it needs; and the operations, input layers among them.

    Operations are sorted by their distance from the outputs, the farthest first, and then by when they are met on the way
    back from the outputs. An operation that is called several times counts at its farthest call.

    Raises:
        InvalidArgumentError: an output does not depend on the inputs alone.
    """
    nodes, met = _walk(inputs, outputs)
    node_depths: dict[int, int] = {}
    depths: dict[Any, int] = {}
    for node in reversed(nodes):
        depth = max(node_depths.get(id(node), 0), depths.get(node.operation, 0))
        depths[node.operation] = depth
        for tensor in node.inputs:
            before = _maker(tensor)
            node_depths[id(before)] = max(depth + 1, node_depths.get(id(before), 0))
    for tensor in inputs:
        maker = _maker(tensor)
        if maker is not None and not maker.inputs and maker.operation not in depths:  # an input that no output needs
            depths[maker.operation], met[maker.operation] = 0, -1
    return [n for n in nodes if n.inputs], sorted(depths, key=lambda operation: (-depths[operation], met[operation]))


def _maker(tensor: KerasTensor) -> Node | None:
    history = tensor.history
    return None if history is None else history.operation.inbound_nodes[history.node_index]


def _walk(inputs: list[KerasTensor], outputs: list[KerasTensor]) -> tuple[list[Node], dict[Any, int]]:
    """The calls from inputs to outputs, each after what it needs, and in which order the operations are met on the way back."""
    given = {id(t) for t in inputs}
    done: dict[int, Node] = {}
    met: dict[Any, int] = {}
    stack: list[tuple[KerasTensor, bool]] = [(tensor, False) for tensor in reversed(outputs)]
    while stack:
        tensor, ready = stack.pop()
        node = _maker(tensor)
        if id(tensor) in given and (node is None or node.inputs):
            continue  # the model starts in the middle of what was drawn
        if node is None:
            raise InvalidArgumentError(f"{tensor!r} was not computed from the model's inputs")
        if id(node) in done:
            continue
        if ready or not node.inputs:
            if not node.inputs and id(tensor) not in given:
                raise InvalidArgumentError(
                    f"the outputs depend on input {tensor.name!r}, which is not among the model's inputs"
                )
            met.setdefault(node.operation, len(met))
            done[id(node)] = node
            continue
        met.setdefault(node.operation, len(met))
        stack.append((tensor, True))
        stack.extend((t, False) for t in reversed(node.inputs))
    return list(done.values()), met
