"""Images: folders of them, lists of paths, with masks, and the annotations of COCO and Pascal VOC."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.files import FileSamples, in_folders, listed
from hornbeam_datasets.loaders.optional import require
from hornbeam_datasets.pipeline.dataset import Dataset

__all__ = ["ENDINGS", "Boxes", "Images", "Masks", "load_coco", "load_images", "load_voc", "read_image"]

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
        [height, width, channels], from 0 to 255.

    Raises:
        InvalidArgumentError: an argument is not among those, or the image has more than 178,956,970 pixels.
        MissingPackageError: Pillow is not installed.
    """
    if color_mode not in MODES:
        raise InvalidArgumentError(f"color_mode must be one of {', '.join(MODES)}; got {color_mode!r}")
    if interpolation not in RESAMPLING:
        raise InvalidArgumentError(f"interpolation must be one of {', '.join(RESAMPLING)}; got {interpolation!r}")
    pillow = require("PIL.Image", "reading images", "images")
    with pillow.open(path) as image:
        if image.width * image.height > MOST_PIXELS:
            raise InvalidArgumentError(f"{path} has {image.width} x {image.height} pixels, more than {MOST_PIXELS:,}")
        if size is not None and image.format == "JPEG" and not keep_aspect_ratio:
            image.draft(MODES[color_mode], (size[1], size[0]))  # decoded at 1/2, 1/4 or 1/8 where that is enough
        image = image if image.mode == MODES[color_mode] else image.convert(MODES[color_mode])
        if size is not None and (image.height, image.width) != tuple(size):
            box = _middle(image.height, image.width, size) if keep_aspect_ratio else None
            image = image.resize((size[1], size[0]), RESAMPLING[interpolation], box)
        array = np.asarray(image, dtype)
    return array[..., None] if array.ndim == 2 else array


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
    source: Any, labels: Any = "inferred", class_names: Sequence[str] | None = None, masks: Any = None, **how: Any
) -> Dataset:
    """Images of a folder, a list of paths, or of a data frame with a column of paths.

    Args:
        source: a folder; a path or a list of paths.
        labels: "inferred": the folders in `source` are the classes; None: there are none; else one for each path.
        class_names: the classes in the order of their numbers; None: by name.
        masks: a folder (files of the same names), or a list of paths: samples are (image, mask), the mask's values as they are.
        **how: of `Images`.

    Raises:
        InvalidArgumentError: there are no images, or labels do not fit.
    """
    folder = isinstance(source, (str, os.PathLike)) and os.path.isdir(source)
    if masks is not None:
        paths = listed(source, ENDINGS)
        return Masks(paths, _masks(paths, masks), **how)
    if isinstance(labels, str) and labels == "inferred":
        if folder and any(p.is_dir() for p in Path(source).iterdir()):
            paths, numbers, names = in_folders(source, ENDINGS, class_names)
            return Images(paths, numbers, class_names=names, **how)
        labels = None
    return Images(listed(source, ENDINGS), labels, class_names=class_names, **how)


def _masks(paths: list[str], masks: Any) -> list[str]:
    if not isinstance(masks, (str, os.PathLike)):
        return [os.fspath(p) for p in masks]
    by_name = {Path(p).stem: p for p in listed(masks, ENDINGS)}
    missing = [p for p in paths if Path(p).stem not in by_name]
    if missing:
        raise InvalidArgumentError(
            f"there is no mask in {masks} for {missing[0]} ({len(missing)} of {len(paths)} images have none)"
        )
    return [by_name[Path(p).stem] for p in paths]


class Masks(Images):
    """Pairs of an image and a mask [height, width] of whole numbers, such as classes of pixels."""

    def __init__(self, paths: Sequence[Any], masks: Sequence[Any], **how: Any) -> None:
        super().__init__(paths, np.arange(len(paths)), **how)
        self.masks = [os.fspath(p) for p in masks]
        if len(self.masks) != len(self.paths):
            raise InvalidArgumentError(f"{len(self.paths)} images and {len(self.masks)} masks; they must be as many")

    def _read(self, path: str) -> Any:
        image = super()._read(path)
        return image, self._mask(self.masks[self._number[path]])

    @property
    def _number(self) -> dict[str, int]:
        if not hasattr(self, "numbers"):
            self.numbers = {path: i for i, path in enumerate(self.paths)}
        return self.numbers

    def at(self, slot: int, epoch: int) -> Any:
        """Image and mask."""
        path = self.paths[slot]
        return self.skips.guard(lambda: self._read(path), path)

    def _mask(self, path: str) -> Any:
        pillow = require("PIL.Image", "reading images", "images")
        try:
            with pillow.open(path) as image:
                image = image if image.mode in ("L", "P", "I", "I;16", "1") else image.convert("L")
                size = self.how["size"]
                if size is not None:
                    image = image.resize((size[1], size[0]), RESAMPLING["nearest"])
                return np.asarray(image).astype(np.int32)
        except OSError as error:
            raise InvalidArgumentError(f"{path} cannot be read: {error}") from error


class Boxes(Images):
    """Images with the boxes of what is on them: (image, {"boxes": [n, 4], "labels": [n]}), corners x1, y1, x2, y2 in pixels.

    Boxes are scaled as the images are.
    """

    def __init__(self, paths: Sequence[Any], boxes: Sequence[Any], labels: Sequence[Any], **how: Any) -> None:
        super().__init__(paths, **how)
        if self.how["keep_aspect_ratio"]:
            raise InvalidArgumentError("images with boxes are scaled as a whole: keep_aspect_ratio cannot be asked for")
        self.boxes = [np.asarray(b, np.float32).reshape(-1, 4) for b in boxes]
        self.kinds = [np.asarray(k, np.int32).reshape(-1) for k in labels]

    def at(self, slot: int, epoch: int) -> Any:
        """Image and boxes."""
        path = self.paths[slot]
        return self.skips.guard(lambda: self._with_boxes(path, slot), path)

    def _with_boxes(self, path: str, slot: int) -> Any:
        image = self._read(path)
        boxes = self.boxes[slot]
        if self.how["size"] is not None:
            with require("PIL.Image", "reading images", "images").open(path) as whole:
                scale = image.shape[1] / whole.width, image.shape[0] / whole.height
            boxes = boxes * np.array(scale * 2, np.float32)
        return image, {"boxes": boxes, "labels": self.kinds[slot]}


def load_coco(source: Any, images: Any = None, **how: Any) -> Dataset:
    """Images with boxes, of an annotation file in COCO's format.

    Args:
        source: the .json file.
        images: the folder of the images; None: that of the file.
        **how: of `Images`.

    Returns:
        Samples (image, {"boxes", "labels"}); labels number the categories in the order of their ids, `class_names` has their names.

    Raises:
        InvalidArgumentError: the file is none of that format.
    """
    try:
        data = json.loads(Path(source).read_text(encoding="utf-8"))
        categories = sorted(data["categories"], key=lambda c: c["id"])
        number = {c["id"]: i for i, c in enumerate(categories)}
        found: dict[Any, list[Any]] = {image["id"]: [] for image in data["images"]}
        for one in data["annotations"]:
            x, y, width, height = one["bbox"]
            found[one["image_id"]].append(([x, y, x + width, y + height], number[one["category_id"]]))
        folder = Path(source).parent if images is None else Path(images)
        paths = [_inside(folder, image["file_name"]) for image in data["images"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, InvalidArgumentError):
            raise
        raise InvalidArgumentError(
            f"{source} is no annotation file in COCO's format: {type(error).__name__}: {error}"
        ) from error
    rows = [found[image["id"]] for image in data["images"]]
    boxes, labels = [[b for b, _ in row] for row in rows], [[k for _, k in row] for row in rows]
    return Boxes(paths, boxes, labels, class_names=[c["name"] for c in categories], **how)


def load_voc(source: Any, images: Any = None, class_names: Sequence[str] | None = None, **how: Any) -> Dataset:
    """Images with boxes, of Pascal VOC's annotation files.

    Args:
        source: the folder of .xml files, or a list of them.
        images: the folder of the images; None: the folder JPEGImages beside `source`, or `source` itself.
        class_names: the classes in the order of their numbers; None: those that occur, by name.
        **how: of `Images`.

    Returns:
        Samples (image, {"boxes", "labels"}).

    Raises:
        InvalidArgumentError: a file is none of that format, or has another class.
    """
    files = listed(source, (".xml",))
    if not files:
        raise InvalidArgumentError(f"there are no .xml files in {source}")
    folder = Path(files[0]).parent
    beside = folder.parent / "JPEGImages"
    folder = Path(images) if images is not None else beside if beside.is_dir() else folder
    rows = [_voc(path) for path in files]
    names = list(class_names) if class_names is not None else sorted({kind for _, _, kinds in rows for kind in kinds})
    odd = next(((f, k) for f, (_, _, kinds) in zip(files, rows, strict=True) for k in kinds if k not in names), None)
    if odd is not None:
        raise InvalidArgumentError(f"{odd[0]}: the class {odd[1]!r} is not among class_names, {names}")
    labels = [[names.index(k) for k in kinds] for _, _, kinds in rows]
    return Boxes(
        [_inside(folder, name) for name, _, _ in rows], [b for _, b, _ in rows], labels, class_names=names, **how
    )


def _voc(path: str) -> tuple[str, list[Any], list[str]]:
    try:
        text = Path(path).read_text(encoding="utf-8")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise ValueError("it declares entities, which are not read")
        root = ElementTree.fromstring(text)
        objects = root.findall("object")
        boxes = [
            [float(o.findtext(f"bndbox/{side}", "")) for side in ("xmin", "ymin", "xmax", "ymax")] for o in objects
        ]
        return str(root.findtext("filename")), boxes, [str(o.findtext("name")) for o in objects]
    except (OSError, ValueError, ElementTree.ParseError) as error:
        raise InvalidArgumentError(f"{path} is no annotation file of Pascal VOC: {error}") from error


def _inside(folder: Path, name: str) -> str:
    """A file that an annotation names, which has to be within the folder of images."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise InvalidArgumentError(f"the annotations name {name!r}, which is outside of the folder {folder}")
    return str(path)
