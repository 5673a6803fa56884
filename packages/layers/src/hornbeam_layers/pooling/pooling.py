"""Maximum and average over moving windows, in 1 to 3 dimensions."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops

from hornbeam_layers.arguments import check_rank, choice_of, format_of, sizes_of, who

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
        self, pool_size: Any = 2, strides: Any = None, padding: str = "valid", data_format: str | None = None, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.pool_size = sizes_of(pool_size, self.rank, who(self), "pool_size")
        self.strides = self.pool_size if strides is None else sizes_of(strides, self.rank, who(self), "strides")
        self.padding = choice_of(self, "padding", padding, ("valid", "same"))
        self.data_format = format_of(self, data_format)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, *spatial, channels) -> (batch, *positions, channels)."""
        check_rank(self, inputs.shape, self.rank + 2)
        return type(self).pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        names = ("pool_size", "strides", "padding", "data_format")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class MaxPooling1D(BasePooling):
    """The largest value of each window: (batch, steps, channels) -> (batch, positions, channels)."""

    rank, pool = 1, staticmethod(ops.max_pool)


class MaxPooling2D(BasePooling):
    """The largest value of each window: (batch, height, width, channels) -> (batch, height', width', channels).

    Example:
        >>> import hornbeam as hb
        >>> MaxPooling2D()(hb.ops.ones((2, 28, 28, 3))).shape
        (2, 14, 14, 3)
    """

    rank, pool = 2, staticmethod(ops.max_pool)


class MaxPooling3D(BasePooling):
    """The largest value of each window: (batch, depth, height, width, channels) -> (batch, ..., channels)."""

    rank, pool = 3, staticmethod(ops.max_pool)


class AveragePooling1D(BasePooling):
    """The mean of each window: (batch, steps, channels) -> (batch, positions, channels)."""

    rank, pool = 1, staticmethod(ops.average_pool)


class AveragePooling2D(BasePooling):
    """The mean of each window: (batch, height, width, channels) -> (batch, height', width', channels).

    Example:
        >>> import hornbeam as hb
        >>> AveragePooling2D(2)(hb.ops.ones((2, 28, 28, 3))).shape
        (2, 14, 14, 3)
    """

    rank, pool = 2, staticmethod(ops.average_pool)


class AveragePooling3D(BasePooling):
    """The mean of each window: (batch, depth, height, width, channels) -> (batch, ..., channels)."""

    rank, pool = 3, staticmethod(ops.average_pool)
