"""classification_report: precision, recall, F1 and support of every class, as text, as data or as a table."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError, MissingPackageError, ShapeError

from hornbeam_optimizers.metrics.host import Array, on_host

__all__ = ["classification_report"]

COLUMNS = ("precision", "recall", "f1-score", "support")
OUTPUTS = ("text", "dict", "rich", "pandas")


def _decisions(y_true: Any, y_pred: Any) -> tuple[Array, Array, bool]:
    """Labels and predictions as class indices (n,), or as 0 and 1 (n, classes) and True where several classes can hold."""
    true, pred = on_host(y_true), on_host(y_pred)
    if pred.ndim == 2 and pred.shape[1] == 1:
        pred = pred[:, 0]
    if true.ndim == 2 and true.shape[1] == 1:
        true = true[:, 0]
    single = true.ndim == 1 or bool(
        (np.isin(true, (0, 1)).all() and (true.sum(-1) == 1).all()) and pred.dtype.kind == "f"
    )
    if pred.ndim == 2 and single:
        pred = pred.argmax(-1)
        true = true if true.ndim == 1 else true.argmax(-1)
    elif pred.dtype.kind == "f":
        pred = pred > 0.5
    if true.shape != pred.shape or true.ndim > 2:
        raise ShapeError(f"classification_report: labels of shape {true.shape} for predictions of shape {pred.shape}")
    if true.dtype.kind == "f" and (np.isnan(true).any() or (true != np.floor(true)).any()):
        row = int(np.argwhere(np.isnan(true) | (true != np.floor(true)))[0][0])
        raise InvalidArgumentError(
            f"classification_report: labels must be whole numbers; sample {row} has {true[row].item()!r}"
        )
    return true.astype(np.int64), pred.astype(np.int64), true.ndim == 2


def _row(tp: float, said: float, given: float, nothing: float) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    precision, recall = tp / said if said else nothing, tp / given if given else nothing
    f1 = 2 * tp / (said + given) if said + given else nothing
    return precision, recall, f1


def classification_report(
    y_true: Any, y_pred: Any, *, labels: Sequence[int] | None = None, target_names: Sequence[str] | None = None,
    sample_weight: Any = None, digits: int = 2, output_dict: bool = False, zero_division: Any = 0.0,
    output: str = "text",
) -> Any:  # fmt: skip
    """Precision, recall, F1 and support of every class, and their averages.

    Args:
        y_true: class indices (n,), one-hot rows, or rows of 0 and 1 where several classes can hold.
        y_pred: class indices, scores (n, classes) of which the largest counts, or where several classes can hold decisions or
            probabilities (above 1/2 is yes).
        labels: which classes, in which order; default: those that occur.
        target_names: what they are called.
        sample_weight: (n,).
        digits: after the point.
        output_dict: the same as output="dict".
        zero_division: the figure where there is nothing to divide by.
        output: "text"; "dict"; "rich" (a `rich.table.Table`) or "pandas" (a DataFrame), which need those packages.

    Raises:
        InvalidArgumentError: an argument is not as said above.
        MissingPackageError: the table's package is not installed.
        ShapeError: labels and predictions do not fit.

    Example:
        >>> print(classification_report([0, 1, 1, 1], [0, 0, 1, 1], target_names=["cat", "dog"]))
                      precision    recall  f1-score   support
        <BLANKLINE>
                 cat       0.50      1.00      0.67         1
                 dog       1.00      0.67      0.80         3
        <BLANKLINE>
            accuracy                           0.75         4
           macro avg       0.75      0.83      0.73         4
        weighted avg       0.88      0.75      0.77         4
    """
    output = "dict" if output_dict else output
    if output not in OUTPUTS:
        raise InvalidArgumentError(f"classification_report: output must be one of {OUTPUTS}; got {output!r}")
    true, pred, several = _decisions(y_true, y_pred)
    weights = np.ones(len(true)) if sample_weight is None else on_host(sample_weight).astype(np.float64).reshape(-1)
    known = list(range(true.shape[1])) if several else [int(c) for c in np.union1d(true, pred)]
    chosen = known if labels is None else [int(c) for c in labels]
    names = [str(c) for c in chosen] if target_names is None else [str(n) for n in target_names]
    if len(names) != len(chosen):
        raise InvalidArgumentError(
            f"classification_report: {len(names)} target_names for {len(chosen)} classes {chosen}"
        )
    nothing, counts = float(zero_division), []
    for c in chosen:
        is_true, is_pred = (true[:, c] == 1, pred[:, c] == 1) if several else (true == c, pred == c)
        counts.append([float(weights[m].sum()) for m in (is_true & is_pred, is_pred, is_true)])
    sums = np.array(counts).reshape(-1, 3)
    rows = [(*_row(tp, said, given, nothing), given) for tp, said, given in counts]

    found: dict[str, Any] = dict(zip(names, (dict(zip(COLUMNS, row, strict=True)) for row in rows), strict=True))
    table, support = np.array(rows).reshape(-1, 4), float(sums[:, 2].sum())
    tp, said, given = (float(x) for x in sums.sum(axis=0))
    micro = _row(tp, said, given, nothing)
    shares = sums[:, 2] if support else np.ones(len(rows))
    averages = {
        "macro avg": table[:, :3].mean(axis=0),
        "weighted avg": np.average(table[:, :3], axis=0, weights=shares),
    }
    whole = not several and (labels is None or set(chosen) >= set(known))
    if whole:
        found["accuracy"] = micro[1]
    else:
        averages = {"micro avg": np.array(micro), **averages}
    if several:
        hits = (pred & true).sum(-1)
        each = [
            _row(float(h), float(p), float(t), nothing)
            for h, p, t in zip(hits, pred.sum(-1), true.sum(-1), strict=True)
        ]
        averages["samples avg"] = np.average(np.array(each), axis=0, weights=weights)
    found |= {
        name: dict(zip(COLUMNS, (*map(float, row), support), strict=True)) for name, row in averages.items()
    }  # fmt: skip
    if output == "dict":
        return found
    return {"text": _text, "rich": _rich, "pandas": _pandas}[output](found, names, digits, support)


def _cells(found: dict[str, Any], digits: int, support: float) -> list[tuple[str, list[str]]]:
    """The rows of the table as texts."""

    def number(x: float) -> str:
        return f"{x:.{digits}f}"

    def size(x: float) -> str:
        return str(int(x)) if x == int(x) else f"{x:.{digits}f}"

    return [
        (name, ["", "", number(row), size(support)])
        if not isinstance(row, dict)
        else (name, [*(number(row[c]) for c in COLUMNS[:3]), size(row["support"])])
        for name, row in found.items()
    ]


def _text(found: dict[str, Any], names: list[str], digits: int, support: float) -> str:
    width = max(len("weighted avg"), digits, *map(len, found))
    lines = [f"{'':>{width}s} " + "".join(f" {c:>9s}" for c in COLUMNS), ""]
    for index, (name, cells) in enumerate(_cells(found, digits, support)):
        if index == len(names):
            lines.append("")
        lines.append(f"{name:>{width}s} " + "".join(f" {c:>9s}" for c in cells))
    return "\n".join(lines)


def _package(name: str, what: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingPackageError(f"classification_report(output={what!r})", what) from None


def _rich(found: dict[str, Any], names: list[str], digits: int, support: float) -> Any:
    table = _package("rich.table", "rich").Table("", *COLUMNS)
    for index, (name, cells) in enumerate(_cells(found, digits, support)):
        if index == len(names):
            table.add_section()
        table.add_row(name, *cells)
    return table


def _pandas(found: dict[str, Any], names: list[str], digits: int, support: float) -> Any:
    rows = {
        name: row if isinstance(row, dict) else {"f1-score": row, "support": support} for name, row in found.items()
    }
    return _package("pandas", "pandas").DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))
