"""Multi-head attention."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor

from hornbeam_layers.attention.heads import HeadAttention

__all__ = ["MultiHeadAttention"]


class MultiHeadAttention(HeadAttention):
    """Each query looks at the keys, with several heads, and gets a mixture of the values.

    Args:
        num_heads: number of heads, positive.
        key_dim: size of queries and keys in each head, positive.
        value_dim: size of values in each head; default: key_dim.
        dropout: share of the attention probabilities that is dropped in training, in [0, 1).
        use_bias: whether the projections have biases.
        output_shape: sizes of the result's last axes (an integer or a tuple); default: the query's last size.
        attention_axes: the axes over which attention goes; default: all but the first and the last.
        sliding_window: a query looks at this many keys up to and including its own place, and, without `use_causal_mask`, as many
            from there on; None: no limit.
        flash_attention: for Keras's signature; scores are not kept in any case unless they are asked for.
        *_initializer, *_regularizer, *_constraint: of the projections' weights.
        activity_regularizer: function of what each projection gives, whose value is added to the loss.
        use_gate: whether a sigmoid projection of the query multiplies what the heads give.
        seed: of dropout.
        **kwargs: `name`, `dtype`, `trainable`.

    Call with `query` (batch, queries, size), `value` (batch, keys, size), and optionally `key` (default: value), masks
    `query_mask`, `value_mask`, `key_mask` (batch, time) and `attention_mask` (batch, queries, keys), bool, True where a query
    may look; `use_causal_mask`: a query looks at the keys up to its own place; `return_attention_scores`: the probabilities,
    (batch, heads, queries, keys), come second. A query that may look nowhere gets zeros before the last projection.

    Weights: of query, key and value: kernel (size, heads, key_dim), bias (heads, key_dim); of the output: kernel (heads,
    value_dim, size), bias (size,); in this order (the gate's come after the key's).

    Raises:
        InvalidArgumentError: a size is not a positive integer.
        ShapeError: shapes do not fit together.

    Source: Vaswani et al. 2017.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.ones((2, 5, 8))
        >>> MultiHeadAttention(num_heads=2, key_dim=4)(x, x).shape
        (2, 5, 8)
    """

    num_heads: int
    key_dim: int
    value_dim: int

    def __init__(
        self, num_heads: int, key_dim: int, value_dim: int | None = None, dropout: float = 0.0, use_bias: bool = True,
        output_shape: Any = None, attention_axes: Any = None, sliding_window: int | None = None,
        flash_attention: bool | None = None, kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, bias_constraint: Any = None, use_gate: bool = False, seed: int | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        sizes = {"num_heads": num_heads, "key_dim": key_dim, "value_dim": value_dim, "sliding_window": sliding_window}
        how = {
            "dropout": dropout, "use_bias": use_bias, "use_gate": use_gate, "seed": seed,
            "kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
            "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
            "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint,
            "activity_regularizer": activity_regularizer,
        }  # fmt: skip
        super().__init__(sizes, {"value_dim", "sliding_window"}, how, **kwargs)
        self.value_dim = value_dim or key_dim
        self.output_sizes = (output_shape,) if isinstance(output_shape, int) else output_shape and tuple(output_shape)
        self.attention_axes = (attention_axes,) if isinstance(attention_axes, int) else attention_axes

    def build(self, query_shape: Any, value_shape: Any = None, key_shape: Any = None) -> None:
        """Make the projections; value and key default to the query's shape."""
        value_shape = value_shape or query_shape
        key_shape = key_shape or value_shape
        heads = self.num_heads
        self.query_dense = self._projection("query", query_shape, 1, (heads, self.key_dim))
        self.key_dense = self._projection("key", key_shape, 1, (heads, self.key_dim))
        if self.use_gate:
            self._gate_dense = self._projection("gate", query_shape, 1, (heads, self.value_dim), "sigmoid")
        self.value_dense = self._projection("value", value_shape, 1, (heads, self.value_dim))
        outer = self.output_sizes or (query_shape[-1],)
        inside = (*query_shape[:-1], heads, self.value_dim)
        self.output_dense = self._projection("attention_output", inside, 2, tuple(outer))

    def _inside(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
        gate = self._gate_dense(query) if self.use_gate else None
        return self.query_dense(query), self.key_dense(key), self.value_dense(value), gate

    def _outside(self, out: Tensor) -> Tensor:
        return self.output_dense(out)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "output_shape": self.output_sizes, "attention_axes": self.attention_axes}
