"""What attention with several heads has in common: masks, dropout, scores, configuration."""

from __future__ import annotations

import math
from itertools import islice
from string import ascii_lowercase
from typing import Any

import hornbeam as hb
from hornbeam import Layer, Tensor, ops
from hornbeam.composites.attention import attention, masked, normalized, products, weighted
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers import constraints, initializers, regularizers
from hornbeam_layers.attention.folding import Folding
from hornbeam_layers.core.einsum_dense import EinsumDense
from hornbeam_layers.nested import build_inside
from hornbeam_layers.serialization import serialize

__all__ = ["HeadAttention"]

_OBJECTS = {
    "kernel_initializer": initializers, "bias_initializer": initializers, "kernel_regularizer": regularizers,
    "bias_regularizer": regularizers, "kernel_constraint": constraints, "bias_constraint": constraints,
}  # fmt: skip


class HeadAttention(Layer):
    """Projections of query, key and value to several heads, attention in each, and a projection of what they give.

    Args:
        sizes: of the heads, by argument name, positive; those of `optional` may be None.
        optional: names.
        how: the rest of the arguments, by name; initializers, regularizers and constraints are those of the projections.
        **kwargs: `name`, `dtype`, `trainable`.
    """

    attention_axes: Any = None
    dropout: float
    use_bias: bool
    use_gate: bool
    seed: int | None
    sliding_window: int | None

    def __init__(self, sizes: dict[str, Any], optional: set[str], how: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        who = f"{type(self).__name__} {self.name!r}"
        for name, size in sizes.items():
            if not (size is None and name in optional) and (
                not isinstance(size, int) or isinstance(size, bool) or size <= 0
            ):
                raise InvalidArgumentError(f"{who}: {name} must be a positive integer; got {size!r}")
            setattr(self, name, size)
        if not 0 <= how["dropout"] < 1:
            raise InvalidArgumentError(f"{who}: dropout must be in [0, 1); got {how['dropout']!r}")
        for name in ("dropout", "use_bias", "use_gate", "seed"):
            setattr(self, name, how[name])
        for name, kind in _OBJECTS.items():
            setattr(self, name, kind.get(how[name]))
        self._activity = regularizers.get(how["activity_regularizer"])
        self._sizes = tuple(sizes)
        self.seed_generator = hb.random.SeedGenerator(self.seed)
        self.supports_masking = True

    # ---- projections

    def _projection(
        self, name: str, shape: Any, inner: int, outer: tuple[int, ...], activation: str | None = None
    ) -> EinsumDense:
        """A layer that replaces the last `inner` axes of inputs of that shape by axes of sizes `outer`."""
        letters = iter(ascii_lowercase)
        free, summed, new = ("".join(islice(letters, n)) for n in (len(shape) - inner, inner, len(outer)))
        layer = EinsumDense(
            f"{free}{summed},{summed}{new}->{free}{new}", (*(None,) * (len(free) - 1), *outer), activation,
            new if self.use_bias else None, **{n: getattr(self, n) for n in _OBJECTS},
            activity_regularizer=self._activity, name=name, dtype=self.dtype_policy.name,
        )  # fmt: skip
        build_inside(self, layer, shape)
        return layer

    def _inside(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
        """Query, key and value in heads, (..., heads, dim), and the gate, if there is one."""
        raise InvalidArgumentError(f"{type(self).__name__} does not say how it projects its inputs")

    def _outside(self, out: Tensor) -> Tensor:
        """What the heads give -> the result."""
        raise InvalidArgumentError(f"{type(self).__name__} does not say how it projects what its heads give")

    # ---- computation

    def call(
        self, query: Tensor, value: Tensor, key: Tensor | None = None, query_mask: Any = None, value_mask: Any = None,
        key_mask: Any = None, attention_mask: Any = None, return_attention_scores: bool = False,
        training: bool | None = None, use_causal_mask: bool = False,
    ) -> Any:  # fmt: skip
        """(batch, queries, size) -> the same, and (batch, heads, queries, keys) where the scores are asked for."""
        key = value if key is None else key
        folding = Folding(f"{type(self).__name__} {self.name!r}", query.ndim, self.attention_axes)
        mask = self._mask(query, key, {"query": query_mask, "value": value_mask, "key": key_mask}, attention_mask)
        q, k, v, gate = self._inside(query, key, value)
        scale, rate = 1 / math.sqrt(q.shape[-1]), self.dropout if training else 0.0
        q, k, v, mask = folding.fold(q), folding.fold(k), folding.fold(v), folding.fold_mask(mask)
        scores = None
        if return_attention_scores:
            scores = normalized(masked(products(q, k, scale), mask, use_causal_mask))[0]
            p = hb.random.dropout(scores, rate, seed=self.seed_generator) if rate else scores
            out = weighted(p, v)
        else:
            draw = self.seed_generator.next() if rate else None
            out = attention(q, k, v, mask, scale, use_causal_mask, draw, rate)
        out = folding.unfold(out, query.shape)
        out = self._outside(out if gate is None else out * gate)
        return out if scores is None else (out, folding.unfold_scores(scores, query.shape, key.shape))

    def _mask(self, query: Tensor, key: Tensor, masks: dict[str, Any], attention_mask: Any) -> Tensor | None:
        """All masks in one, (batch, queries, keys) or with an axis for the heads; None if there are none."""
        found = [] if attention_mask is None else [ops.cast(attention_mask, "bool")]
        given = {name: one for name, one in masks.items() if one is not None}
        if query.ndim != 3 and (given or self.sliding_window is not None):
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: masks of single steps and sliding_window go with inputs (batch, time, "
                f"size); got {query.shape}. Give attention_mask instead."
            )
        for name, one in given.items():
            found.append(ops.expand_dims(ops.cast(one, "bool"), -1 if name == "query" else -2))
        if self.sliding_window is not None:
            rows, columns = ops.arange(query.shape[1]), ops.arange(key.shape[1])
            distance = ops.abs(ops.expand_dims(rows, 1) - ops.expand_dims(columns, 0))
            found.append(ops.expand_dims(ops.less(distance, self.sliding_window), 0))
        mask = None
        for one in found:
            one = ops.expand_dims(one, 1) if query.ndim == 3 and one.ndim == 3 else one  # the heads' axis
            mask = one if mask is None else ops.logical_and(mask, one)
        return mask

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The query's mask goes on with the result, not with the scores."""
        return [previous_mask]

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in (*self._sizes, "dropout", "use_bias", "use_gate", "seed")},
            **{name: serialize(getattr(self, name)) for name in _OBJECTS},
            "activity_regularizer": serialize(self._activity),
        }
