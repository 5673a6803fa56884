"""Images turned and sheared at random."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.preprocessing.arguments import factor_of
from hornbeam_layers.preprocessing.image.base import PlaceLayer, images_in
from hornbeam_layers.preprocessing.image.boxes import affine, clip_boxes, corners, joined

__all__ = ["RandomRotation", "RandomShear"]


class RandomRotation(PlaceLayer):
    """In training, turns each image about its middle.

    Args:
        factor: in [-1, 1]: f draws out of (-f, f), a pair out of its range, in full turns, against the clock.
        fill_mode: what is outside of an image: "reflect", "wrap", "constant" or "nearest".
        interpolation: "bilinear" or "nearest".
        seed: for repeatable changes.
        fill_value: for "constant".
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, ...

    Example:
        >>> import hornbeam as hb
        >>> RandomRotation(0.1, seed=1)(hb.ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    arguments = ("factor", "fill_mode", "fill_value", "interpolation", "seed")

    def __init__(
        self,
        factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(interpolation, fill_mode, fill_value, seed, data_format, **kwargs)
        self.factor = factor_of(self, "factor", factor, -1, 1)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The angle of each image in degrees, and what `ops.image.affine_transform` takes."""
        if not training:
            return None
        height, width = self.sizes(data)
        count = images_in(data).shape[0]
        angle = self.uniform((count,), self.factor[0] * 360.0, self.factor[1] * 360.0, seed)
        turn = angle * (math.pi / 180.0)
        cos, sin, none = ops.cos(turn), ops.sin(turn), ops.zeros_like(turn)
        cx, cy = 0.5 * (width - 1), 0.5 * (height - 1)
        rows = [cos, -sin, cx - cx * cos + cy * sin, sin, cos, cy - cx * sin - cy * cos, none, none]
        return {
            "angle": angle,
            "rotation_matrix": ops.stack(rows, axis=1),
            "image_height": height,
            "image_width": width,
            "batch_size": count,
        }

    def moved(self, images: Tensor, transformation: Any, interpolation: str) -> Tensor:
        """The images turned."""
        return self.affine(images, transformation["rotation_matrix"], interpolation)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes around the boxes turned."""
        if not training:
            return bounding_boxes
        height, width = transformation["image_height"], transformation["image_width"]
        boxes = affine(self.in_corners(bounding_boxes, height, width), transformation["angle"], height, width)
        boxes, labels = clip_boxes(boxes, bounding_boxes["labels"], height, width)
        return self.from_corners(bounding_boxes, boxes, labels, height, width)


class RandomShear(PlaceLayer):
    """In training, shears each image.

    Args:
        x_factor, y_factor: in [0, 1]: f draws out of (-f, f), a pair out of its range, how many pixels along width a pixel
            along height is, and the other way round; both signs are as likely.
        interpolation: "bilinear" or "nearest".
        fill_mode: what is outside of an image: "reflect", "wrap", "constant" or "nearest".
        fill_value: for "constant".
        data_format: "channels_last" (default) or "channels_first".
        seed: for repeatable changes.
        **kwargs: `bounding_box_format`, `name`, ...
    """

    arguments = ("x_factor", "y_factor", "fill_mode", "interpolation", "seed", "fill_value")

    def __init__(
        self,
        x_factor: Any = 0.0,
        y_factor: Any = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(interpolation, fill_mode, fill_value, seed, data_format, **kwargs)
        self.x_factor, self.y_factor = x_factor, y_factor
        self.x_range, self.y_range = self._range("x_factor", x_factor), self._range("y_factor", y_factor)

    def _range(self, argument: str, value: Any) -> tuple[float, float]:
        # in Keras's files one number f is the pair (-f, f)
        least = -1 if isinstance(value, (tuple, list)) and len(value) == 2 and value[0] == -value[1] else 0
        low, high = factor_of(self, argument, value, least, 1, "both")
        return (low, high) if isinstance(value, (tuple, list)) else (-high, high)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The two factors of each image, (batch, 2)."""
        if not training:
            return None
        shape = images_in(data).shape
        side = ops.where(self.uniform((shape[0], 1), 0.0, 1.0, seed) > 0.5, -1.0, 1.0)
        y, x = (self.uniform((shape[0], 1), *f, seed) for f in (self.y_range, self.x_range))
        return {"shear_factor": ops.concatenate([x, y], axis=1) * side, "input_shape": shape}

    def moved(self, images: Tensor, transformation: Any, interpolation: str) -> Tensor:
        """The images sheared."""
        x, y = (ops.cast(transformation["shear_factor"][:, i], "float32") for i in (0, 1))
        one, none = ops.ones_like(x), ops.zeros_like(x)
        return self.affine(images, ops.stack([one, x, none, y, one, none, none, none], axis=1), interpolation)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Boxes around the boxes sheared along width, and then along height."""
        if not training:
            return bounding_boxes
        shape = transformation["input_shape"]
        height, width = shape[self.height_axis], shape[self.width_axis]
        x, y = (ops.reshape(transformation["shear_factor"][:, i], (-1, 1, 1)) for i in (0, 1))
        x1, y1, x2, y2 = corners(self.in_corners(bounding_boxes, height, width) / _sides(height, width))
        x1, x2 = x1 - x * ops.where(x < 0, y1, y2), x2 - x * ops.where(x < 0, y2, y1)
        y1, y2 = y1 - y * ops.where(y > 0, x2, x1), y2 - y * ops.where(y > 0, x1, x2)
        boxes = joined((x1, y1, x2, y2)) * _sides(height, width)
        boxes, labels = clip_boxes(boxes, bounding_boxes["labels"], height, width)
        return self.from_corners(bounding_boxes, boxes, labels, height, width)


def _sides(height: int, width: int) -> Tensor:
    return ops.cast([width, height, width, height], "float32")
