"""Category numbers as rows of zeros and ones."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops

from hornbeam_layers.preprocessing.arguments import wrong
from hornbeam_layers.preprocessing.encoding import check_dense, check_output_mode, encode

__all__ = ["CategoryEncoding"]


class CategoryEncoding(Layer):
    """Integers from 0 up to num_tokens as rows.

    Args:
        num_tokens: how many categories there are.
        output_mode: "multi_hot" (a row for each sample, with ones), "one_hot" (a row for each integer) or "count".
        sparse: False: tensors are dense.
        **kwargs: `name`, `dtype`, ...

    Example:
        >>> import hornbeam as hb
        >>> hb.layers.CategoryEncoding(4, "count")(hb.ops.asarray([[0, 1, 1]])).numpy().tolist()
        [[1.0, 2.0, 0.0, 0.0]]
    """

    def __init__(
        self, num_tokens: int | None = None, output_mode: str = "multi_hot", sparse: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.output_mode = check_output_mode(self, output_mode, ("count", "one_hot", "multi_hot"))
        self.sparse = check_dense(self, sparse)
        if isinstance(num_tokens, bool) or not isinstance(num_tokens, int) or num_tokens < 1:
            raise wrong(self, "num_tokens", "a positive integer", num_tokens)
        self.num_tokens = num_tokens

    def call(self, inputs: Tensor, count_weights: Any = None) -> Tensor:
        """(batch, n) -> (batch, num_tokens), for "one_hot" (batch, n, num_tokens), or (batch, num_tokens) where n is 1.

        Args:
            inputs: integers.
            count_weights: what each counts for, of the inputs' shape, for "count".
        """
        if count_weights is not None:
            if self.output_mode != "count":
                raise wrong(self, "count_weights", "None where output_mode is not 'count'", self.output_mode)
            count_weights = ops.cast(count_weights, self.compute_dtype)
        indices = ops.convert_to_tensor(inputs)
        indices = ops.cast(indices, "int32") if indices.dtype.is_floating else indices
        return encode(indices, self.output_mode, self.num_tokens, self.compute_dtype, count_weights)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {
            **super().get_config(),
            "num_tokens": self.num_tokens,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
        }
