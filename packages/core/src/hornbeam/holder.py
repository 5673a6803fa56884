"""Holder: what a layer holds: weights, layers within, what they add to the loss, dtypes. The first half of `Layer`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from hornbeam.dtypes import DType, as_dtype
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.plain import plain
from hornbeam.policy import DTypePolicy
from hornbeam.random import SeedGenerator
from hornbeam.tensor import Tensor
from hornbeam.tree import leaves
from hornbeam.variable import Variable

__all__ = ["Holder"]


class Holder:
    """Weights, and the layers within: attributes that are layers, variables, or lists and dicts of them, are found."""

    name: str
    dtype_policy: DTypePolicy
    _trainable: bool
    _variables: list[Variable]
    _losses: list[Tensor]

    def add_weight(
        self,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str = "none",
        name: str | None = None,
    ) -> Variable:
        """Make a weight of this layer.

        Args:
            shape: sizes; default: a single number.
            initializer: name, or function `(shape, dtype) -> values`; default Glorot's uniform, zeros for what is not float.
            dtype: default: the policy's variable dtype.
            trainable: whether training changes it.
            autocast: whether the layer reads it in its compute dtype.
            regularizer: function of the weight whose value is added to the loss.
            constraint: function applied to the weight after each update.
            aggregation: kept for Keras's signature.
            name: default "variable".
        """
        sizes = () if shape is None else plain(tuple(shape))
        if any(not isinstance(s, int) or s < 0 for s in sizes):
            raise ShapeError(
                f"layer {self.name!r} ({type(self).__name__}): weight {name!r} would have shape {sizes}; every size must be a "
                "known integer. Give the layer an input whose last axes have fixed sizes."
            )
        found = as_dtype(dtype or self.variable_dtype)
        if initializer is None:
            initializer = "glorot_uniform" if found.is_floating else "zeros"
        if isinstance(initializer, str):
            initializer = _registered_initializer(initializer)
        variable = Variable(initializer, sizes, found, trainable, autocast, name or "variable")
        variable.path = f"{self.name}/{variable.name}"
        variable.regularizer, variable.constraint = regularizer, constraint
        self._variables.append(variable)
        return variable

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights of this layer and the layers in it."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for layer in self._sublayers():
            layer.trainable = value

    def _sublayers(self) -> Iterator[Any]:
        seen: set[int] = set()
        for name, value in vars(self).items():
            if name in ("inbound_nodes", "_variables"):
                continue
            for leaf in leaves(value) if isinstance(value, (list, tuple, dict)) else (value,):
                if isinstance(leaf, Holder) and id(leaf) not in seen:
                    seen.add(id(leaf))
                    yield leaf

    def _own_variables(self) -> Iterator[Variable]:
        yield from self._variables
        for name, value in vars(self).items():
            if name in ("inbound_nodes", "_variables"):
                continue
            for leaf in leaves(value) if isinstance(value, (list, tuple, dict)) else (value,):
                if isinstance(leaf, Variable):
                    yield leaf
                elif isinstance(leaf, SeedGenerator):
                    yield leaf.state

    @property
    def variables(self) -> list[Variable]:
        """Every variable: weights, and the state of random generators."""
        found = dict.fromkeys(self._own_variables())
        for layer in self._sublayers():
            found.update(dict.fromkeys(layer.variables))
        return list(found)

    @property
    def weights(self) -> list[Variable]:
        """The weights, trainable ones of each layer first; without the state of random generators."""
        own = [v for v in dict.fromkeys(self._own_variables()) if not v.name.endswith("seed_generator_state")]
        found = dict.fromkeys([v for v in own if v.trainable] + [v for v in own if not v.trainable])
        for layer in self._sublayers():
            found.update(dict.fromkeys(layer.weights))
        return list(found)

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""
        if not self._trainable:
            return []
        own = [v for v in dict.fromkeys(self._own_variables()) if v.trainable]
        found = dict.fromkeys(own)
        for layer in self._sublayers():
            found.update(dict.fromkeys(layer.trainable_weights))
        return list(found)

    trainable_variables = trainable_weights

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training does not change by gradients."""
        trainable = set(self.trainable_weights)
        return [v for v in self.weights if v not in trainable]

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """All variables that training does not change by gradients."""
        trainable = set(self.trainable_weights)
        return [v for v in self.variables if v not in trainable]

    def get_weights(self) -> list[Any]:
        """The weights as NumPy arrays."""
        return [w.numpy().copy() for w in self.weights]

    def set_weights(self, weights: Any) -> None:
        """Assign the weights, in the order of `weights`.

        Raises:
            InvalidArgumentError: their number differs.
        """
        if len(weights) != len(self.weights):
            raise InvalidArgumentError(
                f"layer {self.name!r} has {len(self.weights)} weights; {len(weights)} were given"
            )
        for variable, value in zip(self.weights, weights, strict=True):
            variable.assign(value)

    def count_params(self) -> int:
        """The number of elements of all weights."""
        return sum(w.size for w in self.weights)

    # ---- losses

    def add_loss(self, loss: Any) -> None:
        """Add a number (a tensor of shape ()) to the loss of the model, during `call`."""
        self._losses.extend(leaves(loss))

    @property
    def losses(self) -> list[Tensor]:
        """What `add_loss` and the regularizers of this layer and those in it add to the loss."""
        found = list(self._losses)
        found += [
            v.regularizer(v) for v in dict.fromkeys(self._own_variables()) if v.regularizer is not None and v.trainable
        ]
        for layer in self._sublayers():
            found += layer.losses
        return found

    def clear_losses(self) -> None:
        """Forget what `add_loss` was given, here and in the layers inside."""
        self._losses.clear()
        for layer in self._sublayers():
            layer.clear_losses()

    # ---- dtypes

    @property
    def dtype(self) -> DType:
        """The dtype of the weights."""
        return self.dtype_policy.variable_dtype

    @property
    def variable_dtype(self) -> DType:
        """The dtype of the weights."""
        return self.dtype_policy.variable_dtype

    @property
    def compute_dtype(self) -> DType:
        """The dtype of the computation."""
        return self.dtype_policy.compute_dtype


def _registered_initializer(name: str) -> Any:
    from hornbeam.plugins import registry

    found = registry.lookup("initializers", name)
    return found() if inspect.isclass(found) else found
