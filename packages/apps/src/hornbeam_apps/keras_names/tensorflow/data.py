"""tf.data: datasets with TensorFlow's methods, on Hornbeam's pipelines. Their samples are tensors."""

from __future__ import annotations

import functools
import glob
import os
from collections.abc import Callable, Iterator
from typing import Any

import hornbeam as hb
import numpy as np
from hornbeam import ops
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import flatten, map_structure
from hornbeam_datasets import Dataset as Pipeline

from hornbeam_apps.keras_names.tensorflow.text import text

__all__ = ["AUTOTUNE", "Dataset"]

AUTOTUNE = -1


class Dataset:
    """Samples one after another. `pipeline` is the Hornbeam dataset beneath, which has more methods.

    Args:
        pipeline: where the samples come from.
    """

    def __init__(self, pipeline: Any) -> None:
        self.pipeline = pipeline

    # ---- from where

    @staticmethod
    def from_tensor_slices(tensors: Any, name: str | None = None) -> Dataset:
        """The rows of arrays."""
        return Dataset(Pipeline.of(map_structure(_array, _rows(tensors))))

    @staticmethod
    def from_tensors(tensors: Any, name: str | None = None) -> Dataset:
        """One sample."""
        return Dataset(Pipeline.from_iterable([map_structure(_array, tensors)], 1))

    @staticmethod
    def from_generator(generator: Callable[..., Any], args: Any = (), **options: Any) -> Dataset:
        """What a function's iterators give."""
        return Dataset(Pipeline.from_iterable(lambda: generator(*args)))

    @staticmethod
    def range(*args: int, output_type: Any = "int64", **options: Any) -> Dataset:
        """Integers."""
        return Dataset(Pipeline.of(np.arange(*args, dtype=str(output_type))))

    @staticmethod
    def zip(*datasets: Any, **options: Any) -> Dataset:
        """Tuples of the samples of several."""
        parts = datasets[0] if len(datasets) == 1 and isinstance(datasets[0], tuple) else datasets
        first, *others = (part.pipeline for part in parts)
        return Dataset(first.zip(*others))

    @staticmethod
    def list_files(file_pattern: Any, shuffle: Any = None, seed: int | None = None, name: str | None = None) -> Dataset:
        """The names of files, in another order each epoch unless `shuffle` is false."""
        patterns = [file_pattern] if isinstance(file_pattern, (str, os.PathLike)) else list(file_pattern)
        names = sorted(path for pattern in patterns for path in glob.glob(str(pattern)))
        if not names:
            raise InvalidArgumentError(f"there are no files {file_pattern}")
        found = Dataset(Pipeline.of(np.asarray(names)))
        return found if shuffle is False else found.shuffle(len(names), seed)

    # ---- samples

    def map(self, map_func: Callable[..., Any], num_parallel_calls: Any = None, **options: Any) -> Dataset:
        """A function of each sample; the parts of a tuple are its arguments."""

        def call(*sample: Any) -> Any:
            return map_structure(_array, map_func(*map(_tensors, sample)))

        return Dataset(self.pipeline.map(call))

    def filter(self, predicate: Callable[..., Any], name: str | None = None) -> Dataset:
        """The samples for which a function is true."""
        return Dataset(self.pipeline.filter(lambda *sample: bool(predicate(*map(_tensors, sample)))))

    def flat_map(self, map_func: Callable[..., Any], **options: Any) -> Dataset:
        """The samples of the datasets that a function makes of each sample."""

        def samples() -> Iterator[Any]:
            for sample in self:
                yield from map_func(*sample) if isinstance(sample, tuple) else map_func(sample)

        return Dataset(Pipeline.from_iterable(samples))

    interleave = flat_map  # whose samples come one dataset after the other

    def window(
        self, size: int, shift: int | None = None, stride: int = 1, drop_remainder: bool = False, name: Any = None
    ) -> Dataset:
        """Datasets of so many samples each; `flat_map` puts them together again."""
        return _Windows(self, int(size), int(shift or size), int(stride), drop_remainder)

    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any], name: str | None = None) -> Any:
        """What a function of the state so far and each sample ends with."""
        return functools.reduce(reduce_func, self, initial_state)

    def apply(self, transformation_func: Callable[..., Any]) -> Any:
        """A function of the dataset."""
        return transformation_func(self)

    def shuffle(
        self, buffer_size: int, seed: int | None = None, reshuffle_each_iteration: bool | None = True, name: Any = None
    ) -> Dataset:
        """Another order each epoch."""
        seed = int(np.random.randint(2**31)) if seed is None else seed
        return Dataset(self.pipeline.shuffle(int(buffer_size), seed, reshuffle_each_iteration is not False))

    def batch(
        self, batch_size: int, drop_remainder: bool = False, num_parallel_calls: Any = None, **options: Any
    ) -> Dataset:
        """So many samples as one."""
        return Dataset(self.pipeline.batch(int(batch_size), drop_remainder))

    def padded_batch(
        self, batch_size: int, padded_shapes: Any = None, padding_values: Any = 0, drop_remainder: bool = False, name: Any = None
    ) -> Dataset:  # fmt: skip
        """So many samples as one, filled up to one shape."""
        values = 0 if padding_values is None else padding_values
        return Dataset(self.pipeline.padded_batch(int(batch_size), values, drop_remainder, padded_shapes))

    def unbatch(self, name: str | None = None) -> Dataset:
        """The rows of every sample as samples."""
        return Dataset(self.pipeline.unbatch())

    def take(self, count: int, name: str | None = None) -> Dataset:
        """The first samples; -1: all."""
        return self if count == -1 else Dataset(self.pipeline.take(int(count)))

    def skip(self, count: int, name: str | None = None) -> Dataset:
        """All but the first samples."""
        return Dataset(self.pipeline.skip(int(count)))

    def shard(self, num_shards: int, index: int, name: str | None = None) -> Dataset:
        """Every `num_shards`-th sample."""
        return Dataset(self.pipeline.shard(num_shards, index))

    def repeat(self, count: int | None = None, name: str | None = None) -> Dataset:
        """The samples so many times; None and -1: without end."""
        return Dataset(self.pipeline.repeat(None if count == -1 else count))

    def concatenate(self, dataset: Dataset, name: str | None = None) -> Dataset:
        """These samples, then the other's."""
        return Dataset(self.pipeline.concatenate(dataset.pipeline))

    def cache(self, filename: str = "", name: str | None = None) -> Dataset:
        """What the first epoch computed is kept."""
        return Dataset(self.pipeline.cache(filename or None))

    def prefetch(self, buffer_size: Any, name: str | None = None) -> Dataset:
        """Samples made ready while earlier ones are used."""
        return Dataset(self.pipeline.prefetch(2 if buffer_size == AUTOTUNE else int(buffer_size)))

    def with_options(self, options: Any, name: str | None = None) -> Dataset:
        """The same."""
        return self

    def enumerate(self, start: int = 0, name: str | None = None) -> Dataset:
        """Tuples of a number and a sample."""

        def samples() -> Iterator[Any]:
            for i, sample in enumerate(self.pipeline, start):
                yield np.int64(i), sample

        return Dataset(Pipeline.from_iterable(samples))

    # ---- looking

    def __iter__(self) -> Iterator[Any]:
        """The samples, as tensors."""
        return map(_tensors, self.pipeline)

    def as_numpy_iterator(self) -> Iterator[Any]:
        """The samples, as arrays."""
        return iter(self.pipeline)

    def __len__(self) -> int:
        """How many samples an epoch has."""
        return len(self.pipeline)

    def cardinality(self, name: str | None = None) -> Any:
        """How many samples an epoch has; -2 where that is not known."""
        try:
            return ops.asarray(len(self), dtype="int64")
        except TypeError:
            return ops.asarray(-2, dtype="int64")

    @property
    def element_spec(self) -> Any:
        """The first sample, whose shapes and dtypes are those of the others."""
        return next(iter(self))

    @property
    def epoch(self) -> int:
        """How often it was started; training that is resumed sets it."""
        found: int = self.pipeline.epoch
        return found

    @epoch.setter
    def epoch(self, value: int) -> None:
        self.pipeline.epoch = value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "pipeline":
            raise AttributeError(name)
        raise AttributeError(
            f"tf.data.Dataset has no {name} here. Its attribute `pipeline` is the Hornbeam dataset, which has: "
            + ", ".join(sorted(n for n in dir(self.pipeline) if not n.startswith("_")))
        )


class _Windows(Dataset):
    """The datasets that `window` makes of another's samples."""

    def __init__(self, whole: Dataset, size: int, shift: int, stride: int, drop_remainder: bool) -> None:
        super().__init__(whole.pipeline)
        self._whole, self._size, self._shift, self._stride, self._drop = whole, size, shift, stride, drop_remainder

    def __iter__(self) -> Iterator[Any]:
        """The datasets."""
        samples = list(self._whole.pipeline)
        for start in range(0, len(samples), self._shift):
            part = samples[start : start + self._size * self._stride : self._stride]
            if len(part) == self._size or not self._drop:
                yield Dataset(Pipeline.from_iterable(part, len(part)))


def _rows(tensors: Any) -> Any:
    """Lists of numbers as arrays."""
    if isinstance(tensors, list) and not any(hasattr(leaf, "shape") for leaf in flatten(tensors)[0]):
        return np.asarray(tensors)
    if isinstance(tensors, tuple):
        return tuple(_rows(t) for t in tensors)
    return {k: _rows(v) for k, v in tensors.items()} if isinstance(tensors, dict) else tensors


def _array(x: Any) -> Any:
    return x.numpy() if isinstance(x, hb.Tensor) else np.asarray(x)


def _tensors(sample: Any) -> Any:
    """Arrays of numbers as tensors, texts as tensors of text."""
    if sample is None:
        raise InvalidArgumentError("a sample of the dataset is None")
    return map_structure(lambda a: ops.asarray(a) if np.asarray(a).dtype.kind in "biufc" else text(a), sample)
