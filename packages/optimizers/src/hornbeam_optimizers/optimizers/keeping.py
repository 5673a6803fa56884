"""What an optimizer keeps: the number of steps, the learning rate, the state of its variables."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

from hornbeam import Tensor, Variable, ops
from hornbeam.errors import InvalidArgumentError, SerializationError
from hornbeam.interpret import running
from hornbeam.interpreters.evaluate import Evaluate

from hornbeam_optimizers.optimizers.added import Added
from hornbeam_optimizers.schedules import LearningRateSchedule

__all__ = ["Keeping", "State"]

State = dict[str, Tensor]
FIRST = ("average", "gradient_accumulator")  # kept by the loop, not by the algorithm


class Keeping(Added):
    """The part of `Optimizer` that holds variables."""

    name: str
    use_ema: bool
    gradient_accumulation_steps: int | None

    # State that Keras keeps behind that of all variables, not beside the variable's other state: names, in groups.
    later_slots: tuple[tuple[str, ...], ...] = ()

    changes = 0  # how often a setting was changed: steps compiled at another count are old

    if TYPE_CHECKING:

        def init_state(self, parameter: Tensor) -> State: ...
        def rule(self, variable: Variable) -> Any: ...

    def __init__(self, learning_rate: Any) -> None:
        known = isinstance(learning_rate, LearningRateSchedule) or callable(learning_rate)
        number = isinstance(learning_rate, Real) and float(learning_rate) >= 0
        if not number and not known:
            raise InvalidArgumentError(
                f"learning_rate must be a number of at least 0 or a schedule; got {learning_rate!r}"
            )
        self._iterations = self._variable(0, "iteration", dtype="int32")
        self._learning_rate: Any = learning_rate if known else self._variable(float(learning_rate), "learning_rate")
        self.slots: dict[Variable, dict[str, Variable]] = {}
        self.shared: dict[str, Variable] = {}
        self._added: list[Variable] = []

    def _variable(self, value: Any, name: str, dtype: Any = None) -> Variable:
        made = Variable(value, dtype=dtype, trainable=False, name=name)
        made.path = f"{self.name}/{name}"
        return made

    def init_shared_state(self, dtype: Any) -> State:
        """State that all parameters have in common, at the start; `dtype` is that of the first parameter."""
        return {}

    @property
    def built(self) -> bool:
        """Whether there is state for variables."""
        return bool(self.slots)

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state of `variables`, where there is none yet."""
        with running(Evaluate()):  # made once, not as part of what is being captured
            for variable in variables:
                if variable in self.slots:
                    continue
                zero = ops.zeros_like(variable.value)
                state = {"average": zero} if self.use_ema else {}
                state |= {"gradient_accumulator": zero} if self.gradient_accumulation_steps else {}
                state |= self.rule(variable).init_state(variable.value)
                place = variable.path.replace("/", "_")
                self.slots[variable] = {name: self._variable(v, f"{place}_{name}") for name, v in state.items()}
            if variables and not self.shared:
                state = self.init_shared_state(variables[0].dtype)
                self.shared.update({name: self._variable(value, name) for name, value in state.items()})

    @property
    def variables(self) -> list[Variable]:
        """Iteration, learning rate, then the state of the variables: in Keras's order."""
        found = [self._iterations, *self._rates]
        groups = *((name,) for name in FIRST), None, *self.later_slots
        apart = {name for group in groups if group for name in group}
        for group in groups:
            for slots in self.slots.values():
                found += [v for name, v in slots.items() if (name not in apart if group is None else name in group)]
        return [*found, *self.shared.values(), *self._added]

    @property
    def _rates(self) -> list[Variable]:
        return [self._learning_rate] if isinstance(self._learning_rate, Variable) else []

    @property
    def _first_variables(self) -> list[Variable]:
        """Those that there are before `build`."""
        return [self._iterations, *self._rates]

    @property
    def averages(self) -> dict[Variable, Variable]:
        """The running mean of each variable, where they are kept (`use_ema`)."""
        return {v: slots["average"] for v, slots in self.slots.items() if "average" in slots}

    @property
    def iterations(self) -> Any:
        """How many steps were taken."""
        every = self.gradient_accumulation_steps
        return ops.floor_divide(self._iterations.value, every) if every else self._iterations

    @property
    def learning_rate(self) -> Any:
        """The present learning rate. A number can be assigned unless a schedule sets it, and a schedule at any time."""
        rate = self._learning_rate
        if isinstance(rate, Variable):
            return rate
        return rate(self._iterations.value) if isinstance(rate, LearningRateSchedule) else rate()

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(value, LearningRateSchedule) or (callable(value) and not hasattr(value, "shape")):
            self._learning_rate = value
            self.changes += 1
        elif not isinstance(self._learning_rate, Variable):
            raise InvalidArgumentError("the learning rate follows a schedule and cannot be assigned a number")
        else:
            self._learning_rate.assign(value)

    @property
    def settings(self) -> Any:
        """A value that differs once a setting was changed: steps that were compiled before are old then."""
        return self.changes

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; where it is a setting, compiled steps become old."""
        if not name.startswith("_") and name != "changes":
            super().__setattr__("changes", self.changes + 1)
        super().__setattr__(name, value)

    # ---- files

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
        if len(store) == len(self._first_variables):  # it had taken no step
            variables = self._first_variables
        if len(store) != len(variables):
            raise SerializationError(
                f"{type(self).__name__} has {len(variables)} variables; the file has {len(store)} of its optimizer"
            )
        _fill(variables, [store[str(i)] for i in range(len(variables))])

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Give every variable of `variables` a value; `build` first.

        Raises:
            SerializationError: a shape differs; nothing is changed then.
        """
        _fill(self.variables, weights)


def _fill(variables: Sequence[Variable], values: Sequence[Any]) -> None:
    for variable, value in zip(variables, values, strict=False):
        if tuple(value.shape) != variable.shape:
            raise SerializationError(
                f"the state {variable.name!r} has shape {variable.shape}; the file has {tuple(value.shape)}"
            )
    for variable, value in zip(variables, values, strict=False):
        variable.assign(value)
