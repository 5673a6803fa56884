"""Optimizer: two pure functions per parameter, and the loop around them."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from hornbeam import Tensor, Variable, ops
from hornbeam.errors import InvalidArgumentError, SerializationError, unknown_arguments
from hornbeam.interpret import running
from hornbeam.interpreters.evaluate import Evaluate
from hornbeam.naming import to_snake_case
from hornbeam.serialization import deserialize_keras_object, serialize_keras_object

from hornbeam_optimizers.schedules import LearningRateSchedule

__all__ = ["Optimizer", "State", "check_share"]

State = dict[str, Tensor]


def check_share(optimizer: object, name: str, value: Any, *, below_one: bool = True) -> None:
    """Refuse an argument that is no number from 0 to 1.

    Raises:
        InvalidArgumentError: it is outside, or is 1 where it must be below.
    """
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not (0 <= value < 1 or (value == 1 and not below_one)):
        expected = "at least 0 and less than 1" if below_one else "between 0 and 1"
        raise InvalidArgumentError(f"{type(optimizer).__name__}: {name} must be {expected}; got {value!r}")


class Optimizer:
    """Changes variables by their gradients.

    A subclass gives `init_state(parameter)`, the state kept for one parameter, and `update(gradient, parameter, state,
    learning_rate, step)`, which returns the new parameter and the new state. Both are pure and written in ops.

    Args:
        learning_rate: a number, or a schedule.
        weight_decay: share of the parameter taken off at each step, times the learning rate.
        clipnorm: each gradient is shortened to at most this norm.
        clipvalue: each element of a gradient is limited to plus or minus this.
        global_clipnorm: all gradients together are shortened to at most this norm.
        name: default: the class name in snake case.

    Raises:
        InvalidArgumentError: an argument is out of range, or two kinds of clipping are asked for.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
        **unknown: Any,
    ) -> None:
        if unknown:
            if "lr" in unknown:
                raise InvalidArgumentError(f"{type(self).__name__} does not take 'lr'. Write learning_rate.")
            raise unknown_arguments(type(self), unknown)
        if sum(c is not None for c in (clipnorm, clipvalue, global_clipnorm)) > 1:
            raise InvalidArgumentError("give only one of clipnorm, clipvalue and global_clipnorm")
        for what, value in {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}.items():
            if value is not None and (not isinstance(value, (int, float)) or value <= 0):
                raise InvalidArgumentError(f"{what} must be positive; got {value}")
        number = isinstance(learning_rate, (int, float)) and learning_rate >= 0
        if not number and not isinstance(learning_rate, LearningRateSchedule):
            raise InvalidArgumentError(
                f"learning_rate must be a number of at least 0 or a schedule; got {learning_rate!r}"
            )
        self.name = name or to_snake_case(type(self).__name__)
        self.weight_decay, self.clipnorm, self.clipvalue, self.global_clipnorm = (
            weight_decay,
            clipnorm,
            clipvalue,
            global_clipnorm,
        )
        self.schedule = learning_rate if isinstance(learning_rate, LearningRateSchedule) else None
        self.iterations = Variable(0, dtype="int32", trainable=False, name="iteration")
        self._rate = None if self.schedule else Variable(float(learning_rate), trainable=False, name="learning_rate")
        self.slots: dict[Variable, dict[str, Variable]] = {}

    # State that Keras keeps behind that of all variables, not beside the variable's other state: names, in groups.
    later_slots: tuple[tuple[str, ...], ...] = ()

    # ---- to be overridden

    def init_state(self, parameter: Tensor) -> State:
        """The state that is kept for a parameter, at the start."""
        return {}

    def update(
        self, gradient: Tensor, parameter: Tensor, state: State, learning_rate: Tensor, step: Tensor
    ) -> tuple[Tensor, State]:
        """The parameter and its state after a step.

        Args:
            gradient: of the loss, in the parameter's shape.
            parameter: its present value.
            state: what `init_state` or the last `update` returned.
            learning_rate: a number.
            step: 1 for the first step, in the parameter's dtype.
        """
        raise InvalidArgumentError(f"{type(self).__name__} has no update(): override it.")

    # ---- the loop

    @property
    def learning_rate(self) -> Any:
        """The present learning rate; can be assigned unless a schedule sets it."""
        return self._rate if self.schedule is None else self.schedule(self.iterations)

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(value, LearningRateSchedule):
            self.schedule = value
        elif self._rate is None:
            raise InvalidArgumentError("the learning rate follows a schedule and cannot be assigned a number")
        else:
            self._rate.assign(value)

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state of `variables`, where there is none yet."""
        with running(Evaluate()):  # made once, not as part of what is being captured
            for variable in variables:
                if variable not in self.slots:
                    self.slots[variable] = {
                        name: Variable(value, trainable=False, name=f"{variable.name}_{name}")
                        for name, value in self.init_state(variable.value).items()
                    }

    @property
    def variables(self) -> list[Variable]:
        """Iteration, learning rate, then the state of each variable: Keras's order."""
        found = [self.iterations] if self._rate is None else [self.iterations, self._rate]
        later = {name for group in self.later_slots for name in group}
        for group in (None, *self.later_slots):
            for slots in self.slots.values():
                found += [v for name, v in slots.items() if (name not in later if group is None else name in group)]
        return found

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Put the state into `store`, by its numbers in `variables`."""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Take the state from `store`; `build` first.

        Raises:
            SerializationError: the number of variables, or their shapes, differ.
        """
        variables = self.variables
        if len(store) == 1 + (self._rate is not None):  # it had taken no step
            variables = variables[: len(store)]
        if len(store) != len(variables):
            raise SerializationError(
                f"{type(self).__name__} has {len(variables)} variables; the file has {len(store)} of its optimizer"
            )
        values = [store[str(i)] for i in range(len(variables))]
        for variable, value in zip(variables, values, strict=True):
            if tuple(value.shape) != variable.shape:
                raise SerializationError(
                    f"the state {variable.name!r} has shape {variable.shape}; the file has {tuple(value.shape)}"
                )
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None) -> None:
        """Change the variables by one step.

        Args:
            grads: one gradient for each variable; None leaves that variable alone.
            trainable_variables: default: those given to `build`.

        Raises:
            InvalidArgumentError: the numbers differ, or there is no gradient at all.
        """
        variables = list(self.slots if trainable_variables is None else trainable_variables)
        if len(grads) != len(variables):
            raise InvalidArgumentError(f"{len(grads)} gradients for {len(variables)} variables")
        self.build(variables)
        pairs = [(ops.asarray(g), v) for g, v in zip(grads, variables, strict=True) if g is not None]
        if variables and not pairs:
            raise InvalidArgumentError("no variable has a gradient: does the loss depend on them?")
        rate = ops.asarray(self.learning_rate)
        step = ops.add(self.iterations, 1)
        for gradient, variable in zip(self._clip([g for g, _ in pairs]), (v for _, v in pairs), strict=True):
            slots = self.slots[variable]
            parameter: Any = variable.value
            mine = ops.cast(rate, parameter.dtype)
            if self.weight_decay:
                parameter = parameter - parameter * (mine * self.weight_decay)
            state = {name: slot.value for name, slot in slots.items()}
            new, changed = self.update(gradient, parameter, state, mine, ops.cast(step, parameter.dtype))
            if variable.constraint is not None:
                new = variable.constraint(new)
            variable.assign(new)
            for name, value in changed.items():
                slots[name].assign(value)
        self.iterations.assign(step)

    def apply_gradients(self, grads_and_vars: Any) -> None:
        """Change variables by one step, given pairs (gradient, variable)."""
        pairs = list(grads_and_vars)
        self.apply([g for g, _ in pairs], [v for _, v in pairs])

    def _clip(self, grads: list[Tensor]) -> list[Tensor]:
        if self.clipvalue is not None:
            return [ops.clip(g, -self.clipvalue, self.clipvalue) for g in grads]
        if self.clipnorm is not None:
            return [_shorten(g, ops.sqrt(ops.sum(ops.square(g))), self.clipnorm) for g in grads]
        if self.global_clipnorm is not None:
            total = ops.asarray(0.0)
            for g in grads:
                total = total + ops.cast(ops.sum(ops.square(g)), "float32")
            norm = ops.sqrt(total)
            return [_shorten(g, ops.cast(norm, g.dtype), self.global_clipnorm) for g in grads]
        return grads

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        rate: Any = float(self._rate) if self.schedule is None and self._rate is not None else self.schedule
        if isinstance(rate, LearningRateSchedule):
            rate = serialize_keras_object(rate)
        return {
            "name": self.name,
            "learning_rate": rate,
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "clipvalue": self.clipvalue,
            "global_clipnorm": self.global_clipnorm,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """An optimizer of `get_config`'s result."""
        config = dict(config)
        rate = config.get("learning_rate")
        if isinstance(rate, dict):
            config["learning_rate"] = deserialize_keras_object(rate, kind="schedules")
        return cls(**config)


def _shorten(gradient: Tensor, norm: Tensor, limit: float) -> Tensor:
    return gradient * (limit / ops.maximum(norm, limit))
