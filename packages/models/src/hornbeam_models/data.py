"""What `fit` takes: arrays in nested containers, or iterables of batches; checked, and cut into batches."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from hornbeam import Tensor
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import flatten, leaves, map_structure

__all__ = ["Batches", "Given", "unpack_x_y_sample_weight", "whole"]

Batch = tuple[Any, Any, Any]


def whole(what: str, value: Any, least: int) -> int:
    """An argument that must be an integer of at least `least`.

    Raises:
        InvalidArgumentError: it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise InvalidArgumentError(f"{what} must be an integer of at least {least}; got {what}={value!r}")
    return int(value)


def _array(x: Any) -> Any:
    """An array of whatever has or holds numbers; float64 becomes the default float."""
    array = x.numpy() if isinstance(x, Tensor) else np.asarray(x)
    if array.dtype.kind not in "biuf" and array.dtype.name != "bfloat16":
        example = f" such as {array.flat[0:1].tolist()[0]!r}" if array.size else ""
        hint = {
            "U": "For text as labels: classes, y = numpy.unique(labels, return_inverse=True).",
            "S": "For text as labels: classes, y = numpy.unique(labels, return_inverse=True).",
            "O": "If all of them are numbers, write array.astype('float32').",
        }.get(array.dtype.kind, "Encode them as numbers first.")
        raise InvalidArgumentError(f"data must be numbers; got an array of {array.dtype}{example}. {hint}")
    return array.astype(np.float32) if array.dtype == np.float64 else array


class Given:
    """The data of one call, checked."""

    def __init__(self, x: Any, y: Any, sample_weight: Any, iterable: Any = None) -> None:
        self.x, self.y, self.sample_weight, self.iterable = x, y, sample_weight, iterable

    @classmethod
    def of(cls, x: Any, y: Any = None, sample_weight: Any = None) -> Given:
        """Check what was given.

        Raises:
            InvalidArgumentError: there are no data, or the arrays differ in length.
        """
        if x is None:
            raise InvalidArgumentError("no data were given: x is None")
        if isinstance(x, (str, bytes)):
            raise InvalidArgumentError(
                f"x must be arrays or an iterable of batches; got the text {x!r}. Load the file first."
            )
        streamed = not isinstance(x, (list, tuple, dict)) and not hasattr(x, "shape") and hasattr(x, "__iter__")
        if streamed and (y is not None or sample_weight is not None):
            raise InvalidArgumentError(
                f"x is a {type(x).__name__}, which has to give the batches (x, y) or (x, y, sample_weight) by itself; leave y and "
                "sample_weight out, or make x an array."
            )
        for what, value in (("x", x), ("y", y)):
            if value is not None and not any(hasattr(value, a) for a in ("__len__", "shape", "__iter__")):
                raise InvalidArgumentError(f"{what} must be arrays, or x an iterable of batches; got {what}={value!r}")
        if streamed:
            return cls(None, None, None, iterable=x)
        listed = isinstance(x, list) and x and not hasattr(x[0], "shape") and not isinstance(x[0], (list, tuple, dict))
        x = _array(x) if listed else map_structure(_array, _numbers_to_array(x))
        y = None if y is None else map_structure(_array, _numbers_to_array(y))
        weight = None if sample_weight is None else map_structure(_array, _numbers_to_array(sample_weight))
        lengths = {
            what: [len(a) if a.ndim else 0 for a in leaves(v)]
            for what, v in (("x", x), ("y", y), ("sample_weight", weight))
        }
        found = {n for group in lengths.values() for n in group}
        if len(found) > 1:
            several = isinstance(x, (list, tuple)) and len(x) > 1
            hint = (
                " A list of arrays means several inputs; for samples of one input, write numpy.stack(x)."
                if several
                else ""
            )
            raise InvalidArgumentError(
                f"arrays differ in their number of samples: {', '.join(f'{k}: {v}' for k, v in lengths.items() if v)}.{hint}"
            )
        if found == {0}:
            raise InvalidArgumentError("the data are empty: there is no sample in x")
        return cls(x, y, weight)

    @property
    def count(self) -> int:
        """The number of samples."""
        return len(leaves(self.x)[0])

    def check_labels(self) -> None:
        """Find labels and inputs that nothing can be learned from.

        Raises:
            InvalidArgumentError: a label is NaN or infinite.
        """
        for what, tree in (("labels", self.y), ("sample weights", self.sample_weight)):
            for array in leaves(tree):
                if array.dtype.kind == "f" and not np.isfinite(array).all():
                    row = int(np.argwhere(~np.isfinite(array))[0][0])
                    raise InvalidArgumentError(
                        f"the {what} hold NaN or infinity, first in sample {row}. Remove or fill such samples."
                    )

    def with_class_weight(self, class_weight: dict[int, float]) -> Given:
        """The same data, with each sample weighted by its class."""
        if self.iterable is not None or len(leaves(self.y)) != 1:
            raise InvalidArgumentError("class_weight needs one array of labels")
        if not isinstance(class_weight, dict):
            raise InvalidArgumentError(
                f"class_weight must be a dict from class index to factor, such as {{0: 1.0, 1: 2.0}}; got {class_weight!r}"
            )
        for key, factor in class_weight.items():
            if (
                not isinstance(key, (int, np.integer))
                or not isinstance(factor, (int, float, np.number))
                or not factor >= 0
            ):
                raise InvalidArgumentError(
                    f"class_weight must map class indices to factors of at least 0, such as {{0: 1.0, 1: 2.0}}; got {key!r}: {factor!r}"
                )
        labels = leaves(self.y)[0]
        classes = labels.argmax(-1) if labels.ndim > 1 and labels.shape[-1] > 1 else labels.reshape(-1).astype(np.int64)
        weight = np.array([class_weight.get(int(c), 1.0) for c in classes], np.float32)
        if self.sample_weight is not None:
            weight = weight * leaves(self.sample_weight)[0].reshape(-1)
        return Given(self.x, self.y, weight)

    def split(self, share: float) -> tuple[Given, Given]:
        """The first samples for training, the last for validation."""
        if self.iterable is not None:
            raise InvalidArgumentError(
                "validation_split needs arrays; give validation_data with an iterable of batches"
            )
        if not isinstance(share, (int, float)) or not 0 < share < 1:
            raise InvalidArgumentError(f"validation_split must be at least 0 and less than 1; got {share!r}")
        cut = math.floor(self.count * (1 - share))
        if cut in (0, self.count):
            raise InvalidArgumentError(f"validation_split={share} leaves nothing of {self.count} samples on one side")
        return self.slice(slice(0, cut)), self.slice(slice(cut, None))

    def slice(self, rows: Any) -> Given:
        """Some of the samples."""
        x, y = (
            map_structure(lambda a: a[rows], self.x),
            None if self.y is None else map_structure(lambda a: a[rows], self.y),
        )
        return Given(x, y, None if self.sample_weight is None else map_structure(lambda a: a[rows], self.sample_weight))


def _numbers_to_array(tree: Any) -> Any:
    """Lists of numbers as arrays; lists of arrays stay."""
    if isinstance(tree, (list, tuple)) and tree and not any(hasattr(leaf, "shape") for leaf in flatten(tree)[0]):
        try:
            return np.asarray(tree)
        except ValueError:
            raise InvalidArgumentError(
                "nested lists of data must be rectangular; these have rows of different lengths. Pad them to one length."
            ) from None
    return tree


class Batches:
    """The batches of every epoch."""

    def __init__(self, given: Given, batch_size: int, shuffle: bool) -> None:
        self.given, self.batch_size = given, whole("batch_size", batch_size, 1)
        self.count = None if given.iterable is not None else math.ceil(given.count / batch_size)
        # follows hb.set_random_seed
        self.generator = np.random.default_rng(np.random.randint(2**31)) if shuffle else None
        self.pending: list[Batch] = []
        self.stream: Iterator[Any] | None = None

    @property
    def streamed(self) -> bool:
        """Whether the batches come from an iterable, and are not known before they come."""
        return self.given.iterable is not None

    def peek(self) -> Batch:
        """The first batch, which is not lost."""
        if self.given.iterable is None:
            part = self.given.slice(slice(0, self.batch_size))
            return part.x, part.y, part.sample_weight
        if not self.pending:
            self.stream = iter(self.given.iterable)
            try:
                self.pending.append(_as_batch(next(self.stream)))
            except StopIteration:
                raise InvalidArgumentError("the data are empty: the iterable gives no batch") from None
        return self.pending[0]

    def epoch(self, steps: int | None) -> Iterator[Batch]:
        """One pass over the data, or so many batches of it."""
        if self.given.iterable is not None:
            yield from self._streamed(steps)
            return
        order = None if self.generator is None else self.generator.permutation(self.given.count)
        for index in range(self.count or 0):
            if steps is not None and index >= steps:
                return
            rows: Any = slice(index * self.batch_size, (index + 1) * self.batch_size)
            part = self.given.slice(rows if order is None else order[rows])
            yield part.x, part.y, part.sample_weight

    def _streamed(self, steps: int | None) -> Iterator[Batch]:
        if self.stream is None and not self.pending:
            self.stream = iter(self.given.iterable)
        given = 0
        while steps is None or given < steps:
            if self.pending:
                batch = self.pending.pop()
            else:
                assert self.stream is not None
                try:
                    batch = _as_batch(next(self.stream))
                except StopIteration:
                    self.stream = None
                    if steps is None or iter(self.given.iterable) is self.given.iterable:
                        return
                    self.stream = iter(self.given.iterable)
                    continue
            given += 1
            yield batch


def _as_batch(item: Any) -> Batch:
    checked = Given.of(*unpack_x_y_sample_weight(item))
    checked.check_labels()
    return checked.x, checked.y, checked.sample_weight


def unpack_x_y_sample_weight(data: Any) -> Batch:
    """What a batch holds: inputs, labels or None, sample weights or None.

    Args:
        data: x, or a tuple (x,), (x, y) or (x, y, sample_weight).

    Raises:
        InvalidArgumentError: the tuple is longer.

    Example:
        >>> unpack_x_y_sample_weight((1, 2))
        (1, 2, None)
    """
    parts = data if isinstance(data, tuple) else (data,)
    if len(parts) > 3:
        raise InvalidArgumentError(f"a batch is (x,), (x, y) or (x, y, sample_weight); got a tuple of {len(parts)}")
    return (*parts, None, None)[:3]
