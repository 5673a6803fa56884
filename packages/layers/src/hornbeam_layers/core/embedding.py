"""Embedding: a vector for each index."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers import constraints, initializers, regularizers
from hornbeam_layers.core.adaptation import Adaptable, main_weight
from hornbeam_layers.serialization import serialize

__all__ = ["Embedding"]


class Embedding(Adaptable):
    """Looks up a row of a table for each index.

    Args:
        input_dim: number of rows; indices go from 0 to input_dim - 1.
        output_dim: length of a row.
        embeddings_initializer, embeddings_regularizer, embeddings_constraint: of the table.
        mask_zero: whether index 0 is padding, which layers behind this one leave out (see `Layer.compute_mask`).
        weights: a list of one array: the first table.
        lora_rank, lora_alpha: see `enable_lora`, which is called when the layer is built.
        **kwargs: `name`, `dtype`, `trainable`.

    Shapes: integers (...) -> (..., output_dim). Weights: embeddings (input_dim, output_dim).

    Raises:
        InvalidArgumentError: a size is not a positive integer.
        OutOfRangeError: an index lies outside the table.

    Example:
        >>> import hornbeam as hb
        >>> Embedding(10, 4)(hb.ops.asarray([[1, 2, 3]])).shape
        (1, 3, 4)
    """

    main = "embeddings"
    embeddings: Any = main_weight

    def __init__(
        self, input_dim: int, output_dim: int, embeddings_initializer: Any = "uniform", embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None, mask_zero: bool = False, weights: Any = None, lora_rank: int | None = None,
        lora_alpha: float | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        kwargs.pop("input_length", None)  # of Keras 2: the length is the inputs'
        kwargs |= {"lora_rank": lora_rank, "lora_alpha": lora_alpha}
        super().__init__(**kwargs)
        for name, size in (("input_dim", input_dim), ("output_dim", output_dim)):
            if not isinstance(size, int) or isinstance(size, bool) or size <= 0:
                raise InvalidArgumentError(f"Embedding {self.name!r}: {name} must be a positive integer; got {size!r}")
        self.input_dim, self.output_dim, self.mask_zero = input_dim, output_dim, mask_zero
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.first_weights = weights
        self.supports_masking = mask_zero
        self.autocast = False  # half precision would round indices

    def build(self, input_shape: Any) -> None:
        """Make the table."""
        self.make_main((self.input_dim, self.output_dim))
        self.make_additions()
        if self.first_weights is not None:
            self.set_weights(self.first_weights)

    def call(self, inputs: Tensor) -> Tensor:
        """(...) -> (..., output_dim)."""
        indices = inputs if inputs.dtype.is_integer else ops.cast(inputs, "int32")
        rows = ops.cast(ops.take(self._main, indices, axis=0), self.compute_dtype)
        if self.quantization_mode:
            rows = rows / ops.expand_dims(ops.take(self._scale, indices, axis=0), -1)
        if self.lora_enabled:
            more = ops.matmul(ops.take(self._lora_a, indices, axis=0), self._lora_b)
            rows = ops.cast(rows + (self.lora_alpha / self.lora_rank) * more, self.compute_dtype)  # type: ignore[operator]
        return rows

    def _summed(self) -> tuple[int, ...]:
        return (1,)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """False where the index is 0."""
        return ops.not_equal(inputs, 0)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        objects = "embeddings_initializer", "embeddings_regularizer", "embeddings_constraint"
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in ("input_dim", "output_dim", "mask_zero")},
            **{name: serialize(getattr(self, name)) for name in objects},
        }
