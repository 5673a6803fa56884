"""What the first epoch computed, kept: in memory, or in a folder whose files later runs find again."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import flatten

from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset, copied, from_slot

__all__ = ["FolderCache", "MemoryCache", "cached"]


def cached(parent: Dataset, folder: Any) -> Dataset:
    """In memory where there is no folder."""
    return MemoryCache(parent) if folder is None else FolderCache(parent, folder)


class MemoryCache(Dataset):
    """Samples as they were in the first epoch, kept in memory as they are asked for."""

    def __init__(self, parent: Dataset) -> None:
        self.parent, self.complete = parent, parent.complete
        self.kept: dict[int, Any] = {}
        self.whole = False

    @property
    def by_number(self) -> bool:
        """As the parent, and once everything is kept."""
        return self.parent.by_number or self.whole

    @property
    def slots(self) -> int | None:
        """The parent's; known once everything is kept."""
        return len(self.kept) if self.whole else self.parent.slots

    def at(self, slot: int, epoch: int) -> Any:
        """What is kept, or the parent's."""
        if slot not in self.kept:
            self.kept[slot] = self.parent.at(slot, 0)
        return copied(self.kept[slot])  # a function of samples may write into it

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """What is kept, or the parent's."""
        if self.by_number and self.slots is not None:
            return super().walk(epoch, start)
        return from_slot(self._fill(), start)

    def _fill(self) -> Iterator[Any]:
        found: list[Any] = []
        for sample in self.parent.walk(0):
            found.append(copied(sample))
            yield sample
        self.kept, self.whole = dict(enumerate(found)), True


class FolderCache(Dataset):
    """Samples as they were in the first epoch that was gone through, kept in files and memory-mapped from then on.

    Args:
        parent: samples, of one structure, whose arrays have one dtype and number of axes each (sizes may differ).
        folder: is made when the first epoch is complete; one that exists is used as it is. Remove it when the pipeline changes.

    Raises:
        InvalidArgumentError: the folder holds something else, or samples cannot be kept so.
    """

    def __init__(self, parent: Dataset, folder: Any) -> None:
        self.parent, self.folder = parent, Path(folder)
        self.read: _Reader | None = None
        if self.folder.exists():
            self.read = _Reader(self.folder)

    @property
    def by_number(self) -> bool:
        """Once the folder is there."""
        return self.read is not None

    @property
    def complete(self) -> bool:  # type: ignore[override]
        """What is skipped is not kept."""
        return self.read is not None or self.parent.complete

    @property
    def slots(self) -> int | None:
        """The number of samples kept, or the parent's."""
        return self.parent.slots if self.read is None else self.read.count

    def at(self, slot: int, epoch: int) -> Any:
        """From the files."""
        if self.read is None:
            raise InvalidArgumentError(f"the cache in {self.folder} is not filled yet: go through an epoch first")
        return self.read.sample(slot)

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """From the files, or the parent's, which fills them."""
        return super().walk(epoch, start) if self.read is not None else from_slot(self._fill(), start)

    def _fill(self) -> Iterator[Any]:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{self.folder.name}-", dir=self.folder.parent))
        try:
            with _Writer(partial) as writer:
                for sample in self.parent.walk(0):
                    if sample is not SKIPPED:
                        writer.add(sample)
                    yield sample
            try:
                os.replace(partial, self.folder)
            except OSError:
                if not self.folder.exists():  # else another process was faster
                    raise
            self.read = _Reader(self.folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def __getstate__(self) -> dict[str, Any]:
        """For other processes, which open the files themselves."""
        return {**self.__dict__, "read": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Open the files."""
        self.__dict__.update(state)
        if self.folder.exists():
            self.read = _Reader(self.folder)


class _Writer:
    """One file for each array of a sample, with the bytes of all samples; index.json and shapes beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.structure: Any = None
        self.template: Any = None
        self.files: list[BinaryIO] = []
        self.dtypes: list[Any] = []
        self.shapes: list[list[tuple[int, ...]]] = []

    def __enter__(self) -> _Writer:
        return self

    def add(self, sample: Any) -> None:
        found, structure = flatten(sample)
        arrays = [np.asarray(leaf) for leaf in found]
        if self.structure is None:
            self.structure, self.template = structure, _template(sample, iter(range(len(arrays))))
            self.dtypes = [a.dtype for a in arrays]
            self.shapes = [[] for _ in arrays]
            self.files = [(self.folder / f"{i}.bin").open("wb") for i in range(len(arrays))]
            text = next((a for a in arrays if a.dtype.kind not in "biufc"), None)
            if text is not None:
                raise InvalidArgumentError(
                    f"a cache in a folder keeps numbers; a sample has an array of {text.dtype}. Encode it in map() first."
                )
        if structure != self.structure or [a.dtype for a in arrays] != self.dtypes:
            raise InvalidArgumentError(
                f"a cache in a folder keeps samples of one structure and dtype: {self.structure} of {self.dtypes}; got {structure} of "
                f"{[a.dtype for a in arrays]}"
            )
        for file, shapes, array in zip(self.files, self.shapes, arrays, strict=True):
            file.write(np.ascontiguousarray(array).tobytes())
            shapes.append(array.shape)

    def __exit__(self, kind: Any, *_: object) -> None:
        for file in self.files:
            file.close()
        if kind is None:
            for i, shapes in enumerate(self.shapes):
                np.save(
                    self.folder / f"{i}.npy", np.array(shapes, np.int64).reshape(len(shapes), -1), allow_pickle=False
                )
            head = {"version": 1, "template": self.template, "dtypes": [d.str for d in self.dtypes]}
            (self.folder / "index.json").write_text(json.dumps(head), encoding="utf-8")


class _Reader:
    """The samples of a folder."""

    def __init__(self, folder: Path) -> None:
        try:
            head = json.loads((folder / "index.json").read_text(encoding="utf-8"))
            self.template = head["template"]
            self.dtypes = [np.dtype(d) for d in head["dtypes"]]
            self.shapes = [np.load(folder / f"{i}.npy", allow_pickle=False) for i in range(len(self.dtypes))]
            self.data, self.ends = [], []
            for i, (dtype, shapes) in enumerate(zip(self.dtypes, self.shapes, strict=True)):
                ends = np.cumsum(np.prod(shapes, axis=1, dtype=np.int64)) * dtype.itemsize
                file = folder / f"{i}.bin"
                if file.stat().st_size != (ends[-1] if len(ends) else 0):
                    raise ValueError(f"{file.name} has {file.stat().st_size} bytes")
                self.data.append(np.memmap(file, np.uint8, "r") if file.stat().st_size else np.empty(0, np.uint8))
                self.ends.append(ends)
            self.count = len(self.shapes[0]) if self.shapes else 0
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InvalidArgumentError(
                f"{folder} is no cache of samples, or a damaged one ({error}). Remove it, and the next epoch makes it anew."
            ) from error

    def sample(self, slot: int) -> Any:
        """A sample by number."""
        return _filled(self.template, lambda i: self._array(i, slot))

    def _array(self, i: int, slot: int) -> Any:
        end = int(self.ends[i][slot])
        begin = int(self.ends[i][slot - 1]) if slot else 0
        shape = tuple(int(n) for n in self.shapes[i][slot])
        return np.array(self.data[i][begin:end]).view(self.dtypes[i]).reshape(shape)


def _template(tree: Any, numbers: Iterator[int]) -> Any:
    """The structure in JSON; leaves are numbered as `flatten` does."""
    if isinstance(tree, dict):
        return {"dict": {name: _template(tree[name], numbers) for name in sorted(tree)}}
    if isinstance(tree, (tuple, list)):
        return {"tuple" if isinstance(tree, tuple) else "list": [_template(part, numbers) for part in tree]}
    return None if tree is None else next(numbers)


def _filled(template: Any, leaf: Any) -> Any:
    if isinstance(template, dict):
        ((kind, parts),) = template.items()
        if kind == "dict":
            return {name: _filled(part, leaf) for name, part in parts.items()}
        return (tuple if kind == "tuple" else list)(_filled(part, leaf) for part in parts)
    return None if template is None else leaf(template)
