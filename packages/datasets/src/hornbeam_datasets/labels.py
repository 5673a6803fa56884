"""Class indices as rows of zeros and a one, and back to lengths of one: `to_categorical`, `normalize`."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

__all__ = ["normalize", "to_categorical"]


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Class indices as rows with a one in the place of the class.

    Args:
        x: whole numbers from 0 on, of any shape; a last axis of size 1 is left out.
        num_classes: length of the rows; default: the largest index and one.

    Returns:
        A float64 array [..., num_classes].

    Raises:
        InvalidArgumentError: an index is negative, or beyond the classes.

    Example:
        >>> to_categorical([0, 2]).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    indices = np.asarray(x).astype("int64")
    shape = indices.shape[:-1] if indices.ndim > 1 and indices.shape[-1] == 1 else indices.shape
    flat = indices.reshape(-1)
    classes = num_classes or (int(flat.max()) + 1 if flat.size else 0)
    if flat.size and not 0 <= flat.min() <= flat.max() < classes:
        raise InvalidArgumentError(f"class indices must be from 0 to {classes - 1}; got {flat.min()} to {flat.max()}")
    found = np.zeros((flat.size, classes))
    found[np.arange(flat.size), flat] = 1.0
    return found.reshape(*shape, classes)


def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """An array whose vectors along an axis have length 1; those of length 0 stay as they are.

    Args:
        x: numbers.
        axis: along which the vectors lie.
        order: of the norm, such as 2.
    """
    array = np.asarray(x)
    norms = np.atleast_1d(np.linalg.norm(array, order, axis))
    norms[norms == 0] = 1
    return array / np.expand_dims(norms, axis)
