"""Numbers as arguments of kernels."""

from __future__ import annotations

import struct
from typing import Any

__all__ = ["bits_of"]


def bits_of(dtype: str, number: Any) -> int:
    """A number as it lies in memory, in the low bytes of a whole one."""
    if dtype in ("float16", "bfloat16"):
        single = struct.unpack("<I", struct.pack("<f", number))[0]
        return single >> 16 if dtype == "bfloat16" else int.from_bytes(struct.pack("<e", number), "little")
    form = {"float32": "<f", "float64": "<d"}.get(dtype)
    data = struct.pack(form, number) if form else int(number).to_bytes(8, "little", signed=int(number) < 0)
    return int.from_bytes(data.ljust(8, b"\0"), "little", signed=True)
