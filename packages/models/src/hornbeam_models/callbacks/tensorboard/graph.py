"""The graph of a model as TensorBoard shows it: a GraphDef of its layers."""

from __future__ import annotations

from typing import Any

from hornbeam_models.callbacks.tensorboard.records import field
from hornbeam_models.diagram import Box, boxes

__all__ = ["graph_def"]


def graph_def(model: Any) -> bytes:
    """The layers of a model and which feeds which, nested models as groups."""
    return b"".join(field(1, _node(box)) for box in boxes(model, expand_nested=True)) + field(4, field(1, 22))


def _node(box: Box) -> bytes:
    parts = [field(1, box.path), field(2, box.kind), *(field(3, path) for path in box.feeds)]
    if box.outputs:
        parts.append(_attribute("output_shape", ", ".join(map(str, box.outputs))))
    if box.parameters:
        parts.append(_attribute("parameters", f"{box.parameters:,}"))
    return b"".join(parts)


def _attribute(key: str, value: str) -> bytes:
    return field(5, field(1, key) + field(2, field(2, value)))
