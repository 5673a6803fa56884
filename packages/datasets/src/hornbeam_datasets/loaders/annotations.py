"""Images with boxes of what is on them: the annotations of COCO and Pascal VOC."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.files import listed
from hornbeam_datasets.loaders.images import Images
from hornbeam_datasets.loaders.optional import require
from hornbeam_datasets.pipeline.dataset import Dataset

__all__ = ["Boxes", "load_coco", "load_voc"]


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
