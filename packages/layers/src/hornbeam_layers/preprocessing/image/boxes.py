"""Bounding boxes: their formats, and what becomes of them when images change."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

__all__ = ["FORMATS", "affine", "clip_boxes", "convert", "corners", "dense_boxes", "joined"]

FORMATS = (
    *("xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw"),
    *("rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh"),
)

Parts = tuple[Any, Any, Any, Any]

_TO_CORNERS: dict[str, Callable[..., Parts]] = {
    "xyxy": lambda a, b, c, d: (a, b, c, d),
    "yxyx": lambda a, b, c, d: (b, a, d, c),
    "xywh": lambda x, y, w, h: (x, y, x + w, y + h),
    "center_xywh": lambda x, y, w, h: (x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0),
    "center_yxhw": lambda y, x, h, w: (x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0),
}
_FROM_CORNERS: dict[str, Callable[..., Parts]] = {
    "xyxy": lambda a, b, c, d: (a, b, c, d),
    "yxyx": lambda a, b, c, d: (b, a, d, c),
    "xywh": lambda a, b, c, d: (a, b, c - a, d - b),
    "center_xywh": lambda a, b, c, d: (a + (c - a) / 2.0, b + (d - b) / 2.0, c - a, d - b),
    "center_yxhw": lambda a, b, c, d: (b + (d - b) / 2.0, a + (c - a) / 2.0, d - b, c - a),
}


def corners(boxes: Tensor) -> list[Tensor]:
    """(..., 4) as four tensors (..., 1)."""
    return ops.split(boxes, 4, axis=-1)


def joined(parts: Any) -> Tensor:
    """`corners` undone."""
    return ops.concatenate(list(parts), axis=-1)


def convert(boxes: Tensor, source: str, target: str, height: Any, width: Any) -> Tensor:
    """Boxes (..., 4) in another format; those that begin with rel_ are measured in heights and widths of the image."""
    parts = tuple(corners(ops.cast(boxes, "float32")))
    sides = (width, height, width, height)
    left, top, right, bottom = _TO_CORNERS[source.removeprefix("rel_")](*parts)
    found: Any = (left, top, right, bottom)
    if source.startswith("rel_") and not target.startswith("rel_"):
        found = tuple(p * s for p, s in zip(found, sides, strict=True))
    if target.startswith("rel_") and not source.startswith("rel_"):
        found = tuple(p / s for p, s in zip(found, sides, strict=True))
    return joined(_FROM_CORNERS[target.removeprefix("rel_")](*found))


def clip_boxes(boxes: Tensor, labels: Tensor, height: Any, width: Any) -> tuple[Tensor, Tensor]:
    """Boxes (batch, n, 4), in format xyxy, cut at the borders of the image; the labels of those of which nothing is left are -1."""
    x1, y1, x2, y2 = corners(boxes)
    x1, x2 = (ops.clip(x, 0.0, width) for x in (x1, x2))
    y1, y2 = (ops.clip(y, 0.0, height) for y in (y1, y2))
    area = ops.squeeze((x2 - x1) * (y2 - y1), -1)
    return joined((x1, y1, x2, y2)), ops.where(area > 0, labels, ops.cast(-1, labels.dtype))


def affine(boxes: Tensor, angle: Tensor, height: int, width: int) -> Tensor:
    """The boxes (batch, n, 4), in format xyxy, around the boxes turned about the middle by angles (batch,) in degrees."""
    turn = ops.reshape(angle * (math.pi / 180.0), (-1, 1, 1))
    cos, sin = ops.cos(turn), ops.sin(turn)
    middle_x, middle_y = 0.5 * (width - 1), 0.5 * (height - 1)
    x1, y1, x2, y2 = (p - m for p, m in zip(corners(boxes), (middle_x, middle_y) * 2, strict=True))
    xs, ys = [], []
    for x, y in ((x1, y1), (x2, y1), (x2, y2), (x1, y2)):
        xs.append(cos * x + sin * y + middle_x)
        ys.append(cos * y - sin * x + middle_y)
    low, high = ((f(ops.stack(xs), axis=0), f(ops.stack(ys), axis=0)) for f in (ops.min, ops.max))
    return joined((*low, *high))


def dense_boxes(boxes: Any) -> dict[str, Any]:
    """Boxes and labels as tensors; lists of different lengths are filled up with boxes of zeros and labels of -1.

    Raises:
        InvalidArgumentError: they are not a dict with boxes and labels.
        ShapeError: boxes have not four numbers.
    """
    if not isinstance(boxes, dict) or not {"boxes", "labels"} <= set(boxes):
        raise InvalidArgumentError(f"bounding_boxes must be a dict with 'boxes' and 'labels'; got {boxes!r}")
    places, labels = boxes["boxes"], boxes["labels"]
    if (
        isinstance(places, list)
        and places
        and isinstance(places[0], list)
        and (not places[0] or isinstance(places[0][0], list))
    ):
        most = max(len(b) for b in places)
        places = [[*b, *[[0.0] * 4] * (most - len(b))] for b in places]
        labels = [[*one, *[-1] * (most - len(one))] for one in labels]
    found = {**boxes, "boxes": ops.cast(places, "float32"), "labels": ops.convert_to_tensor(labels)}
    if found["boxes"].ndim not in (2, 3) or found["boxes"].shape[-1] != 4:
        raise ShapeError(f"bounding boxes must have shape (n, 4) or (batch, n, 4); got {found['boxes'].shape}")
    return found
