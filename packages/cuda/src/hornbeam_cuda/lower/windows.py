"""Pooling and its gradients."""

from __future__ import annotations

from hornbeam.graph.ir import Node

from hornbeam_cuda.lower.rows import known
from hornbeam_cuda.lower.stage import Context
from hornbeam_cuda.source.kernel import At
from hornbeam_cuda.source.windows import Windows, window

__all__ = ["lower"]


def lower(node: Node, context: Context) -> bool:
    """window_sum, window_max, window_gather (forward) and window_spread, window_scatter (their gradients)."""
    op, params = node.primitive.name, node.params
    backward = op in ("window_spread", "window_scatter")
    image = node.output.shape if backward else node.inputs[0].shape
    places = node.inputs[-1].shape if backward else node.output.shape
    if not known(*node.inputs, node.output) or len(image) > 5:
        return False
    low = tuple(pair[0] for pair in params["padding"])
    how = Windows(image, places, tuple(params["window"]), tuple(params["strides"]), low)
    moved = At(context.dense(node.inputs[-1]))
    other, dtype = None, ""
    if len(node.inputs) > 1:  # the maxima are those of the first
        other, dtype = At(context.dense(node.inputs[0])), str(node.inputs[0].dtype)
    context.emit(*window(op, how, str(node.output.dtype), moved, At(node.output), other, dtype))
    return True
