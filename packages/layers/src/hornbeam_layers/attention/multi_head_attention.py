"""Multi-head attention."""

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
from hornbeam_layers.core.einsum_dense import EinsumDense
from hornbeam_layers.nested import build_inside
from hornbeam_layers.serialization import serialize

__all__ = ["MultiHeadAttention"]

_OBJECTS = {
    "kernel_initializer": initializers, "bias_initializer": initializers, "kernel_regularizer": regularizers,
    "bias_regularizer": regularizers, "kernel_constraint": constraints, "bias_constraint": constraints,
}  # fmt: skip


class MultiHeadAttention(Layer):
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
        activity_regularizer: function of the output whose value is added to the loss.
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

    def __init__(
        self, num_heads: int, key_dim: int, value_dim: int | None = None, dropout: float = 0.0, use_bias: bool = True,
        output_shape: Any = None, attention_axes: Any = None, sliding_window: int | None = None,
        flash_attention: bool | None = None, kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, bias_constraint: Any = None, use_gate: bool = False, seed: int | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        sizes = {"num_heads": num_heads, "key_dim": key_dim, "value_dim": value_dim, "sliding_window": sliding_window}
        for name, size in sizes.items():
            optional = name in ("value_dim", "sliding_window")
            if not (optional and size is None) and (not isinstance(size, int) or isinstance(size, bool) or size <= 0):
                raise InvalidArgumentError(
                    f"MultiHeadAttention {self.name!r}: {name} must be a positive integer; got {size!r}"
                )
        if not 0 <= dropout < 1:
            raise InvalidArgumentError(f"MultiHeadAttention {self.name!r}: dropout must be in [0, 1); got {dropout!r}")
        self.num_heads, self.key_dim, self.value_dim = num_heads, key_dim, value_dim or key_dim
        self.dropout, self.use_bias, self.use_gate, self.seed = dropout, use_bias, use_gate, seed
        self.output_sizes = (output_shape,) if isinstance(output_shape, int) else output_shape and tuple(output_shape)
        self.attention_axes = (attention_axes,) if isinstance(attention_axes, int) else attention_axes
        self.sliding_window = sliding_window
        given = (
            kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, kernel_constraint, bias_constraint
        )  # fmt: skip
        for (name, kind), value in zip(_OBJECTS.items(), given, strict=True):
            setattr(self, name, kind.get(value))
        self.seed_generator = hb.random.SeedGenerator(seed)
        self.supports_masking = True

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

    def _projection(
        self, name: str, shape: Any, inner: int, outer: tuple[int, ...], activation: str | None = None
    ) -> EinsumDense:
        """A layer that replaces the last `inner` axes of inputs of that shape by axes of sizes `outer`."""
        letters = iter(ascii_lowercase)
        free, summed, new = ("".join(islice(letters, n)) for n in (len(shape) - inner, inner, len(outer)))
        layer = EinsumDense(
            f"{free}{summed},{summed}{new}->{free}{new}", (*(None,) * (len(free) - 1), *outer), activation,
            new if self.use_bias else None, **{n: getattr(self, n) for n in _OBJECTS},
            name=name, dtype=self.dtype_policy.name,
        )  # fmt: skip
        build_inside(self, layer, shape)
        return layer

    def call(
        self, query: Tensor, value: Tensor, key: Tensor | None = None, query_mask: Any = None, value_mask: Any = None,
        key_mask: Any = None, attention_mask: Any = None, return_attention_scores: bool = False,
        training: bool | None = None, use_causal_mask: bool = False,
    ) -> Any:  # fmt: skip
        """(batch, queries, size) -> the same, and (batch, heads, queries, keys) where the scores are asked for."""
        key = value if key is None else key
        folding = _Folding(self.name, query.ndim, self.attention_axes)
        mask = self._mask(query, key, {"query": query_mask, "value": value_mask, "key": key_mask}, attention_mask)
        gate = self._gate_dense(query) if self.use_gate else None
        q, k, v = self.query_dense(query), self.key_dense(key), self.value_dense(value)
        q, k, v, mask = folding.fold(q), folding.fold(k), folding.fold(v), folding.fold_mask(mask)
        scale, rate = 1 / math.sqrt(self.key_dim), self.dropout if training else 0.0
        scores = None
        if return_attention_scores:
            scores = normalized(masked(products(q, k, scale), mask, use_causal_mask))[0]
            p = hb.random.dropout(scores, rate, seed=self.seed_generator) if rate else scores
            out = weighted(p, v)
        else:
            draw = self.seed_generator.next() if rate else None
            out = attention(q, k, v, mask, scale, use_causal_mask, draw, rate)
        out = folding.unfold(out, query.shape)
        out = self.output_dense(out if gate is None else out * gate)
        return out if scores is None else (out, folding.unfold_scores(scores, query.shape, key.shape))

    def _mask(self, query: Tensor, key: Tensor, masks: dict[str, Any], attention_mask: Any) -> Tensor | None:
        """All masks in one, (batch, queries, keys) or with an axis for the heads; None if there are none."""
        found = [] if attention_mask is None else [ops.cast(attention_mask, "bool")]
        given = {name: one for name, one in masks.items() if one is not None}
        if query.ndim != 3 and (given or self.sliding_window is not None):
            raise ShapeError(
                f"MultiHeadAttention {self.name!r}: masks of single steps and sliding_window go with inputs (batch, time, size); "
                f"got {query.shape}. Give attention_mask instead."
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
        plain = (
            *("num_heads", "key_dim", "value_dim", "dropout", "use_bias", "attention_axes", "sliding_window"),
            *("use_gate", "seed"),
        )
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in plain},
            "output_shape": self.output_sizes,
            **{name: serialize(getattr(self, name)) for name in (*_OBJECTS, "activity_regularizer")},
        }


class _Folding:
    """Brings projected tensors (batch, *axes, heads, dim) to the form (batch, time, heads, dim) and back.

    The axes over which attention goes become one, the others part of the batch.
    """

    def __init__(self, name: str, ndim: int, axes: Any) -> None:
        inside = range(1, ndim - 1)
        self.over = tuple(inside) if axes is None else tuple(a % ndim for a in axes)
        if not self.over or not set(self.over) <= set(inside):
            raise ShapeError(
                f"MultiHeadAttention {name!r}: attention_axes {axes} are not among the axes of {ndim}-d inputs"
            )
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
                f"MultiHeadAttention: attention_mask needs the axes (batch, {len(self.free)} that attention does not go over, "
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
