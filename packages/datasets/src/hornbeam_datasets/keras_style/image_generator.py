"""Keras 2's ImageDataGenerator: batches of images, changed at random as they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.keras_style.image_flows import Flows
from hornbeam_datasets.keras_style.image_transforms import affine, brighter, shifted_channels

__all__ = ["ImageDataGenerator"]

FILLS = ("constant", "nearest", "reflect", "wrap")


class ImageDataGenerator(Flows):
    """Batches of images that are changed at random each time they come, for `fit`.

    Layers (`RandomRotation` and its siblings) do the same in a compiled model, faster; this class runs scripts for Keras 2.

    Args:
        featurewise_center, featurewise_std_normalization: take off the mean of the data, divide by its deviation, per channel;
            call `fit` first.
        samplewise_center, samplewise_std_normalization: the same by each image's own.
        zca_whitening, zca_epsilon: decorrelate pixels; call `fit` first.
        rotation_range: degrees, to both sides.
        width_shift_range, height_shift_range: share of the size (below 1), pixels, or a list of pixels to choose from.
        brightness_range: a pair of factors.
        shear_range: degrees, to both sides.
        zoom_range: a pair of factors, or how far they may be from 1.
        channel_shift_range: how far values may be moved.
        fill_mode, cval: what is seen beyond the border: "nearest", "constant" (cval), "reflect" or "wrap".
        horizontal_flip, vertical_flip: whether to mirror half of the images.
        rescale: factor of all values.
        preprocessing_function: function of an image, before anything else but the changes at random.
        data_format: "channels_last" (default) or "channels_first".
        validation_split: share that the subset "validation" has.
        interpolation_order: of the splines.
        dtype: of the batches.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Source: keras.preprocessing.image.ImageDataGenerator of Keras 2; the transformations have its numbers, what is drawn differs.
    """

    def __init__(
        self, featurewise_center: bool = False, samplewise_center: bool = False, featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False, zca_whitening: bool = False, zca_epsilon: float = 1e-6,
        rotation_range: float = 0, width_shift_range: Any = 0.0, height_shift_range: Any = 0.0, brightness_range: Any = None,
        shear_range: float = 0.0, zoom_range: Any = 0.0, channel_shift_range: float = 0.0, fill_mode: str = "nearest",
        cval: float = 0.0, horizontal_flip: bool = False, vertical_flip: bool = False, rescale: float | None = None,
        preprocessing_function: Callable[[Any], Any] | None = None, data_format: str | None = None,
        validation_split: float = 0.0, interpolation_order: int = 1, dtype: Any = None,
    ) -> None:  # fmt: skip
        if data_format not in (None, "channels_last", "channels_first"):
            raise InvalidArgumentError(f"data_format must be channels_last or channels_first; got {data_format!r}")
        if fill_mode not in FILLS:
            raise InvalidArgumentError(f"fill_mode must be one of {', '.join(FILLS)}; got {fill_mode!r}")
        if not 0 <= validation_split < 1:
            raise InvalidArgumentError(f"validation_split must be at least 0 and less than 1; got {validation_split!r}")
        zoom = [1 - zoom_range, 1 + zoom_range] if np.ndim(zoom_range) == 0 else list(zoom_range)
        for what, pair in (("zoom_range", zoom), ("brightness_range", brightness_range)):
            if pair is not None and (np.ndim(pair) != 1 or len(pair) != 2):
                raise InvalidArgumentError(f"{what} must be a pair of numbers; got {pair!r}")
        self.featurewise_center = featurewise_center or featurewise_std_normalization or zca_whitening
        self.featurewise_std_normalization = featurewise_std_normalization and not zca_whitening
        self.samplewise_center = samplewise_center or samplewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening, self.zca_epsilon = zca_whitening, zca_epsilon
        self.rotation_range, self.shear_range, self.zoom_range = rotation_range, shear_range, zoom
        self.width_shift_range, self.height_shift_range = width_shift_range, height_shift_range
        self.brightness_range, self.channel_shift_range = brightness_range, channel_shift_range
        self.fill_mode, self.cval, self.interpolation_order = fill_mode, cval, interpolation_order
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip
        self.rescale, self.preprocessing_function = rescale, preprocessing_function
        self.data_format = data_format or "channels_last"
        self.validation_split, self.dtype = validation_split, np.dtype(dtype or "float32")
        self.mean: Any = None
        self.std: Any = None
        self.zca_whitening_matrix: Any = None

    # ---- one image

    @property
    def _first(self) -> bool:
        return self.data_format == "channels_first"

    def standardize(self, x: Any) -> Any:
        """An image, or a batch of them, scaled and centred as the arguments say.

        Raises:
            InvalidArgumentError: statistics of the data are needed, and `fit` was not called.
        """
        x = np.array(x if self.preprocessing_function is None else self.preprocessing_function(x), self.dtype)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= x.mean()
        if self.samplewise_std_normalization:
            x /= x.std() + 1e-6
        if self.featurewise_center:
            if self.mean is None:
                raise InvalidArgumentError(
                    "ImageDataGenerator: call fit(x) first: the mean of the data is to be taken off"
                )
            x -= self.mean
        if self.featurewise_std_normalization:
            x /= self.std + 1e-6
        if self.zca_whitening:
            x = (x.reshape(-1, len(self.zca_whitening_matrix)) @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    def get_random_transform(self, img_shape: Sequence[int], seed: Any = None) -> dict[str, Any]:
        """Numbers for `apply_transform`, drawn as the arguments say.

        Args:
            img_shape: of the image.
            seed: a seed, or a numpy.random.Generator.
        """
        draw = np.random.default_rng(seed)
        rows, columns = img_shape[1:] if self._first else img_shape[:2]

        def shift(given: Any, size: int) -> float:
            if not np.any(given):
                return 0.0
            if np.ndim(given):
                value = float(draw.choice(given) * draw.choice([-1, 1]))
            elif isinstance(given, (int, np.integer)):
                value = float(draw.integers(given) * draw.choice([-1, 1]))
            else:
                value = float(draw.uniform(-given, given))
            return value * size if np.max(given) < 1 else value

        def around(given: float) -> float:
            return float(draw.uniform(-given, given)) if given else 0.0

        low, high = self.zoom_range
        zoom = (1.0, 1.0) if low == high == 1 else draw.uniform(low, high, 2)
        brightness = self.brightness_range
        return {
            "theta": around(self.rotation_range),
            "tx": shift(self.height_shift_range, rows),
            "ty": shift(self.width_shift_range, columns),
            "shear": around(self.shear_range),
            "zx": float(zoom[0]),
            "zy": float(zoom[1]),
            "flip_horizontal": bool(self.horizontal_flip and draw.random() < 0.5),
            "flip_vertical": bool(self.vertical_flip and draw.random() < 0.5),
            "channel_shift_intensity": around(self.channel_shift_range) if self.channel_shift_range else None,
            "brightness": None if brightness is None else float(draw.uniform(*brightness)),
        }

    def apply_transform(self, x: Any, transform_parameters: dict[str, Any]) -> Any:
        """An image changed by given numbers.

        Args:
            x: [height, width, channels], or [channels, height, width].
            transform_parameters: as of `get_random_transform`; those that are not there change nothing.
        """
        given: Any = transform_parameters.get
        image = np.moveaxis(np.asarray(x), 0, -1) if self._first else np.asarray(x)
        numbers = (given("theta", 0), given("tx", 0), given("ty", 0), given("shear", 0), given("zx", 1), given("zy", 1))
        image = affine(image, *numbers, fill_mode=self.fill_mode, cval=self.cval, order=self.interpolation_order)
        if given("channel_shift_intensity") is not None:
            image = shifted_channels(image, given("channel_shift_intensity"))
        image = image[:, ::-1] if given("flip_horizontal") else image
        image = image[::-1] if given("flip_vertical") else image
        if given("brightness") is not None:
            image = brighter(image, given("brightness"))
        return np.moveaxis(image, -1, 0) if self._first else image

    def random_transform(self, x: Any, seed: Any = None) -> Any:
        """An image changed at random."""
        return self.apply_transform(x, self.get_random_transform(np.shape(x), seed))

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: Any = None) -> None:
        """Learn the mean, the deviation and what decorrelates pixels.

        Args:
            x: images, [samples, height, width, channels] or channels first.
            augment: whether images are changed at random before, `rounds` times each.
            rounds, seed: see `augment`.

        Raises:
            InvalidArgumentError: `x` has not four axes.
        """
        x = np.array(x, self.dtype)
        if x.ndim != 4:
            raise InvalidArgumentError(
                f"ImageDataGenerator.fit needs images in an array of four axes; got shape {x.shape}"
            )
        if self.rescale:
            x *= self.rescale
        if augment:
            draw = np.random.default_rng(seed)
            x = np.stack([self.random_transform(image, draw) for _ in range(rounds) for image in x])
        axes = (0, 2, 3) if self._first else (0, 1, 2)
        if self.featurewise_center:
            self.mean = x.mean(axes, keepdims=True)[0]
            x = x - self.mean
        if self.featurewise_std_normalization:
            self.std = x.std(axes, keepdims=True)[0]
            x = x / (self.std + 1e-6)
        if self.zca_whitening:
            u, s, _ = np.linalg.svd(x.reshape(len(x), -1).T, full_matrices=False)
            self.zca_whitening_matrix = (u * (np.sqrt(len(x)) / (s + self.zca_epsilon))) @ u.T
