"""Maximum and average over all positions, in 1 to 3 dimensions."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops

from hornbeam_layers.arguments import check_rank, format_of

__all__ = [
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D", "GlobalMaxPooling1D",
    "GlobalMaxPooling2D", "GlobalMaxPooling3D",
]  # fmt: skip


class BaseGlobalPooling(Layer):
    """One value for each channel.

    Args:
        data_format: "channels_last" (default) or "channels_first".
        keepdims: whether the axes of the positions stay, with size 1.
    """

    rank: int

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format, self.keepdims = format_of(self, data_format), keepdims
        self.built = True

    def _axes(self, inputs: Tensor) -> tuple[int, ...]:
        check_rank(self, inputs.shape, self.rank + 2)
        first = 1 if self.data_format == "channels_last" else 2
        return tuple(range(first, first + self.rank))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "data_format": self.data_format, "keepdims": self.keepdims}


class _Average(BaseGlobalPooling):
    def call(self, inputs: Tensor) -> Tensor:
        """(batch, *spatial, channels) -> (batch, channels)."""
        return ops.mean(inputs, axis=self._axes(inputs), keepdims=self.keepdims)


class _Max(BaseGlobalPooling):
    def call(self, inputs: Tensor) -> Tensor:
        """(batch, *spatial, channels) -> (batch, channels)."""
        return ops.max(inputs, axis=self._axes(inputs), keepdims=self.keepdims)


class GlobalAveragePooling1D(_Average):
    """The mean over the steps, of those that a mask lets count: (batch, steps, channels) -> (batch, channels)."""

    rank = 1

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(data_format, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        """(batch, steps, channels) -> (batch, channels); `mask` is bool, (batch, steps)."""
        if mask is None:
            return super().call(inputs)
        (axis,) = self._axes(inputs)
        counts = ops.expand_dims(mask, 3 - axis)
        total = ops.sum(ops.where(counts, inputs, ops.zeros_like(inputs)), axis=axis, keepdims=self.keepdims)
        return total / ops.sum(ops.cast(counts, inputs.dtype), axis=axis, keepdims=self.keepdims)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """There are no steps any more."""
        return None


class GlobalAveragePooling2D(_Average):
    """The mean over the positions: (batch, height, width, channels) -> (batch, channels).

    Example:
        >>> import hornbeam as hb
        >>> GlobalAveragePooling2D()(hb.ops.ones((2, 7, 7, 3))).shape
        (2, 3)
    """

    rank = 2


class GlobalAveragePooling3D(_Average):
    """The mean over the positions: (batch, depth, height, width, channels) -> (batch, channels)."""

    rank = 3


class GlobalMaxPooling1D(_Max):
    """The largest value of each channel: (batch, steps, channels) -> (batch, channels)."""

    rank = 1


class GlobalMaxPooling2D(_Max):
    """The largest value of each channel: (batch, height, width, channels) -> (batch, channels)."""

    rank = 2


class GlobalMaxPooling3D(_Max):
    """The largest value of each channel: (batch, depth, height, width, channels) -> (batch, channels)."""

    rank = 3
