"""Mean average precision is that of COCO's evaluation code; detection.json holds its figures (see make_detection.py)."""

import json
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

CASES = json.loads(Path(__file__).with_name("detection.json").read_text())


def padded(rows, count, fill):
    rows = np.asarray(rows, np.float32)
    out = np.full((count, *rows.shape[1:]), fill, np.float32)
    out[: len(rows)] = rows
    return out


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_figures(case):
    metric = hb.metrics.MeanAveragePrecision(max_detections=case["limits"], bounding_box_format="xywh")
    for image in case["images"]:  # one with lists, of which the sizes differ from image to image
        boxes, said_boxes = (np.reshape(image[name], (-1, 4)) for name in ("boxes", "said"))
        labels, crowd, classes = (np.array(image[name], int) for name in ("labels", "iscrowd", "classes"))
        true = {"boxes": [boxes], "labels": [labels], "iscrowd": [crowd]}
        said = {"boxes": [said_boxes], "classes": [classes], "scores": [np.array(image["scores"])]}
        metric.update_state(true, said)
    assert [float(v) for v in metric.result().values()] == pytest.approx(case["figures"], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("form", ["xyxy", "center_xywh"])
def test_arrays_with_padding_and_other_formats(form):
    case = CASES[0]
    assert not any(sum(image["iscrowd"]) for image in case["images"])

    def rows(boxes, *columns):
        boxes = np.reshape(np.asarray(boxes, np.float64), (-1, 4))
        start, size = boxes[:, :2], boxes[:, 2:]
        ends = [start, start + size] if form == "xyxy" else [start + size / 2, size]
        return np.column_stack([*ends, *columns])

    given = np.stack([padded(rows(i["boxes"], i["labels"]), 8, -1) for i in case["images"]])
    said = np.stack([padded(rows(i["said"], i["classes"], i["scores"]), 20, -1) for i in case["images"]])
    metric = hb.metrics.MeanAveragePrecision(max_detections=case["limits"], bounding_box_format=form)
    metric.update_state(hb.ops.asarray(given), hb.ops.asarray(said))
    found = metric.result()
    assert list(found)[:4] == ["mAP", "mAP_50", "mAP_75", "mAP_small"]
    assert [float(v) for v in found.values()] == pytest.approx(case["figures"], rel=1e-4, abs=1e-4)


def test_nothing_given_and_what_does_not_fit():
    metric = hb.metrics.MeanAveragePrecision()
    assert set(map(float, metric.result().values())) == {-1.0}
    with pytest.raises(hb.ShapeError, match="2 images of labels for 1 of predictions"):
        metric.update_state(np.zeros((2, 1, 5)), np.zeros((1, 1, 6)))
    with pytest.raises(hb.ShapeError, match=r"expected \(batch, boxes, 6\)"):
        metric.update_state(np.zeros((1, 1, 5)), np.zeros((1, 1, 5)))
    with pytest.raises(hb.ShapeError, match=r"\['scores'\] are missing"):
        metric.update_state(np.zeros((1, 1, 5)), {"boxes": np.zeros((1, 1, 4)), "labels": np.zeros((1, 1))})
    with pytest.raises(hb.ShapeError, match="image 0 differ"):
        metric.update_state({"boxes": np.zeros((1, 2, 4)), "labels": np.zeros((1, 1))}, np.zeros((1, 1, 6)))
    for arguments in ({"iou_thresholds": [1.5]}, {"max_detections": (10, 1, 100)}, {"bounding_box_format": "rel"}):
        with pytest.raises(hb.InvalidArgumentError, match=next(iter(arguments))):
            hb.metrics.MeanAveragePrecision(**arguments)
