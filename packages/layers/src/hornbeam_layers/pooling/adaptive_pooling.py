"""Maximum and average over windows of which so many cover the input that the output has a given size."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops

from hornbeam_layers.arguments import check_rank, format_of, sizes_of, who

__all__ = [
    "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D", "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D",
]  # fmt: skip


class BaseAdaptivePooling(Layer):
    """One value for each of a given number of windows: window i of m over n goes from floor(i n / m) to ceil((i + 1) n / m).

    Args:
        output_size: how many windows along each axis, one integer or one per axis.
        data_format: "channels_last" (default) or "channels_first".

    Raises:
        InvalidArgumentError: output_size is not positive, or data_format unknown.
        ShapeError: the input has another rank.
    """

    rank: int
    pool: Any

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output_size = sizes_of(output_size, self.rank, who(self), "output_size")
        self.data_format = format_of(self, data_format)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, *spatial, channels) -> (batch, *output_size, channels)."""
        check_rank(self, inputs.shape, self.rank + 2)
        return type(self).pool(inputs, self.output_size, self.data_format)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "output_size": self.output_size, "data_format": self.data_format}


class AdaptiveAveragePooling1D(BaseAdaptivePooling):
    """The mean of each of `output_size` windows: (batch, steps, channels) -> (batch, output_size, channels)."""

    rank, pool = 1, staticmethod(ops.adaptive_average_pool)


class AdaptiveAveragePooling2D(BaseAdaptivePooling):
    """The mean of each of `output_size` windows: (batch, height, width, channels) -> (batch, *output_size, channels)."""

    rank, pool = 2, staticmethod(ops.adaptive_average_pool)


class AdaptiveAveragePooling3D(BaseAdaptivePooling):
    """The mean of each of `output_size` windows: (batch, depth, height, width, channels) -> (batch, *output_size, channels)."""

    rank, pool = 3, staticmethod(ops.adaptive_average_pool)


class AdaptiveMaxPooling1D(BaseAdaptivePooling):
    """The largest of each of `output_size` windows: (batch, steps, channels) -> (batch, output_size, channels)."""

    rank, pool = 1, staticmethod(ops.adaptive_max_pool)


class AdaptiveMaxPooling2D(BaseAdaptivePooling):
    """The largest of each of `output_size` windows: (batch, height, width, channels) -> (batch, *output_size, channels)."""

    rank, pool = 2, staticmethod(ops.adaptive_max_pool)


class AdaptiveMaxPooling3D(BaseAdaptivePooling):
    """The largest of each of `output_size` windows: (batch, depth, height, width, channels) -> (batch, *output_size, channels)."""

    rank, pool = 3, staticmethod(ops.adaptive_max_pool)
