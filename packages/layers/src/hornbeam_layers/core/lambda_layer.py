"""Lambda: a function as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError
from hornbeam.serialization import deserialize_keras_object, serialize_keras_object

from hornbeam_layers.arguments import who

__all__ = ["Lambda"]

FUNCTIONS = ("function", "output_shape", "mask")  # the arguments that may be functions


class Lambda(Layer):
    """Calls a function.

    A file holds the name of the function, not the function: register it (`hb.saving.register_keras_serializable`) so that it
    is found again. A nameless function can be saved, but is loaded only where the loader says `safe_mode=False`, since its
    code could do anything; better, write a layer of your own.

    Args:
        function: takes the inputs, and `mask` and `training` if it has arguments of these names.
        output_shape: kept for Keras's signature: shapes are found by running the function on shapes alone.
        mask: the mask of the output, or a function (inputs, mask) that gives it; default: none.
        arguments: further arguments of the function, by name.

    Raises:
        InvalidArgumentError: function is none.

    Example:
        >>> import hornbeam as hb
        >>> Lambda(hb.ops.square)(hb.ops.asarray([2.0])).numpy().tolist()
        [4.0]
    """

    def __init__(
        self, function: Any, output_shape: Any = None, mask: Any = None, arguments: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        if not callable(function):
            raise InvalidArgumentError(f"{who(self)}: function must be a function; got function={function!r}")
        self.function, self.output_shape, self.mask = function, output_shape, mask
        self.arguments = dict(arguments or {})
        self.supports_masking = mask is not None
        self.built = True
        try:
            self._takes = set(inspect.signature(function).parameters) & {"mask", "training"}
        except ValueError:  # some built-in functions have no signature
            self._takes = set()

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """What the function gives."""
        given = {"mask": mask, "training": training}
        return self.function(inputs, **self.arguments, **{name: given[name] for name in self._takes})

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """What was said on making the layer."""
        return self.mask(inputs, previous_mask) if callable(self.mask) else self.mask

    def get_config(self) -> dict[str, Any]:
        """The arguments; functions as their names."""
        given = {name: serialize_keras_object(getattr(self, name)) for name in (*FUNCTIONS, "arguments")}
        return {**super().get_config(), **{name: value for name, value in given.items() if value is not None}}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Lambda:
        """A layer of what `get_config` returned.

        Raises:
            SerializationError: a function is not known by its name, or is given as code, which is not run.
        """
        found = {name: deserialize_keras_object(config[name]) for name in (*FUNCTIONS, "arguments") if name in config}
        return cls(**{**config, **found})
