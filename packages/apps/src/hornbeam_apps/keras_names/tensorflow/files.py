"""tf.io and tf.audio: files, and what their bytes say, as far as functions of pipelines read them."""

from __future__ import annotations

import glob as _glob
import io
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam import ops
from hornbeam.errors import InvalidArgumentError
from hornbeam_datasets import read_audio, read_image

from hornbeam_apps.keras_names.tensorflow.text import host, text

__all__ = [
    "decode_and_crop_jpeg", "decode_bmp", "decode_image", "decode_jpeg", "decode_png", "decode_raw", "decode_wav", "gfile",
    "read_file", "write_file",
]  # fmt: skip

COLOURS = {1: "grayscale", 3: "rgb", 4: "rgba"}


def read_file(filename: Any, name: str | None = None) -> Any:
    """The bytes of a file."""
    return text(Path(_path(filename)).read_bytes())


def write_file(filename: Any, contents: Any, name: str | None = None) -> None:
    """A file of these bytes."""
    Path(_path(filename)).write_bytes(_bytes(contents))


def decode_image(
    contents: Any, channels: int | None = None, dtype: Any = "uint8", name: str | None = None, expand_animations: bool = True
) -> Any:  # fmt: skip
    """An image of the bytes of a file: uint8 [height, width, channels], or floats from 0 to 1; of an animation the first picture.

    Args:
        contents: the bytes.
        channels: 1, 3, 4, or 0 for as many as the file has.
        dtype: of the tensor.
        expand_animations: nothing.

    Raises:
        InvalidArgumentError: another number of channels.
    """
    data = _bytes(contents)
    if channels not in (None, 0, *COLOURS):
        raise InvalidArgumentError(f"channels is 0 (as the file has), 1, 3 or 4; got {channels}")
    found = read_image(io.BytesIO(data), color_mode=COLOURS[channels or _channels(data)])
    return ops.asarray(found, dtype="uint8") if str(dtype) == "uint8" else ops.cast(found, dtype) / 255.0


def _channels(data: bytes) -> int:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        bands = len(image.getbands())
        return 3 if image.mode == "P" else {2: 4}.get(bands, bands)


def decode_png(contents: Any, channels: int = 0, dtype: Any = "uint8", name: str | None = None) -> Any:
    """An image of the bytes of a file, of whatever kind."""
    return decode_image(contents, channels, dtype)


def decode_jpeg(contents: Any, channels: int = 0, ratio: int = 1, **options: Any) -> Any:
    """An image of the bytes of a file, of whatever kind; every `ratio`-th pixel of it."""
    return decode_image(contents, channels)[::ratio, ::ratio]


def decode_and_crop_jpeg(contents: Any, crop_window: Any, channels: int = 0, **options: Any) -> Any:
    """Part of an image: (top, left, height, width)."""
    top, left, height, width = (int(n) for n in crop_window)
    return decode_image(contents, channels)[top : top + height, left : left + width]


decode_bmp = decode_png


def decode_raw(input_bytes: Any, out_type: Any, little_endian: bool = True, name: str | None = None) -> Any:
    """Numbers that lie in bytes one after another."""
    order = np.dtype(str(out_type)).newbyteorder("<" if little_endian else ">")
    return ops.asarray(np.frombuffer(_bytes(input_bytes), order).astype(str(out_type)))


def decode_wav(
    contents: Any, desired_channels: int = -1, desired_samples: int = -1, name: str | None = None
) -> tuple[Any, Any]:
    """A sound of the bytes of a WAV file: float32 [time, channels] in [-1, 1], and its rate; filled up to `desired_samples`."""
    import soundfile

    data = _bytes(contents)
    sound = np.asarray(read_audio(io.BytesIO(data)))
    if desired_channels > 0:
        sound = sound[:, :desired_channels]
    if desired_samples > 0:
        sound = sound[:desired_samples]
        sound = np.pad(sound, ((0, desired_samples - len(sound)), (0, 0)))
    return ops.asarray(sound), ops.asarray(soundfile.info(io.BytesIO(data)).samplerate, dtype="int32")


class gfile:  # noqa: N801 - its name
    """Folders and files of this machine."""

    GFile = staticmethod(open)
    exists, isdir, join = staticmethod(os.path.exists), staticmethod(os.path.isdir), staticmethod(os.path.join)
    glob, listdir = staticmethod(_glob.glob), staticmethod(os.listdir)
    remove, rmtree = staticmethod(os.remove), staticmethod(shutil.rmtree)

    @staticmethod
    def makedirs(path: Any) -> None:
        """A folder, with those above it."""
        os.makedirs(path, exist_ok=True)

    mkdir = makedirs


def _path(value: Any) -> str:
    found = value if isinstance(value, (str, os.PathLike)) else host(value).item()
    return found.decode() if isinstance(found, bytes) else os.fspath(found)


def _bytes(value: Any) -> bytes:
    found = value if isinstance(value, (bytes, str)) else host(value).item()
    return found if isinstance(found, bytes) else str(found).encode()
