"""Audio files: WAV, FLAC, Ogg and what else libsndfile reads."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.files import FileSamples, files_and_classes
from hornbeam_datasets.loaders.optional import require
from hornbeam_datasets.loaders.wav import read_wav
from hornbeam_datasets.pipeline.dataset import Dataset, whole_number

__all__ = ["ENDINGS", "Audio", "load_audio", "read_audio"]

ENDINGS = (".wav", ".flac", ".ogg", ".oga", ".opus", ".aiff", ".aif", ".mp3")
MOST_SAMPLES = 1 << 31  # of a file that is read whole


def read_audio(
    path: Any, sampling_rate: int | None = None, channels: int | None = None, start: int = 0, length: int | None = None
) -> Any:
    """An audio file as an array.

    Args:
        path: of a file that libsndfile reads.
        sampling_rate: samples a second to which it is resampled (polyphase filter, as scipy.signal.resample_poly); None: as it is.
        channels: 1: their mean; another number: the file must have so many; None: as it is.
        start, length: the part that is wanted, in samples of the file; length None: to the end.

    Returns:
        float32 [time, channels] in [-1, 1].

    Raises:
        InvalidArgumentError: the file is too large, or has another number of channels.
        MissingPackageError: soundfile is not installed (plain WAV files need none), or SciPy, where a file has to be resampled.
    """
    named = isinstance(path, (str, os.PathLike)) and os.fspath(path).lower().endswith(".wav")
    found = read_wav(path, start, length, MOST_SAMPLES) if named else None
    sound, rate = _read(path, start, length) if found is None else found
    if channels == 1 != sound.shape[1]:
        sound = sound.mean(1, keepdims=True)
    elif channels is not None and sound.shape[1] != channels:
        raise InvalidArgumentError(f"{path} has {sound.shape[1]} channels; expected {channels}")
    if sampling_rate is not None and sampling_rate != rate and len(sound):
        signal = require("scipy.signal", "resampling audio", "audio")
        common = math.gcd(sampling_rate, rate)
        sound = signal.resample_poly(sound, sampling_rate // common, rate // common, axis=0).astype(np.float32)
    return sound


def _read(path: Any, start: int, length: int | None) -> tuple[Any, int]:
    soundfile = require("soundfile", "reading audio files", "audio")
    with soundfile.SoundFile(path) as file:
        wanted = file.frames - start if length is None else length
        if wanted * file.channels > MOST_SAMPLES:
            raise InvalidArgumentError(
                f"{path} has {wanted * file.channels:,} numbers, more than {MOST_SAMPLES:,}: give start and length"
            )
        file.seek(min(start, file.frames))
        return file.read(max(0, wanted), dtype="float32", always_2d=True), file.samplerate


class Audio(FileSamples):
    """Audio files, with labels where there are some: float32 [time, channels].

    Args:
        paths, labels, errors, class_names: as for `FileSamples`.
        sampling_rate, channels: as for `read_audio`.
        length: samples of each: longer files are cut off, shorter ones are followed by silence; None: as they are.
    """

    def __init__(
        self, paths: Sequence[Any], labels: Any = None, sampling_rate: int | None = None, channels: int | None = 1,
        length: int | None = None, errors: str = "raise", class_names: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(paths, labels, errors, class_names)
        self.rate, self.channels = sampling_rate, channels
        self.length = None if length is None else whole_number("length", length, 1)

    def read(self, path: str) -> Any:
        """The sound."""
        sound = read_audio(path, self.rate, self.channels)
        if self.length is None:
            return sound
        missing = max(0, self.length - len(sound))
        return np.pad(sound[: self.length], ((0, missing), (0, 0)))


def load_audio(
    source: Any, labels: Any = "inferred", class_names: Sequence[str] | None = None, column: str | None = None, **how: Any
) -> Dataset:  # fmt: skip
    """Audio files of a folder, a list of paths, or a data frame with a column of paths.

    Args:
        source, labels, class_names, column: as for `files_and_classes`.
        **how: of `Audio`.

    Raises:
        InvalidArgumentError: there are no files, or labels do not fit.
    """
    paths, numbers, names = files_and_classes(source, ENDINGS, labels, class_names, column)
    return Audio(paths, numbers, class_names=names, **how)
