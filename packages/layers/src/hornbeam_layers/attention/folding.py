"""Attention over some of the axes of a tensor only."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import ShapeError

__all__ = ["Folding"]


class Folding:
    """Brings projected tensors (batch, *axes, heads, dim) to the form (batch, time, heads, dim) and back.

    The axes over which attention goes become one, the others part of the batch.
    """

    def __init__(self, name: str, ndim: int, axes: Any) -> None:
        inside = range(1, ndim - 1)
        self.over = tuple(inside) if axes is None else tuple(a % ndim for a in axes)
        if not self.over or not set(self.over) <= set(inside):
            raise ShapeError(f"{name}: attention_axes {axes} are not among the axes of {ndim}-d inputs")
        self.free = tuple(a for a in inside if a not in self.over)
        self.order = (0, *self.free, *self.over)
        self.plain = ndim == 3

    def _sizes(self, shape: Any, axes: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(shape[a] for a in axes)

    def fold(self, t: Tensor) -> Tensor:
        if self.plain:
            return t
        batch, time = (math.prod(self._sizes(t.shape, axes)) for axes in ((0, *self.free), self.over))
        moved = ops.permute_dims(t, (*self.order, t.ndim - 2, t.ndim - 1))
        return ops.reshape(moved, (batch, time, *t.shape[-2:]))

    def fold_mask(self, mask: Tensor | None) -> Tensor | None:
        """(batch, *free axes, *of the queries, *of the keys) -> (batch, 1, queries, keys)."""
        if mask is None:
            return None
        if self.plain:
            return ops.reshape(mask, (*(1,) * (4 - mask.ndim), *mask.shape))
        lead, each = 1 + len(self.free), len(self.over)
        if mask.ndim != lead + 2 * each:
            raise ShapeError(
                f"attention_mask needs the axes (batch, {len(self.free)} that attention does not go over, "
                f"{each} of the queries, {each} of the keys); got shape {mask.shape}"
            )
        sizes = (math.prod(mask.shape[:lead]), 1, math.prod(mask.shape[lead : lead + each]))
        return ops.reshape(mask, (*sizes, math.prod(mask.shape[lead + each :])))

    def unfold(self, out: Tensor, query: Any) -> Tensor:
        if self.plain:
            return out
        spread = ops.reshape(out, (*self._sizes(query, self.order), *out.shape[2:]))
        rank = len(self.order)
        return ops.permute_dims(spread, (*(self.order.index(a) for a in range(rank)), rank, rank + 1))

    def unfold_scores(self, scores: Tensor, query: Any, key: Any) -> Tensor:
        if self.plain:
            return scores
        lead = self._sizes(query, (0, *self.free))
        ends = *self._sizes(query, self.over), *self._sizes(key, self.over)
        return ops.reshape(scores, (*lead, scores.shape[1], *ends))
