"""Resizing."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.preprocessing.arguments import check_choice, check_size, wrong
from hornbeam_layers.preprocessing.image.base import ImageLayer, images_in
from hornbeam_layers.preprocessing.image.boxes import clip_boxes, corners, joined

__all__ = ["Resizing"]


class Resizing(ImageLayer):
    """Images of another size; their dtype stays.

    Args:
        height, width: of the result, in pixels.
        interpolation: "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
        crop_to_aspect_ratio: take the largest part of the middle that has the proportions of the result.
        pad_to_aspect_ratio: add borders, so that the image has the proportions of the result.
        fill_mode: of the borders: "constant".
        fill_value: of the borders.
        antialias: whether smaller images are filtered first.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, ...

    Shapes: (batch, rows, columns, channels) -> (batch, height, width, channels).

    Example:
        >>> import hornbeam as hb
        >>> hb.layers.Resizing(4, 6)(hb.ops.ones((2, 8, 8, 3))).shape
        (2, 4, 6, 3)
    """

    arguments = (
        *("height", "width", "interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio"),
        *("fill_mode", "fill_value", "antialias"),
    )

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height, self.width = check_size(self, "height", height), check_size(self, "width", width)
        kinds = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
        self.interpolation = check_choice(self, "interpolation", interpolation, kinds)
        self.fill_mode = check_choice(self, "fill_mode", fill_mode, ("constant",))
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise wrong(self, "pad_to_aspect_ratio", "False where crop_to_aspect_ratio is True", True)
        self.crop_to_aspect_ratio, self.pad_to_aspect_ratio = crop_to_aspect_ratio, pad_to_aspect_ratio
        self.fill_value, self.antialias = fill_value, bool(antialias)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Height and width before; nothing is drawn."""
        return tuple(images_in(data).shape[a] for a in (self.height_axis, self.width_axis))

    def _resized(self, images: Tensor, interpolation: str) -> Tensor:
        return ops.image.resize(
            images, (self.height, self.width), interpolation, self.antialias, self.crop_to_aspect_ratio,
            self.pad_to_aspect_ratio, self.fill_mode, self.fill_value, self.data_format,
        )  # fmt: skip

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """Resized."""
        return self._resized(images, self.interpolation)

    def transform_segmentation_masks(
        self, segmentation_masks: Tensor, transformation: Any, training: bool = True
    ) -> Tensor:
        """Resized by the nearest pixel."""
        return self._resized(segmentation_masks, "nearest")

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Resized; boxes of -1 or 0 alone, which fill batches up, become 0."""
        height, width = transformation
        given = bounding_boxes["boxes"]
        empty = ops.logical_or(ops.all(given == -1, axis=-1), ops.all(given == 0, axis=-1))
        across, down, left, top = self._placing(height, width)
        x1, y1, x2, y2 = corners(self.in_corners(bounding_boxes, height, width))
        boxes = joined((x1 * across + left, y1 * down + top, x2 * across + left, y2 * down + top))
        boxes, labels = clip_boxes(boxes, bounding_boxes["labels"], self.height, self.width)
        boxes = ops.where(ops.expand_dims(empty, -1), 0.0, boxes)
        return self.from_corners(bounding_boxes, boxes, labels, self.height, self.width)

    def _placing(self, height: int, width: int) -> tuple[float, float, float, float]:
        """Scales along width and height, and what is added."""
        down, across = self.height / height, self.width / width
        if self.pad_to_aspect_ratio:
            scale = min(down, across)
            return scale, scale, (self.width - width * scale) // 2, (self.height - height * scale) // 2
        if self.crop_to_aspect_ratio:
            scale = max(down, across)
            return scale, scale, -((width * scale - self.width) // 2), -((height * scale - self.height) // 2)
        return across, down, 0.0, 0.0
