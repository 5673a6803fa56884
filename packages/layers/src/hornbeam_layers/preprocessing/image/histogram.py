"""Contrast by what values an image has: stretched, and equalised."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.preprocessing.arguments import check_size, value_range_of, wrong
from hornbeam_layers.preprocessing.image.base import ImageLayer, rescaled

__all__ = ["AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "Equalization"]


class AutoContrast(ImageLayer):
    """Stretches each channel of each image over the whole range of values, in training and out of it.

    Args:
        value_range: least and largest value of a pixel.
        **kwargs: `data_format`, `bounding_box_format`, `name`, ...
    """

    arguments = ("value_range",)

    def __init__(self, value_range: Any = (0, 255), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value_range = value_range_of(self, value_range)

    def transform_images(self, images: Tensor, transformation: Any = None, training: bool = True) -> Tensor:
        """In the compute dtype; channels of one value stay as they are."""
        images = ops.cast(images, self.compute_dtype)
        axes = (self.height_axis, self.width_axis)
        low, high = (f(images, axis=axes, keepdims=True) for f in (ops.min, ops.max))
        flat = high == low
        share = ops.clip((images - low) / ops.where(flat, 1.0, high - low), 0.0, 1.0)
        return ops.where(flat, images, rescaled(share, (0, 1), self.value_range))


class Equalization(ImageLayer):
    """In training, changes the values so that each is about as frequent, in each channel, over all images of the batch.

    Args:
        value_range: least and largest value of a pixel.
        bins: how many values are told apart.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, ...

    Example:
        >>> import hornbeam as hb
        >>> Equalization()(hb.ops.ones((2, 4, 4, 3)), training=True).shape
        (2, 4, 4, 3)
    """

    arguments = ("bins", "value_range")

    def __init__(
        self, value_range: Any = (0, 255), bins: int = 256, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.bins = check_size(self, "bins", bins)
        self.value_range = value_range_of(self, value_range)

    def transform_images(self, images: Tensor, transformation: Any = None, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training:
            return images
        wide = ops.cast(rescaled(images, self.value_range, (0, 255)), "float32")
        channels = [self._equalized(c) for c in ops.split(wide, images.shape[self.channel_axis], self.channel_axis)]
        out = ops.cast(ops.concatenate(channels, axis=self.channel_axis), self.compute_dtype)
        return rescaled(out, (0, 255), self.value_range)

    def _equalized(self, channel: Tensor) -> Tensor:
        top = self.bins - 1
        bins, places = (ops.cast(ops.clip(p, 0, top), "int32") for p in (channel * top / 255.0, channel / 255.0 * top))
        counts = ops.bincount(ops.reshape(bins, (-1,)), minlength=self.bins)
        below = ops.cast(ops.cumsum(counts), "float32")
        first = ops.take(below, ops.argmax(below > 0))
        rest = below[-1] - first
        table = ops.round((below - first) * 255.0 / ops.where(rest == 0, 1.0, rest))
        return ops.where(ops.count_nonzero(counts) <= 1, channel, ops.take(ops.clip(table, 0.0, 255.0), places))


class ContrastLimitedAdaptiveHistogramEqualization(ImageLayer):
    """Equalises the values of each part of an image on its own, not too strongly, and blends neighbouring parts.

    Args:
        value_range: least and largest value of a pixel.
        clip_limit: how much more frequent than the mean a value may count; 0: no limit.
        tile_grid_size: how many parts there are, along height and width.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, ...

    Source: Zuiderveld 1994, "Contrast limited adaptive histogram equalization".
    """

    arguments = ("value_range", "clip_limit", "tile_grid_size")

    def __init__(
        self,
        value_range: Any = (0, 255),
        clip_limit: float = 4.0,
        tile_grid_size: Any = (8, 8),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range = value_range_of(self, value_range)
        self.clip_limit = clip_limit
        if not isinstance(tile_grid_size, (tuple, list)) or len(tile_grid_size) != 2:
            raise wrong(self, "tile_grid_size", "two positive integers", tile_grid_size)
        self.tile_grid_size = tuple(check_size(self, "tile_grid_size", n) for n in tile_grid_size)

    def transform_images(self, images: Tensor, transformation: Any = None, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        first = self.data_format == "channels_first"
        x = ops.cast(ops.transpose(images, (0, 2, 3, 1)) if first else images, "float32")
        out = rescaled(self._adapted(rescaled(x, self.value_range, (0, 255))), (0, 255), self.value_range)
        return ops.cast(ops.transpose(out, (0, 3, 1, 2)) if first else out, images.dtype)

    def _adapted(self, x: Tensor) -> Tensor:
        n, height, width, channels = x.shape
        down, across = self.tile_grid_size
        high, wide = -(-height // down), -(-width // across)
        rows, columns = high * down, wide * across
        x = ops.pad(x, ((0, 0), (0, rows - height), (0, columns - width), (0, 0)), mode="symmetric")
        values = ops.cast(ops.clip(x, 0.0, 255.0), "int32")
        tables = self._tables(values, (high, wide))
        up_and_down, y = _between(rows, high, down)
        left_and_right, z = _between(columns, wide, across)
        start = ops.reshape(ops.arange(n, dtype="int32"), (n, 1, 1, 1)) * (down + 2)
        channel = ops.reshape(ops.arange(channels, dtype="int32"), (1, 1, 1, channels))
        found: Any = 0.0
        for i, a in zip(up_and_down, (1.0 - y, y), strict=True):
            for j, b in zip(left_and_right, (1.0 - z, z), strict=True):
                part = (start + ops.reshape(i, (1, -1, 1, 1))) * (across + 2) + ops.reshape(j, (1, 1, -1, 1))
                place = (part * channels + channel) * 256 + values
                weight = ops.reshape(a, (1, -1, 1, 1)) * ops.reshape(b, (1, 1, -1, 1))
                found = found + ops.take(tables, place) * weight
        return found[:, :height, :width, :]

    def _tables(self, values: Tensor, tile: tuple[int, int]) -> Tensor:
        """New values for old ones, of each part with a border of parts around them: (n * down+2 * across+2 * channels * 256,)."""
        (down, across), (high, wide) = self.tile_grid_size, tile
        n, *_, channels = values.shape
        parts = ops.transpose(ops.reshape(values, (n, down, high, across, wide, channels)), (0, 1, 3, 5, 2, 4))
        flat = ops.reshape(parts, (n * down * across * channels, high * wide))
        number = ops.reshape(ops.arange(flat.shape[0], dtype="int32"), (-1, 1)) * 256
        counts = ops.bincount(ops.reshape(flat + number, (-1,)), minlength=flat.shape[0] * 256)
        counts = ops.cast(ops.reshape(counts, (n, down, across, channels, 256)), "float32")
        if self.clip_limit > 0:
            kept = ops.minimum(counts, self.clip_limit * (high * wide) / 256.0)
            counts = kept + ops.sum(counts - kept, axis=-1, keepdims=True) / 256.0
        below = ops.cumsum(counts, axis=-1)
        least = ops.min(below, axis=-1, keepdims=True)
        rest = high * wide - least
        table = ops.clip((below - least) * 255.0 / ops.where(rest == 0, 1.0, rest), 0.0, 255.0)
        for axis in (1, 2):
            ends = [ops.take(table, ops.asarray([i], dtype="int32"), axis=axis) for i in (0, table.shape[axis] - 1)]
            table = ops.concatenate([ends[0], table, ends[1]], axis=axis)
        return ops.reshape(table, (-1,))


def _between(size: int, tile: int, count: int) -> tuple[tuple[Tensor, Tensor], Tensor]:
    """The parts before and behind each pixel along an axis, in a grid with a border, and the weight of the one behind."""
    place = (ops.arange(size, dtype="float32") - tile / 2.0) / tile + 1.0
    low = ops.floor(place)
    before, behind = (ops.cast(ops.clip(p, 0, count + 1), "int32") for p in (low, low + 1.0))
    return (before, behind), place - low
