"""Images: folders of them, lists of paths, with masks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.files import FileSamples, files_and_classes, listed
from hornbeam_datasets.loaders.optional import require
from hornbeam_datasets.pipeline.dataset import Dataset

__all__ = ["ENDINGS", "Images", "Masks", "load_images", "read_image"]

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm")
MODES = {"rgb": "RGB", "rgba": "RGBA", "grayscale": "L"}
RESAMPLING = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4, "hamming": 5}  # Pillow's numbers
MOST_PIXELS = 178_956_970  # an image with more is taken for an attack: twice what Pillow warns at


def read_image(
    path: Any, size: tuple[int, int] | None = None, color_mode: str = "rgb", interpolation: str = "bilinear",
    keep_aspect_ratio: bool = False, dtype: Any = np.uint8,
) -> Any:  # fmt: skip
    """An image file as an array.

    Args:
        path: of a file that Pillow reads; of an animation the first picture.
        size: (height, width) to which it is scaled; None: as it is. A JPEG that is at least twice as large is halved (or more)
            while it is decoded, by the mean of neighbouring pixels, then scaled the rest of the way.
        color_mode: "rgb", "rgba" or "grayscale".
        interpolation: "bilinear", "nearest", "bicubic", "lanczos", "box" or "hamming".
        keep_aspect_ratio: cut off at the sides what does not have the proportions of `size`, rather than squeeze.
        dtype: of the array.

    Returns:
        [height, width, channels], from 0 to 255; of 16-bit grey images the upper eight bits.

    Raises:
        InvalidArgumentError: an argument is not among those, or the image has more than 178,956,970 pixels.
        MissingPackageError: Pillow is not installed.
    """
    if color_mode not in MODES:
        raise InvalidArgumentError(f"color_mode must be one of {', '.join(MODES)}; got {color_mode!r}")
    if interpolation not in RESAMPLING:
        raise InvalidArgumentError(f"interpolation must be one of {', '.join(RESAMPLING)}; got {interpolation!r}")
    with _opened(path) as image:
        if size is not None and image.format == "JPEG" and not keep_aspect_ratio:
            image.draft(MODES[color_mode], (size[1], size[0]))  # decoded at 1/2, 1/4 or 1/8 where that is enough
        if image.mode.startswith("I"):  # 16 bits a pixel
            image = require("PIL.Image", "reading images", "images").fromarray(
                (np.asarray(image) >> 8).astype(np.uint8)
            )
        image = image if image.mode == MODES[color_mode] else image.convert(MODES[color_mode])
        if size is not None and (image.height, image.width) != tuple(size):
            box = _middle(image.height, image.width, size) if keep_aspect_ratio else None
            image = image.resize((size[1], size[0]), RESAMPLING[interpolation], box)
        array = np.asarray(image, dtype)
    return array[..., None] if array.ndim == 2 else array


def _opened(path: Any) -> Any:
    """An image that is not decoded yet."""
    image = require("PIL.Image", "reading images", "images").open(path)
    if image.width * image.height > MOST_PIXELS:
        image.close()
        raise InvalidArgumentError(f"{path} has {image.width} x {image.height} pixels, more than {MOST_PIXELS:,}")
    return image


def _middle(height: int, width: int, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """The largest part in the middle that has the proportions of `size`."""
    cut_height = min(height, width * size[0] / size[1])
    cut_width = min(width, height * size[1] / size[0])
    top, left = (height - cut_height) / 2, (width - cut_width) / 2
    return left, top, left + cut_width, top + cut_height


class Images(FileSamples):
    """Image files, with labels where there are some: arrays [height, width, channels], from 0 to 255.

    Args:
        paths, labels, errors, class_names: as for `FileSamples`.
        size, color_mode, interpolation, keep_aspect_ratio, dtype: as for `read_image`.
    """

    def __init__(
        self, paths: Sequence[Any], labels: Any = None, size: Any = None, color_mode: str = "rgb",
        interpolation: str = "bilinear", keep_aspect_ratio: bool = False, dtype: Any = np.uint8, errors: str = "raise",
        class_names: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(paths, labels, errors, class_names)
        self.how: dict[str, Any] = {
            "size": self.size("size", size),
            "color_mode": color_mode,
            "interpolation": interpolation,
        }
        self.how |= {"keep_aspect_ratio": keep_aspect_ratio, "dtype": dtype}

    def read(self, path: str) -> Any:
        """An image."""
        return read_image(path, **self.how)


def load_images(
    source: Any, labels: Any = "inferred", class_names: Sequence[str] | None = None, masks: Any = None,
    column: str | None = None, **how: Any,
) -> Dataset:  # fmt: skip
    """Images of a folder, a list of paths, or a data frame with a column of paths.

    Args:
        source, labels, class_names, column: as for `files_and_classes`.
        masks: a folder (files of the same names, in the same folders within it where a name comes twice), or a list of paths:
            samples are (image, mask), the mask's values as they are.
        **how: of `Images`.

    Raises:
        InvalidArgumentError: there are no images, or labels do not fit.
    """
    if masks is not None:
        paths = listed(source, ENDINGS)
        return Masks(paths, _masks(source, paths, masks), **how)
    paths, numbers, names = files_and_classes(source, ENDINGS, labels, class_names, column)
    return Images(paths, numbers, class_names=names, **how)


def _masks(source: Any, paths: list[str], masks: Any) -> list[str]:
    """The mask of each image."""
    if not isinstance(masks, (str, os.PathLike)):
        return [os.fspath(p) for p in masks]
    there = listed(masks, ENDINGS)
    names, wanted = [Path(p).stem for p in there], [Path(p).stem for p in paths]
    folders = all(isinstance(f, (str, os.PathLike)) and os.path.isdir(f) for f in (source, masks))
    if len(set(names)) < len(names) or len(set(wanted)) < len(set(paths)):
        if not folders:
            raise InvalidArgumentError(
                f"files of one name lie in {masks} or among the images: give the masks as a list of paths"
            )
        names, wanted = _within(masks, there), _within(source, paths)
    by_name = dict(zip(names, there, strict=True))
    missing = [p for p, name in zip(paths, wanted, strict=True) if name not in by_name]
    if missing:
        raise InvalidArgumentError(
            f"there is no mask in {masks} for {missing[0]} ({len(missing)} of {len(paths)} images have none)"
        )
    return [by_name[name] for name in wanted]


def _within(folder: Any, paths: list[str]) -> list[str]:
    """The paths from a folder on, without endings."""
    return [Path(p).relative_to(folder).with_suffix("").as_posix() for p in paths]


class Masks(Images):
    """Pairs of an image and a mask [height, width] of whole numbers, such as classes of pixels."""

    def __init__(self, paths: Sequence[Any], masks: Sequence[Any], **how: Any) -> None:
        super().__init__(paths, np.arange(len(paths)), **how)
        self.masks = [os.fspath(p) for p in masks]
        if len(self.masks) != len(self.paths):
            raise InvalidArgumentError(f"{len(self.paths)} images and {len(self.masks)} masks; they must be as many")

    def at(self, slot: int, epoch: int) -> Any:
        """Image and mask."""
        path, mask = self.paths[slot], self.masks[slot]
        return self.skips.guard(lambda: self._pair(path, mask), path)

    def _pair(self, path: str, mask: str) -> Any:
        image, classes = self._read(path), self._named(mask, self._mask)
        if image.shape[:2] != classes.shape:
            raise InvalidArgumentError(
                f"{path} is {image.shape[0]} x {image.shape[1]} pixels and its mask {mask} {classes.shape[0]} x {classes.shape[1]}; "
                "they must be as large, or be scaled to one size="
            )
        return image, classes

    def _mask(self, path: str) -> Any:
        size = self.how["size"]
        with _opened(path) as image:
            image = image if image.mode in ("L", "P", "I", "I;16", "1") else image.convert("L")
            if size is not None:
                box = _middle(image.height, image.width, size) if self.how["keep_aspect_ratio"] else None
                image = image.resize((size[1], size[0]), RESAMPLING["nearest"], box)
            return np.asarray(image).astype(np.int32)
