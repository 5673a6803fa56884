"""Makes detection.json: the twelve figures of COCO's evaluation (pycocotools 2.0.11) of random boxes.

Run where it is installed: `python make_detection.py`. The test beside it does not need it.
"""

import contextlib
import io
import json
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

RNG = np.random.default_rng(0)


def boxes(count, size):
    corner, extent = RNG.uniform(0, 200, (count, 2)), RNG.uniform(0.2, 1.0, (count, 2)) * size
    return np.round(np.concatenate([corner, extent], axis=1), 1)  # x, y, width, height


def image(crowds, ties):
    given = int(RNG.integers(0, 7))
    size = RNG.choice([20.0, 60.0, 150.0], (given, 1))
    true = boxes(given, size)
    labels = RNG.integers(0, 3, given)
    near = true[RNG.integers(0, given, 2 * given)] if given else true
    near = np.round(np.abs(near + RNG.normal(size=near.shape) * near[:, 2:].repeat(2, axis=1) * 0.1), 1)
    said = np.concatenate([near, boxes(int(RNG.integers(0, 4)), 50.0)])
    classes = np.concatenate(
        [RNG.choice([*labels, 0], len(near)) if given else [], RNG.integers(0, 4, len(said) - len(near))]
    )
    scores = np.round(RNG.random(len(said)), 1 if ties else 4)
    return {
        "boxes": true.tolist(), "labels": labels.tolist(), "iscrowd": (RNG.random(given) < 0.3 * crowds).astype(int).tolist(),
        "said": said.tolist(), "classes": classes.astype(int).tolist(), "scores": scores.tolist(),
    }  # fmt: skip


def figures(images, limits):
    annotations = [
        {"id": 0, "image_id": i + 1, "category_id": c, "bbox": b, "area": b[2] * b[3], "iscrowd": crowd}
        for i, one in enumerate(images)
        for b, c, crowd in zip(one["boxes"], one["labels"], one["iscrowd"], strict=True)
    ]
    for number, annotation in enumerate(annotations, 1):
        annotation["id"] = number
    coco = COCO()
    coco.dataset = {
        "images": [{"id": i + 1} for i in range(len(images))], "annotations": annotations,
        "categories": [{"id": c} for c in range(4)],
    }  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        results = [
            {"image_id": i + 1, "category_id": c, "bbox": b, "score": s}
            for i, one in enumerate(images)
            for b, c, s in zip(one["said"], one["classes"], one["scores"], strict=True)
        ]
        evaluation = COCOeval(coco, coco.loadRes(results), "bbox")
        evaluation.params.maxDets = limits
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats.tolist()


def main():
    cases = []
    for number in range(10):
        limits = [1, 10, 100] if number % 3 else [1, 2, 100]
        images = [image(number % 2, number > 6) for _ in range(4)]
        cases.append({"images": images, "limits": limits, "figures": np.round(figures(images, limits), 9).tolist()})
    Path(__file__).with_name("detection.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
