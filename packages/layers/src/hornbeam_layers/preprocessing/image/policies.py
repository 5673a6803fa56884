"""Random chains of changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import hornbeam as hb
from hornbeam import Tensor, ops

from hornbeam_layers.preprocessing.arguments import check_choice, check_size, factor_of, value_range_of
from hornbeam_layers.preprocessing.image.base import ImageLayer
from hornbeam_layers.preprocessing.image.colour import RandomBrightness, RandomColorDegeneration, RandomContrast
from hornbeam_layers.preprocessing.image.histogram import AutoContrast, Equalization
from hornbeam_layers.preprocessing.image.moving import RandomTranslation
from hornbeam_layers.preprocessing.image.tones import RandomPosterization, RandomSharpness, Solarization
from hornbeam_layers.preprocessing.image.turning import RandomRotation, RandomShear

__all__ = ["AugMix", "RandAugment"]


class Policy(ImageLayer):
    """Layers out of which some are applied."""

    factor: tuple[float, float]
    value_range: tuple[float, float]
    interpolation: str
    choices: dict[str, ImageLayer]

    def make(self, seed: int | None, **kwargs: Any) -> dict[str, ImageLayer]:
        """The layers by name, of the policy's factor."""
        self.draws(seed)
        how: dict[str, Any] = {"data_format": self.data_format, "bounding_box_format": self.bounding_box_format,
               "dtype": self.dtype_policy.name}  # fmt: skip
        place: dict[str, Any] = {"interpolation": self.interpolation, "seed": seed, **how}
        tone: dict[str, Any] = {"value_range": self.value_range, "seed": seed, **how}
        f = self.factor
        return {
            "random_shear": RandomShear(f, f, **place),
            "random_translation": RandomTranslation(f, f, **place),
            "random_rotation": RandomRotation(f, **place),
            "random_brightness": RandomBrightness(f, **tone),
            "random_color_degeneration": RandomColorDegeneration(f, **tone),
            "random_contrast": RandomContrast(f, **tone),
            "random_sharpness": RandomSharpness(f, **tone),
            "random_posterization": RandomPosterization(max(1, int(8 * f[1])), **tone),
            "solarization": Solarization(f, f, **tone),
            "auto_contrast": AutoContrast(self.value_range, **how),
            "equalization": Equalization(self.value_range, **how),
        }

    def step(self, number: Tensor, drawn: Any, value: Any, change: Callable[[ImageLayer, Any, Any], Any]) -> Any:
        """What layer `number` makes of a value; beyond the layers: nothing."""
        branches: list[Callable[[Any], Any]] = [
            partial(_applied, change, layer, of) for layer, of in zip(self.choices.values(), drawn, strict=True)
        ]
        return ops.switch(number, [*branches, lambda v: v], value)


class RandAugment(Policy):
    """In training, applies some changes out of eleven, one after the other: the same to all images of a batch.

    Shearing, moving, turning, brightness, grey, contrast, sharpness, posterization, solarization, `AutoContrast` and
    `Equalization` are equally likely.

    Args:
        value_range: least and largest value of a pixel.
        num_ops: how many changes are applied.
        factor: in [0, 1]: how strong they are, as the changes' own factors.
        interpolation: "bilinear" or "nearest".
        seed: for repeatable changes.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, ...

    Source: Cubuk et al. 2020, "RandAugment".
    """

    arguments = ("value_range", "num_ops", "factor", "interpolation", "seed")

    def __init__(
        self,
        value_range: Any = (0, 255),
        num_ops: int = 2,
        factor: Any = 0.5,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range = value_range_of(self, value_range)
        self.num_ops = check_size(self, "num_ops", num_ops)
        self.factor = factor_of(self, "factor", factor, 0, 1)
        self.interpolation = check_choice(self, "interpolation", interpolation, ("bilinear", "nearest"))
        self.choices = self.make(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which changes are applied, (num_ops,), and what each change draws."""
        if not training:
            return None
        seed = self.generator if seed is None else seed
        return {
            "layer_idxes": hb.random.randint((self.num_ops,), 0, len(self.choices), seed=seed),
            "transforms": {n: c.get_random_transformation(data, training, seed) for n, c in self.choices.items()},
        }

    def _all(self, value: Any, transformation: Any, change: Callable[[ImageLayer, Any, Any], Any]) -> Any:
        for i in range(self.num_ops):
            value = self.step(transformation["layer_idxes"][i], transformation["transforms"].values(), value, change)
        return value

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        return self._all(images, transformation, _image) if training else images

    def transform_segmentation_masks(
        self, segmentation_masks: Tensor, transformation: Any, training: bool = True
    ) -> Tensor:
        """Changed like the images."""
        return self._all(segmentation_masks, transformation, _mask) if training else segmentation_masks

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Changed like the images."""
        return self._all(bounding_boxes, transformation, _boxes) if training else bounding_boxes


def _applied(change: Callable[[ImageLayer, Any, Any], Any], layer: ImageLayer, drawn: Any, value: Any) -> Any:
    return change(layer, value, drawn)


def _image(layer: ImageLayer, value: Any, drawn: Any) -> Any:
    return layer.transform_images(value, drawn)


def _mask(layer: ImageLayer, value: Any, drawn: Any) -> Any:
    return layer.transform_segmentation_masks(value, drawn)


def _boxes(layer: ImageLayer, value: Any, drawn: Any) -> Any:
    return layer.transform_bounding_boxes(value, drawn)


class AugMix(Policy):
    """In training, mixes each image with several chains of changes of it.

    Args:
        value_range: least and largest value of a pixel.
        num_chains: how many chains are mixed.
        chain_depth: how many changes a chain has at most; a change may be none.
        factor: in [0, 1]: how strong the changes are, as their own factors.
        alpha: parameter of the Dirichlet distribution of the chains' weights, and of the beta distribution of the image's.
        all_ops: also brightness, grey, contrast and sharpness; otherwise shearing, moving, turning, posterization,
            solarization, `AutoContrast` and `Equalization`.
        interpolation: "bilinear" or "nearest".
        seed: for repeatable changes.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `bounding_box_format`, `name`, ...

    Source: Hendrycks et al. 2020, "AugMix".
    """

    arguments = ("value_range", "num_chains", "chain_depth", "factor", "alpha", "all_ops", "interpolation", "seed")

    def __init__(
        self,
        value_range: Any = (0, 255),
        num_chains: int = 3,
        chain_depth: int = 3,
        factor: Any = 0.3,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range = value_range_of(self, value_range)
        self.num_chains, self.chain_depth = (
            check_size(self, name, n) for name, n in (("num_chains", num_chains), ("chain_depth", chain_depth))
        )
        self.factor = factor_of(self, "factor", factor, 0, 1)
        self.alpha, self.all_ops = alpha, all_ops
        self.interpolation = check_choice(self, "interpolation", interpolation, ("bilinear", "nearest"))
        colours = ("random_brightness", "random_color_degeneration", "random_contrast", "random_sharpness")
        self.choices = {n: c for n, c in self.make(seed).items() if all_ops or n not in colours}

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The weights of chains, (num_chains,), and of the image, (); the changes, and what they draw, of each chain."""
        if not training:
            return None
        seed = self.generator if seed is None else seed
        weights = hb.random.gamma((self.num_chains,), self.alpha, seed=seed)
        shape = (self.num_chains, self.chain_depth)
        return {
            "chain_mixing_weights": weights / ops.sum(weights),
            "weight_sample": hb.random.beta((), self.alpha, self.alpha, seed=seed),
            "layer_idxes": hb.random.randint(shape, 0, len(self.choices) + 1, seed=seed),
            "transforms": [
                [
                    [c.get_random_transformation(data, training, seed) for c in self.choices.values()]
                    for _ in range(shape[1])
                ]
                for _ in range(shape[0])
            ],
        }

    def _mixed(self, value: Tensor, transformation: Any, change: Callable[[ImageLayer, Any, Any], Any]) -> Tensor:
        dtype = value.dtype if value.dtype.is_floating else "float32"
        weights, own = (ops.cast(transformation[k], dtype) for k in ("chain_mixing_weights", "weight_sample"))
        total: Any = 0.0
        for i in range(self.num_chains):
            changed = value
            for j in range(self.chain_depth):
                drawn = transformation["transforms"][i][j]
                changed = self.step(transformation["layer_idxes"][i, j], drawn, changed, change)
            total = total + changed * weights[i]
        return own * value + (1.0 - own) * total

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        return ops.clip(self._mixed(images, transformation, _image), *self.value_range) if training else images

    def transform_segmentation_masks(
        self, segmentation_masks: Tensor, transformation: Any, training: bool = True
    ) -> Tensor:
        """Mixed like the images."""
        return self._mixed(segmentation_masks, transformation, _mask) if training else segmentation_masks
