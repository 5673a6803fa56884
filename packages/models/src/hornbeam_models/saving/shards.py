"""Weights in several HDF5 files, of which a JSON file beside them says where each layer's are: Keras's sharded format."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from hornbeam.errors import InvalidArgumentError, SerializationError

from hornbeam_models.saving.files import write_atomically
from hornbeam_models.saving.store import H5State, State, write_state
from hornbeam_models.saving.weights import open_h5

__all__ = ["open_shards", "write_shards"]


def write_shards(state: State, path: Path, max_shard_size: float) -> None:
    """Write values into files of at most that size, and the JSON file `path`, which comes last.

    Args:
        state: values by path.
        path: ends in ".weights.json"; the others lie beside it, named after it and numbered.
        max_shard_size: in GiB.

    Raises:
        InvalidArgumentError: an array is larger.
    """
    limit, sizes = max_shard_size * 2**30, [0.0]
    shards: list[State] = [{}]
    where: dict[str, list[int]] = {}
    for place, (name, values) in state.items():
        for key, value in values.items():
            array = np.asarray(value)
            if array.nbytes > limit:
                raise InvalidArgumentError(
                    f"{place}/{key} has {array.nbytes:,} bytes, more than max_shard_size={max_shard_size} GiB allows"
                )
            if sizes[-1] + array.nbytes > limit:
                shards.append({})
                sizes.append(0.0)
            sizes[-1] += array.nbytes
            shards[-1].setdefault(place, (name, {}))[1][key] = array
            numbers = where.setdefault(f"/{place}/vars" if place else "/vars", [])
            if len(shards) - 1 not in numbers:
                numbers.append(len(shards) - 1)
    stem = path.name.removesuffix(".weights.json")
    names = [f"{stem}_{number:05}.weights.h5" for number in range(len(shards))]
    for name, shard in zip(names, shards, strict=True):

        def write(file: Any, shard: State = shard) -> None:
            with h5py.File(file, "w") as h5:
                write_state(h5, shard)

        write_atomically(path.with_name(name), write)
    places = {place: names[n[0]] if len(n) == 1 else [names[i] for i in n] for place, n in where.items()}
    text = json.dumps({"metadata": {"total_size": sum(sizes)}, "weight_map": places}, indent=4)
    write_atomically(path, lambda file: file.write(text.encode()))


@contextmanager
def open_shards(path: Path) -> Iterator[_Shards]:
    """The values that the JSON file at `path` leads to.

    Raises:
        SerializationError: it is no such file, or names one that is not beside it.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["weight_map"]
        places = {place: [names] if isinstance(names, str) else list(names) for place, names in found.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SerializationError(f"{path} is not the list of a model's files: {error!r}") from None
    with ExitStack() as stack:
        files: dict[str, H5State] = {}
        for name in dict.fromkeys(n for names in places.values() for n in names):
            if Path(name).name != name or not path.with_name(name).is_file():
                raise SerializationError(f"{path} names the file {name!r}, which is not beside it")
            shard = path.with_name(name)
            files[name] = H5State(stack.enter_context(open_h5(str(shard), str(shard))))
        yield _Shards(places, files)


class _Shards:
    """The values in several open files, by path."""

    def __init__(self, places: dict[str, list[str]], files: dict[str, H5State]) -> None:
        self.places, self.files = places, files

    def get(self, path: str) -> Mapping[str, Any]:
        """The values at a path."""
        found: dict[str, Any] = {}
        for name in self.places.get(f"/{path}/vars" if path else "/vars", ()):
            found.update(self.files[name].get(path))
        return found

    def paths(self) -> list[str]:
        """Every path with values."""
        return [place.removesuffix("vars").strip("/") for place in self.places]
