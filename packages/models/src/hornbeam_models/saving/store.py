"""Weights as HDF5, in Keras's layout: the variables at path P are the datasets "0", "1", ... of the group P/vars.

Reading follows no links out of the file, and believes no size that the file does not hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import h5py
import numpy as np
from hornbeam.errors import MissingPackageError, SerializationError

__all__ = ["H5State", "State", "dataset_of", "group_of", "values_of", "write_state"]

State = dict[str, tuple[str, dict[str, Any]]]  # by path: the name of what is there, and its values by name
PLAUSIBLE = 1 << 26  # bytes: what a dataset may claim whatever it holds
EXPANSION = 1000  # how much more than it holds a larger one may claim: more than any compression of weights gives


def write_state(file: Any, state: State) -> None:
    """Put values into an open HDF5 file."""
    for path, (name, values) in state.items():
        group = file.require_group(f"{path}/vars" if path else "vars")
        group.attrs["name"] = name
        for key, value in values.items():
            array = np.asarray(value)
            dataset = group.create_dataset(key, data=array)
            if array.dtype.name == "bfloat16":  # HDF5 has no such type
                dataset.attrs["dtype"] = "bfloat16"


def group_of(parent: Any, path: str) -> Any:
    """The group of that path, or None.

    Raises:
        SerializationError: a link leads out of the file, or something else is there.
    """
    for part in filter(None, path.split("/")):
        if part not in parent:
            return None
        _refuse_links(parent, part)
        parent = parent[part]
        if not isinstance(parent, h5py.Group):
            raise SerializationError(f"{parent.name} is a dataset, where a group was expected")
    return parent


def dataset_of(group: Any, name: str) -> Any:
    """The dataset of that name or path in a group.

    Raises:
        SerializationError: there is none, it is not a plain dataset, or it claims to be far larger than what is stored.
    """
    place, _, last = name.rpartition("/")
    group = group_of(group, place)
    if group is None or last not in group:
        raise SerializationError(f"there is no dataset {name!r}")
    _refuse_links(group, last)
    found = group[last]
    if not isinstance(found, h5py.Dataset) or found.external or found.is_virtual:
        raise SerializationError(f"{group.name}/{last} is not a plain dataset of this file")
    claimed = math.prod(found.shape or ()) * found.dtype.itemsize
    stored = found.id.get_storage_size()
    if claimed > PLAUSIBLE and claimed > EXPANSION * stored:
        raise SerializationError(
            f"{group.name}/{last} claims shape {found.shape}, {claimed:,} bytes, of which the file holds {stored:,}: it is "
            "damaged, or made to fill the memory"
        )
    return found


def values_of(dataset: Any) -> Any:
    """A dataset's values.

    Raises:
        MissingPackageError: they are bfloat16, and the package ml_dtypes is not there.
        SerializationError: they are not numbers.
    """
    if dataset.attrs.get("dtype") == "bfloat16":
        try:
            import ml_dtypes
        except ImportError:
            raise MissingPackageError("a file of bfloat16 weights", "ml_dtypes") from None
        found = np.asarray(dataset)
        return found.view(ml_dtypes.bfloat16) if found.dtype.kind == "V" else found.astype(ml_dtypes.bfloat16)
    found = np.asarray(dataset)
    if found.dtype.kind not in "biufc":
        raise SerializationError(f"{dataset.name} holds {found.dtype}, not numbers")
    return found


def _refuse_links(group: Any, name: str) -> None:
    if isinstance(group.get(name, getlink=True), (h5py.ExternalLink, h5py.SoftLink)):
        raise SerializationError(f"{group.name}/{name} is a link: links are not followed")


class H5State:
    """The values in an open HDF5 file, by path."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def get(self, path: str) -> Mapping[str, Any]:
        """The values at a path; none where the file has nothing."""
        group = group_of(self.file, f"{path}/vars")
        return {} if group is None else _Values(group)

    def name(self, path: str) -> str:
        """What was at a path."""
        group = group_of(self.file, f"{path}/vars")
        return "" if group is None else str(group.attrs.get("name", ""))

    def paths(self) -> list[str]:
        """Every path at which there are values."""
        found: list[str] = []

        def visit(name: str, thing: Any) -> None:
            if isinstance(thing, h5py.Group) and name.rpartition("/")[2] == "vars" and len(thing):
                found.append(name.removesuffix("vars").rstrip("/"))

        self.file.visititems(visit)
        return found


class _Values(Mapping[str, Any]):
    """The datasets of a group as arrays, read when asked for."""

    def __init__(self, group: Any) -> None:
        self.group = group

    def __getitem__(self, key: str) -> Any:
        if key not in self.group:
            raise KeyError(key)
        return values_of(dataset_of(self.group, key))

    def __iter__(self) -> Iterator[str]:
        return iter(self.group)

    def __len__(self) -> int:
        return len(self.group)
