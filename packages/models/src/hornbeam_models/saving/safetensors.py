"""Weights as safetensors: a header of JSON that says where each array lies in the bytes behind it.

Source: the format's description by Hugging Face, version 0.4: 8 bytes of the header's length, the header, the data.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.dtypes import as_dtype
from hornbeam.errors import SerializationError
from hornbeam.host import native_dtype

from hornbeam_models.saving.store import State

__all__ = ["SafetensorsState", "read_safetensors", "safetensors_bytes"]

CODES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
    "I16": "int16", "I8": "int8", "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip
NAMES = {name: code for code, name in CODES.items()}


def safetensors_bytes(state: State) -> bytes:
    """Values by path as the bytes of a safetensors file; an array's name is its path and its number, with "/" between."""
    header: dict[str, Any] = {"__metadata__": {"format": "hornbeam"}}
    parts: list[bytes] = []
    offset = 0
    for path, (_, values) in state.items():
        for key, value in values.items():
            array = np.ascontiguousarray(value)
            data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
            span = [offset, offset + len(data)]
            header[f"{path}/{key}" if path else key] = {
                "dtype": NAMES[array.dtype.name], "shape": list(np.shape(value)), "data_offsets": span
            }  # fmt: skip
            offset += len(data)
            parts.append(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + b"".join(parts)


def read_safetensors(path: Path) -> dict[str, Any]:
    """The arrays of a safetensors file by name, mapped from the file and not copied.

    Raises:
        SerializationError: the file is damaged, or is none.
    """
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > size - 8:
                raise ValueError(f"its header claims {length:,} bytes of {size:,}")
            header = json.loads(file.read(length))
        data = np.memmap(path, np.uint8, "r", offset=8 + length) if size > 8 + length else np.empty(0, np.uint8)
        return {name: _array(data, name, entry) for name, entry in header.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, SerializationError):
            raise
        raise SerializationError(f"{path} is damaged, or not a safetensors file: {error!r}") from None


def _array(data: Any, name: str, entry: dict[str, Any]) -> Any:
    start, end = entry["data_offsets"]
    dtype = native_dtype(as_dtype(CODES[entry["dtype"]]))
    shape = tuple(entry["shape"])
    if not 0 <= start <= end <= data.size or end - start != math.prod(shape) * dtype.itemsize:
        raise SerializationError(
            f"array {name!r} of shape {shape} and type {entry['dtype']} cannot lie in bytes {start} to {end} of {data.size}"
        )
    return np.frombuffer(data[start:end], dtype).reshape(shape)


class SafetensorsState:
    """The values of a safetensors file, by path."""

    def __init__(self, path: Path) -> None:
        self.values: dict[str, dict[str, Any]] = {}
        for name, array in read_safetensors(path).items():
            place, _, key = name.rpartition("/")
            self.values.setdefault(place, {})[key] = array

    def get(self, path: str) -> Mapping[str, Any]:
        """The values at a path."""
        return self.values.get(path, {})

    def paths(self) -> list[str]:
        """Every path with values."""
        return list(self.values)
