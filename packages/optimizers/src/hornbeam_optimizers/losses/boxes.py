"""Losses of boxes: 1 - intersection over union, with terms that pull boxes together which do not meet."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import Tensor, ops, stop_gradient
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_optimizers.losses.base import LossFunctionWrapper
from hornbeam_optimizers.losses.inputs import EPSILON, pair

__all__ = ["CIoU", "DIoU", "GIoU", "IoU", "ciou", "diou", "giou", "iou"]

FORMATS = ("xyxy", "xywh", "center_xywh")


def _edges(boxes: Tensor, form: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Left, top, right, bottom, each without the last axis."""
    if form not in FORMATS:
        raise InvalidArgumentError(f"bounding_box_format must be one of {FORMATS}; got {form!r}")
    if boxes.ndim < 1 or boxes.shape[-1] != 4:
        raise ShapeError(f"boxes need a last axis of size 4; got shape {boxes.shape}")
    a, b, c, d = (boxes[..., i] for i in range(4))
    if form == "xyxy":
        return a, b, c, d
    if form == "xywh":
        return a, b, a + c, b + d
    return a - 0.5 * c, b - 0.5 * d, a + 0.5 * c, b + 0.5 * d


class _Pair:
    """Two boxes and what the losses are made of."""

    def __init__(self, y_true: Any, y_pred: Any, form: str, name: str) -> None:
        true, pred = pair(y_true, y_pred, name)
        self.true, self.pred = _edges(true, form), _edges(pred, form)
        (l, t, r, b), (m, u, s, c) = self.true, self.pred  # noqa: E741
        common = ops.maximum(ops.minimum(r, s) - ops.maximum(l, m), 0.0) * ops.maximum(
            ops.minimum(b, c) - ops.maximum(t, u), 0.0
        )
        self.width, self.height = ops.maximum(r, s) - ops.minimum(l, m), ops.maximum(b, c) - ops.minimum(t, u)
        self.union = _area(self.true) + _area(self.pred) - common
        self.iou = common / (self.union + EPSILON)

    def apart(self) -> Tensor:
        """The squared distance of the centres, over that of the corners of the box around both."""
        across, down = (
            0.5 * (self.true[i] + self.true[i + 2]) - 0.5 * (self.pred[i] + self.pred[i + 2]) for i in (0, 1)
        )
        around = ops.square(self.width) + ops.square(self.height) + EPSILON
        return (ops.square(across) + ops.square(down)) / around


def _area(edges: tuple[Tensor, Tensor, Tensor, Tensor]) -> Tensor:
    return ops.maximum(edges[2] - edges[0], 0.0) * ops.maximum(edges[3] - edges[1], 0.0)


def iou(y_true: Any, y_pred: Any, bounding_box_format: str = "xyxy") -> Tensor:
    """1 - IoU: boxes (..., 4) -> (...). Its gradient is 0 where boxes do not meet."""
    return 1.0 - _Pair(y_true, y_pred, bounding_box_format, "iou").iou


def giou(y_true: Any, y_pred: Any, bounding_box_format: str = "xyxy") -> Tensor:
    """1 - IoU + the share of the box around both that neither covers. Source: Rezatofighi et al. 2019, algorithm 1."""
    two = _Pair(y_true, y_pred, bounding_box_format, "giou")
    around = two.width * two.height
    return 1.0 - two.iou + (around - two.union) / (around + EPSILON)


def diou(y_true: Any, y_pred: Any, bounding_box_format: str = "xyxy") -> Tensor:
    """1 - IoU + the squared distance of the centres over the diagonal around both. Source: Zheng et al. 2020, equation 7."""
    two = _Pair(y_true, y_pred, bounding_box_format, "diou")
    return 1.0 - two.iou + two.apart()


def ciou(y_true: Any, y_pred: Any, bounding_box_format: str = "xyxy") -> Tensor:
    """The loss `diou` + a term of unlike proportions. Source: Zheng et al. 2020, equations 8 to 11."""
    two = _Pair(y_true, y_pred, bounding_box_format, "ciou")
    angles = [ops.arctan2(e[2] - e[0], e[3] - e[1] + EPSILON) for e in (two.true, two.pred)]
    unlike = (4.0 / math.pi**2) * ops.square(angles[0] - angles[1])
    weight = stop_gradient(unlike / (1.0 - two.iou + unlike + EPSILON))  # a constant in the paper
    return 1.0 - two.iou + two.apart() + weight * unlike


class _Boxes(LossFunctionWrapper):
    def __init__(self, fn: Any, form: str, reduction: str | None, name: str, dtype: Any) -> None:
        if form not in FORMATS:
            raise InvalidArgumentError(f"bounding_box_format must be one of {FORMATS}; got {form!r}")
        super().__init__(fn, reduction, name, dtype, bounding_box_format=form)


class IoU(_Boxes):
    """1 - intersection over union.

    Args:
        bounding_box_format: "xyxy" (left, top, right, bottom), "xywh" (left, top, width, height) or "center_xywh".
        reduction, name, dtype: as for every loss.

    Example:
        >>> import hornbeam as hb
        >>> round(float(IoU()([[0.0, 0.0, 2.0, 2.0]], [[0.0, 0.0, 2.0, 1.0]])), 4)
        0.5
    """

    def __init__(
        self, bounding_box_format: str = "xyxy", reduction: str | None = "sum_over_batch_size", name: str = "iou",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(iou, bounding_box_format, reduction, name, dtype)


class GIoU(_Boxes):
    """Generalised IoU: also boxes that do not meet are pulled together. Arguments as for `IoU`.

    Example:
        >>> round(float(GIoU()([[0.0, 0.0, 1.0, 1.0]], [[1.0, 0.0, 2.0, 1.0]])), 4)  # side by side
        1.0
    """

    def __init__(
        self, bounding_box_format: str = "xyxy", reduction: str | None = "sum_over_batch_size", name: str = "giou",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(giou, bounding_box_format, reduction, name, dtype)


class DIoU(_Boxes):
    """IoU with the distance of the centres. Arguments as for `IoU`."""

    def __init__(
        self, bounding_box_format: str = "xyxy", reduction: str | None = "sum_over_batch_size", name: str = "diou",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(diou, bounding_box_format, reduction, name, dtype)


class CIoU(_Boxes):
    """IoU with the distance of the centres and the proportions. Arguments as for `IoU`."""

    def __init__(
        self, bounding_box_format: str = "xyxy", reduction: str | None = "sum_over_batch_size", name: str = "ciou",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(ciou, bounding_box_format, reduction, name, dtype)
