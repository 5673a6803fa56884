"""What is in a dataset: a description in words, and a picture of its first samples."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import flatten

from hornbeam_datasets.loaders.optional import require
from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset

__all__ = ["Description", "describe", "show"]

LISTED = 8  # values of a column that are told one by one


class Description:
    """What was found; printed as a table.

    Attributes:
        samples: how many the dataset has; None: not known.
        looked_at: how many were looked at.
        columns: for each array in a sample its name, and what is told of it by name.
    """

    def __init__(self, samples: int | None, looked_at: int, columns: dict[str, dict[str, Any]]) -> None:
        self.samples, self.looked_at, self.columns = samples, looked_at, columns

    def __str__(self) -> str:
        """A table."""
        count = "an unknown number of" if self.samples is None else f"{self.samples:,}"
        rows = [("", "shape", "dtype", "least", "mean", "largest", "values")]
        for name, told in self.columns.items():
            numbers = [f"{told[k]:.4g}" if k in told else "" for k in ("min", "mean", "max")]
            rows.append((name, str(told["shape"]), told["dtype"], *numbers, told.get("values", "")))
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([f"{count} samples; {self.looked_at:,} looked at", *lines])

    __repr__ = __str__


def describe(dataset: Dataset, samples: int = 1000) -> Description:
    """Shapes, dtypes, ranges and most frequent values of the first samples.

    Args:
        dataset: what is described.
        samples: how many are looked at.

    Raises:
        InvalidArgumentError: there are none.

    Example:
        >>> print(describe(Dataset.of({"x": np.zeros((4, 2), "float32"), "y": np.array([0, 1, 1, 1])})))
        4 samples; 4 looked at
           shape  dtype    least  mean  largest  values
        x  (2,)   float32  0      0     0
        y  ()     int64    0      0.75  1        1: 75 %, 0: 25 %
    """
    columns: dict[str, list[Any]] = {}
    looked = 0
    for sample in itertools.islice((s for s in dataset.walk(0) if s is not SKIPPED), samples):
        looked += 1
        for name, leaf in _named(sample):
            columns.setdefault(name, []).append(np.asarray(leaf))
    if not looked:
        raise InvalidArgumentError("describe: the dataset gives no sample")
    return Description(dataset.slots if dataset.complete else None, looked, {n: _told(c) for n, c in columns.items()})


def _named(tree: Any, name: str = "") -> Any:
    if isinstance(tree, dict):
        for key in tree:
            yield from _named(tree[key], f"{name}.{key}" if name else str(key))
    elif isinstance(tree, (tuple, list)) and any(hasattr(leaf, "shape") or not isinstance(tree, list) for leaf in tree):
        for number, part in enumerate(tree):
            yield from _named(part, f"{name}.{number}" if name else str(number))
    elif tree is not None:
        yield name or "sample", tree


def _told(column: list[Any]) -> dict[str, Any]:
    shapes = {a.shape for a in column}
    ranks = {len(s) for s in shapes}
    shape: Any = "differ"
    if len(ranks) == 1:
        shape = tuple(n[0] if len(set(n)) == 1 else f"{min(n)}..{max(n)}" for n in zip(*shapes, strict=True))
        shape = "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"
    told: dict[str, Any] = {"shape": shape, "dtype": "/".join(sorted({a.dtype.name for a in column}))}
    if all(a.dtype.kind in "biuf" for a in column):
        flat = np.concatenate([a.ravel().astype(np.float64) for a in column])
        there = flat[~np.isnan(flat)]
        if there.size:
            told |= {"min": there.min(), "mean": there.mean(), "max": there.max()}
        if there.size < flat.size:
            told["missing"] = int(flat.size - there.size)
            told["values"] = f"{100 * told['missing'] / flat.size:.3g} % missing"
    if ranks == {0} and "values" not in told and (column[0].dtype.kind not in "f"):
        values, counts = np.unique(np.stack(column).astype(str), return_counts=True)
        best = np.argsort(-counts, kind="stable")[:LISTED]
        said = ", ".join(f"{values[i]}: {100 * counts[i] / len(column):.3g} %" for i in best)
        told["values"] = said + (f", and {len(values) - LISTED} more" if len(values) > LISTED else "")
    return told


def show(dataset: Dataset, samples: int = 16, class_names: Any = None) -> Any:
    """A picture of the first samples: images with their labels, sounds and series as curves, texts as text.

    Args:
        dataset: single samples, or batches, of which the first is shown.
        samples: how many are shown.
        class_names: what labels stand for; None: `dataset.class_names`, where it has them.

    Returns:
        The figure, of matplotlib: a notebook shows it; elsewhere write it with `figure.savefig("batch.png")`.

    Raises:
        InvalidArgumentError: there are no samples.
        MissingPackageError: matplotlib is not installed.
    """
    pyplot = require("matplotlib.figure", "a picture of a batch", "plot")
    names = class_names if class_names is not None else getattr(dataset, "class_names", None)
    found = [s for s in itertools.islice((s for s in dataset.walk(0) if s is not SKIPPED), samples)]
    if not found:
        raise InvalidArgumentError("show: the dataset gives no sample")
    first = found[0]
    leaves, _ = flatten(first)
    if _is_batch(leaves):
        count = min(samples, len(leaves[0]))
        found = [tuple(p[i] for p in first) if isinstance(first, tuple) else first[i] for i in range(count)]
    columns = min(len(found), max(1, round(len(found) ** 0.5)))
    rows = -(-len(found) // columns)
    figure = pyplot.Figure(figsize=(1 + 1.8 * columns, 0.4 + 2.0 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for place in grid.ravel()[len(found) :]:
        place.set_axis_off()
    for place, sample in zip(grid.ravel(), found, strict=False):
        x, label = (sample[0], sample[1]) if isinstance(sample, tuple) and len(sample) > 1 else (sample, None)
        _draw(place, x)
        if label is not None:
            place.set_title(_label(label, names), fontsize=9)
    return figure


def _is_batch(leaves: list[Any]) -> bool:
    """Whether arrays are batches: of one length, the first of them with an axis more than an image or a row needs."""
    arrays = [np.asarray(leaf) for leaf in leaves]
    lengths = {a.shape[0] for a in arrays if a.ndim}
    if any(a.ndim == 0 for a in arrays) or len(lengths) != 1:
        return False
    return arrays[0].ndim == 4 or (len(arrays) > 1 and arrays[1].ndim <= 2) or arrays[0].dtype.kind in "UO"


def _draw(place: Any, x: Any) -> None:
    array = np.asarray(x)
    if array.ndim == 3 and array.shape[-1] in (1, 3, 4):
        real = array.dtype.kind == "f" and array.max(initial=0) > 1
        image = np.clip(array / 255 if real else array, 0, None) if array.dtype.kind == "f" else array
        place.imshow(image[..., 0] if array.shape[-1] == 1 else image, cmap="gray" if array.shape[-1] == 1 else None)
        place.set_axis_off()
    elif array.ndim == 2 and min(array.shape) > 8:
        place.imshow(array, cmap="gray", aspect="auto")
        place.set_axis_off()
    elif array.ndim in (1, 2) and array.dtype.kind in "biuf":
        place.plot(array, linewidth=0.8)
        place.tick_params(labelsize=6)
    else:
        text = str(x) if array.ndim == 0 else ", ".join(map(str, array.ravel()[:20]))
        place.text(0.5, 0.5, _wrapped(text), ha="center", va="center", fontsize=7)
        place.set_axis_off()


def _wrapped(text: str, width: int = 24, lines: int = 8) -> str:
    cut = text.replace("$", r"\$")
    rows = [cut[i : i + width] for i in range(0, len(cut), width)]
    return "\n".join([*rows[:lines], *(["..."] if len(rows) > lines else [])])


def _label(label: Any, names: Any) -> str:
    array = np.asarray(label["labels"] if isinstance(label, dict) and "labels" in label else label)
    if (
        array.ndim == 1
        and array.dtype.kind == "f"
        and array.size > 1
        and array.sum() == 1
        and set(array.tolist()) <= {0.0, 1.0}
    ):
        array = np.asarray(array.argmax())
    numbers = array.ravel()[:4].tolist()
    if names is not None and all(float(n).is_integer() and 0 <= n < len(names) for n in numbers):
        return ", ".join(str(names[int(n)]) for n in numbers)
    return ", ".join(f"{n:.4g}" if isinstance(n, float) else str(n) for n in numbers)
