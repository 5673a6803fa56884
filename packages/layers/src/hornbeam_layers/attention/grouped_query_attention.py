"""Grouped-query attention: several heads of the query share one of key and value."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.attention.heads import HeadAttention

__all__ = ["GroupQueryAttention"]


class GroupQueryAttention(HeadAttention):
    """Attention with `num_query_heads` heads, of which groups of equal size share the heads of key and value.

    Args:
        head_dim: size of each head, positive.
        num_query_heads: number of heads of the query, a multiple of
        num_key_value_heads: number of heads of key and value, positive; 1 is multi-query attention.
        dropout: share of the attention probabilities that is dropped in training, in [0, 1).
        use_bias: whether the projections have biases.
        sliding_window: a query looks at this many keys up to and including its own place, and, without `use_causal_mask`, as many
            from there on; None: no limit.
        flash_attention: for Keras's signature; scores are not kept in any case unless they are asked for.
        *_initializer, *_regularizer, *_constraint: of the projections' weights.
        activity_regularizer: function of the output, and of what each projection gives, whose value is added to the loss.
        use_gate: whether a sigmoid projection of the query multiplies what the heads give.
        seed: of dropout.
        **kwargs: `name`, `dtype`, `trainable`.

    Call it as `MultiHeadAttention`, on query (batch, queries, size) and value (batch, keys, size). Keras calls the class
    GroupedQueryAttention too.

    Weights: of the query: kernel (size, num_query_heads, head_dim), bias (num_query_heads, head_dim); of key and value the same
    with num_key_value_heads; of the output: kernel (num_query_heads, head_dim, size), bias (size,).

    Raises:
        InvalidArgumentError: a size is not a positive integer, or the heads do not make groups of equal size.
        ShapeError: shapes do not fit together.

    Source: Ainslie et al. 2023.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.ones((2, 5, 8))
        >>> GroupQueryAttention(head_dim=4, num_query_heads=4, num_key_value_heads=2)(x, x).shape
        (2, 5, 8)
    """

    head_dim: int
    num_query_heads: int
    num_key_value_heads: int

    def __init__(
        self, head_dim: int, num_query_heads: int, num_key_value_heads: int, dropout: float = 0.0, use_bias: bool = True,
        sliding_window: int | None = None, flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros", kernel_regularizer: Any = None,
        bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
        bias_constraint: Any = None, use_gate: bool = False, seed: int | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        sizes = {
            "head_dim": head_dim, "num_query_heads": num_query_heads, "num_key_value_heads": num_key_value_heads,
            "sliding_window": sliding_window,
        }  # fmt: skip
        how = {
            "dropout": dropout, "use_bias": use_bias, "use_gate": use_gate, "seed": seed,
            "kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
            "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
            "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint,
            "activity_regularizer": activity_regularizer,
        }  # fmt: skip
        super().__init__(sizes, {"sliding_window"}, how, **kwargs)
        if num_query_heads % num_key_value_heads:
            raise InvalidArgumentError(
                f"GroupQueryAttention {self.name!r}: num_query_heads must be a multiple of num_key_value_heads; got "
                f"{num_query_heads} and {num_key_value_heads}"
            )
        self.activity_regularizer = self._activity

    def build(self, query_shape: Any, value_shape: Any = None, key_shape: Any = None) -> None:
        """Make the projections; value and key default to the query's shape."""
        value_shape = value_shape or query_shape
        key_shape = key_shape or value_shape
        if {len(query_shape), len(value_shape), len(key_shape)} != {3}:
            raise ShapeError(
                f"GroupQueryAttention {self.name!r}: expected query, value and key (batch, time, size); got shapes "
                f"{query_shape}, {value_shape} and {key_shape}"
            )
        for_query, shared = (self.num_query_heads, self.head_dim), (self.num_key_value_heads, self.head_dim)
        self._query_dense = self._projection("query", query_shape, 1, for_query)
        self._key_dense = self._projection("key", key_shape, 1, shared)
        if self.use_gate:
            self._gate_dense = self._projection("gate", query_shape, 1, for_query, "sigmoid")
        self._value_dense = self._projection("value", value_shape, 1, shared)
        inside = (*query_shape[:-1], *for_query)
        self._output_dense = self._projection("attention_output", inside, 2, (query_shape[-1],))

    def _inside(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
        gate = self._gate_dense(query) if self.use_gate else None
        group = self.num_query_heads // self.num_key_value_heads
        k, v = (ops.repeat(t, group, axis=2) for t in (self._key_dense(key), self._value_dense(value)))
        return self._query_dense(query), k, v, gate

    def _outside(self, out: Tensor) -> Tensor:
        return self._output_dense(out)
