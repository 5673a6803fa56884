"""KerasFileEditor: look into a file of weights, compare it with a model, and change it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import h5py
import numpy as np
from hornbeam.errors import InvalidArgumentError, UnknownNameError

from hornbeam_models.saving.archive import archive_weights
from hornbeam_models.saving.files import existing, target, write_atomically
from hornbeam_models.saving.store import H5State, write_state
from hornbeam_models.saving.weights import open_h5, state_of

__all__ = ["KerasFileEditor"]


class KerasFileEditor:
    """The weights of a file, by the paths of the layers that have them.

    Args:
        filepath: ends in ".keras" or ".weights.h5".

    Attributes:
        weights: by path (such as "layers/dense") the arrays by their numbers ("0", "1", ...).

    Raises:
        InvalidArgumentError: the name ends otherwise.
        SerializationError: the file is damaged.

    Example:
        >>> from hornbeam.plugins import registry
        >>> Dense = registry.lookup("layers", "Dense")
        >>> registry.lookup("models", "Sequential")([Dense(2, input_shape=(3,))]).save_weights("it.weights.h5")
        >>> KerasFileEditor("it.weights.h5").summary()
        layers/dense
          0  (3, 2)  float32
          1  (2,)  float32
    """

    def __init__(self, filepath: Any) -> None:
        path = existing(filepath)
        if not path.name.endswith((".keras", ".weights.h5")):
            raise InvalidArgumentError(f"the file name must end in '.keras' or '.weights.h5'; got {str(path)!r}")
        self.filepath = path
        data: Any = str(path) if path.suffix == ".h5" else archive_weights(path)
        self.weights: dict[str, dict[str, Any]] = {}
        self._names: dict[str, str] = {}
        with open_h5(data, str(path)) as file:
            state = H5State(file)
            for place in state.paths():
                self.weights[place] = dict(state.get(place))
                self._names[place] = state.name(place)

    def summary(self, print_fn: Callable[[str], Any] = print) -> None:
        """Print every path with the shapes and dtypes of its weights."""
        for path, values in self.weights.items():
            print_fn(path or "(the model itself)")
            for key, value in values.items():
                print_fn(f"  {key}  {value.shape}  {value.dtype}")

    def compare(self, reference_model: Any) -> dict[str, Any]:
        """What of the file does not fit a model.

        Returns:
            `status` ("success" or "error"), `error_count`, `match_count` (layers), and `errors`, one line each.
        """
        expected = {path: values for path, (_, values) in state_of(reference_model, False).items() if values}
        found = {path: values for path, values in self.weights.items() if path.partition("/")[0] != "optimizer"}
        errors = [f"the file has {path}, the model has not" for path in found if path not in expected]
        errors += [f"the model has {path}, the file has not" for path in expected if path not in found]
        both = [path for path in expected if path in found]
        for path in both:
            errors += self._differences(path, expected[path], found[path])
        status = "error" if errors else "success"
        return {"status": status, "error_count": len(errors), "match_count": len(both), "errors": errors}

    @staticmethod
    def _differences(path: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
        lines = [f"{path}: the file has weight {key}, the model has not" for key in found if key not in expected]
        for key, value in expected.items():
            if key not in found:
                lines.append(f"{path}: the model has weight {key}, the file has not")
            elif np.shape(value) != np.shape(found[key]):
                shapes = f"{np.shape(value)} in the model and {np.shape(found[key])} in the file"
                lines.append(f"{path}: weight {key} has shape {shapes}")
        return lines

    def _path(self, object_name: str) -> str:
        """The path that a name stands for: itself, or the only one that ends in it."""
        ends = [path for path in self.weights if path == object_name or path.endswith(f"/{object_name}")]
        if object_name in self.weights:
            return object_name
        if len(ends) == 1:
            return ends[0]
        if ends:
            raise InvalidArgumentError(f"{object_name!r} may be any of {ends}: give the whole path")
        raise UnknownNameError("path in the file", object_name, self.weights)

    def rename_object(self, object_name: str, new_name: str) -> None:
        """Give the last part of a path, or the whole one, another name."""
        path = self._path(object_name)
        new = new_name if "/" in new_name else "/".join([*path.split("/")[:-1], new_name])
        if new in self.weights:
            raise InvalidArgumentError(f"the file has {new!r} already")
        self.weights[new], self._names[new] = self.weights.pop(path), self._names.pop(path)

    def delete_object(self, object_name: str) -> None:
        """Take the weights at a path away."""
        del self.weights[self._path(object_name)]

    def add_object(self, object_path: str, weights: Mapping[str, Any]) -> None:
        """Add a path and its weights, arrays by their numbers."""
        if object_path in self.weights:
            raise InvalidArgumentError(f"the file has {object_path!r} already")
        self.weights[object_path] = {str(key): np.asarray(value) for key, value in weights.items()}
        self._names[object_path] = object_path.rpartition("/")[2]

    def delete_weight(self, object_name: str, weight_name: str) -> None:
        """Take one weight away."""
        values = self.weights[self._path(object_name)]
        if weight_name not in values:
            raise UnknownNameError("weight", weight_name, values)
        del values[weight_name]

    def add_weights(self, object_name: str, weights: Mapping[str, Any]) -> None:
        """Add weights to those at a path, or replace them."""
        self.weights[self._path(object_name)].update({str(k): np.asarray(v) for k, v in weights.items()})

    def save(self, filepath: Any) -> None:
        """Write the weights to a file whose name ends in ".weights.h5"."""
        path = target(filepath, (".weights.h5",), overwrite=True)
        state = {place: (self._names.get(place, ""), values) for place, values in self.weights.items()}

        def write(file: Any) -> None:
            with h5py.File(file, "w") as h5:
                write_state(h5, state)

        write_atomically(path, write)

    resave_weights = save
