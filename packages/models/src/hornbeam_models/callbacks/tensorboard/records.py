"""Event files as TensorBoard reads them: records of protocol buffers, of which the few kinds that are needed are written here.

Sources: the record format (length, checksum, data, checksum) is TFRecord's; the field numbers are those of event.proto,
summary.proto, graph.proto and node_def.proto of TensorFlow; the checksum is CRC-32C (RFC 3720, appendix B.4), masked.
"""

from __future__ import annotations

import itertools
import os
import socket
import struct
import time
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["EventFile", "crc32c", "field", "histogram", "image", "png", "record", "scalar", "text"]

_numbers = itertools.count()


def _table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _table()


def crc32c(data: bytes) -> int:
    """The Castagnoli checksum.

    Example:
        >>> hex(crc32c(b"123456789"))
        '0xe3069283'
    """
    value, table = 0xFFFFFFFF, _TABLE
    for byte in data:
        value = table[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def _masked(data: bytes) -> bytes:
    value = crc32c(data)
    return struct.pack("<I", (((value >> 15) | (value << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def record(data: bytes) -> bytes:
    """Data as a record of an event file."""
    length = struct.pack("<Q", len(data))
    return length + _masked(length) + data + _masked(data)


# ---- protocol buffers


def _varint(value: int) -> bytes:
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number: int, value: Any, kind: str = "") -> bytes:
    """One field of a message.

    Args:
        number: of the field.
        value: an integer, text, bytes (of a message as well), or numbers of `kind`.
        kind: "double" or "float" for a number, "doubles" for a packed array.
    """
    if kind == "double":
        return _varint(number << 3 | 1) + struct.pack("<d", value)
    if kind == "float":
        return _varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = (
        np.asarray(value, "<f8").tobytes() if kind == "doubles" else value.encode() if isinstance(value, str) else value
    )
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def scalar(tag: str, value: float) -> bytes:
    """A Summary.Value of one number."""
    return field(1, tag) + field(2, value, "float")


def histogram(tag: str, values: Any, bins: int = 30) -> bytes:
    """A Summary.Value of the distribution of numbers; those that are not finite do not count."""
    flat = np.asarray(values, np.float64).reshape(-1)
    flat = flat[np.isfinite(flat)]
    if not flat.size:
        flat = np.zeros(1)
    counts, edges = np.histogram(flat, bins)
    parts = [
        field(1, flat.min(), "double"), field(2, flat.max(), "double"), field(3, flat.size, "double"),
        field(4, flat.sum(), "double"), field(5, np.square(flat).sum(), "double"),
        field(6, edges[1:], "doubles"), field(7, counts, "doubles"),
    ]  # fmt: skip
    return field(1, tag) + field(5, b"".join(parts))


def image(tag: str, pixels: Any) -> bytes:
    """A Summary.Value of a picture: uint8 of [height, width] or [height, width, 1, 3 or 4]."""
    height, width, *channels = pixels.shape
    colors = channels[0] if channels else 1
    body = field(1, height) + field(2, width) + field(3, colors) + field(4, png(pixels))
    return field(1, tag) + field(4, body)


def text(tag: str, markdown: str) -> bytes:
    """A Summary.Value of text: a string tensor of the plugin "text"."""
    tensor = field(1, 7) + field(2, b"") + field(8, markdown.encode())
    metadata = field(1, field(1, "text"))
    return field(1, tag) + field(8, tensor) + field(9, metadata)


def png(pixels: Any) -> bytes:
    """A PNG file of uint8 pixels."""
    array = np.ascontiguousarray(pixels, np.uint8)
    array = array.reshape(*array.shape[:2], -1)
    height, width, channels = array.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = np.concatenate([np.zeros((height, 1), np.uint8), array.reshape(height, -1)], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows.tobytes()))
        + chunk(b"IEND", b"")
    )


class EventFile:
    """A file of events in a folder, which TensorBoard finds by its name.

    Args:
        folder: is made if there is none.
        suffix: of the name.
    """

    def __init__(self, folder: Path, suffix: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = (
            f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{next(_numbers)}{suffix}"
        )
        self.path = folder / name
        self._file = self.path.open("wb")
        self._write(field(3, "brain.Event:2"))

    def _write(self, event: bytes, step: int = 0) -> None:
        self._file.write(record(field(1, time.time(), "double") + field(2, step) + event))

    def add(self, values: Iterable[bytes], step: int) -> None:
        """Write Summary.Values for a step."""
        summary = b"".join(field(1, value) for value in values)
        if summary:
            self._write(field(5, summary), step)

    def add_graph(self, graph: bytes) -> None:
        """Write a GraphDef."""
        self._write(field(4, graph))

    def flush(self) -> None:
        """Let readers see what was written."""
        self._file.flush()

    def close(self) -> None:
        """Done."""
        self._file.close()
