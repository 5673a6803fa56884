"""image_, text_ and audio_dataset_from_directory: batches of files in folders named after their classes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders import audio, images, text
from hornbeam_datasets.loaders.files import FileSamples, in_folders, listed
from hornbeam_datasets.pipeline.dataset import Dataset

__all__ = ["audio_dataset_from_directory", "image_dataset_from_directory", "text_dataset_from_directory"]

MODES = ("int", "categorical", "binary", None)
COLORS = {"rgb": 3, "rgba": 4, "grayscale": 1}


def image_dataset_from_directory(
    directory: Any, labels: Any = "inferred", label_mode: str | None = "int", class_names: Sequence[str] | None = None,
    color_mode: str = "rgb", batch_size: int | None = 32, image_size: tuple[int, int] = (256, 256), shuffle: bool = True,
    seed: int | None = None, validation_split: float | None = None, subset: str | None = None,
    interpolation: str = "bilinear", follow_links: bool = False, crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False, data_format: str | None = None, format: str | None = None, verbose: bool = True,
) -> Any:  # fmt: skip
    """Batches of images, float32 from 0 to 255, of the folders in a folder.

    Args:
        directory: the folder.
        labels: "inferred": each folder in it is a class; None: no labels; else a list with one for each file, in the order of the
            files' paths.
        label_mode: "int": class numbers (int32); "categorical": rows with a one (float32); "binary": 0 or 1 (float32); None: no
            labels.
        class_names: the classes in the order of their numbers; None: by name.
        color_mode: "rgb", "rgba" or "grayscale".
        batch_size: images per batch; None: single images.
        image_size: (height, width) to which they are scaled.
        shuffle: another order each epoch; else in the order of the paths.
        seed: of the shuffling, and of the split.
        validation_split: share that is kept for validation.
        subset: "training", "validation" or "both" (then the result is a pair); goes with `validation_split`.
        interpolation: "bilinear", "nearest", "bicubic", "lanczos", "box" or "hamming": Pillow's, which smooths when it makes
            images smaller (Keras's does not).
        follow_links: whether links to folders are followed.
        crop_to_aspect_ratio: cut off at the sides rather than squeeze.
        pad_to_aspect_ratio: fill up with black rather than squeeze.
        data_format: "channels_last" (default) or "channels_first".
        format: for Keras's signature; the result is a `Dataset`, which every backend's `fit` takes.
        verbose: print how many files there are.

    Returns:
        A Dataset of (images [batch, height, width, channels], labels), with `class_names` and `file_paths`.

    Raises:
        InvalidArgumentError: an argument is not among those, or there are no images.

    Source: keras.utils.image_dataset_from_directory of Keras 3.15.
    """
    if color_mode not in COLORS:
        raise InvalidArgumentError(f"color_mode must be one of {', '.join(COLORS)}; got {color_mode!r}")
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise InvalidArgumentError("give crop_to_aspect_ratio or pad_to_aspect_ratio, not both")
    if data_format not in (None, "channels_last", "channels_first"):
        raise InvalidArgumentError(f"data_format must be channels_last or channels_first; got {data_format!r}")
    how: dict[str, Any] = {"color_mode": color_mode, "interpolation": interpolation, "dtype": np.float32}

    def make(paths: Any, numbers: Any, names: Any) -> Dataset:
        if pad_to_aspect_ratio:
            return _Padded(paths, numbers, size=image_size, class_names=names, **how)
        return images.Images(
            paths, numbers, size=image_size, keep_aspect_ratio=crop_to_aspect_ratio, class_names=names, **how
        )

    def arranged(image: Any, *label: Any) -> Any:
        turned = np.moveaxis(image, -1, 0) if data_format == "channels_first" else image
        return (turned, *label) if label else turned

    found = _Found(directory, labels, label_mode, class_names, images.ENDINGS, follow_links, seed, shuffle)
    return found.datasets(make, arranged, batch_size, validation_split, subset, verbose)


def text_dataset_from_directory(
    directory: Any, labels: Any = "inferred", label_mode: str | None = "int", class_names: Sequence[str] | None = None,
    batch_size: int | None = 32, max_length: int | None = None, shuffle: bool = True, seed: int | None = None,
    validation_split: float | None = None, subset: str | None = None, follow_links: bool = False,
    format: str | None = None, verbose: bool = True,
) -> Any:  # fmt: skip
    """Batches of texts of the .txt files in the folders of a folder.

    Args:
        directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split, subset, follow_links, format,
            verbose: as for `image_dataset_from_directory`.
        max_length: bytes of each text that are kept; None: all.

    Returns:
        A Dataset of (texts, labels): NumPy arrays of str.

    Raises:
        InvalidArgumentError: an argument is not among those, or there are no texts.

    Source: keras.utils.text_dataset_from_directory of Keras 3.15.
    """

    def make(paths: Any, numbers: Any, names: Any) -> Dataset:
        return text.TextFiles(paths, numbers, max_length=max_length, class_names=names)

    found = _Found(directory, labels, label_mode, class_names, (".txt",), follow_links, seed, shuffle)
    return found.datasets(make, None, batch_size, validation_split, subset, verbose)


def audio_dataset_from_directory(
    directory: Any, labels: Any = "inferred", label_mode: str | None = "int", class_names: Sequence[str] | None = None,
    batch_size: int | None = 32, sampling_rate: int | None = None, output_sequence_length: int | None = None,
    ragged: bool = False, shuffle: bool = True, seed: int | None = None, validation_split: float | None = None,
    subset: str | None = None, follow_links: bool = False, verbose: bool = True,
) -> Any:  # fmt: skip
    """Batches of sounds, float32 [batch, time, channels] in [-1, 1], of the folders in a folder.

    Args:
        directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split, subset, follow_links, verbose: as
            for `image_dataset_from_directory`.
        sampling_rate: samples a second to which sounds are resampled; None: as they are.
        output_sequence_length: samples of each: longer ones are cut off, shorter ones followed by silence; None: the length of
            the longest in the batch.
        ragged: refused: batches are filled up with silence.

    Returns:
        A Dataset of (sounds, labels).

    Raises:
        InvalidArgumentError: an argument is not among those, or there are no sounds.

    Source: keras.utils.audio_dataset_from_directory of Keras 3.15, which reads WAV alone.
    """
    if ragged:
        raise InvalidArgumentError(
            "ragged batches are not made: leave ragged=False, and shorter sounds are followed by silence"
        )

    def make(paths: Any, numbers: Any, names: Any) -> Dataset:
        return audio.Audio(paths, numbers, sampling_rate, None, output_sequence_length, class_names=names)

    found = _Found(directory, labels, label_mode, class_names, audio.ENDINGS, follow_links, seed, shuffle)
    return found.datasets(make, None, batch_size, validation_split, subset, verbose, pad=output_sequence_length is None)


class _Padded(images.Images):
    """Images that are scaled to fit, and filled up with black on both sides."""

    def read(self, path: str) -> Any:
        """An image."""
        whole = images.read_image(path, **{**self.how, "size": None, "dtype": np.uint8})
        height, width = self.how["size"]
        scale = min(height / whole.shape[0], width / whole.shape[1])
        inner = max(1, round(whole.shape[0] * scale)), max(1, round(whole.shape[1] * scale))
        small = images.read_image(path, **{**self.how, "size": inner})
        top, left = (height - inner[0]) // 2, (width - inner[1]) // 2
        out = np.zeros((height, width, small.shape[2]), np.float32)
        out[top : top + inner[0], left : left + inner[1]] = small
        return out


class _Found:
    """The files of a folder, and what becomes of them."""

    def __init__(
        self, directory: Any, labels: Any, label_mode: str | None, class_names: Sequence[str] | None, endings: Sequence[str],
        follow_links: bool, seed: int | None, shuffle: bool,
    ) -> None:  # fmt: skip
        if label_mode not in MODES:
            raise InvalidArgumentError(f"label_mode must be 'int', 'categorical', 'binary' or None; got {label_mode!r}")
        if not os.path.isdir(directory):
            raise InvalidArgumentError(f"there is no folder {directory}")
        inferred = isinstance(labels, str) and labels == "inferred"
        if isinstance(labels, str) and not inferred:
            raise InvalidArgumentError(f"labels must be 'inferred', None or a list; got {labels!r}")
        if class_names is not None and not inferred:
            raise InvalidArgumentError("class_names are the folders' names: they go with labels='inferred'")
        self.names: list[str] | None = None
        if inferred:
            self.paths, self.numbers, self.names = in_folders(directory, endings, class_names)
        else:
            self.paths = listed(directory, endings)
            self.numbers = None if labels is None else np.asarray(labels)
        if self.numbers is not None and len(self.numbers) != len(self.paths):
            raise InvalidArgumentError(
                f"{directory}: {len(self.paths)} files and {len(self.numbers)} labels; they must be as many"
            )
        if label_mode is None or labels is None:
            self.numbers, label_mode = None, None
        if not self.paths:
            raise InvalidArgumentError(f"{directory} has no files that end in {', '.join(endings)}")
        count = (
            len(self.names)
            if self.names is not None
            else len(set(np.ravel(self.numbers).tolist()))
            if labels is not None
            else 0
        )
        if label_mode == "binary" and count != 2:
            raise InvalidArgumentError(f"label_mode='binary' needs two classes; there are {count}")
        self.mode, self.count, self.seed, self.shuffle = label_mode, count, seed, shuffle

    def datasets(
        self, make: Callable[..., Dataset], arranged: Callable[..., Any] | None, batch_size: int | None,
        share: float | None, subset: str | None, verbose: bool, pad: bool = False,
    ) -> Any:  # fmt: skip
        """The dataset, that of a subset, or both."""
        if (share is None) != (subset is None):
            raise InvalidArgumentError("validation_split and subset go together: give both or neither")
        if subset not in (None, "training", "validation", "both"):
            raise InvalidArgumentError(f"subset must be 'training', 'validation' or 'both'; got {subset!r}")
        if share is not None and not 0 < share < 1:
            raise InvalidArgumentError(f"validation_split must be between 0 and 1; got {share!r}")
        if share is not None and self.shuffle and self.seed is None:
            raise InvalidArgumentError(
                "with validation_split and shuffle give a seed, so that the two parts share no file"
            )
        if verbose:
            classes = f" belonging to {self.count} classes" if self.names is not None else ""
            print(f"Found {len(self.paths)} files{classes}.")
        order = np.arange(len(self.paths))
        if self.shuffle and share is not None:
            order = np.random.default_rng(self.seed).permutation(order)
        if share is None:
            return self._one(make, arranged, batch_size, order, pad)
        kept = int(share * len(order))
        parts = {"training": order[: len(order) - kept], "validation": order[len(order) - kept :]}
        for name, part in parts.items():
            if verbose and subset in (name, "both"):
                print(f"Using {len(part)} files for {name}.")
        if subset == "both":
            return tuple(self._one(make, arranged, batch_size, part, pad) for part in parts.values())
        return self._one(make, arranged, batch_size, parts[str(subset)], pad)

    def _one(self, make: Any, arranged: Any, batch_size: int | None, part: Any, pad: bool) -> Dataset:
        paths = [self.paths[int(i)] for i in part]
        source = make(paths, None if self.numbers is None else self._labels(self.numbers[part]), self.names)
        dataset: Dataset = source if arranged is None else source.map(arranged)
        if self.shuffle:
            dataset = dataset.shuffle(seed=self.seed if self.seed is not None else int(np.random.randint(2**31)))
        if batch_size is not None:
            dataset = dataset.padded_batch(batch_size) if pad else dataset.batch(batch_size)
        dataset = dataset.prefetch(2, workers=2 if isinstance(source, FileSamples) and batch_size is not None else 0)
        dataset.class_names, dataset.file_paths = self.names, paths  # type: ignore[attr-defined]
        return dataset

    def _labels(self, numbers: Any) -> Any:
        if self.mode == "binary":
            return numbers.astype(np.float32).reshape(-1, 1)
        if self.mode == "categorical":
            return np.eye(self.count, dtype=np.float32)[numbers]
        return numbers.astype(np.int32)
