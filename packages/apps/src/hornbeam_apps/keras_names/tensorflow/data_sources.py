"""Names of tf.data beside Dataset, and the functions of keras.utils that make such datasets."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hornbeam_datasets as sources
from hornbeam_datasets import Dataset as Pipeline

from hornbeam_apps.keras_names.tensorflow.data import AUTOTUNE, Dataset

__all__ = [
    "Options", "TextLineDataset", "audio_dataset_from_directory", "experimental", "image_dataset_from_directory",
    "text_dataset_from_directory", "timeseries_dataset_from_array",
]  # fmt: skip


def TextLineDataset(filenames: Any, *args: Any, **options: Any) -> Dataset:  # noqa: N802 - its name
    """The lines of files of text."""
    names = [filenames] if isinstance(filenames, (str, Path)) else list(filenames)

    def lines() -> Iterator[str]:
        for name in names:
            with open(str(name), encoding="utf-8") as file:
                for line in file:
                    yield line.rstrip("\r\n")

    return Dataset(Pipeline.from_iterable(lines))


class Options(SimpleNamespace):
    """Takes any attribute; nothing follows from it."""

    def __init__(self) -> None:
        super().__init__(
            experimental_distribute=SimpleNamespace(), threading=SimpleNamespace(), autotune=SimpleNamespace()
        )


def cardinality(dataset: Dataset) -> Any:
    """How many samples an epoch has."""
    return dataset.cardinality()


experimental = SimpleNamespace(
    AUTOTUNE=AUTOTUNE, cardinality=cardinality, UNKNOWN_CARDINALITY=-2, INFINITE_CARDINALITY=-1,
    AutoShardPolicy=SimpleNamespace(OFF=-1, AUTO=0, FILE=1, DATA=2),
)  # fmt: skip


def _of_tensorflow(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, whose datasets have TensorFlow's methods."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        found = function(*args, **kwargs)
        return tuple(map(_dataset, found)) if isinstance(found, tuple) else _dataset(found)

    return call


def _dataset(pipeline: Any) -> Dataset:
    found = Dataset(pipeline)
    for name in ("class_names", "file_paths"):
        if hasattr(pipeline, name):
            setattr(found, name, getattr(pipeline, name))
    return found


image_dataset_from_directory = _of_tensorflow(sources.image_dataset_from_directory)
text_dataset_from_directory = _of_tensorflow(sources.text_dataset_from_directory)
audio_dataset_from_directory = _of_tensorflow(sources.audio_dataset_from_directory)
timeseries_dataset_from_array = _of_tensorflow(sources.timeseries_dataset_from_array)
