"""MultiOptimizer: several optimizers, each for variables of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from typing import Any

from hornbeam import Tensor, Variable
from hornbeam.errors import DTypeError, InvalidArgumentError
from hornbeam.serialization import serialize_keras_object

from hornbeam_optimizers import forms
from hornbeam_optimizers.optimizers.base import Optimizer
from hornbeam_optimizers.optimizers.wrapper import LossScaleOptimizer

__all__ = ["MultiOptimizer", "OptimizerMap"]


class OptimizerMap(MutableMapping[str, Optimizer]):
    """Which optimizer is for which variables: by paths, or patterns that fit whole paths.

    Args:
        default_optimizer: for variables that no pattern fits.
        optimizer_map: optimizers by patterns.

    Raises:
        DTypeError: something else is among the optimizers.

    Example:
        >>> from hornbeam_optimizers import SGD, Adam
        >>> choice = OptimizerMap(Adam(0.001), {"encoder/.*": SGD(0.01)})
        >>> choice["encoder/dense/kernel"].name, choice["head/kernel"].name
        ('sgd', 'adam')
    """

    def __init__(self, default_optimizer: Any, optimizer_map: dict[str, Any] | None = None) -> None:
        self._default = _checked(default_optimizer)
        self._map: dict[str, Optimizer] = {}
        for pattern, optimizer in (optimizer_map or {}).items():
            self[pattern] = optimizer

    @property
    def default_optimizer(self) -> Optimizer:
        """For variables that no pattern fits."""
        return self._default

    def __getitem__(self, key: str) -> Optimizer:
        if key in self._map:
            return self._map[key]
        fitting = [pattern for pattern in self._map if re.fullmatch(pattern, key)]
        if len(fitting) > 1:
            raise InvalidArgumentError(f"several patterns of the OptimizerMap fit variable {key!r}: {fitting}")
        return self._map[fitting[0]] if fitting else self._default

    def __setitem__(self, key: str, optimizer: Any) -> None:
        if not isinstance(key, str) or key in self._map:
            raise InvalidArgumentError(
                f"a key of an OptimizerMap is a new text; got {key!r}, with {list(self._map)} there"
            )
        self._map[key] = _checked(optimizer)

    def __delitem__(self, key: str) -> None:
        del self._map[key]

    def __len__(self) -> int:
        return len(self._map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._map)

    def __call__(self, variable: Variable) -> Optimizer:
        """The optimizer of a variable."""
        return self[variable.path]

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        inner = {pattern: serialize_keras_object(optimizer) for pattern, optimizer in self._map.items()}
        return {"default_optimizer": serialize_keras_object(self._default), "optimizer_map": inner}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """A map of `get_config`'s result."""
        made = {p: forms.from_form(o, "optimizers", custom_objects) for p, o in config["optimizer_map"].items()}
        return cls(forms.from_form(config["default_optimizer"], "optimizers", custom_objects), made)


def _checked(optimizer: Any) -> Optimizer:
    found = forms.found(optimizer, "optimizers")
    if not isinstance(found, Optimizer) or isinstance(found, (LossScaleOptimizer, MultiOptimizer)):
        raise DTypeError(
            f"expected an optimizer, but no LossScaleOptimizer or MultiOptimizer; got {optimizer!r}. They go around a "
            "MultiOptimizer."
        )
    return found


class MultiOptimizer(Optimizer):
    """Several optimizers, each for variables of its own: other learning rates or algorithms for parts of a model.

    Args:
        optimizer_map: an `OptimizerMap`, or a function from a variable to its optimizer.
        loss_scale_factor: as for every optimizer.
        name: default: the class name in snake case.
    """

    def __init__(self, optimizer_map: Any, loss_scale_factor: float | None = None, name: str | None = None) -> None:
        if not callable(optimizer_map):
            raise DTypeError(
                f"MultiOptimizer: optimizer_map must be an OptimizerMap or a function; got {optimizer_map!r}"
            )
        super().__init__(0.0, name=name)
        self.optimizer_map: Callable[[Variable], Any] = optimizer_map
        self.optimizers: list[Optimizer] = []
        self._of: dict[Variable, Optimizer] = {}
        if isinstance(optimizer_map, OptimizerMap):
            for optimizer in (*optimizer_map._map.values(), optimizer_map.default_optimizer):
                self._known(optimizer)
        self.loss_scale_factor = loss_scale_factor

    def _known(self, optimizer: Optimizer) -> Optimizer:
        if not any(optimizer is one for one in self.optimizers):
            self.optimizers.append(_checked(optimizer))
        return optimizer

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state of `variables`, where there is none yet."""
        for variable in variables:
            if variable not in self._of:
                self._of[variable] = self._known(self.optimizer_map(variable))
        for optimizer in self.optimizers:
            optimizer.build([v for v in variables if self._of[v] is optimizer])
        self.slots.update({v: {} for v in variables if v not in self.slots})

    @property
    def variables(self) -> list[Variable]:
        """Its own, then those of the optimizers, in their order."""
        return [*super().variables, *(v for optimizer in self.optimizers for v in optimizer.variables)]

    @property
    def _first_variables(self) -> list[Variable]:
        return [*super()._first_variables, *(v for o in self.optimizers for v in o._first_variables)]

    @property
    def averages(self) -> dict[Variable, Variable]:
        """The running means that the optimizers keep."""
        return {v: mean for optimizer in self.optimizers for v, mean in optimizer.averages.items()}

    @property
    def settings(self) -> Any:
        """Counts of changed settings, of all."""
        return super().settings, *(optimizer.settings for optimizer in self.optimizers)

    @property
    def learning_rate(self) -> Any:
        """There is none: each of the `optimizers` has its own."""
        raise AttributeError("a MultiOptimizer has no learning rate: read or set those of its `optimizers`")

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError("a MultiOptimizer has no learning rate: read or set those of its `optimizers`")

    def new_values(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> dict[Variable, Tensor]:
        """What `apply` assigns."""
        pairs = self._pairs(grads, trainable_variables)
        scale = self.loss_scale_factor
        new: dict[Variable, Tensor] = {}
        for optimizer in self.optimizers:
            own = [(g if scale is None else g / scale, v) for g, v in pairs if self._of[v] is optimizer]
            if own:
                new.update(optimizer.new_values([g for g, _ in own], [v for _, v in own]))
        new[self._iterations] = self._iterations.value + 1
        return new

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Put the running means into the variables, where an optimizer keeps them."""
        for optimizer in self.optimizers:
            optimizer.finalize_variable_values([v for v in var_list if self._of.get(v) is optimizer])

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        saved = serialize_keras_object(self.optimizer_map)
        return {"optimizer_map": saved, "loss_scale_factor": self.loss_scale_factor, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """An optimizer of `get_config`'s result."""
        config = dict(config)
        config["optimizer_map"] = forms.from_form(config["optimizer_map"], "optimizers", custom_objects)
        return cls(**config)
