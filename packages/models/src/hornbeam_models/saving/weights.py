"""A model's variables to and from files: one HDF5 file, several (shards), or safetensors."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import h5py
from hornbeam.errors import SerializationError, ShapeError

from hornbeam_models.saving.store import State, write_state
from hornbeam_models.saving.walk import saveables

__all__ = ["h5_bytes", "open_h5", "read_state", "state_of"]


class Source(Protocol):
    """Values by path."""

    def get(self, path: str) -> Any:
        """The values at a path."""

    def paths(self) -> list[str]:
        """Every path with values."""


def state_of(model: Any, include_optimizer: bool = True) -> State:
    """The values of every part of a model, by path."""
    found: State = {}
    for path, part in saveables(model):
        if not include_optimizer and path.partition("/")[0] == "optimizer":
            continue
        values: dict[str, Any] = {}
        part.save_own_variables(values)
        found[path] = (str(part.name), values)
    return found


def h5_bytes(model: Any, include_optimizer: bool = True) -> bytes:
    """A model's variables as the bytes of an HDF5 file."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write_state(file, state_of(model, include_optimizer))
    return buffer.getvalue()


@contextmanager
def open_h5(data: Any, what: str) -> Iterator[Any]:
    """An HDF5 file of a path or bytes; what goes wrong in it is told of as damage.

    Raises:
        SerializationError: it is not a readable HDF5 file.
    """
    try:
        with h5py.File(io.BytesIO(data) if isinstance(data, bytes) else data, "r") as file:
            yield file
    except (OSError, RuntimeError, KeyError) as error:
        if isinstance(error, SerializationError):
            raise
        raise SerializationError(f"{what} is damaged, or not a file of weights: {error}") from None
    except SerializationError as error:
        raise SerializationError(f"{what}: {error}") from None


def read_state(model: Any, source: Source, skip_mismatch: bool = False) -> None:
    """Take the values of every part of a model from where they were put.

    Args:
        model: built, or with layers that `load_own_variables` can do without.
        source: the values by path.
        skip_mismatch: whether parts that do not fit keep their values, with a warning, instead of an error.

    Raises:
        SerializationError: a part does not fit; the message lists all that do not.
    """
    problems: list[str] = []
    for path, part in saveables(model):
        if part is getattr(model, "optimizer", None):
            _read_optimizer(part, source.get(path), model)
            continue
        try:
            part.load_own_variables(source.get(path))
        except (SerializationError, ShapeError, KeyError) as error:
            problems.append(f"{path or 'the model'}: {error}")
    if not problems:
        return
    told = "; ".join(problems[:5]) + (f"; and {len(problems) - 5} more" if len(problems) > 5 else "")
    if not skip_mismatch:
        known = ", ".join(source.paths()[:12])
        raise SerializationError(f"{told}. The file has values for: {known or 'nothing'}")
    warnings.warn(f"parts that do not fit kept their values: {told}", stacklevel=4)


def _read_optimizer(optimizer: Any, values: Any, model: Any) -> None:
    """The optimizer's state, where the file has one: training can go on without it."""
    if not values:
        return
    optimizer.build(model.trainable_variables)
    try:
        optimizer.load_own_variables(values)
    except (SerializationError, ShapeError, KeyError) as error:
        warnings.warn(f"the optimizer starts anew: its saved state does not fit: {error}", stacklevel=5)
