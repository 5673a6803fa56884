"""Parts of images: the middle, or a random one."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.preprocessing.arguments import check_size
from hornbeam_layers.preprocessing.image.base import ImageLayer, images_in
from hornbeam_layers.preprocessing.image.boxes import clip_boxes, corners, joined

__all__ = ["CenterCrop", "RandomCrop"]


class CropLayer(ImageLayer):
    """A part of images of a given size; images that are smaller are resized, as large a part as has its proportions."""

    height: int
    width: int

    def window(self, height: int, width: int) -> tuple[int, int, int, int]:
        """Top, left, height and width of the middle that has the proportions of the result."""
        high = max(min(height, int(width * self.height / self.width)), 1)
        wide = max(min(width, int(height * self.width / self.height)), 1)
        return (height - high) // 2, (width - wide) // 2, high, wide

    def part(self, images: Tensor, top: Any, left: Any, height: int, width: int) -> Tensor:
        """A part of images, with sizes that are known."""
        n, channels = images.shape[0], images.shape[self.channel_axis]
        if self.data_format == "channels_first":
            return ops.slice(images, [0, 0, top, left], (n, channels, height, width))
        return ops.slice(images, [0, top, left, 0], (n, height, width, channels))

    def cut(self, images: Tensor, transformation: Any, interpolation: str) -> Tensor:
        """The part that the transformation names, in the size of the result."""
        top, left, height, width = transformation
        part = self.part(images, top, left, height, width)
        return ops.image.resize(part, (self.height, self.width), interpolation, data_format=self.data_format)

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        return self.cut(ops.cast(images, self.compute_dtype), transformation["window"], "bilinear")

    def transform_segmentation_masks(
        self, segmentation_masks: Tensor, transformation: Any, training: bool = True
    ) -> Tensor:
        """The same part, by the nearest pixel."""
        return self.cut(segmentation_masks, transformation["window"], "nearest")

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """What is seen of the boxes."""
        shape = transformation["input_shape"]
        top, left, high, wide = transformation["window"]
        x1, y1, x2, y2 = corners(self.in_corners(bounding_boxes, shape[self.height_axis], shape[self.width_axis]))
        top, left = ops.cast(top, x1.dtype), ops.cast(left, x1.dtype)
        x1, x2 = ((ops.clip(x, left, left + wide) - left) * (self.width / wide) for x in (x1, x2))
        y1, y2 = ((ops.clip(y, top, top + high) - top) * (self.height / high) for y in (y1, y2))
        boxes, labels = clip_boxes(joined((x1, y1, x2, y2)), bounding_boxes["labels"], self.height, self.width)
        return self.from_corners(bounding_boxes, boxes, labels, self.height, self.width)


class CenterCrop(CropLayer):
    """The middle of images, in training and out of it.

    Args:
        height, width: of the result, in pixels. Images that are smaller are resized.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, ...

    Shapes: (batch, rows, columns, channels) -> (batch, height, width, channels).

    Example:
        >>> import hornbeam as hb
        >>> hb.layers.CenterCrop(4, 6)(hb.ops.ones((2, 8, 8, 3))).shape
        (2, 4, 6, 3)
    """

    arguments = ("height", "width")

    def __init__(self, height: int, width: int, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height, self.width = check_size(self, "height", height), check_size(self, "width", width)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which part is taken; nothing is drawn."""
        height, width = self.sizes(data)
        if height >= self.height and width >= self.width:
            window = ((height - self.height) // 2, (width - self.width) // 2, self.height, self.width)
        else:
            window = self.window(height, width)
        return {"window": window, "input_shape": images_in(data).shape}


class RandomCrop(CropLayer):
    """In training, a random part of images, the same of all in a batch; otherwise the largest middle, resized.

    Args:
        height, width: of the result, in pixels. Images that are not larger are resized in training too.
        seed: for repeatable changes.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `dtype`, ...

    Shapes: (batch, rows, columns, channels) -> (batch, height, width, channels).
    """

    arguments = ("height", "width", "seed")

    def __init__(
        self,
        height: int,
        width: int,
        seed: int | None = None,
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, name=name, **kwargs)
        self.height, self.width = check_size(self, "height", height), check_size(self, "width", width)
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Where the part begins, and its size."""
        height, width = self.sizes(data)
        window: Any = self.window(height, width)
        if training and height > self.height and width > self.width:
            top, left = (
                ops.cast(self.uniform((), 0.0, float(size - own + 1), seed), "int32")
                for size, own in ((height, self.height), (width, self.width))
            )
            window = (top, left, self.height, self.width)
        return {"window": window, "input_shape": images_in(data).shape}
