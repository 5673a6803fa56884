"""Mean average precision and recall of boxes, as COCO defines them. Boxes and scores of every image are kept as matches."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_optimizers.metrics.host import Array, HostMetric, on_host, sample_weights

__all__ = ["MeanAveragePrecision"]

FORMATS = ("xyxy", "xywh", "center_xywh")
AREAS = {"all": (0.0, 1e10), "small": (0.0, 32.0**2), "medium": (32.0**2, 96.0**2), "large": (96.0**2, 1e10)}
RECALLS = np.linspace(0.0, 1.0, 101)


def overlaps(boxes: Array, given: Array, crowd: Array) -> Array:
    """Intersection over union of boxes (n, 4) with given ones (m, 4), as corners; over the box's own area for crowds."""
    low = np.maximum(boxes[:, None, :2], given[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], given[None, :, 2:])
    both = np.prod(np.maximum(high - low, 0.0), axis=-1)
    own, other = (np.prod(b[:, 2:] - b[:, :2], axis=-1) for b in (boxes, given))
    union = np.where(crowd[None, :], own[:, None], own[:, None] + other[None, :] - both)
    return np.divide(both, union, out=np.zeros_like(both), where=union > 0)


def matched(iou: Array, ignored: Array, crowd: Array, thresholds: Array) -> tuple[Array, Array]:
    """Which given box each prediction takes at each threshold, -1 for none; and whether that one is ignored.

    Predictions are in the order of their scores, given boxes with the ignored ones last: a prediction takes the free box of
    the largest overlap, an ignored one only where no other is left. Crowds are never used up.
    """
    count, given = iou.shape
    took = np.full((len(thresholds), count), -1)
    if not given:
        return took, np.zeros(took.shape, bool)
    limits = np.minimum(thresholds, 1 - 1e-10)[:, None]
    free = np.ones((len(thresholds), given), bool)
    for d in range(count):
        usable = (free | crowd) & (iou[d] >= limits)  # (thresholds, given)
        for kind in (~ignored, ignored):
            score = np.where(usable & kind, iou[d], -1.0)
            place = given - 1 - np.argmax(score[:, ::-1], axis=1)  # of equal overlaps the last, as in COCO's code
            hit = np.flatnonzero((took[:, d] < 0) & (np.max(score, axis=1) >= 0))
            took[hit, d] = place[hit]
            free[hit, place[hit]] = False
    return took, np.where(took >= 0, ignored[took], False)


def precisions(scores: Array, right: Array, ignored: Array, weights: Array, positives: float) -> tuple[Array, float]:
    """Precision at 101 recalls, and the largest recall, of predictions (n,) of one class, area and threshold."""
    order = np.argsort(-scores, kind="stable")
    hits, misses = (np.cumsum((x * weights)[order]) for x in (right & ~ignored, ~right & ~ignored))
    if not len(order):
        return np.zeros(len(RECALLS)), 0.0
    recall, precision = hits / positives, hits / (hits + misses + np.spacing(1))
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, RECALLS, side="left")
    return np.where(places < len(envelope), envelope[np.minimum(places, len(envelope) - 1)], 0.0), float(recall[-1])


class MeanAveragePrecision(HostMetric):
    """COCO's mean average precision and recall of detected boxes: a dict of its twelve figures; -1 where nothing is given.

    `mAP` is the mean over IoU thresholds and classes; `mAP_50` and `mAP_75` are at one threshold; `mAP_small`, `mAP_medium`,
    `mAP_large` look at boxes of an area up to 32**2, up to 96**2, above; `mAR_1`, `mAR_10`, `mAR_100` are the largest recalls
    with so many boxes an image, `mAR_small`, `mAR_medium`, `mAR_large` those by area.

    Args:
        iou_thresholds: default: 0.5, 0.55, ..., 0.95.
        max_detections: boxes an image that count, three numbers in order.
        bounding_box_format: "xyxy" (corners), "xywh" (corner and size) or "center_xywh".
        name: name of the first figure, and of the others before their kind.
        dtype: of the figures.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = MeanAveragePrecision()
        >>> metric.update_state([[[0, 0, 10, 10, 1]]], [[[0, 0, 10, 8, 1, 0.9]]]); round(float(metric.result()["mAP"]), 4)
        0.7

    Sources:
        Lin et al. 2014, Microsoft COCO, and its evaluation code, whose figures these are.
    """

    _direction = "up"

    def __init__(
        self, iou_thresholds: Any = None, max_detections: Any = (1, 10, 100), bounding_box_format: str = "xyxy",
        name: str | None = "mAP", dtype: Any = None,
    ) -> None:  # fmt: skip
        if bounding_box_format not in FORMATS:
            raise InvalidArgumentError(
                f"MeanAveragePrecision: bounding_box_format must be one of {FORMATS}; got {bounding_box_format!r}"
            )
        limits = [int(m) for m in max_detections]
        if len(limits) != 3 or sorted(limits) != limits or limits[0] < 1:
            raise InvalidArgumentError(
                f"MeanAveragePrecision: max_detections must be three rising numbers from 1; got {max_detections!r}"
            )
        self.iou_thresholds = None if iou_thresholds is None else [float(t) for t in iou_thresholds]
        self._at = np.linspace(0.5, 0.95, 10) if self.iou_thresholds is None else np.asarray(self.iou_thresholds)
        if not len(self._at) or not ((self._at > 0) & (self._at <= 1)).all():
            raise InvalidArgumentError(
                f"MeanAveragePrecision: iou_thresholds must be above 0 and at most 1; got {iou_thresholds!r}"
            )
        self.max_detections, self.bounding_box_format = limits, bounding_box_format
        super().__init__(name, dtype)

    def _forget(self) -> None:
        # by class and area: for each image the scores, what is right, what is ignored, how many boxes were given, its weight
        self._found: dict[tuple[int, str], list[tuple[Array, Array, Array, int, float]]] = {}

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch of images.

        Args:
            y_true: a dict of "boxes" (batch, n, 4), "labels" (batch, n), of which -1 is padding, and if wanted "iscrowd" and
                "area" (batch, n); or one array (batch, n, 5) of boxes and labels. Lists of images of different n will do.
            y_pred: a dict of "boxes", "labels" and "scores"; or (batch, m, 6) of boxes, labels and scores.
            sample_weight: (batch,); a weight of 2 counts as the image twice.

        Raises:
            ShapeError: the parts do not fit together.
        """
        given, said = (
            _images(y_true, ("boxes", "labels", "iscrowd", "area")),
            _images(y_pred, ("boxes", "labels", "scores")),
        )
        if len(given) != len(said):
            raise ShapeError(f"MeanAveragePrecision: {len(given)} images of labels for {len(said)} of predictions")
        weights = sample_weights(sample_weight, len(said), "MeanAveragePrecision")
        for true, pred, weight in zip(given, said, weights, strict=True):
            if weight:
                self._add(true, pred, float(weight))

    def _corners(self, boxes: Array) -> Array:
        boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
        if self.bounding_box_format == "xyxy":
            return boxes
        start = boxes[:, :2] - boxes[:, 2:] / 2 if self.bounding_box_format == "center_xywh" else boxes[:, :2]
        return np.concatenate([start, start + boxes[:, 2:]], axis=1)

    def _add(self, true: dict[str, Array], pred: dict[str, Array], weight: float) -> None:
        labels, said = true["labels"].astype(np.int64), pred["labels"].astype(np.int64)
        given, boxes = self._corners(true["boxes"]), self._corners(pred["boxes"])
        crowd = true.get("iscrowd", np.zeros(len(labels))).astype(bool)
        size = true.get("area", np.prod(given[:, 2:] - given[:, :2], axis=-1)).astype(np.float64)
        sizes = np.prod(boxes[:, 2:] - boxes[:, :2], axis=-1)
        for label in np.union1d(labels[labels >= 0], said[said >= 0]):
            mine, theirs = np.flatnonzero(labels == label), np.flatnonzero(said == label)
            theirs = theirs[np.argsort(-pred["scores"][theirs], kind="stable")][: self.max_detections[-1]]
            iou = overlaps(boxes[theirs], given[mine], crowd[mine])
            for area, (low, high) in AREAS.items():
                ignored = crowd[mine] | (size[mine] < low) | (size[mine] > high)
                order = np.argsort(ignored, kind="stable")
                took, unseen = matched(iou[:, order], ignored[order], crowd[mine][order], self._at)
                outside = (sizes[theirs] < low) | (sizes[theirs] > high)
                unseen = unseen | ((took < 0) & outside)
                entry = (pred["scores"][theirs], took >= 0, unseen, int(np.sum(~ignored)), weight)
                self._found.setdefault((int(label), area), []).append(entry)

    def _curves(self, area: str, limit: int) -> tuple[Array, Array]:
        """Mean precisions (classes, thresholds) and largest recalls, of classes with boxes of that area."""
        means, largest = [], []
        for (_, kind), images in sorted(self._found.items()):
            positives = sum(count * weight for *_, count, weight in images)
            if kind != area or not positives:
                continue
            scores = np.concatenate([s[:limit] for s, *_ in images])
            right = np.concatenate([r[:, :limit] for _, r, *_ in images], axis=1)
            unseen = np.concatenate([u[:, :limit] for _, _, u, *_ in images], axis=1)
            weights = np.concatenate([np.full(len(s[:limit]), weight) for s, *_, weight in images])
            each = [precisions(scores, right[t], unseen[t], weights, positives) for t in range(len(self._at))]
            means.append([p.mean() for p, _ in each])
            largest.append([r for _, r in each])
        return np.array(means), np.array(largest)

    def figure(self) -> dict[str, float]:
        """The figures by name; -1 where nothing is given."""

        def mean(values: Array) -> float:
            return float(values.mean()) if values.size else -1.0

        name, most = self.name, self.max_detections[-1]
        curves = {area: self._curves(area, most) for area in AREAS}
        whole = curves["all"][0]
        found = {name: mean(whole)}
        for threshold in (0.5, 0.75):
            places = np.flatnonzero(np.isclose(self._at, threshold))
            found[f"{name}_{round(threshold * 100)}"] = mean(whole[:, places]) if whole.size else -1.0
        recall = name[:-2] + "AR" if name.endswith("AP") else f"{name}_recall"
        found |= {f"{name}_{area}": mean(curves[area][0]) for area in ("small", "medium", "large")}
        found |= {f"{recall}_{limit}": mean(self._curves("all", limit)[1]) for limit in self.max_detections}
        return found | {f"{recall}_{area}": mean(curves[area][1]) for area in ("small", "medium", "large")}

    def result(self) -> Any:
        """The figures by name."""
        return {name: self._figure(value) for name, value in self.figure().items()}

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {
            **super().get_config(), "iou_thresholds": self.iou_thresholds, "max_detections": self.max_detections,
            "bounding_box_format": self.bounding_box_format,
        }  # fmt: skip


ALIASES = {"classes": "labels", "confidence": "scores"}


def _images(data: Any, names: tuple[str, ...]) -> list[dict[str, Array]]:
    """The parts of each image, without padding.

    Raises:
        ShapeError: parts are missing, or differ in their number of boxes.
    """
    if not isinstance(data, dict):
        wide = 5 if "iscrowd" in names else 6
        arrays = [on_host(image) for image in data]
        if any(a.ndim != 2 or a.shape[1] != wide for a in arrays if a.size):
            raise ShapeError(
                f"MeanAveragePrecision: expected (batch, boxes, {wide}); got {[a.shape for a in arrays][:4]}"
            )
        arrays = [a.reshape(-1, wide) for a in arrays]
        data = {"boxes": [a[:, :4] for a in arrays], "labels": [a[:, 4] for a in arrays]}
        if wide == 6:
            data["scores"] = [a[:, 5] for a in arrays]
    data = {ALIASES.get(name, name): [on_host(image) for image in part] for name, part in data.items()}
    missing = [name for name in names[: 2 if "iscrowd" in names else 3] if name not in data]
    if missing:
        raise ShapeError(f"MeanAveragePrecision: {missing} are missing; got {sorted(data)}")
    found = []
    for index in range(len(data["boxes"])):
        image = {name: data[name][index] for name in names if name in data}
        if len({len(part) for part in image.values()}) > 1:
            sizes = {name: len(part) for name, part in image.items()}
            raise ShapeError(
                f"MeanAveragePrecision: the parts of image {index} differ in their number of boxes: {sizes}"
            )
        real = image["labels"] >= 0
        found.append({name: part[real] for name, part in image.items()})
    return found
