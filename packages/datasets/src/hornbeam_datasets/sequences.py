"""Sequences of different lengths as one array."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.errors import DTypeError, InvalidArgumentError

__all__ = ["pad_sequences"]


def pad_sequences(
    sequences: Any,
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> Any:
    """Sequences in the rows of one array, filled up or cut to one length.

    Args:
        sequences: lists of numbers, or of arrays of one shape.
        maxlen: the length; default: that of the longest.
        dtype: of the array.
        padding, truncating: "pre" or "post": at which end rows are filled up, and cut.
        value: what rows are filled up with.

    Returns:
        An array [sequences, maxlen, ...].

    Raises:
        DTypeError: there is something without a length among them.
        InvalidArgumentError: an argument is another word, or shapes differ.

    Example:
        >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2).tolist()
        [[0, 1], [2, 3], [5, 6]]
    """
    for name, word in (("padding", padding), ("truncating", truncating)):
        if word not in ("pre", "post"):
            raise InvalidArgumentError(f"{name} must be 'pre' or 'post'; got {word!r}")
    if not hasattr(sequences, "__len__") or not all(hasattr(s, "__len__") for s in sequences):
        wrong = next((s for s in sequences if not hasattr(s, "__len__")), sequences)
        raise DTypeError(f"pad_sequences takes a list of sequences; got {wrong!r}")
    length = maxlen if maxlen is not None else max(map(len, sequences), default=0)
    rest = next((np.shape(s)[1:] for s in sequences if len(s)), ())
    kind = np.dtype(object) if isinstance(value, str) and np.dtype(dtype).kind not in "US" else np.dtype(dtype)
    found = np.full((len(sequences), length, *rest), value, dtype=kind)
    for row, sequence in zip(found, sequences, strict=True):
        kept = (
            sequence[len(sequence) - length :] if truncating == "pre" and len(sequence) > length else sequence[:length]
        )
        if not len(kept):
            continue
        values = np.asarray(kept, dtype=kind)
        if values.shape[1:] != rest:
            raise InvalidArgumentError(f"steps of shape {values.shape[1:]} stand beside steps of shape {rest}")
        if padding == "post":
            row[: len(kept)] = values
        else:
            row[length - len(kept) :] = values
    return found
