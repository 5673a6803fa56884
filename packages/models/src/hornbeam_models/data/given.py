"""Given: the data of one call, checked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import flatten, leaves, map_structure

from hornbeam_models.data.pydataset import is_pydataset

__all__ = ["Given", "elsewhere", "pack_x_y_sample_weight", "unpack_x_y_sample_weight", "whole"]

Batch = tuple[Any, Any, Any]


def elsewhere(x: Any) -> bool:
    """Whether this is a tensor whose values would have to be copied to be looked at."""
    return isinstance(x, Tensor) and x.device != "cpu"


def whole(what: str, value: Any, least: int) -> int:
    """An argument that must be an integer of at least `least`.

    Raises:
        InvalidArgumentError: it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise InvalidArgumentError(f"{what} must be an integer of at least {least}; got {what}={value!r}")
    return int(value)


def _input(x: Any) -> Any:
    """As `_array`; and arrays of strings, which models take that begin with a layer such as TextVectorization, as objects."""
    return _array(x, strings=True)


def _array(x: Any, strings: bool = False) -> Any:
    """An array of whatever has or holds numbers, data frames and other libraries' tensors too; float64 becomes the default float.

    Tensors on another device than the host stay there.
    """
    if elsewhere(x):
        return ops.cast(x, "float32") if x.dtype == "float64" else x
    if isinstance(x, Tensor):
        array = x.numpy()
    elif hasattr(x, "to_numpy"):
        array = x.to_numpy()
    else:
        array = np.asarray(x.detach().cpu() if hasattr(x, "detach") and hasattr(x, "cpu") else x)
    if strings and (array.dtype.kind in "UST" or (array.dtype.kind == "O" and _all_strings(array))):
        return array.astype(object)
    if array.dtype.kind not in "biuf" and array.dtype.name != "bfloat16":
        values = array.flat[:1000].tolist()
        odd = next((v for v in values if isinstance(v, str)), values[0] if values else None)
        example = f" such as {odd!r}" if values else ""
        hint = {
            "U": "For text as labels: classes, y = numpy.unique(labels, return_inverse=True).",
            "S": "For text as labels: classes, y = numpy.unique(labels, return_inverse=True).",
            "O": "Text among numbers, as in a table's columns, is encoded first: pandas.get_dummies, or hornbeam.layers.StringLookup."
            if isinstance(odd, str)
            else "If all of them are numbers, write array.astype('float32').",
        }.get(array.dtype.kind, "Encode them as numbers first.")
        raise InvalidArgumentError(f"data must be numbers; got an array of {array.dtype}{example}. {hint}")
    return array.astype(np.float32) if array.dtype == np.float64 else array


def _all_strings(array: Any) -> bool:
    return array.size > 0 and all(isinstance(value, (str, bytes)) for value in array.flat)


class Given:
    """The data of one call, checked."""

    def __init__(self, x: Any, y: Any, sample_weight: Any, iterable: Any = None) -> None:
        self.x, self.y, self.sample_weight, self.iterable = x, y, sample_weight, iterable

    @classmethod
    def of(cls, x: Any, y: Any = None, sample_weight: Any = None, batch: bool = False) -> Given:
        """Check what was given.

        Args:
            x, y, sample_weight: arrays, in nested containers, or an iterable of batches.
            batch: whether it is one: of two batches, as zipped datasets give them to steps of one's own, sizes may differ.

        Raises:
            InvalidArgumentError: there are no data, or the arrays differ in length.
        """
        if x is None:
            raise InvalidArgumentError("no data were given: x is None")
        if isinstance(x, (str, bytes)):
            raise InvalidArgumentError(
                f"x must be arrays or an iterable of batches; got the text {x!r}. Load the file first."
            )
        streamed = (
            not isinstance(x, (list, tuple, dict))
            and not hasattr(x, "shape")
            and (hasattr(x, "__iter__") or is_pydataset(x))
        )
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
        x = _input(x) if listed else map_structure(_input, _numbers_to_array(x))
        y = None if y is None else map_structure(_array, _numbers_to_array(y))
        weight = None if sample_weight is None else map_structure(_array, _numbers_to_array(sample_weight))
        lengths = {
            what: [len(a) if a.ndim else 0 for a in leaves(v)]
            for what, v in (("x", x), ("y", y), ("sample_weight", weight))
        }
        found = {n for group in lengths.values() for n in group}
        two = (
            batch and isinstance(x, tuple) and isinstance(y, tuple) and all(len(set(n)) <= 1 for n in lengths.values())
        )
        if len(found) > 1 and not two:
            several = isinstance(x, (list, tuple)) and len(x) > 1
            hint = (
                " A list of arrays means several inputs; for samples of one input, write numpy.stack(x)."
                if several
                else ""
            )
            raise InvalidArgumentError(
                f"arrays differ in their number of samples: {', '.join(f'{k}: {_few(v)}' for k, v in lengths.items() if v)}.{hint}"
            )
        if found == {0}:
            raise InvalidArgumentError("the data are empty: there is no sample in x")
        return cls(x, y, weight)

    @classmethod
    def of_validation(cls, data: Any) -> Given:
        """Check what was given as `validation_data`.

        Raises:
            InvalidArgumentError: it is neither a tuple (x, y) or (x, y, sample_weight) nor an iterable of batches.
        """
        parts = tuple(data) if isinstance(data, (tuple, list)) else (data,)
        if not 1 <= len(parts) <= 3:
            raise InvalidArgumentError(
                "validation_data is a tuple (x, y) or (x, y, sample_weight), or an iterable of batches; got a "
                f"{type(data).__name__} of {len(data)}"
            )
        return cls.of(*parts)

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
            for array in map(np.asarray, leaves(tree)):
                if array.dtype.kind == "f" and not np.isfinite(array).all():
                    row = int(np.argwhere(~np.isfinite(array))[0][0])
                    raise InvalidArgumentError(
                        f"the {what} hold NaN or infinity, first in sample {row}. Remove or fill such samples."
                    )

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


def _few(numbers: list[int]) -> str:
    """The numbers, or the first of many."""
    if len(numbers) <= 8:
        return str(numbers)
    return f"[{', '.join(map(str, numbers[:4]))}, ...] of {len(numbers)} arrays"


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


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """A batch of its parts, as `unpack_x_y_sample_weight` takes it apart.

    Example:
        >>> pack_x_y_sample_weight(1, 2)
        (1, 2)
    """
    if sample_weight is not None:
        return x, y, sample_weight
    return (x, y) if y is not None else (x,) if isinstance(x, (tuple, list)) else x
