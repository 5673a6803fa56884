"""What is in a dataset, in words."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset

__all__ = ["Description", "describe"]

LISTED = 8  # values of a column that are told one by one
RUNS = 20  # parts of a dataset that are looked at


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
        widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
        padded = ([cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True)] for row in rows)
        lines = ["  ".join(row).rstrip() for row in padded]
        return "\n".join([f"{count} samples; {self.looked_at:,} looked at", *lines])

    __repr__ = __str__


def describe(dataset: Dataset, samples: int = 1000) -> Description:
    """Shapes, dtypes, ranges and most frequent values.

    Args:
        dataset: what is described.
        samples: how many are looked at: the first of a stream; where samples come by number, runs of neighbours from all over.

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
    for sample in _some(dataset, samples):
        looked += 1
        for name, leaf in _named(sample):
            columns.setdefault(name, []).append(np.asarray(leaf))
    if not looked:
        raise InvalidArgumentError("describe: the dataset gives no sample")
    return Description(dataset.slots if dataset.complete else None, looked, {n: _told(c) for n, c in columns.items()})


def _width(text: str) -> int:
    """Cells of a terminal that a text takes: Chinese signs take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _some(dataset: Dataset, wanted: int) -> Iterator[Any]:
    """Samples from all over: files are often sorted by class. In runs, for chunks of a file are unpacked as a whole."""
    count = dataset.slots
    if not dataset.by_number or count is None or count <= wanted:
        yield from itertools.islice((s for s in dataset.walk(0) if s is not SKIPPED), wanted)
        return
    runs = min(RUNS, wanted)
    for run in range(runs):
        start, end = run * count // runs, (run + 1) * count // runs
        length = (run + 1) * wanted // runs - run * wanted // runs
        slots = range(start, min(start + length, end))
        yield from (s for s in (dataset.at(slot, 0) for slot in slots) if s is not SKIPPED)


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
        if len(values) == len(column) > LISTED:
            return told | {"values": "all different"}
        best = np.argsort(-counts, kind="stable")[:LISTED]
        said = ", ".join(f"{values[i]}: {100 * counts[i] / len(column):.3g} %" for i in best)
        told["values"] = said + (f", and {len(values) - LISTED} more" if len(values) > LISTED else "")
    return told
