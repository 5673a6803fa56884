"""Shards: tar files of samples (WebDataset) and TFRecord files, read as streams."""

from __future__ import annotations

import io
import json
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders import audio, images
from hornbeam_datasets.loaders.files import listed
from hornbeam_datasets.loaders.records import example, records
from hornbeam_datasets.pipeline.dataset import Dataset, from_slot, whole_number
from hornbeam_datasets.pipeline.skips import Skips

__all__ = ["Shards", "TFRecords", "WebDataset", "load_tfrecord", "load_webdataset"]

MOST_BYTES = 1 << 31  # of one member


class Shards(Dataset):
    """Samples of shards, one shard after another. Subclasses give `samples`.

    Args:
        paths: the shards.
        shuffle_shards: a seed: the shards come in another order each epoch (then `shuffle(buffer_size)` mixes their samples);
            None: as given.
        errors: "raise", or "skip": samples that cannot be read are left out, counted and listed in `skips`.
    """

    def __init__(self, paths: Sequence[Any], shuffle_shards: int | None = None, errors: str = "raise") -> None:
        self.paths = [os.fspath(p) for p in paths]
        if not self.paths:
            raise InvalidArgumentError(f"{type(self).__name__}: there are no files")
        self.seed = None if shuffle_shards is None else whole_number("shuffle_shards", shuffle_shards, 0)
        self.skips = Skips(errors)

    def samples(self, path: str) -> Iterator[Any]:
        """Samples and SKIPPED of a shard."""
        raise InvalidArgumentError(f"{type(self).__name__} does not say what is in a shard: override samples()")

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Shard after shard."""
        return from_slot(self._walk(epoch), start)

    def _walk(self, epoch: int) -> Iterator[Any]:
        order: Any = range(len(self.paths))
        if self.seed is not None:
            order = np.random.default_rng((self.seed, epoch)).permutation(len(self.paths))
        for number in order:
            yield from self.samples(self.paths[int(number)])


class WebDataset(Shards):
    """Tar files in which the files of a sample follow one another and share their name up to the first dot.

    A sample is a dict by ending, with "__key__" for the name: images (png, jpg, ...) as arrays [height, width, 3], npy as arrays,
    json as what it holds, txt as text, cls as a whole number, sounds (wav, flac, ogg) as arrays [time, channels], anything else
    as bytes. Nothing that runs code is read (pickles stay bytes).

    Args:
        paths, shuffle_shards, errors: as for `Shards`.
        keys: endings of those wanted, as a tuple or list: samples then are like it; None: the dict.
        decode: functions of bytes by ending, instead of those above.
    """

    def __init__(
        self, paths: Sequence[Any], keys: Any = None, decode: dict[str, Callable[[bytes], Any]] | None = None,
        shuffle_shards: int | None = None, errors: str = "raise",
    ) -> None:  # fmt: skip
        super().__init__(paths, shuffle_shards, errors)
        self.keys, self.own = keys, dict(decode or {})

    def samples(self, path: str) -> Iterator[Any]:
        """The samples of a tar file."""
        key, parts = "", dict[str, bytes]()
        try:
            with tarfile.open(path, "r|*") as archive:
                for member in archive:
                    if not member.isfile():
                        continue
                    folder, _, name = member.name.rpartition("/")
                    stem, _, ending = name.partition(".")
                    if (found := f"{folder}/{stem}" if folder else stem) != key:
                        if parts:
                            yield self._sample(path, key, parts)
                        key, parts = found, {}
                    if member.size > MOST_BYTES:
                        raise InvalidArgumentError(
                            f"{path}: {member.name} has {member.size:,} bytes, more than {MOST_BYTES:,}"
                        )
                    content = archive.extractfile(member)
                    parts[ending.lower()] = content.read() if content is not None else b""
        except (tarfile.TarError, OSError, EOFError) as error:
            said = f"{path} cannot be read to its end: {error}"
            if not self.skips.skip:
                raise InvalidArgumentError(f'{said}. With errors="skip" the rest is left out.') from error
            self.skips.note(said)
            return
        if parts:
            yield self._sample(path, key, parts)

    def _sample(self, path: str, key: str, parts: dict[str, bytes]) -> Any:
        return self.skips.guard(lambda: self._decoded(path, key, parts), f"{path}: {key}")

    def _decoded(self, path: str, key: str, parts: dict[str, bytes]) -> Any:
        wanted = parts if self.keys is None else self.keys
        missing = [k for k in wanted if k not in parts and k != "__key__"]
        if missing:
            raise InvalidArgumentError(
                f"{path}: the sample {key} has no {missing[0]!r}; it has {', '.join(sorted(parts))}"
            )
        found: dict[str, Any] = {"__key__": key}
        for ending in wanted:
            if ending != "__key__":
                try:
                    found[ending] = self._content(ending, parts[ending])
                except Exception as error:
                    if isinstance(error, ImportError):
                        raise
                    raise InvalidArgumentError(f"{path}: {key}.{ending} cannot be read: {error}") from error
        return found if self.keys is None else type(self.keys)(found[k] for k in self.keys)

    def _content(self, ending: str, content: bytes) -> Any:
        if ending in self.own:
            return self.own[ending](content)
        last = "." + ending.rsplit(".", 1)[-1]
        if last in images.ENDINGS:
            return images.read_image(io.BytesIO(content))
        if last in audio.ENDINGS:
            return audio.read_audio(io.BytesIO(content))
        plain: dict[str, Callable[[bytes], Any]] = {
            ".npy": lambda c: np.load(io.BytesIO(c), allow_pickle=False),
            ".json": lambda c: json.loads(c.decode()),
            ".txt": lambda c: c.decode(),
            ".cls": lambda c: np.int64(c.decode()),
        }
        return plain[last](content) if last in plain else content


class TFRecords(Shards):
    """TFRecord files: `tf.train.Example`s as dicts of arrays, or whatever `decode` makes of a record.

    Args:
        paths, shuffle_shards, errors: as for `Shards`. Files that end in .gz are unpacked on the way.
        decode: function of a record's bytes; None: a `tf.train.Example`, whose lists become arrays (of one element: without axes),
            texts bytes.
        check: whether the checksum of each record is compared.
    """

    def __init__(
        self, paths: Sequence[Any], decode: Callable[[bytes], Any] | None = None, check: bool = True,
        shuffle_shards: int | None = None, errors: str = "raise",
    ) -> None:  # fmt: skip
        super().__init__(paths, shuffle_shards, errors)
        self.decode, self.check = decode or example, check

    def samples(self, path: str) -> Iterator[Any]:
        """The records of a file."""
        number = 0
        try:
            for number, record in enumerate(records(path, self.check)):
                yield self.skips.guard(lambda record=record: self.decode(record), f"{path}, record {number}")  # type: ignore[misc]
        except (ValueError, OSError, EOFError, zlib.error) as error:
            said = f"{path}, after record {number}: {error}"
            if not self.skips.skip:
                raise InvalidArgumentError(
                    f'{said}. With errors="skip" the rest of such a file is left out.'
                ) from error
            self.skips.note(said)


def load_webdataset(source: Any, **how: Any) -> Dataset:
    """Samples of tar files; see `WebDataset`."""
    return WebDataset(listed(source, (".tar", ".tgz")), **how)


def load_tfrecord(source: Any, **how: Any) -> Dataset:
    """Samples of TFRecord files; see `TFRecords`."""
    folder = isinstance(source, (str, os.PathLike)) and os.path.isdir(source)
    paths = sorted(str(p) for p in Path(source).iterdir() if ".tfrecord" in p.name) if folder else listed(source, ())
    return TFRecords(paths, **how)
