"""Model: a layer that can be compiled, trained, evaluated, saved."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import hornbeam as hb
from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError

from hornbeam_models.eight_bits import quantize
from hornbeam_models.state import state_tree, take_state_tree
from hornbeam_models.trainer import Trainer

__all__ = ["Model"]


class Model(Trainer):
    """A layer with `compile`, `fit`, `evaluate`, `predict` and `save`.

    `Model(inputs, outputs)` makes a Functional model of the calls between KerasTensors, also of a subclass, whose other
    methods then act on it; subclassing it and writing `call` makes any other.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """A Functional model, where inputs and outputs are given to Model or to a subclass without an `__init__` of its own: others
        become one when they give them to `Model.__init__`.
        """
        if cls.__init__ is Model.__init__ and (args or "inputs" in kwargs):
            return super().__new__(_functional_kind(cls))
        return super().__new__(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args or "inputs" in kwargs:  # of a subclass with an `__init__` of its own, which hands them on
            functional = _functional_kind(Model)
            if not isinstance(self, functional):
                self.__class__ = _functional_kind(type(self))
            functional.__init__(self, *args, **kwargs)
            return
        super().__init__(**kwargs)

    @property
    def layers(self) -> list[Layer]:
        """The layers inside, in order."""
        return list(self._sublayers())

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """A layer by its name or its position.

        Raises:
            UnknownNameError: no layer has that name.
        """
        if index is not None:
            if not isinstance(index, int) or not -len(self.layers) <= index < len(self.layers):
                raise InvalidArgumentError(
                    f"model {self.name!r} has {len(self.layers)} layers; there is no layer {index!r}"
                )
            return self.layers[index]
        if name is None:
            raise InvalidArgumentError("get_layer needs the name or the index of a layer")
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise hb.UnknownNameError("layer", name, [layer.name for layer in self.layers])

    # ---- state

    def get_state_tree(self, value_format: str = "backend_tensor") -> dict[str, Any]:
        """Every variable's value in nested dicts: "trainable_variables", "non_trainable_variables", "optimizer_variables" and
        "metrics_variables", then the parts of the variables' paths.

        Args:
            value_format: "backend_tensor", or "numpy_array".

        Raises:
            InvalidArgumentError: another format.
        """
        return state_tree(self, value_format)

    def set_state_tree(self, state_tree: dict[str, Any]) -> None:
        """Assign what `get_state_tree` gave; kinds that are left out stay as they are.

        Raises:
            InvalidArgumentError: a variable is missing, or there is an unknown kind.
        """
        take_state_tree(self, state_tree)

    # ---- eight bits

    def quantize(self, mode: str | None = None, config: Any = None, filters: Any = None, **kwargs: Any) -> None:
        """Keep the main weights of Dense, EinsumDense, Embedding and ReversibleEmbedding, also of those within other layers, in
        eight bits, for inference. Compile the model anew before it is trained further.

        Args:
            mode: "int8". Keras's "int4", "float8", "gptq" and "awq" are not here.
            config: None: how is rounded is not chosen.
            filters: a regular expression, or a list of them, one of which is found in a layer's name; or a function of a layer
                that says whether it is quantised; None: all are.
            **kwargs: `type_check=False`: also subclasses with a `call` of their own.

        Raises:
            InvalidArgumentError: the mode is another, or no layer is quantised.

        Example:
            >>> from hornbeam.plugins import registry
            >>> Dense, Model = (registry.lookup(*name) for name in (("layers", "Dense"), ("models", "Sequential")))
            >>> model = Model([Dense(4, input_shape=(3,), name="first"), Dense(1, name="last")])
            >>> model.quantize("int8", filters="first")
            >>> [str(layer.weights[1].dtype) for layer in model.layers]
            ['int8', 'float32']
        """
        quantize(self, mode, config, filters, **kwargs)

    # ---- looking and keeping

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A model of what `get_config` returned."""
        if "input_layers" in config and "layers" in config:
            from hornbeam_models.saving.graph import functional_from_config

            return functional_from_config(cls, config)
        return super().from_config(config)

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Any = None,
    ) -> None:
        """Print a table of the layers: output shapes, parameters, operations and memory of outputs for one sample.

        Args:
            line_length: columns; default: the terminal's.
            positions: kept for Keras's signature.
            print_fn: is given the text; default: the terminal.
            expand_nested: whether the layers of nested models follow them.
            show_trainable: whether a column says what is trained.
            layer_range: pair of texts: from the first layer whose name begins with one to the last whose begins with the other.
        """
        from hornbeam_models.summary import print_summary  # rich takes 15 ms to import

        print_summary(self, line_length, print_fn, expand_nested, show_trainable, layer_range)

    def save(self, filepath: Any, overwrite: bool = True, include_optimizer: bool = True) -> None:
        """Write the whole model: architecture, weights, how it was compiled, the optimizer's state. See `saving.save_model`."""
        from hornbeam_models.saving import save_model

        save_model(self, filepath, overwrite, include_optimizer=include_optimizer)

    def save_weights(self, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None) -> None:
        """Write the weights, and the optimizer's state. See `saving.save_weights`."""
        from hornbeam_models.saving import save_weights

        save_weights(self, filepath, overwrite, max_shard_size)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False, by_name: bool = False) -> None:
        """Read weights from a file into this model. See `saving.load_weights`."""
        from hornbeam_models.saving import load_weights

        load_weights(self, filepath, skip_mismatch, by_name=by_name)

    def to_json(self, **kwargs: Any) -> str:
        """The architecture as text; `model_from_json` makes an equal model of it. Arguments as for `json.dumps`."""
        from hornbeam_models.saving.text import model_to_json

        return model_to_json(self, **kwargs)


@functools.cache
def _functional_kind(cls: Any) -> Any:
    """The subclass of Functional that has the methods of `cls`."""
    from hornbeam_models.functional import Functional

    return Functional if cls is Model else type(cls.__name__, (cls, Functional), {"__module__": cls.__module__})
