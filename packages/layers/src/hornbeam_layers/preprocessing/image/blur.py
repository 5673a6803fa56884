"""Parts of images blurred or erased at random."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import Tensor, ops

from hornbeam_layers.preprocessing.arguments import factor_of, value_range_of, wrong
from hornbeam_layers.preprocessing.image.base import ImageLayer, images_in

__all__ = ["RandomErasing", "RandomGaussianBlur", "inside_boxes", "stretch"]


class RandomGaussianBlur(ImageLayer):
    """In training, blurs some images.

    Args:
        factor: in [0, 1]: with which probability; of a pair, the probability is drawn out of its range.
        kernel_size: size of the window in pixels, odd; or two, along width and height.
        sigma: in [0, 1]: f draws the standard deviations out of (0, f), a pair out of its range.
        value_range: least and largest value of a pixel.
        data_format: "channels_last" (default) or "channels_first".
        seed: for repeatable changes.
        **kwargs: `bounding_box_format`, `name`, ...
    """

    arguments = ("factor", "kernel_size", "sigma", "value_range", "seed")

    def __init__(
        self,
        factor: Any = 1.0,
        kernel_size: Any = 3,
        sigma: Any = 1.0,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_of(self, "factor", factor, 0, 1, "both")
        sizes = tuple(kernel_size) if isinstance(kernel_size, (tuple, list)) else (kernel_size, kernel_size)
        if len(sizes) != 2 or any(not isinstance(s, int) or s < 1 or s % 2 == 0 for s in sizes):
            raise wrong(self, "kernel_size", "a positive odd integer or two of them", kernel_size)
        self.kernel_size = sizes
        self.sigma = factor_of(self, "sigma", sigma, 0, 1)
        self.value_range = value_range_of(self, value_range)
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images are blurred, (batch,), and by which standard deviations, (2,)."""
        if not training:
            return None
        return {
            "should_apply_blur": self.chosen(images_in(data).shape[0], self.factor, seed),
            "blur_factor": self.uniform((2,), *self.sigma, seed) + 1e-6,
        }

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        sigma = ops.cast(transformation["blur_factor"], images.dtype)
        blurred = ops.image.gaussian_blur(images, self.kernel_size, sigma, self.data_format)
        chosen = self.per_image(transformation["should_apply_blur"], images)
        return ops.clip(ops.where(chosen, blurred, images), *self.value_range)


def stretch(layer: ImageLayer, length: int, share: Tensor, seed: Any) -> tuple[Tensor, Tensor]:
    """Begin and end of a random stretch that takes a share (batch,) of a length."""
    part = share * length
    begin = layer.uniform(share.shape, 0.0, 1.0, seed) * (length - part)
    return begin, begin + part


def inside_boxes(
    layer: ImageLayer, height: int, width: int, x: tuple[Tensor, Tensor], y: tuple[Tensor, Tensor]
) -> Tensor:
    """Which pixels lie in the boxes: (batch, height, width, 1), or (batch, 1, height, width)."""
    first = layer.data_format == "channels_first"
    rows = ops.reshape(ops.arange(height, dtype="float32"), (1, 1, height, 1) if first else (1, height, 1, 1))
    columns = ops.reshape(ops.arange(width, dtype="float32"), (1, 1, 1, width) if first else (1, 1, width, 1))
    (x0, x1), (y0, y1) = ([ops.reshape(t, (-1, 1, 1, 1)) for t in pair] for pair in (x, y))
    across = ops.logical_and(columns >= x0, columns < x1)
    return ops.logical_and(across, ops.logical_and(rows >= y0, rows < y1))


class RandomErasing(ImageLayer):
    """In training, fills a rectangle of some images.

    Args:
        factor: in [0, 1]: with which probability; of a pair, the probability is drawn out of its range.
        scale: in [0, 1]: the squares of the rectangle's shares of width and height are drawn out of this range.
        fill_value: a number, or one for each channel; None: noise.
        value_range: least and largest value of a pixel.
        seed: for repeatable changes.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, ...

    Source: Zhong et al. 2020, "Random erasing data augmentation".
    """

    arguments = ("factor", "scale", "fill_value", "value_range", "seed")

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = (0.02, 0.33),
        fill_value: Any = None,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_of(self, "factor", factor, 0, 1, "both")
        self.scale = factor_of(self, "scale", scale, 0, 1)
        numbers = fill_value if isinstance(fill_value, (tuple, list)) else (fill_value,)
        if fill_value is not None and any(not isinstance(n, (int, float)) for n in numbers):
            raise wrong(self, "fill_value", "None, a number, or a number for each channel", fill_value)
        self.fill_value = fill_value
        self.value_range = value_range_of(self, value_range)
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images are erased, (batch,); which pixels; and what comes there."""
        if not training:
            return None
        images = images_in(data)
        count, (height, width) = images.shape[0], self.sizes(images)
        shares = ops.sqrt(self.uniform((2, count), *self.scale, seed))
        x, y = stretch(self, width, shares[0], seed), stretch(self, height, shares[1], seed)
        return {
            "apply_erasing": self.chosen(count, self.factor, seed),
            "batch_masks": inside_boxes(self, height, width, x, y),
            "fill_value": ops.clip(self._filling(images, seed), *self.value_range),
        }

    def _filling(self, images: Any, seed: Any) -> Tensor:
        if self.fill_value is None:
            noise = hb.random.normal(images.shape, dtype="float32", seed=self.generator if seed is None else seed)
            return noise * self.value_range[1]
        if not isinstance(self.fill_value, (tuple, list)):
            return ops.full((1, 1, 1, 1), float(self.fill_value))
        place = (1, -1, 1, 1) if self.data_format == "channels_first" else (1, 1, 1, -1)
        return ops.reshape(ops.cast(list(self.fill_value), "float32"), place)

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training:
            return images
        chosen = self.per_image(transformation["apply_erasing"], images)
        where = ops.logical_and(chosen, transformation["batch_masks"])
        return ops.where(where, ops.cast(transformation["fill_value"], images.dtype), images)
