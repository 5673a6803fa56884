"""Labels and predictions that cannot be meant, found where values are known; captured tensors are not looked at."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

__all__ = ["averages", "binary", "finite", "indices", "probabilities", "share", "values_of", "whole_numbers"]


def values_of(x: Any) -> np.ndarray[Any, Any] | None:
    """The values of a tensor, or None while it is captured."""
    tensor = ops.asarray(x)
    return None if tensor.owner.symbolic else tensor.numpy()


def _found(wrong: np.ndarray[Any, Any], values: np.ndarray[Any, Any]) -> str:
    """Where the first wrong value is, and how many there are."""
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    where = f"sample {place[0]}" + (f", position {place[1:]}," if len(place) > 1 else "") if place else "it"
    return f"{where} has {values[place].item()!r} ({int(wrong.sum())} such values)."


def _refuse(wrong: np.ndarray[Any, Any], values: np.ndarray[Any, Any], name: str, what: str, expected: str) -> None:
    if wrong.any():
        raise InvalidArgumentError(f"{name}: {what} must be {expected}; {_found(wrong, values)}")


def _counted(wrong: np.ndarray[Any, Any], weights: Tensor | None) -> np.ndarray[Any, Any]:
    """Without what has weight 0."""
    counted = None if weights is None else values_of(weights)
    return wrong if counted is None else wrong & (counted != 0)


def finite(x: Tensor, what: str, name: str) -> None:
    """No NaN.

    Raises:
        InvalidArgumentError: there is one; the message says in which sample.
    """
    if x.dtype.is_floating and (values := values_of(x)) is not None:
        _refuse(np.isnan(values), values, name, f"each {what}", "a number")


def binary(x: Tensor, name: str, weights: Tensor | None = None) -> None:
    """Labels from 0 to 1; those of weight 0, of the same shape, may be anything.

    Raises:
        InvalidArgumentError: one is not; the message says in which sample.
    """
    if x.dtype != "bool" and (values := values_of(x)) is not None:
        wrong = _counted(~((values >= 0) & (values <= 1)), weights)
        _refuse(wrong, values, name, "labels", "between 0 and 1")


def probabilities(x: Tensor, name: str, hint: str) -> None:
    """Predictions from 0 to 1, but for rounding.

    Raises:
        InvalidArgumentError: one is not; the message says in which sample.
    """
    if (values := values_of(x)) is not None:
        wrong = ~((values >= -1e-4) & (values <= 1 + 1e-4))
        _refuse(wrong, values, name, "predictions", f"probabilities, between 0 and 1 ({hint})")


def whole_numbers(x: Tensor, name: str) -> None:
    """Class indices that are whole numbers.

    Raises:
        InvalidArgumentError: one is not; the message says in which sample.
    """
    if x.dtype.is_floating and (values := values_of(x)) is not None:
        _refuse(values != np.floor(values), values, name, "class indices", "whole numbers")


def indices(x: Tensor, classes: int, name: str, weights: Tensor | None = None, warn: bool = False) -> None:
    """Class indices that name one of the classes; those of weight 0, of the same shape, may be anything.

    Raises:
        InvalidArgumentError: one does not, and `warn` is not set; the message says in which sample.
    """
    if (values := values_of(x)) is None:
        return
    wrong = _counted((values < 0) | (values >= classes) | (values != np.floor(values)), weights)
    expected = f"whole numbers from 0 to {classes - 1}"
    if not warn:
        _refuse(wrong, values, name, "class indices", expected)
    elif wrong.any():
        message = f"{name}: class indices that are not {expected} count as never met; {_found(wrong, values)}"
        warnings.warn(f"{message} Give such samples weight 0 to leave them out.", stacklevel=5)


def share(value: Any, what: str, name: str) -> float:
    """A number from 0 to 1.

    Raises:
        InvalidArgumentError: it is not one.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise InvalidArgumentError(f"{name}: {what} must be between 0 and 1; got {value!r}")
    return value


def averages(value: Any, name: str) -> str | None:
    """One of the ways to average over classes.

    Raises:
        InvalidArgumentError: it is none.
    """
    if value not in (None, "micro", "macro", "weighted"):
        raise InvalidArgumentError(f"{name}: average must be None, 'micro', 'macro' or 'weighted'; got {value!r}")
    return value
