"""Clipping of gradients: element by element, each as a whole, or all together."""

from __future__ import annotations

from hornbeam import Tensor, ops

__all__ = ["clipped"]


def clipped(
    grads: list[Tensor], clipnorm: float | None, clipvalue: float | None, global_clipnorm: float | None
) -> list[Tensor]:
    """Gradients, shortened as one of the three limits says; None: no limit."""
    if clipvalue is not None:
        return [ops.clip(g, -clipvalue, clipvalue) for g in grads]
    if clipnorm is not None:
        return [_shorten(g, ops.sqrt(ops.sum(ops.square(g))), clipnorm) for g in grads]
    if global_clipnorm is not None:
        total = ops.asarray(0.0)
        for g in grads:
            total = total + ops.cast(ops.sum(ops.square(g)), "float32")
        norm = ops.sqrt(total)
        return [_shorten(g, ops.cast(norm, g.dtype), global_clipnorm) for g in grads]
    return grads


def _shorten(gradient: Tensor, norm: Tensor, limit: float) -> Tensor:
    return gradient * (limit / ops.maximum(norm, limit))
