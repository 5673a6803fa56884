"""ReversibleEmbedding: a vector for each index, and a score for each index out of a vector."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.core.adaptation import rounded
from hornbeam_layers.core.embedding import Embedding

__all__ = ["ReversibleEmbedding"]


class ReversibleEmbedding(Embedding):
    """An Embedding that also goes back: `layer(vectors, reverse=True)` gives the logits of all indices.

    Args:
        input_dim: number of indices.
        output_dim: length of a vector.
        tie_weights: whether the way back uses the same table.
        embeddings_initializer, embeddings_regularizer, embeddings_constraint, mask_zero: as for Embedding.
        reverse_dtype: dtype of the way back; default: the compute dtype.
        logit_soft_cap: logits are kept between -logit_soft_cap and logit_soft_cap, by tanh; default: they are not.
        **kwargs: `name`, `dtype`, `trainable`.

    Shapes: integers (...) -> (..., output_dim); back: (..., output_dim) -> (..., input_dim). Weights: embeddings (input_dim,
    output_dim), and where they are not tied reverse_embeddings (output_dim, input_dim). In eight bits (`quantize`) each has a scale,
    (input_dim,), and the way back is computed in the compute dtype.

    Source: Press and Wolf 2017.

    Example:
        >>> import hornbeam as hb
        >>> layer = ReversibleEmbedding(10, 4)
        >>> layer(layer(hb.ops.asarray([[1, 2]])), reverse=True).shape
        (1, 2, 10)
    """

    def __init__(
        self, input_dim: int, output_dim: int, tie_weights: bool = True, embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None, embeddings_constraint: Any = None, mask_zero: bool = False,
        reverse_dtype: Any = None, logit_soft_cap: float | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer,
            embeddings_regularizer,
            embeddings_constraint,
            mask_zero,
            **kwargs,
        )
        self.tie_weights, self.reverse_dtype, self.logit_soft_cap = tie_weights, reverse_dtype, logit_soft_cap

    def build(self, input_shape: Any) -> None:
        """Make the table, or both."""
        super().build(input_shape)
        if not self.tie_weights:
            shape = (self.output_dim, self.input_dim)
            if self.quantization_mode:
                self._make_eight_bits(shape)
            else:
                self.reverse_embeddings = self.add_weight(shape, self.embeddings_initializer, name="reverse_embeddings")

    def _make_eight_bits(self, shape: Any) -> None:
        self.reverse_embeddings = self.add_weight(shape, "zeros", "int8", trainable=False, name="reverse_embeddings")
        self.reverse_scale = self.add_weight(shape[1:], "ones", trainable=False, name="reverse_embeddings_scale")

    def call(self, inputs: Tensor, reverse: bool = False) -> Tensor:
        """(...) -> (..., output_dim), or (..., output_dim) -> (..., input_dim)."""
        if not reverse:
            return super().call(inputs)
        if self.quantization_mode:
            other = None if self.tie_weights else (ops.transpose(self.reverse_embeddings), self.reverse_scale.value)
            logits = self.multiplied(ops.cast(inputs, self.compute_dtype), other)
        else:
            kernel = ops.transpose(self.embeddings) if self.tie_weights else self.reverse_embeddings
            dtype = self.reverse_dtype or self.compute_dtype
            logits = ops.matmul(ops.cast(inputs, dtype), ops.cast(kernel, dtype))
        if self.logit_soft_cap is None:
            return logits
        return ops.tanh(logits / self.logit_soft_cap) * self.logit_soft_cap

    def quantize(self, mode: str = "int8", type_check: bool = True) -> None:
        """Keep the table, or both, in eight bits; see `Dense.quantize`."""
        super().quantize(mode, type_check)
        if not self.tie_weights:
            old = self.reverse_embeddings
            values, scale = rounded(old.value, (0,))
            self._variables = [v for v in self._variables if v is not old]
            self._make_eight_bits(old.shape)
            self.reverse_embeddings.assign(values)
            self.reverse_scale.assign(ops.squeeze(scale, 0))

    def _summed(self) -> tuple[int, ...]:
        return super()._summed()  # stated anew: `quantize` refuses classes whose `call` is newer than this

    def _product(self, inputs: Tensor, weight: Any) -> Tensor:
        return ops.matmul(inputs, ops.transpose(weight))

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """False where the index is 0; vectors keep the mask they have."""
        return super().compute_mask(inputs, previous_mask) if inputs.dtype.is_integer else previous_mask

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        how = {name: getattr(self, name) for name in ("tie_weights", "reverse_dtype", "logit_soft_cap")}
        return {**super().get_config(), **how}
