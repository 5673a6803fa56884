"""Tensors of text: arrays of strings that look like TensorFlow's where scripts look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import hornbeam as hb
import numpy as np

__all__ = ["Text", "each", "host", "text"]


class _String(str):
    """The data type of texts: "string", as tf.string is."""

    kind = "O"
    name = "string"


class Text(np.ndarray[Any, Any]):
    """An array of strings, or of bytes, whose elements are such arrays of no axes."""

    @property
    def dtype(self) -> Any:
        """ "string"."""
        return _String("string")

    def __getitem__(self, key: Any) -> Any:
        """Part of it."""
        found = super().__getitem__(key)
        return found if isinstance(found, np.ndarray) else text(found)

    def __iter__(self) -> Iterator[Any]:
        """Along the first axis."""
        return (self[i] for i in range(len(self)))

    def numpy(self) -> Any:
        """The texts as bytes, as TensorFlow keeps them: an array of objects; of one text the bytes themselves."""
        found = np.frompyfunc(_encoded, 1, 1)(np.asarray(self))
        return found.item() if isinstance(found, np.ndarray) and found.ndim == 0 else found

    def __format__(self, how: str) -> str:
        """One text as it is."""
        return format(self.item(), how) if self.ndim == 0 else super().__format__(how)

    def __fspath__(self) -> str:
        """One text as a path."""
        return str(self.item())

    def __hash__(self) -> int:  # type: ignore[override]
        """That of one text."""
        return hash(self.item())


def _encoded(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def text(value: Any) -> Text:
    """A tensor of text of strings, lists and arrays of them.

    Example:
        >>> text(["a", "bc"])[1].numpy()
        b'bc'
    """
    array = np.empty((), object)
    if isinstance(value, (str, bytes)):
        array[()] = value
    else:
        array = np.asarray(value)
        array = np.asarray(array.tolist(), object) if array.dtype != object else array
    return array.view(Text)


def host(value: Any) -> Any:
    """Numbers or texts as an array of NumPy."""
    return value.numpy() if isinstance(value, (hb.Tensor, hb.Variable)) else np.asarray(value)


def each(function: Callable[..., Any], *values: Any) -> Any:
    """A function of texts for each element of arrays that are broadcast to one another; a tensor of text."""
    decoded = [np.frompyfunc(_decoded, 1, 1)(np.asarray(host(v), object)) for v in values]
    return text(np.asarray(np.frompyfunc(function, len(values), 1)(*decoded), object))


def _decoded(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
