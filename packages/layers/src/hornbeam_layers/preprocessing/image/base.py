"""What the layers for images share: images alone or in a dict with what belongs to them, one or a batch."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.tree import map_structure

from hornbeam_layers.preprocessing.arguments import check_choice
from hornbeam_layers.preprocessing.image.boxes import FORMATS, convert, dense_boxes

__all__ = ["ImageLayer", "PlaceLayer", "rescaled"]


def rescaled(images: Tensor, before: tuple[float, float], after: tuple[float, float]) -> Tensor:
    """Pixels from one range of values in another."""
    if before == after:
        return images
    return (images - before[0]) / (before[1] - before[0]) * (after[1] - after[0]) + after[0]


class ImageLayer(Layer):
    """A change of images that leaves labels, boxes and masks as they are; the base class of the others.

    A layer takes images (height, width, channels) or a batch of them, or a dict with "images" and any of "labels",
    "bounding_boxes" ({"boxes": (batch, n, 4), "labels": (batch, n)}) and "segmentation_masks"; it gives the same.

    A subclass draws what it needs in `get_random_transformation` and uses it in `transform_images`, and, where they
    change, in `transform_labels`, `transform_bounding_boxes` and `transform_segmentation_masks`. They get batches.

    Args:
        bounding_box_format: of the boxes: "xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", or the first four with "rel_".
        data_format: "channels_last" (default) or "channels_first".
    """

    arguments: tuple[str, ...] = ()
    """Names of the arguments of a subclass, which are its attributes too."""

    def __init__(self, bounding_box_format: str | None = None, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_choice(self, "data_format", data_format, (None, "channels_last", "channels_first"))
        check_choice(self, "bounding_box_format", bounding_box_format, (None, *FORMATS))
        self.bounding_box_format = bounding_box_format
        self.data_format = data_format or "channels_last"
        first = self.data_format == "channels_first"
        self.height_axis, self.width_axis, self.channel_axis = (-2, -1, -3) if first else (-3, -2, -1)
        self.built = True

    # ---- what subclasses override

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """What is drawn for a batch, or None.

        Args:
            data: a batch of images, or a dict with one.
            training: whether anything is to be changed.
            seed: in place of the layer's own generator.
        """
        return None

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """Images (batch, height, width, channels), changed."""
        return images

    def transform_labels(self, labels: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """Their labels."""
        return labels

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Their boxes: a dict with "boxes" (batch, n, 4) and "labels" (batch, n)."""
        return bounding_boxes

    def transform_segmentation_masks(
        self, segmentation_masks: Tensor, transformation: Any, training: bool = True
    ) -> Tensor:
        """Their masks (batch, height, width, 1)."""
        return segmentation_masks

    # ---- help for subclasses

    def draws(self, seed: int | None) -> None:
        """Make the layer's own generator."""
        self.seed = seed
        self.generator = hb.random.SeedGenerator(seed)

    def uniform(self, shape: Any, low: Any, high: Any, seed: Any = None) -> Tensor:
        """Numbers evenly distributed on [low, high), as float32."""
        return hb.random.uniform(shape, low, high, "float32", self.generator if seed is None else seed)

    def chosen(self, count: int, factor: tuple[float, float], seed: Any = None) -> Tensor:
        """Which of `count` images are changed, (count,): each with a probability that is itself drawn out of `factor`."""
        return self.uniform((count,), *factor, seed) > self.uniform((count,), 0.0, 1.0, seed)

    def sizes(self, images: Any) -> tuple[int, int]:
        """Height and width of images, or of those in a dict."""
        shape = images_in(images).shape
        return shape[self.height_axis], shape[self.width_axis]

    def per_image(self, values: Tensor, images: Tensor) -> Tensor:
        """Numbers (batch,) as (batch, 1, 1, 1), in the dtype of the images where they are floats."""
        found = ops.reshape(values, (-1, 1, 1, 1))
        return ops.cast(found, images.dtype) if found.dtype.is_floating and images.dtype.is_floating else found

    def in_corners(self, bounding_boxes: Any, height: Any, width: Any) -> Tensor:
        """The boxes in format xyxy."""
        return convert(bounding_boxes["boxes"], self._box_format, "xyxy", height, width)

    def from_corners(self, bounding_boxes: Any, boxes: Tensor, labels: Tensor, height: Any, width: Any) -> Any:
        """The dict with boxes given in format xyxy, and labels."""
        return {**bounding_boxes, "boxes": convert(boxes, "xyxy", self._box_format, height, width), "labels": labels}

    @property
    def _box_format(self) -> str:
        if self.bounding_box_format is None:
            raise InvalidArgumentError(
                f"{type(self).__name__} {self.name!r}: got bounding boxes, and was not told their format; say for example "
                "bounding_box_format='xyxy'"
            )
        return self.bounding_box_format

    # ---- the call

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """As of every layer; boxes may be nested lists."""
        if args and isinstance(args[0], dict) and "bounding_boxes" in args[0]:
            args = ({**args[0], "bounding_boxes": dense_boxes(args[0]["bounding_boxes"])}, *args[1:])
        return super().__call__(*args, **kwargs)

    def call(self, data: Any, training: bool = True) -> Any:
        """Images, or a dict with images, changed; the same nesting."""
        images = images_in(data)
        if images.ndim not in (3, 4):
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: expected an image of rank 3, or a batch of rank 4; got shape {images.shape}"
            )
        single = images.ndim == 3
        parts = data if isinstance(data, dict) else {"images": data}
        if single:
            parts = map_structure(lambda t: ops.expand_dims(t, 0), parts)
        drawn = self.get_random_transformation(parts, training=training)
        out = {**parts, "images": self.transform_images(parts["images"], drawn, training=training)}
        for key, change in (
            ("labels", self.transform_labels),
            ("bounding_boxes", self.transform_bounding_boxes),
            ("segmentation_masks", self.transform_segmentation_masks),
        ):
            if key in parts:
                if key == "bounding_boxes":
                    assert self._box_format
                out[key] = change(parts[key], drawn, training=training)
        if single:
            out = map_structure(lambda t: ops.squeeze(t, 0), out)
        return out if isinstance(data, dict) else out["images"]

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        config = {**super().get_config(), "data_format": self.data_format}
        if self.bounding_box_format is not None:
            config["bounding_box_format"] = self.bounding_box_format
        return {**config, **{name: getattr(self, name) for name in self.arguments}}


class PlaceLayer(ImageLayer):
    """A change of where pixels are: masks are changed like images, by the nearest pixel.

    Args:
        interpolation: "bilinear" or "nearest".
        fill_mode: what is outside of an image: "reflect", "wrap", "constant", "nearest" (or "mirror").
        fill_value: for "constant".
        seed: for repeatable changes.
    """

    modes: tuple[str, ...] = ("reflect", "wrap", "constant", "nearest")

    def __init__(
        self,
        interpolation: str,
        fill_mode: str,
        fill_value: float,
        seed: int | None,
        data_format: str | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.interpolation = check_choice(self, "interpolation", interpolation, ("bilinear", "nearest"))
        self.fill_mode = check_choice(self, "fill_mode", fill_mode, self.modes)
        self.fill_value = fill_value
        self.draws(seed)

    def moved(self, images: Tensor, transformation: Any, interpolation: str) -> Tensor:
        """The images with their pixels elsewhere."""
        raise InvalidArgumentError(f"{type(self).__name__} has no moved(): override it")

    def transform_images(self, images: Tensor, transformation: Any, training: bool = True) -> Tensor:
        """In the compute dtype, with the pixels elsewhere in training."""
        images = ops.cast(images, self.compute_dtype)
        return (
            self.moved(images, transformation, self.interpolation)
            if training and transformation is not None
            else images
        )

    def transform_segmentation_masks(
        self, segmentation_masks: Tensor, transformation: Any, training: bool = True
    ) -> Tensor:
        """By the nearest pixel."""
        if not training or transformation is None:
            return segmentation_masks
        return self.moved(segmentation_masks, transformation, "nearest")

    def affine(self, images: Tensor, transform: Tensor, interpolation: str) -> Tensor:
        """`ops.image.affine_transform` with the layer's filling."""
        return ops.image.affine_transform(
            images, transform, interpolation, self.fill_mode, self.fill_value, self.data_format
        )


def images_in(data: Any) -> Any:
    """The images of a dict, or the images themselves."""
    return data["images"] if isinstance(data, dict) else data
