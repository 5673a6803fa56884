"""Sources: arrays in memory, and whatever can be iterated over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import leaves, map_structure

from hornbeam_datasets.pipeline.dataset import Dataset, copied, from_slot

__all__ = ["Arrays", "Iterable"]


class Arrays(Dataset):
    """Samples of arrays in nested containers (memory-mapped ones too): sample i has element i of each.

    Args:
        data: arrays, all equally long; lists of numbers and text count as arrays.

    Raises:
        InvalidArgumentError: lengths differ, or there are no arrays.

    Example:
        >>> Arrays(([1, 2, 3], np.zeros((3, 4))))[1][1].shape
        (4,)
    """

    def __init__(self, data: Any) -> None:
        self.data = _arrays(data)
        found = leaves(self.data)
        lengths = [len(a) if np.ndim(a) else None for a in found]
        if not found or None in lengths or len(set(lengths)) != 1:
            raise InvalidArgumentError(
                f"a dataset of arrays needs arrays of one length, the number of samples; got lengths {lengths}"
            )
        self.count = len(found[0])

    @property
    def slots(self) -> int:
        """The arrays' length."""
        return self.count

    def at(self, slot: int, epoch: int) -> Any:
        """Element `slot` of each array, as a copy: a function of samples may write into it."""
        return copied(map_structure(lambda a: a[slot], self.data))

    def rows(self, slots: Sequence[int], epoch: int) -> Any:
        """Rows of each array."""
        index: Any = np.asarray(slots, np.int64)
        if len(index) and (np.diff(index) == 1).all():
            index = slice(int(index[0]), int(index[-1]) + 1)
            return map_structure(lambda a: np.array(a[index]), self.data)
        return map_structure(lambda a: np.asarray(a[index]), self.data)


def _arrays(data: Any) -> Any:
    if isinstance(data, list) and not any(hasattr(v, "__len__") and not isinstance(v, (str, bytes)) for v in data):
        return np.asarray(data)
    if isinstance(data, (tuple, list, dict)):
        if isinstance(data, dict):
            return {name: _arrays(part) for name, part in data.items()}
        return (
            type(data)(_arrays(part) for part in data)
            if not hasattr(data, "_fields")
            else type(data)(*map(_arrays, data))
        )
    if hasattr(data, "numpy") and not isinstance(data, np.ndarray):
        return np.asarray(data.numpy())
    return data if isinstance(data, np.ndarray) else np.asarray(data)


class Iterable(Dataset):
    """Samples one after another.

    Args:
        make: something to iterate over anew each epoch, or a function without arguments that returns such (a generator function).
        slots: how many samples there are, if that is known.

    Raises:
        InvalidArgumentError: it is an iterator, which can be gone through only once.
    """

    def __init__(self, make: Callable[[], Any] | Any, slots: int | None = None) -> None:
        if hasattr(make, "__next__"):
            raise InvalidArgumentError(
                f"a {type(make).__name__} can be gone through only once; give the function that makes it, such as "
                "Dataset.from_iterable(lambda: read(path)), or a list"
            )
        self.make, self.known = make, slots
        if slots is None and hasattr(make, "__len__"):
            self.known = len(make)

    @property
    def slots(self) -> int | None:
        """What was told, or the iterable's length."""
        return self.known

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Go through it once more."""
        source = self.make() if callable(self.make) and not hasattr(self.make, "__iter__") else self.make
        return from_slot(iter(source), start)
