"""Maximum and average over moving windows, in 1 to 3 dimensions."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.convolutional.base import sizes_of

__all__ = ["AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D"]


class BasePooling(Layer):
    """One value for each window of each channel.

    Args:
        pool_size: the window, one integer or one per axis; default 2.
        strides: step of the window; default: `pool_size`.
        padding: "valid" or "same".
        data_format: "channels_last" (default) or "channels_first".
    """

    rank: int
    pool: Any

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        who = f"{type(self).__name__} {self.name!r}"
        if not isinstance(padding, str) or padding.lower() not in ("valid", "same"):
            raise InvalidArgumentError(f"{who}: padding must be 'valid' or 'same'; got {padding!r}")
        if data_format not in (None, "channels_last", "channels_first"):
            raise InvalidArgumentError(
                f"{who}: data_format must be 'channels_last' or 'channels_first'; got {data_format!r}"
            )
        self.pool_size = sizes_of(pool_size, self.rank, who, "pool_size")
        self.strides = self.pool_size if strides is None else sizes_of(strides, self.rank, who, "strides")
        self.padding = padding.lower()
        self.data_format = data_format or "channels_last"
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, *spatial, channels) -> (batch, *positions, channels)."""
        if inputs.ndim != self.rank + 2:
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: expected {self.rank + 2} axes; got shape {inputs.shape}"
            )
        return type(self).pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        how = {
            "pool_size": self.pool_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
        }
        return {**super().get_config(), **how}


class MaxPooling1D(BasePooling):
    """The largest value of each window: (batch, steps, channels) -> (batch, positions, channels)."""

    rank, pool = 1, staticmethod(ops.max_pool)


class MaxPooling2D(BasePooling):
    """The largest value of each window: (batch, height, width, channels) -> (batch, height', width', channels)."""

    rank, pool = 2, staticmethod(ops.max_pool)


class MaxPooling3D(BasePooling):
    """The largest value of each window: (batch, depth, height, width, channels) -> (batch, ..., channels)."""

    rank, pool = 3, staticmethod(ops.max_pool)


class AveragePooling1D(BasePooling):
    """The mean of each window: (batch, steps, channels) -> (batch, positions, channels)."""

    rank, pool = 1, staticmethod(ops.average_pool)


class AveragePooling2D(BasePooling):
    """The mean of each window: (batch, height, width, channels) -> (batch, height', width', channels)."""

    rank, pool = 2, staticmethod(ops.average_pool)


class AveragePooling3D(BasePooling):
    """The mean of each window: (batch, depth, height, width, channels) -> (batch, ..., channels)."""

    rank, pool = 3, staticmethod(ops.average_pool)
