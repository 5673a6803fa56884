"""Flatten and Reshape."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

__all__ = ["Flatten", "Reshape"]


class Flatten(Layer):
    """(batch, ...) -> (batch, everything else).

    Args:
        data_format: "channels_first" moves the channels to the end before.
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if data_format not in (None, "channels_last", "channels_first"):
            raise InvalidArgumentError(
                f"Flatten: data_format must be 'channels_last' or 'channels_first'; got {data_format!r}"
            )
        self.data_format = data_format or "channels_last"
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        if not inputs.ndim:
            raise ShapeError(f"Flatten {self.name!r}: the input needs at least a batch axis; got shape ()")
        """All axes but the first in one."""
        if self.data_format == "channels_first" and inputs.ndim > 2:
            inputs = ops.permute_dims(inputs, (0, *range(2, inputs.ndim), 1))
        return ops.reshape(inputs, (inputs.shape[0], math.prod(inputs.shape[1:])))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "data_format": self.data_format}


class Reshape(Layer):
    """(batch, ...) -> (batch, *target_shape); one size may be -1."""

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(target_shape, (list, tuple)) or any(not isinstance(s, int) or s < -1 for s in target_shape):
            raise InvalidArgumentError(
                f"Reshape {self.name!r}: target_shape must be a tuple of sizes, of which one may be -1; got {target_shape!r}"
            )
        self.target_shape = tuple(target_shape)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The elements under the other shape."""
        return ops.reshape(inputs, (inputs.shape[0], *self.target_shape))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "target_shape": self.target_shape}
