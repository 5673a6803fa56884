"""Plain WAV files, read without a library: the many small ones of a data set cost little more than opening them."""

from __future__ import annotations

import os
import struct
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Wav", "read_wav"]

AT_ONCE = 1 << 16  # bytes: most recordings of a word or two are in memory after one read
KINDS = {(1, 8): "u1", (1, 16): "<i2", (1, 32): "<i4", (3, 32): "<f4"}  # (format, bits): how a number is stored
EXTENSIBLE = 0xFFFE  # the format stands in a longer header
ZERO = {"u1": 128}
SCALE = {"u1": 2.0**-7, "<i2": 2.0**-15, "<i4": 2.0**-31}


class Wav(NamedTuple):
    """What is in a file: float32 [time, channels], and samples a second."""

    sound: Any
    rate: int


class _Header(NamedTuple):
    kind: str
    channels: int
    rate: int
    offset: int
    frames: int


def read_wav(path: Any, start: int = 0, length: int | None = None, most: int = 1 << 31) -> Wav | None:
    """A WAV file of PCM (8, 16 or 32 bits) or of 32-bit floats.

    Args:
        path: of the file.
        start, length: the part that is wanted, in samples; length None: to the end.
        most: numbers that are read at most.

    Returns:
        The numbers that libsndfile gives, to the bit; None for other files, for those that are cut off, and where it is too much.
    """
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        begin = os.read(file, AT_ONCE)
        header = _header(begin, os.fstat(file).st_size)
        if header is None:
            return None
        first = min(start, header.frames)
        frames = header.frames - first if length is None else max(0, min(length, header.frames - first))
        if frames * header.channels > most:
            return None
        width = header.channels * np.dtype(header.kind).itemsize
        offset, size = header.offset + first * width, frames * width
        content = begin[offset : offset + size]
        if len(content) < size:
            os.lseek(file, offset, os.SEEK_SET)
            content = b"".join(_parts(file, size))
    finally:
        os.close(file)
    if len(content) < size:
        return None
    return Wav(_floats(np.frombuffer(content, header.kind).reshape(frames, header.channels)), header.rate)


def _parts(file: int, size: int) -> Any:
    while size and (part := os.read(file, size)):
        size -= len(part)
        yield part


def _floats(stored: Any) -> Any:
    kind = stored.dtype.str.lstrip("|")
    if kind == "<f4":
        return stored.astype(np.float32)
    numbers = stored.astype(np.float32)
    if kind in ZERO:
        numbers -= ZERO[kind]
    numbers *= np.float32(SCALE[kind])
    return numbers


def _header(begin: bytes, size: int) -> _Header | None:
    """Where the numbers are, and of what kind; None if that is not plain."""
    if begin[:4] != b"RIFF" or begin[8:12] != b"WAVE":
        return None
    at, kind, channels, rate = 12, "", 0, 0
    while at + 8 <= len(begin):
        name, length = begin[at : at + 4], int.from_bytes(begin[at + 4 : at + 8], "little")
        at += 8
        if name == b"fmt " and length >= 16 and at + length <= len(begin):
            form, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", begin, at)
            if form == EXTENSIBLE and length >= 26:
                form = struct.unpack_from("<H", begin, at + 24)[0]
            kind = KINDS.get((form, bits), "")
        elif name == b"data":
            if not kind or not channels or at + length > size:
                return None
            return _Header(kind, channels, rate, at, length // (channels * np.dtype(kind).itemsize))
        at += length + length % 2
    return None
