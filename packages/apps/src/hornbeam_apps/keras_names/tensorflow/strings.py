"""tf.strings, run in Python on arrays of strings: in pipelines, in TextVectorization, between steps; not within compiled functions."""

from __future__ import annotations

import re
import zlib
from typing import Any

import numpy as np
from hornbeam import ops

from hornbeam_apps.keras_names.tensorflow.text import each, host, text

__all__ = [
    "as_string", "bytes_split", "format", "join", "length", "lower", "ngrams", "reduce_join", "regex_full_match",
    "regex_replace", "split", "strip", "substr", "to_hash_bucket_fast", "to_number", "unicode_split", "upper",
]  # fmt: skip


def lower(input: Any, encoding: str = "", name: str | None = None) -> Any:  # noqa: A002
    """In small letters.

    Example:
        >>> lower(["Ab", "C"]).tolist()
        ['ab', 'c']
    """
    return each(str.lower, input)


def upper(input: Any, encoding: str = "", name: str | None = None) -> Any:  # noqa: A002
    """In capitals."""
    return each(str.upper, input)


def strip(input: Any, name: str | None = None) -> Any:  # noqa: A002
    """Without white space at both ends."""
    return each(str.strip, input)


def regex_replace(
    input: Any, pattern: Any, rewrite: Any, replace_global: bool = True, name: str | None = None  # noqa: A002
) -> Any:  # fmt: skip
    r"""With something else for each match of a regular expression (or the first); `\1` stands for its first group."""
    found, to = re.compile(str(pattern)), str(rewrite).replace("\\0", "\\g<0>")
    return each(lambda s: found.sub(to, s, count=0 if replace_global else 1), input)


def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Any:  # noqa: A002
    """Whether a regular expression matches the whole text."""
    found = re.compile(str(pattern))
    return _tensor(each(lambda s: found.fullmatch(s) is not None, input), "bool")


def length(input: Any, unit: str = "BYTE", name: str | None = None) -> Any:  # noqa: A002
    """How many bytes a text has, or with "UTF8_CHAR" characters."""
    return _tensor(each(lambda s: len(s if unit == "UTF8_CHAR" else s.encode()), input), "int32")


def substr(input: Any, pos: Any, len: Any, unit: str = "BYTE", name: str | None = None) -> Any:  # noqa: A002
    """`len` characters from a place on."""
    return each(lambda s, p, n: s[int(p) :][: int(n)], input, pos, len)


def join(inputs: Any, separator: str = "", name: str | None = None) -> Any:
    """Texts of several arrays in one, element by element."""
    return each(lambda *parts: separator.join(map(str, parts)), *inputs)


def reduce_join(
    inputs: Any, axis: Any = None, keepdims: bool = False, separator: str = "", name: str | None = None
) -> Any:
    """The texts along an axis, or all, in one."""
    array = each(str, inputs).view(np.ndarray)
    if axis is None:
        found = np.asarray(separator.join(array.reshape(-1)), object)
        return text(found.reshape((1,) * array.ndim) if keepdims else found)
    found = np.apply_along_axis(lambda row: np.array([separator.join(row)], object), int(axis), array)
    return text(found if keepdims else np.squeeze(found, int(axis)))


def split(input: Any, sep: Any = None, maxsplit: int = -1, name: str | None = None) -> Any:  # noqa: A002
    """The words of a text; of an array of texts a list of them, for there are no ragged tensors here."""
    return _parts(input, lambda s: s.split(None if sep in (None, "") else str(sep), maxsplit))


def unicode_split(input: Any, input_encoding: str = "UTF-8", errors: str = "replace", name: str | None = None) -> Any:  # noqa: A002
    """The characters of a text; of an array of texts a list of them."""
    return _parts(input, list)


def bytes_split(input: Any, name: str | None = None) -> Any:  # noqa: A002
    """The bytes of a text; of an array of texts a list of them."""
    return _parts(input, lambda s: [bytes([b]) for b in s.encode()])


def ngrams(data: Any, ngram_width: Any, separator: str = " ", **options: Any) -> Any:
    """Neighbouring words along the last axis in one text each."""
    widths = (ngram_width,) if isinstance(ngram_width, int) else ngram_width
    rows = each(str, data).view(np.ndarray)
    found = [
        [separator.join(row[i : i + n]) for n in widths for i in range(row.size - n + 1)]
        for row in rows.reshape(-1, rows.shape[-1])
    ]
    return text(np.asarray(found, object).reshape(*rows.shape[:-1], -1))


def to_number(input: Any, out_type: Any = "float32", name: str | None = None) -> Any:  # noqa: A002
    """The number that a text writes."""
    return _tensor(each(float, input), out_type)


def as_string(input: Any, precision: int = -1, **options: Any) -> Any:  # noqa: A002
    """Numbers as texts, floats with six digits unless told otherwise."""
    array = host(input)
    if array.dtype.kind == "f":
        return each(lambda x: f"{x:.{6 if precision < 0 else precision}f}", array)
    return each(lambda x: str(x).lower() if isinstance(x, bool) else str(x), array)


def format(template: str, inputs: Any, **options: Any) -> Any:  # noqa: A001
    """The template, in which values stand for {}."""
    values = inputs if isinstance(inputs, (list, tuple)) else [inputs]
    pieces = template.split("{}")
    shown = [str(v.item() if np.ndim(host(v)) == 0 and hasattr(v, "item") else host(v)) for v in values]
    return text("".join(piece + value for piece, value in zip(pieces, [*shown, ""], strict=False)))


def to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> Any:  # noqa: A002
    """A number below `num_buckets` for each text. Its function is another than TensorFlow's: so are the numbers."""
    return _tensor(each(lambda s: zlib.crc32(s.encode()) % num_buckets, input), "int64")


def _parts(value: Any, function: Any) -> Any:
    array = each(str, value).view(np.ndarray)
    if array.ndim == 0:
        return text(np.asarray(function(array.item()), object))
    return [_parts(one, function) for one in array]


def _tensor(values: Any, dtype: Any) -> Any:
    return ops.asarray(np.asarray(values).tolist(), dtype=dtype)
