"""Columns of dictionaries, data frames and pipelines, for a FeatureSpace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hornbeam import KerasTensor
from hornbeam.errors import InvalidArgumentError, closest

from hornbeam_layers.preprocessing.host import features, host_values

__all__ = ["column", "is_table", "pieces"]

AT_ONCE = 32  # rows that a layer learns from at a time, as in Keras: edges of bins depend on it a little


def is_table(data: Any) -> bool:
    """Whether data are columns by name: a dict, or a data frame."""
    return isinstance(data, dict) or (hasattr(data, "columns") and hasattr(data, "__getitem__"))


def column(data: Any, name: str, dtype: str) -> Any:
    """A feature's values as an array of numbers or strings.

    Args:
        data: a dict or data frame.
        name: of the column.
        dtype: "string", or a data type of integers or floats.

    Raises:
        InvalidArgumentError: there is no such column, or its values are missing or of another kind.
    """
    there = list(data) if isinstance(data, dict) else [str(c) for c in data.columns]
    if name not in there:
        near = closest(name, there)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise InvalidArgumentError(f"the data have no feature {name!r}.{hint} They have {', '.join(map(repr, there))}.")
    found = data[name]
    if isinstance(found, KerasTensor):
        return found
    values = host_values(found)
    wanted = "strings" if dtype == "string" else "integers" if dtype.startswith(("int", "uint")) else "numbers"
    if wanted == "strings":
        odd = _first(values, lambda v: not isinstance(v, (str, bytes))) if values.dtype.kind not in "UST" else None
    else:
        values, odd = _numbers(values, dtype, wanted)
    if odd is None:
        return values
    gone = odd[0] is None or odd[0] != odd[0] or type(odd[0]).__name__ in ("NAType", "NaTType")
    advice = "Fill in what is missing first (as with fillna)" if gone else "Convert the column first"
    raise InvalidArgumentError(f"feature {name!r} takes {wanted}; got {odd[0]!r} in the data. {advice}.")


def _first(values: Any, wrong: Any) -> tuple[Any] | None:
    return next(((v,) for v in values.ravel().tolist() if wrong(v)), None)


def _numbers(values: Any, dtype: str, wanted: str) -> tuple[Any, tuple[Any] | None]:
    """Values as floats or as 64-bit integers, and the first that is none."""
    if values.dtype.kind not in "biuf":
        odd = _first(values, lambda v: isinstance(v, (str, bytes)) or not hasattr(v, "__float__"))
        if odd is not None or values.dtype.kind != "O":
            return values, odd or (values.ravel()[0],)
        values = values.astype("float64")
    if wanted == "numbers":
        return values.astype(dtype), None
    if values.dtype.kind == "f":
        odd = _first(values, lambda v: v != v or v != int(v))
        if odd is not None:
            return values, odd
    return values.astype("int64"), None


def pieces(data: Any) -> Iterator[Any]:
    """What `adapt` was given, as tables of a few rows: of a whole table, of batches, or of samples.

    Raises:
        InvalidArgumentError: it is neither a table nor an iterable of such.
    """
    data = data.collect() if hasattr(data, "collect") else data  # a lazy frame of polars
    if is_table(data):
        names = list(data) if isinstance(data, dict) else list(data.columns)
        whole = {str(n): host_values(data[n]) for n in names}
        rows = {n: len(v) if v.ndim else None for n, v in whole.items()}
        if None in rows.values() or len(set(rows.values())) != 1:
            raise InvalidArgumentError(f"adapt: columns must have the same number of rows, at least one; got {rows}")
        for start in range(0, next(iter(rows.values())) or 0, AT_ONCE):
            yield {n: v[start : start + AT_ONCE] for n, v in whole.items()}
        return
    waiting: list[Any] = []
    for batch in data if hasattr(data, "__iter__") else [data]:
        table = features(batch)
        if not is_table(table):
            raise InvalidArgumentError(
                "adapt takes a dict of columns, a data frame, or an iterable of dicts, which may come with targets; got "
                f"{type(table).__name__}"
            )
        if not isinstance(table, dict) or any(np.ndim(v) for v in table.values()):
            yield table
            continue
        waiting.append(table)
        if len(waiting) == AT_ONCE:
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)


def _joined(samples: list[Any]) -> dict[str, Any]:
    return {name: np.asarray([host_values(s[name]).item() for s in samples]) for name in samples[0]}
