"""TFRecord's framing, and the protocol buffers of tf.train.Example.

Source: TensorFlow's core/lib/io/record_writer.h and core/example/feature.proto; Protocol Buffers' wire format; CRC-32C as in RFC 3720.
"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["crc32c", "example", "masked", "records"]

MOST_BYTES = 1 << 31  # of one record


def _table() -> list[int]:
    found = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        found.append(value)
    return found


TABLE = _table()


def crc32c(data: bytes) -> int:
    """The CRC-32C of bytes.

    Example:
        >>> hex(crc32c(b"123456789"))
        '0xe3069283'
    """
    lanes = 1 << 10
    if len(data) < 8 * lanes:
        crc = 0xFFFFFFFF
        for byte in data:
            crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
        return crc ^ 0xFFFFFFFF
    # Many stretches side by side in NumPy, then joined: a checksum is linear, and zeros after a stretch act as a matrix of bits.
    size = len(data) // lanes
    table, block = np.array(TABLE, np.uint32), np.frombuffer(data, np.uint8, lanes * size).reshape(lanes, size)
    state = np.zeros(lanes, np.uint32)
    state[0] = 0xFFFFFFFF
    for column in block.T:
        state = table[(state ^ column) & 0xFF] ^ (state >> np.uint32(8))
    shift = _after_zeros(size)
    crc = int(state[0])
    for part in state[1:]:
        crc = _times(shift, crc) ^ int(part)
    for byte in data[lanes * size :]:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _times(matrix: list[int], vector: int) -> int:
    found = 0
    for row in matrix:
        if vector & 1:
            found ^= row
        vector >>= 1
        if not vector:
            break
    return found


def _after_zeros(count: int) -> list[int]:
    """The matrix of bits by which `count` zero bytes change a checksum."""
    one = [TABLE[bit & 0xFF] ^ bit >> 8 for bit in (1 << n for n in range(32))]
    found = [1 << n for n in range(32)]
    while count:
        if count & 1:
            found = [_times(one, row) for row in found]
        one = [_times(one, row) for row in one]
        count >>= 1
    return found


def masked(data: bytes) -> int:
    """The checksum as TFRecord writes it."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(path: str, check: bool = True) -> Iterator[bytes]:
    """The records of a file.

    Raises:
        ValueError: the file is damaged or cut off.
    """
    with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as file:
        while head := file.read(12):
            if len(head) < 12:
                raise ValueError("the file is cut off within a record's head")
            length, crc = struct.unpack("<QI", head)
            if masked(head[:8]) != crc or length > MOST_BYTES:
                raise ValueError(
                    "a record's length does not fit its checksum: this is no TFRecord file, or a damaged one"
                )
            data, tail = file.read(length), file.read(4)
            if len(data) < length or len(tail) < 4:
                raise ValueError("the file is cut off within a record")
            if check and masked(data) != struct.unpack("<I", tail)[0]:
                raise ValueError("a record does not fit its checksum: the file is damaged")
            yield data


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at  # as Protocol Buffers' readers do
        if shift > 63:
            raise ValueError("a number of more than 64 bits")


def _fields(data: memoryview) -> Iterator[tuple[int, int, Any]]:
    """Number, wire type and content of each field of a message."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield tag >> 3, kind, value
            continue
        if kind == 2:
            length, at = _varint(data, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise ValueError(f"a field of wire type {kind}")
        if at + length > len(data):
            raise ValueError("a field that is longer than its message")
        yield tag >> 3, kind, data[at : at + length]
        at += length


def example(record: bytes) -> dict[str, Any]:
    """The features of a `tf.train.Example`: float32 and int64 arrays, or bytes; lists of one element without axes.

    Raises:
        ValueError: the record holds something else.
    """
    found = {}
    try:
        for _, _, features in _fields(memoryview(record)):
            for _, _, entry in _fields(features):
                parts = {number: value for number, kind, value in _fields(entry) if kind == 2}
                found[bytes(parts[1]).decode()] = _feature(parts.get(2, memoryview(b"")))
    except (IndexError, KeyError, TypeError, UnicodeError) as error:
        raise ValueError(f"the record is no tf.train.Example: {error}") from error
    return dict(sorted(found.items()))


def _feature(data: memoryview) -> Any:
    """BytesList is field 1, FloatList 2, Int64List 3; numbers are packed, or one by one."""
    for number, _, content in _fields(data):
        values = list(_fields(content))
        if number != 3 and any(kind == 0 for _, kind, _ in values):
            raise ValueError("a whole number among texts or floats")
        if number == 1:
            texts = [bytes(v) for _, _, v in values]
            return texts[0] if len(texts) == 1 else texts
        if number == 2:
            array = np.frombuffer(b"".join(bytes(v) for _, _, v in values), "<f4").astype(np.float32)
        else:
            array = np.array(
                [n for _, kind, v in values for n in (_varints(v) if kind == 2 else [v])], np.uint64
            ).astype(np.int64)
        return array[0] if array.size == 1 else array
    return np.empty(0, np.float32)


def _varints(data: memoryview) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value
