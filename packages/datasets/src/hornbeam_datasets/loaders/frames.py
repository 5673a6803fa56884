"""Data frames of pandas and polars: rows as samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.tables import Selection, seconds
from hornbeam_datasets.pipeline.dataset import Dataset
from hornbeam_datasets.pipeline.sources import Arrays

__all__ = ["FrameRows", "load_frame"]


class FrameRows(Arrays):
    """The rows of a data frame.

    Attributes:
        vocabularies: for each column of text or categories, what its numbers stand for.
    """

    vocabularies: dict[str, list[Any]]


def load_frame(source: Any, columns: Sequence[str] | None = None, label: Any = None) -> Dataset:
    """Samples of a data frame's rows: dicts by column name.

    Numbers and booleans stay as they are, missing ones become NaN. Text and categories become numbers (int32) by the order of the
    categories, or of the alphabet, missing ones -1; `vocabularies` says what they stand for. Times become seconds since 1970
    (float64, UTC where there is no zone), missing ones NaN; durations become seconds.

    Args:
        source: a pandas or polars DataFrame, or a polars LazyFrame, which is collected.
        columns: names of those wanted; None: all.
        label: the name, or names, of what is to be predicted; then a sample is (features, label).

    Raises:
        InvalidArgumentError: a column is not there, or holds something else.
    """
    if hasattr(source, "collect"):
        source = source.collect()
    selection = Selection(columns, label)
    vocabularies: dict[str, list[Any]] = {}
    found = {}
    for name in selection.names([str(c) for c in source.columns], "the data frame"):
        series = source[name] if name in source.columns else source[next(c for c in source.columns if str(c) == name)]
        found[name], words = _numbers(series, name)
        if words is not None:
            vocabularies[name] = words
    rows = FrameRows(selection.arranged(found))
    rows.vocabularies = vocabularies
    return rows


def _numbers(series: Any, name: str) -> tuple[Any, list[Any] | None]:
    """A column as an array, and its vocabulary."""
    if hasattr(series, "to_physical"):
        return _of_polars(series, name)
    dtype = series.dtype
    if str(dtype) == "category":
        return series.cat.codes.to_numpy(np.int32), list(series.cat.categories)
    kind = getattr(dtype, "kind", "O")
    if kind == "M":
        utc = series.dt.tz_convert("UTC").dt.tz_localize(None) if getattr(dtype, "tz", None) is not None else series
        times = utc.to_numpy()
        return seconds(times if times.dtype.kind == "M" else utc.to_numpy("datetime64[us]")), None
    if kind == "m":
        times = series.to_numpy()
        return seconds(times if times.dtype.kind == "m" else series.to_numpy("timedelta64[us]")), None
    if kind in "biuf":
        missing = bool(series.isna().any())
        return series.to_numpy(
            np.float64 if missing and kind != "f" else None, **({"na_value": np.nan} if missing else {})
        ), None
    return _codes(series.to_numpy(object), series.isna().to_numpy(), name)


def _of_polars(series: Any, name: str) -> tuple[Any, list[Any] | None]:
    kind = str(series.dtype)
    if kind.startswith(("Categorical", "Enum", "String", "Utf8")):
        missing = series.is_null().to_numpy()
        if kind.startswith("Enum"):
            words = series.dtype.categories.to_list()
            codes = np.asarray(series.to_physical().fill_null(0).to_numpy(), np.int32)
            return np.where(missing, np.int32(-1), codes), words
        return _codes(np.array(series.to_list(), object), missing, name)
    if kind.startswith(("Datetime", "Date")):
        return seconds(series.to_numpy()), None
    if kind.startswith("Duration"):
        return seconds(series.to_numpy()), None
    array = series.to_numpy()
    if kind == "Boolean" and array.dtype == object:
        array = np.where(series.is_null().to_numpy(), np.nan, array).astype(np.float64)
    if array.dtype.kind not in "biuf":
        raise InvalidArgumentError(
            f"column {name!r} holds {kind}; numbers, text, categories and times can be read. Leave it out."
        )
    return array, None


def _codes(values: Any, missing: Any, name: str) -> tuple[Any, list[Any]]:
    odd = next(
        (v for v, gone in zip(values, missing, strict=True) if not gone and not isinstance(v, (str, bytes, bool))), None
    )
    if odd is not None:
        raise InvalidArgumentError(
            f"column {name!r} holds a {type(odd).__name__} ({odd!r}) among text; clean it, or leave it out"
        )
    filled = np.where(missing, "", values).astype(str)
    words, codes = np.unique(filled, return_inverse=True)
    kept = words if not missing.any() or (~missing & (filled == "")).any() else words[words != ""]
    shift = len(words) - len(kept)
    return np.where(missing, -1, codes - shift).astype(np.int32), [str(w) for w in kept]
