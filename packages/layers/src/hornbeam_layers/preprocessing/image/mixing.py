"""Images of a batch mixed with one another."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.preprocessing.arguments import factor_of, wrong
from hornbeam_layers.preprocessing.image.base import ImageLayer, images_in
from hornbeam_layers.preprocessing.image.blur import inside_boxes, stretch

__all__ = ["CutMix", "MixUp"]


def mixed(labels: Tensor, order: Tensor, weight: Tensor) -> Tensor:
    """Labels (batch, ...) mixed with those of the partners: weight, (batch,), is the share of the own ones."""
    weight = ops.reshape(weight, (-1, *(1,) * max(labels.ndim - 1, 1)))
    if labels.ndim == 1:
        weight = ops.reshape(weight, (-1,))
    return weight * labels + (1.0 - weight) * ops.take(labels, order, axis=0)


class CutMix(ImageLayer):
    """In training, puts a rectangle of another image of the batch into each, and mixes the labels by area.

    Args:
        factor: in [0, 1]: f draws the parameter of the beta distribution of areas out of (0, f), a pair out of its range.
        seed: for repeatable changes.
        data_format: "channels_last" (default) or "channels_first".
        **kwargs: `name`, `dtype`, ...

    Labels: one-hot, (batch, classes).

    Source: Yun et al. 2019, "CutMix".
    """

    arguments = ("factor", "seed")

    def __init__(
        self, factor: Any = 1.0, seed: int | None = None, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = factor_of(self, "factor", factor, 0, 1)
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Partners, (batch,); which pixels come from them; the share of the own labels, (batch,)."""
        if not training:
            return None
        count, (height, width) = images_in(data).shape[0], self.sizes(data)
        seed = self.generator if seed is None else seed
        alpha = self.uniform((), *self.factor, seed) + 1e-6
        ratio = ops.sqrt(1.0 - hb.random.beta((count,), alpha, alpha, seed=seed))
        x, y = stretch(self, width, ratio, seed), stretch(self, height, ratio, seed)
        return {
            "permutation_order": hb.random.permutation(count, seed=seed),
            "batch_masks": inside_boxes(self, height, width, x, y),
            "mix_weight": 1.0 - (x[1] - x[0]) * (y[1] - y[0]) / (width * height),
        }

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        other = ops.take(images, transformation["permutation_order"], axis=0)
        return ops.where(transformation["batch_masks"], other, images)

    def transform_labels(self, labels: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """Mixed by area."""
        if not training or transformation is None:
            return labels
        return mixed(labels, transformation["permutation_order"], transformation["mix_weight"])

    def transform_segmentation_masks(
        self, segmentation_masks: Tensor, transformation: Any, training: bool = True
    ) -> Tensor:
        """Cut like the images."""
        if not training or transformation is None:
            return segmentation_masks
        other = ops.take(segmentation_masks, transformation["permutation_order"], axis=0)
        return ops.where(transformation["batch_masks"], other, segmentation_masks)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Not defined.

        Raises:
            InvalidArgumentError: always.
        """
        raise InvalidArgumentError(f"CutMix {self.name!r} does not change bounding boxes: leave them out")


class MixUp(ImageLayer):
    """In training, adds another image of the batch to each, in random proportions, and mixes the labels likewise.

    Args:
        alpha: parameter of the beta distribution of the proportions, positive.
        data_format: "channels_last" (default) or "channels_first".
        seed: for repeatable changes.
        **kwargs: `bounding_box_format`, `name`, ...

    Labels: one-hot, (batch, classes). An image has the boxes of both.

    Source: Zhang et al. 2018, "mixup: beyond empirical risk minimization".
    """

    arguments = ("alpha", "seed")

    def __init__(
        self, alpha: float = 0.2, data_format: str | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        if isinstance(alpha, bool) or not isinstance(alpha, (int, float)) or alpha <= 0:
            raise wrong(self, "alpha", "a positive number", alpha)
        self.alpha = alpha
        self.draws(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Partners, and the share of the own image, (batch,) both."""
        if not training:
            return None
        count = images_in(data).shape[0]
        seed = self.generator if seed is None else seed
        return {
            "permutation_order": hb.random.permutation(count, seed=seed),
            "mix_weight": hb.random.beta((count,), self.alpha, self.alpha, seed=seed),
        }

    def _mixed(self, values: Tensor, transformation: Any) -> Tensor:
        weight = ops.cast(transformation["mix_weight"], values.dtype if values.dtype.is_floating else "float32")
        return mixed(values, transformation["permutation_order"], weight)

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        return self._mixed(images, transformation) if training else images

    def transform_labels(self, labels: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """Mixed like the images."""
        return self._mixed(labels, transformation) if training else labels

    def transform_segmentation_masks(
        self, segmentation_masks: Tensor, transformation: Any, training: bool = True
    ) -> Tensor:
        """Mixed like the images."""
        return self._mixed(segmentation_masks, transformation) if training else segmentation_masks

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Those of both images."""
        if not training:
            return bounding_boxes
        order = transformation["permutation_order"]
        both = {k: bounding_boxes[k] for k in ("boxes", "labels")}
        return {
            **bounding_boxes,
            **{k: ops.concatenate([v, ops.take(v, order, axis=0)], axis=1) for k, v in both.items()},
        }
