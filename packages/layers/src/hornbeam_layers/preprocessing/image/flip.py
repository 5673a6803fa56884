"""Flipping at random."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.preprocessing.arguments import check_choice
from hornbeam_layers.preprocessing.image.base import ImageLayer, images_in
from hornbeam_layers.preprocessing.image.boxes import clip_boxes, corners, joined

__all__ = ["RandomFlip"]


class RandomFlip(ImageLayer):
    """In training, flips every other image, by chance.

    Args:
        mode: "horizontal" (left and right), "vertical", or "horizontal_and_vertical" (both at once).
        seed: for repeatable flips.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, `dtype`, ...

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.ones((2, 4, 4, 3))
        >>> hb.layers.RandomFlip("horizontal", seed=1)(x).shape
        (2, 4, 4, 3)
    """

    arguments = ("seed", "mode")

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.mode = check_choice(self, "mode", mode, ("horizontal", "vertical", "horizontal_and_vertical"))
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images are flipped: (batch, 1, 1, 1)."""
        if not training:
            return None
        shape = images_in(data).shape
        return {"flips": self.uniform((shape[0], 1, 1, 1), 0.0, 1.0, seed) <= 0.5, "input_shape": shape}

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype, flipped in training."""
        images = ops.cast(images, self.compute_dtype)
        return self._flipped(images, transformation) if training and transformation is not None else images

    def transform_segmentation_masks(
        self, segmentation_masks: Tensor, transformation: Any, training: bool = True
    ) -> Tensor:
        """Flipped like the images."""
        return self._flipped(segmentation_masks, transformation) if training else segmentation_masks

    def _flipped(self, images: Tensor, transformation: Any) -> Tensor:
        axes = []
        if "horizontal" in self.mode:
            axes.append(self.width_axis)
        if "vertical" in self.mode:
            axes.append(self.height_axis)
        return ops.where(transformation["flips"], ops.flip(images, tuple(axes)), images)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Flipped like the images."""
        if not training:
            return bounding_boxes
        shape = transformation["input_shape"]
        height, width = shape[self.height_axis], shape[self.width_axis]
        flips = ops.squeeze(transformation["flips"], -1)
        boxes = self.in_corners(bounding_boxes, height, width)
        x1, y1, x2, y2 = corners(boxes)
        if "horizontal" in self.mode:
            x1, x2 = width - x2, width - x1
        if "vertical" in self.mode:
            y1, y2 = height - y2, height - y1
        boxes = ops.where(flips, joined((x1, y1, x2, y2)), boxes)
        boxes, labels = clip_boxes(boxes, bounding_boxes["labels"], height, width)
        return self.from_corners(bounding_boxes, boxes, labels, height, width)
