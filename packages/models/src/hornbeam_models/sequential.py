"""Sequential: layers one after the other."""

from __future__ import annotations

from typing import Any

from hornbeam import KerasTensor, Layer
from hornbeam.errors import DTypeError, InvalidArgumentError
from hornbeam.layer import map_structure_shapes
from hornbeam.plugins import registry
from hornbeam.serialization import deserialize_keras_object, serialize_keras_object

from hornbeam_models.inputs import fitted
from hornbeam_models.model import Model

__all__ = ["Sequential"]


class Sequential(Model):
    """Layers, each of which takes the output of the one before.

    Args:
        layers: layers; the first may be an Input, which fixes the shapes at once.
        trainable: whether training changes the weights.
        name: default "sequential".

    Example:
        >>> from hornbeam.plugins import registry
        >>> Dense = registry.lookup("layers", "Dense")
        >>> Sequential([Dense(4, input_shape=(3,)), Dense(1)]).count_params()
        21
    """

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(trainable=trainable, name=name, **kwargs)
        self._stack: list[Layer] = []
        self._input: KerasTensor | None = None
        self._outputs: list[Any] = []  # of each layer, where the input's shape is known
        if layers is not None and not isinstance(layers, (list, tuple)):
            raise DTypeError(
                f"Sequential takes a list of layers; got {type(layers).__name__}. Write Sequential([layer])."
            )
        for layer in layers or []:
            self.add(layer)

    def add(self, layer: Any) -> None:
        """Put a layer (or an Input) at the end.

        Raises:
            DTypeError: it is not a layer.
            InvalidArgumentError: an Input that is not the first, or a name that is taken.
        """
        if isinstance(layer, KerasTensor) or type(layer).__name__ == "InputLayer":
            if self._stack or self._input is not None:
                raise InvalidArgumentError("an Input can only be the first of a Sequential model")
            self._input = layer if isinstance(layer, KerasTensor) else layer.output
            return
        if not isinstance(layer, Layer):
            if isinstance(layer, type):
                raise DTypeError(f"Sequential takes layers; got a class: write {layer.__name__}(...)")
            raise DTypeError(f"Sequential takes layers; got {type(layer).__name__}: {layer!r}")
        if any(other.name == layer.name for other in self._stack):
            raise InvalidArgumentError(
                f"there is already a layer named {layer.name!r} in this model: layer names must be unique"
            )
        if not self._stack and self._input is None:
            self._input = _input_of(layer)
        if self._input is not None:
            self._outputs.append(layer(self._outputs[-1] if self._outputs else self._input))
            self._build_shapes, self.built = self._input.shape, True
        else:
            self.built = False
        self._stack.append(layer)
        self._steps, self._held = {}, None

    def pop(self) -> Layer:
        """Take the last layer off."""
        if not self._stack:
            raise InvalidArgumentError("this Sequential model has no layers")
        self._steps, self._held = {}, None
        del self._outputs[-1:]
        return self._stack.pop()

    @property
    def layers(self) -> list[Layer]:
        """The layers, in order."""
        return list(self._stack)

    @property
    def input(self) -> KerasTensor:
        """The tensor that the model starts from.

        Raises:
            InvalidArgumentError: the model was made without an Input.
        """
        if self._input is None:
            raise InvalidArgumentError(
                f"model {self.name!r} has no input yet: make it with an Input as the first entry"
            )
        return self._input

    @property
    def output(self) -> Any:
        """What the last layer makes of `input`.

        Raises:
            InvalidArgumentError: the model was made without an Input.
        """
        return self._outputs[-1] if self._outputs else self.input

    @property
    def inputs(self) -> list[KerasTensor]:
        """The input, in a list."""
        return [self.input]

    @property
    def outputs(self) -> list[Any]:
        """The output, in a list."""
        return [self.output]

    @property
    def output_shape(self) -> Any:
        """The shape of the output, for inputs of the shape that the model was built for."""
        if self._outputs:
            return map_structure_shapes(self._outputs[-1])
        return self.compute_output_shape(self.input_shape)

    def build(self, input_shape: Any) -> None:
        """Build every layer for inputs of that shape."""
        shape = input_shape
        for layer in self._stack:
            if not layer.built:
                layer._build((KerasTensor(shape, layer.compute_dtype),), {})
            shape = layer.compute_output_shape(shape)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """The last layer's output."""
        inputs = self._match(inputs)
        for layer in self._stack:
            inputs = layer(inputs, training=training)
        return inputs

    def _match(self, inputs: Any) -> Any:
        """The input, also as a list of one, which has to fit the Input that the model was made with."""
        if self._input is None:
            return inputs
        if isinstance(inputs, (list, tuple)) and len(inputs) == 1:
            (inputs,) = inputs
        return fitted(self.name, self._input, inputs)

    @property
    def input_shape(self) -> Any:
        """The shape that the model was built for."""
        return self._input.shape if self._input is not None else self._build_shapes

    def get_config(self) -> dict[str, Any]:
        """The layers, and the shape that they were built for."""
        layers = [serialize_keras_object(layer) for layer in self._stack]
        if self._input is not None and self._input.history is not None:
            layers.insert(0, serialize_keras_object(self._input.history.operation))
        shape = self.input_shape
        return {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": self.dtype_policy.name,
            "layers": layers,
            "build_input_shape": None if shape is None else list(shape),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A model of `get_config`'s result."""
        model = cls(name=config.get("name"), trainable=config.get("trainable", True), dtype=config.get("dtype"))
        for entry in config["layers"]:
            model.add(deserialize_keras_object(entry, kind="layers"))
        shape = config.get("build_input_shape")
        if shape is not None and not model.built:
            model._build((KerasTensor(tuple(shape), model.compute_dtype),), {})
        return model


def _input_of(layer: Any) -> KerasTensor | None:
    """The input that a first layer says: by its argument `input_shape`, or as a model that has one."""
    make = registry.lookup("layers", "InputLayer")
    if layer._input_shape_arg is not None:
        return make(layer._input_shape_arg).output
    try:
        (own,) = layer.inputs
    except (AttributeError, ValueError):  # no model, or one without an input, or with several
        return None
    return make(batch_shape=own.shape, dtype=own.dtype).output
