"""Images moved and zoomed at random."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.preprocessing.arguments import factor_of, wrong
from hornbeam_layers.preprocessing.image.base import PlaceLayer, images_in
from hornbeam_layers.preprocessing.image.boxes import clip_boxes, corners, joined

__all__ = ["RandomTranslation", "RandomZoom"]


class RandomTranslation(PlaceLayer):
    """In training, moves each image.

    Args:
        height_factor, width_factor: in [-1, 1]: f draws out of (-f, f), a pair out of its range, in heights and widths;
            positive moves downwards and to the right.
        fill_mode: what is outside of an image: "reflect", "wrap", "constant" or "nearest".
        interpolation: "bilinear" or "nearest".
        seed: for repeatable changes.
        fill_value: for "constant".
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, ...
    """

    arguments = ("height_factor", "width_factor", "fill_mode", "interpolation", "seed", "fill_value")

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(interpolation, fill_mode, fill_value, seed, data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self.height_range = factor_of(self, "height_factor", height_factor, -1, 1)
        self.width_range = factor_of(self, "width_factor", width_factor, -1, 1)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """By how many pixels each image moves along width and height, (batch, 2)."""
        if not training:
            return None
        shape, (height, width) = images_in(data).shape, self.sizes(data)
        down = self.uniform((shape[0], 1), *self.height_range, seed) * height
        right = self.uniform((shape[0], 1), *self.width_range, seed) * width
        return {"translations": ops.concatenate([right, down], axis=1), "input_shape": shape}

    def moved(self, images: Tensor, transformation: Any, interpolation: str) -> Tensor:
        """The images moved."""
        right, down = (transformation["translations"][:, i] for i in (0, 1))
        one, none = ops.ones_like(right), ops.zeros_like(right)
        return self.affine(images, ops.stack([one, none, -right, none, one, -down, none, none], axis=1), interpolation)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes moved."""
        if not training:
            return bounding_boxes
        shape = transformation["input_shape"]
        height, width = shape[self.height_axis], shape[self.width_axis]
        right, down = (ops.reshape(transformation["translations"][:, i], (-1, 1, 1)) for i in (0, 1))
        x1, y1, x2, y2 = corners(self.in_corners(bounding_boxes, height, width))
        boxes = joined((x1 + right, y1 + down, x2 + right, y2 + down))
        boxes, labels = clip_boxes(boxes, bounding_boxes["labels"], height, width)
        return self.from_corners(bounding_boxes, boxes, labels, height, width)


class RandomZoom(PlaceLayer):
    """In training, zooms each image about its middle.

    Args:
        height_factor: in (-1, 1]: f draws out of (-f, f), a pair out of its range; x makes what is seen (1 + x) times as
            high, so that negative numbers zoom in.
        width_factor: likewise; None: as the height, so that proportions are kept.
        fill_mode: what is outside of an image: "reflect", "wrap", "constant" or "nearest".
        interpolation: "bilinear" or "nearest".
        seed: for repeatable changes.
        fill_value: for "constant".
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, ...
    """

    arguments = ("height_factor", "width_factor", "fill_mode", "interpolation", "seed", "fill_value")

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(interpolation, fill_mode, fill_value, seed, data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self.height_range = self._range("height_factor", height_factor)
        self.width_range = None if width_factor is None else self._range("width_factor", width_factor)

    def _range(self, argument: str, value: Any) -> tuple[float, float]:
        found = factor_of(self, argument, value, -1, 1)
        if isinstance(value, (tuple, list)) and found[0] == -1:
            raise wrong(self, argument, "a number, or two numbers, in (-1, 1]", value)
        return found

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """How many times as high and wide is what is seen, (batch, 1) each."""
        if not training:
            return None
        shape = images_in(data).shape
        high, wide = (
            None if r is None else self.uniform((shape[0], 1), 1.0 + r[0], 1.0 + r[1], seed)
            for r in (self.height_range, self.width_range)
        )
        return {"height_zoom": high, "width_zoom": high if wide is None else wide, "input_shape": shape}

    def moved(self, images: Tensor, transformation: Any, interpolation: str) -> Tensor:
        """The images zoomed."""
        height, width = self.sizes(images)
        high, wide = (ops.reshape(transformation[k], (-1,)) for k in ("height_zoom", "width_zoom"))
        none = ops.zeros_like(high)
        left, top = (width - 1.0) / 2.0 * (1.0 - wide), (height - 1.0) / 2.0 * (1.0 - high)
        return self.affine(images, ops.stack([wide, none, left, none, high, top, none, none], axis=1), interpolation)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The parts of the boxes that are seen, zoomed."""
        if not training:
            return bounding_boxes
        shape = transformation["input_shape"]
        height, width = shape[self.height_axis], shape[self.width_axis]
        high, wide = (ops.reshape(transformation[k], (-1, 1, 1)) for k in ("height_zoom", "width_zoom"))
        left, top = (width - 1.0) / 2.0 * (1.0 - wide), (height - 1.0) / 2.0 * (1.0 - high)
        x1, y1, x2, y2 = corners(self.in_corners(bounding_boxes, height, width))
        x1, x2 = ((ops.clip(x, left, left + wide * width) - left) / wide for x in (x1, x2))
        y1, y2 = ((ops.clip(y, top, top + high * height) - top) / high for y in (y1, y2))
        boxes, labels = clip_boxes(joined((x1, y1, x2, y2)), bounding_boxes["labels"], height, width)
        return self.from_corners(bounding_boxes, boxes, labels, height, width)
