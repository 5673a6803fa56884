"""Labels and predictions that cannot be meant, found where their values are known."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor
from hornbeam.errors import InvalidArgumentError

__all__ = ["check_labels", "check_probabilities", "concrete"]

NOISE = 0.5  # how far beyond 0 and 1 labels may lie, to which some add noise against a discriminator that is too sure
ROUNDING = 1e-3  # how far beyond 0 and 1 probabilities of low precision may lie


def concrete(values: Any) -> Any:
    """The values as a NumPy array; None while a function is being captured, when there are none yet."""
    if isinstance(values, Tensor):
        return None if values.owner.symbolic else values.numpy()
    return values if hasattr(values, "dtype") and hasattr(values, "reshape") else None


def _refuse(wrong: Any, array: Any, expected: str, what: str, advice: str = "") -> None:
    """Raise an error that names the first sample with a wrong element, where there is one."""
    if not wrong.any():
        return
    first = int(wrong.reshape(-1).argmax())
    sample = first // max(1, int(array[:1].size)) if array.ndim else 0
    raise InvalidArgumentError(
        f"{what} must be {expected}; sample {sample} has {array.reshape(-1)[first]} ({int(wrong.sum())} such {what.split()[0]})."
        + advice
    )


def check_labels(kind: str, array: Any, classes: int, name: str, ignored: int | None = None, where: str = "") -> None:
    """Find labels that a loss is not defined for.

    Args:
        kind: what the loss takes: "any", "classes", "unit" (0 to 1), "signs" (-1, 0 and 1) or "positive" (0 and above).
        array: the labels, NumPy.
        classes: number of classes, for "classes".
        name: what the loss is called.
        ignored: a label that stands for none.
        where: words after "labels", such as " of output 'head'".

    Raises:
        InvalidArgumentError: there are such labels; it names the first sample that has one.
    """
    if not array.size or array.dtype.kind not in "biuf":
        return
    what = f"labels{where}"
    if array.dtype.kind == "f":
        _refuse(array != array, array, "numbers", what)
    if kind == "classes":
        wrong = (array < 0) | (array >= classes) | (array % 1 != 0)
        wrong = wrong if ignored is None else wrong & (array != ignored)
        _refuse(wrong, array, f"class indices from 0 to {classes - 1}, since the model has {classes} outputs", what)
    elif kind == "unit":
        _refuse((array < -NOISE) | (array > 1 + NOISE), array, f"between 0 and 1 for {name}", what)
    elif kind == "signs":
        _refuse((array != 0) & (abs(array) != 1), array, f"-1 and 1, or 0 and 1, for {name}", what)
    elif kind == "positive":
        _refuse(array < 0, array, f"at least 0 for {name}", what)


def check_probabilities(array: Any, name: str) -> None:
    """Find predictions that are no probabilities, for a loss that takes those.

    Raises:
        InvalidArgumentError: there are such predictions; it names the first sample that has one.
    """
    if array.size and array.dtype.kind == "f":
        _refuse(
            (array < -ROUNDING) | (array > 1 + ROUNDING), array, f"probabilities for {name}", "predictions",
            " Give the loss from_logits=True, or the last layer an activation: softmax, or sigmoid for a binary loss.",
        )  # fmt: skip
