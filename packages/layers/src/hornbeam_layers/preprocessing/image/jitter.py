"""Brightness, contrast, saturation and hue changed one after the other."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.preprocessing.arguments import value_range_of
from hornbeam_layers.preprocessing.image.base import ImageLayer
from hornbeam_layers.preprocessing.image.colour import RandomBrightness, RandomContrast, RandomHue, RandomSaturation

__all__ = ["RandomColorJitter"]


class RandomColorJitter(ImageLayer):
    """In training, changes brightness, contrast, saturation and hue of each image, in this order.

    Args:
        value_range: least and largest value of a pixel.
        brightness_factor, contrast_factor, saturation_factor, hue_factor: as for `RandomBrightness`, `RandomContrast`,
            `RandomSaturation` and `RandomHue`; None leaves it.
        seed: for repeatable changes.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, ...
    """

    arguments = ("value_range", "brightness_factor", "contrast_factor", "saturation_factor", "hue_factor", "seed")

    def __init__(
        self,
        value_range: Any = (0, 255),
        brightness_factor: Any = None,
        contrast_factor: Any = None,
        saturation_factor: Any = None,
        hue_factor: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range = value_range_of(self, value_range)
        self.brightness_factor, self.contrast_factor = brightness_factor, contrast_factor
        self.saturation_factor, self.hue_factor = saturation_factor, hue_factor
        self.draws(seed)
        steps = (
            (RandomBrightness, brightness_factor),
            (RandomContrast, contrast_factor),
            (RandomSaturation, saturation_factor),
            (RandomHue, hue_factor),
        )
        how: dict[str, Any] = {"value_range": self.value_range, "seed": seed, "data_format": data_format}
        self.steps = [kind(factor, dtype=self.dtype_policy.name, **how) for kind, factor in steps if factor is not None]

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """What each step draws."""
        if not training:
            return None
        seed = self.generator if seed is None else seed
        return [step.get_random_transformation(data, training, seed) for step in self.steps]

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if training:
            for step, drawn in zip(self.steps, transformation, strict=True):
                images = step.transform_images(images, drawn)
        return images
