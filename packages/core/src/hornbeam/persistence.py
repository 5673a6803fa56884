"""What a layer gives to files and takes from them: arguments, the shapes it was built for, its own variables."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from hornbeam.dtypes import DType
from hornbeam.errors import InvalidArgumentError, SerializationError
from hornbeam.holder import Holder
from hornbeam.symbolic import KerasTensor

if TYPE_CHECKING:
    from hornbeam.variable import Variable

__all__ = ["Persistent", "Shapes", "nested_tensors"]


class Shapes(dict[str, Any]):
    """The shapes of several arguments of `call`, as `build` takes them."""


class Persistent(Holder):
    """What a layer gives to files, over what it holds; the second half of `Layer`."""

    built: bool
    _build_shapes: Any

    if TYPE_CHECKING:

        def build(self, input_shape: Any) -> None: ...
        def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any: ...

    # ---- arguments

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal layer; subclasses add theirs to those of `super().get_config()`."""
        config: dict[str, Any] = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype_policy.name}
        missing = [
            p.name
            for p in inspect.signature(type(self).__init__).parameters.values()
            if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self" and p.default is p.empty
        ]
        if missing and type(self).get_config is Persistent.get_config:
            raise InvalidArgumentError(
                f"{type(self).__name__} takes {', '.join(missing)} in __init__ and needs a get_config() that returns them, to be saved."
            )
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer of what `get_config` returned."""
        return cls(**config)

    # ---- shapes

    def get_build_config(self) -> dict[str, Any] | None:
        """What `build` was called with, for a saved file."""
        if type(self._build_shapes) is Shapes:
            return {"shapes_dict": dict(self._build_shapes)}
        return None if self._build_shapes is None else {"input_shape": self._build_shapes}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build as `get_build_config` says; layers inside that `build` leaves out are built by a call without values."""
        if self.built:
            return
        shape, several = config.get("input_shape"), config.get("shapes_dict")
        if several and set(several) - set(inspect.signature(self.build).parameters):
            shape, several = next(iter(several.values())), None  # of a layer that is built for its first argument alone
        if several:
            self._build_shapes = Shapes({n: tuple(s) for n, s in several.items()})
            self.build(**self._build_shapes)
        elif shape is not None:
            self.build(tuple(shape) if all(s is None or isinstance(s, int) for s in shape) else shape)
            self._build_shapes = shape
        else:
            return
        self.built = True
        if any(not layer.built for layer in self._sublayers()):
            shapes = self._build_shapes
            tensors = [*shapes.values()] if type(shapes) is Shapes else [shapes]
            self.compute_output_spec(*(nested_tensors(s, self.compute_dtype) for s in tensors))

    # ---- variables

    @property
    def _kept_variables(self) -> list[Variable]:
        """The variables of this layer itself, trainable ones first, without the state of random generators."""
        own = [v for v in dict.fromkeys(self._own_variables()) if not v.name.endswith("seed_generator_state")]
        return [v for v in own if v.trainable] + [v for v in own if not v.trainable]

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Put the values of this layer's own variables, not those of layers inside, into `store`.

        Override it, and `load_own_variables`, where something else is to be kept.

        Args:
            store: takes arrays by name; the names here are "0", "1", ...
        """
        for i, variable in enumerate(self._kept_variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Take the values of this layer's own variables from `store`.

        Raises:
            SerializationError: their number or their shapes differ.
        """
        variables = self._kept_variables
        if len(store) != len(variables):
            unbuilt = "" if self.built or variables else " It has not been built yet."
            raise SerializationError(
                f"layer {self.name!r} ({type(self).__name__}) has {len(variables)} weights; the file has {len(store)}.{unbuilt}"
            )
        for i, variable in enumerate(variables):
            if str(i) not in store:
                raise SerializationError(f"layer {self.name!r}: the file has no weight number {i}")
            value = store[str(i)]
            if tuple(value.shape) != variable.shape:
                raise SerializationError(
                    f"weight {variable.path!r} has shape {variable.shape}; the file has {tuple(value.shape)}"
                )
            variable.assign(value)


def nested_tensors(shape: Any, dtype: DType) -> Any:
    """KerasTensors of nested shapes."""
    if isinstance(shape, dict):
        return {k: nested_tensors(v, dtype) for k, v in shape.items()}
    if all(s is None or isinstance(s, int) for s in shape):
        return KerasTensor(tuple(shape), dtype)
    return type(shape)(nested_tensors(s, dtype) for s in shape)
