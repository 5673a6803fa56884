"""Images seen from elsewhere, or bent, at random."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError
from hornbeam.ops.image.layout import images_of
from hornbeam.ops.image.warping import grid, homography, warped

from hornbeam_layers.preprocessing.arguments import factor_of, value_range_of, wrong
from hornbeam_layers.preprocessing.image.base import PlaceLayer, images_in
from hornbeam_layers.preprocessing.image.boxes import clip_boxes, corners, joined

__all__ = ["RandomElasticTransform", "RandomPerspective"]


class RandomPerspective(PlaceLayer):
    """In training, shows some images as if seen from elsewhere.

    Args:
        factor: in [0, 1]: with which probability; of a pair, the probability is drawn out of its range.
        scale: in [0, 1]: how far corners move.
        interpolation: "bilinear" or "nearest".
        fill_value: what is outside of an image.
        seed: for repeatable changes.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, ...
    """

    arguments = ("factor", "scale", "interpolation", "fill_value", "seed")

    def __init__(
        self,
        factor: Any = 1.0,
        scale: float = 1.0,
        interpolation: str = "bilinear",
        fill_value: float = 0.0,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(interpolation, "constant", fill_value, seed, data_format, **kwargs)
        self.factor = factor_of(self, "factor", factor, 0, 1, "both")
        if isinstance(scale, bool) or not isinstance(scale, (int, float)) or not 0 <= scale <= 1:
            raise wrong(self, "scale", "a number from 0 to 1", scale)
        self.scale = scale

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images are changed, (batch,), and where their corners are before and after, (batch, 4, 2)."""
        if not training:
            return None
        shape, (height, width) = images_in(data).shape, self.sizes(data)
        chosen = self.chosen(shape[0], self.factor, seed)
        by = self.uniform((shape[0], 4, 2), -0.5 * self.scale, 0.5 * self.scale, seed)
        ends = [[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]]
        start = ops.broadcast_to(ops.cast(ends, "float32"), (shape[0], 4, 2))
        return {
            "apply_perspective": chosen,
            "start_points": start,
            "end_points": start + start * by,
            "input_shape": shape,
        }

    def moved(self, images: Tensor, transformation: Any, interpolation: str) -> Tensor:
        """The chosen images seen from elsewhere."""
        points = (transformation["start_points"], transformation["end_points"])
        out = ops.image.perspective_transform(images, *points, interpolation, self.fill_value, self.data_format)
        return ops.where(self.per_image(transformation["apply_perspective"], images), out, images)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Boxes around what the boxes become."""
        if not training or transformation is None:
            return bounding_boxes
        shape = transformation["input_shape"]
        height, width = shape[self.height_axis], shape[self.width_axis]
        old = self.in_corners(bounding_boxes, height, width)
        numbers = homography(
            transformation["end_points"], transformation["start_points"]
        )  # of places before, those after
        h = [ops.reshape(numbers[:, i], (-1, 1, 1)) for i in range(8)]
        x1, y1, x2, y2 = corners(old)
        xs, ys = [], []
        for x, y in ((x1, y1), (x2, y2), (x1, y2), (x2, y1)):
            depth = h[6] * x + h[7] * y + 1.0
            xs.append((h[0] * x + h[1] * y + h[2]) / depth)
            ys.append((h[3] * x + h[4] * y + h[5]) / depth)
        low, high = ((f(ops.stack(xs), axis=0), f(ops.stack(ys), axis=0)) for f in (ops.min, ops.max))
        chosen = ops.reshape(transformation["apply_perspective"], (-1, 1, 1))
        boxes = ops.where(chosen, joined((*low, *high)), old)
        boxes, labels = clip_boxes(boxes, bounding_boxes["labels"], height, width)
        return self.from_corners(bounding_boxes, boxes, labels, height, width)


class RandomElasticTransform(PlaceLayer):
    """In training, bends some images by a smooth random field.

    Args:
        factor: in [0, 1]: with which probability; of a pair, the probability is drawn out of its range.
        scale: in [0, 1]: f draws the strength out of (0, f), a pair out of its range.
        interpolation: "bilinear" or "nearest".
        fill_mode: what is outside of an image: "reflect", "wrap", "constant", "nearest" or "mirror".
        fill_value: for "constant".
        value_range: least and largest value of a pixel.
        seed: for repeatable changes.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `name`, `dtype`, ...

    Source: Simard et al. 2003, "Best practices for convolutional neural networks".
    """

    arguments = ("factor", "scale", "interpolation", "fill_mode", "fill_value", "value_range", "seed")
    modes = ("reflect", "wrap", "constant", "nearest", "mirror")

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = 1.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(interpolation, fill_mode, fill_value, seed, data_format, **kwargs)
        self.factor = factor_of(self, "factor", factor, 0, 1, "both")
        self.scale = factor_of(self, "scale", scale, 0, 1)
        self.value_range = value_range_of(self, value_range)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images are bent, (batch,), how strongly, (), and by how many pixels, (2, batch, height, width)."""
        if not training or self.scale[1] == 0 or self.factor[1] == 0:
            return None
        count, (height, width) = images_in(data).shape[0], self.sizes(data)
        chosen = self.chosen(count, self.factor, seed)
        strength = self.uniform((), *self.scale, seed)
        alpha, sigma = 0.1 * max(height, width) * strength, 0.05 * min(height, width) * strength + 1e-6
        window = int(6 * 0.05 * min(height, width) * self.scale[1]) | 1  # wide enough for the smoothest field
        noise = hb.random.normal((2 * count, height, width, 1), seed=self.generator if seed is None else seed)
        field = ops.image.gaussian_blur(noise * sigma, (window, window), ops.stack([sigma, sigma]))
        return {
            "apply_transform": chosen,
            "distortion_factor": strength,
            "displacement": ops.reshape(field * alpha, (2, count, height, width)),
        }

    def moved(self, images: Tensor, transformation: Any, interpolation: str) -> Tensor:
        """The chosen images bent, in their range."""
        found = images_of(images, self.data_format, "RandomElasticTransform")
        dx, dy = transformation["displacement"][0], transformation["displacement"][1]
        y, x = grid(found, dx.dtype)
        bent = warped(found, y + dy, x + dx, interpolation, self.fill_mode, self.fill_value)
        out = ops.where(self.per_image(transformation["apply_transform"], images), bent, images)
        return ops.clip(out, *self.value_range) if out.dtype.is_floating else out

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Not defined.

        Raises:
            InvalidArgumentError: always.
        """
        raise InvalidArgumentError(
            f"RandomElasticTransform {self.name!r} does not change bounding boxes: leave them out"
        )
