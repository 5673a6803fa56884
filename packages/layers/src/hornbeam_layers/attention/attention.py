"""Attention of one head without weights of its own but a scale: by products (Luong) or by sums (Bahdanau)."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import Layer, Tensor, ops
from hornbeam.composites.attention import attention, masked, normalized, weighted
from hornbeam.errors import InvalidArgumentError, ShapeError

__all__ = ["AdditiveAttention", "Attention"]


class Attention(Layer):
    """softmax(query key^T) value.

    Args:
        use_scale: whether the scores are multiplied by a weight.
        score_mode: "dot", the product of query and key; "concat", the sum over tanh(query + key), times a weight.
        dropout: share of the probabilities that is dropped in training, in [0, 1).
        seed: of dropout.
        **kwargs: `name`, `dtype`, `trainable`.

    Call with a list: `query` (..., queries, dim), `value` (..., keys, size) and optionally `key` (..., keys, dim), which else is
    the value. `mask`: a list of the masks of query and value, (..., time), bool; `use_causal_mask`: a query looks at the keys up
    to its own place; `return_attention_scores`: the probabilities, (..., queries, keys), come second. A query that may look
    nowhere, or that is masked itself, gets zeros.

    Shapes: -> (..., queries, size). Weights: scale (), concat_score_weight (), where there are such.

    Raises:
        InvalidArgumentError: the mode is unknown, or dropout out of range; the inputs are not a list of two or three.
        ShapeError: shapes do not fit together.

    Source: Luong et al. 2015.

    Example:
        >>> import hornbeam as hb
        >>> Attention()([hb.ops.ones((2, 5, 4)), hb.ops.ones((2, 3, 4))]).shape
        (2, 5, 4)
    """

    def __init__(
        self, use_scale: bool = False, score_mode: str = "dot", dropout: float = 0.0, seed: int | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        who = f"{type(self).__name__} {self.name!r}"
        if score_mode not in ("dot", "concat"):
            raise InvalidArgumentError(f"{who}: score_mode must be 'dot' or 'concat'; got {score_mode!r}")
        if not 0 <= dropout < 1:
            raise InvalidArgumentError(f"{who}: dropout must be in [0, 1); got {dropout!r}")
        self.use_scale, self.score_mode, self.dropout, self.seed = use_scale, score_mode, dropout, seed
        self.seed_generator = hb.random.SeedGenerator(seed)
        self.scale: Any = None
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Make the weights."""
        self._checked(input_shape)
        if self.use_scale:
            self.scale = self.add_weight((), "ones", name="scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones", name="concat_score_weight")

    def _checked(self, inputs: Any) -> Any:
        """Two or three inputs."""
        if not isinstance(inputs, (list, tuple)) or len(inputs) not in (2, 3):
            raise InvalidArgumentError(
                f"{type(self).__name__} {self.name!r} takes a list [query, value] or [query, value, key]; got {inputs}"
            )
        return inputs

    def call(
        self, inputs: Any, mask: Any = None, training: bool = False, return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:  # fmt: skip
        """[query, value, key] -> (..., queries, size), and the probabilities where they are asked for."""
        query, value, *rest = self._checked(inputs)
        key = rest[0] if rest else value
        shapes = query.shape, value.shape, key.shape
        if len({t.ndim for t in (query, value, key)}) != 1 or query.ndim < 3 or query.shape[-1] != key.shape[-1]:
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: expected query (..., queries, dim), value (..., keys, size) and key "
                f"(..., keys, dim); got shapes {shapes}"
            )
        query_mask, value_mask = (None, None) if mask is None else mask[:2]
        q, k, v = (ops.reshape(t, (-1, t.shape[-2], 1, t.shape[-1])) for t in (query, key, value))  # one head
        allowed = None if value_mask is None else ops.reshape(ops.cast(value_mask, "bool"), (-1, 1, 1, v.shape[1]))
        rate = self.dropout if training else 0.0
        plain = self.score_mode == "dot" and not return_attention_scores
        scores = None
        if plain and type(self)._scores is Attention._scores:
            q = q if self.scale is None else q * self.scale
            draw = self.seed_generator.next() if rate else None
            out = attention(q, k, v, allowed, 1.0, use_causal_mask, draw, rate)
        else:
            scores = normalized(
                masked(ops.expand_dims(self._scores(q[:, :, 0], k[:, :, 0]), 1), allowed, use_causal_mask)
            )[0]
            scores = hb.random.dropout(scores, rate, seed=self.seed_generator) if rate else scores
            out = weighted(scores, v)
        out = ops.reshape(out, (*query.shape[:-1], value.shape[-1]))
        if query_mask is not None:
            out = ops.where(ops.expand_dims(ops.cast(query_mask, "bool"), -1), out, 0.0)
        if not return_attention_scores:
            return out
        assert scores is not None
        return out, ops.reshape(scores, (*query.shape[:-1], value.shape[-2]))

    def _scores(self, query: Tensor, key: Tensor) -> Tensor:
        """[batch, queries, dim] and [batch, keys, dim] -> [batch, queries, keys]."""
        if self.score_mode == "dot":
            scores = ops.matmul(query, ops.swapaxes(key, 1, 2))
            return scores if self.scale is None else scores * self.scale
        sums = ops.expand_dims(query, 2) + ops.expand_dims(key, 1)
        sums = sums if self.scale is None else sums * self.scale
        return self.concat_score_weight * ops.sum(ops.tanh(sums), axis=-1)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The query's mask goes on with the result, not with the scores."""
        return [None if previous_mask is None else previous_mask[0]]

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        names = "use_scale", "score_mode", "dropout", "seed"
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class AdditiveAttention(Attention):
    """softmax(sum over scale * tanh(query + key)) value.

    Args:
        use_scale: whether there is a weight in the sum, of the size of query and key.
        dropout: share of the probabilities that is dropped in training, in [0, 1).
        **kwargs: `seed`, `name`, `dtype`, `trainable`.

    Call it as `Attention`. Weights: scale (dim,).

    Source: Bahdanau et al. 2015.

    Example:
        >>> import hornbeam as hb
        >>> AdditiveAttention()([hb.ops.ones((2, 5, 4)), hb.ops.ones((2, 3, 4))]).shape
        (2, 5, 4)
    """

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape: Any) -> None:
        """Make the weight."""
        self._checked(input_shape)
        if self.use_scale:
            self.scale = self.add_weight((input_shape[0][-1],), "glorot_uniform", name="scale")

    def _scores(self, query: Tensor, key: Tensor) -> Tensor:
        found = ops.tanh(ops.expand_dims(query, 2) + ops.expand_dims(key, 1))
        return ops.sum(found if self.scale is None else found * self.scale, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        config = super().get_config()
        del config["score_mode"]
        return config
