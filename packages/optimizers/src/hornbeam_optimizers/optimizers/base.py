"""Optimizer: two pure functions per parameter, and the loop around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam import Tensor, Variable, ops
from hornbeam.errors import InvalidArgumentError
from hornbeam.stateless import StatelessScope

from hornbeam_optimizers.optimizers.clipping import clipped
from hornbeam_optimizers.optimizers.keeping import State
from hornbeam_optimizers.optimizers.settings import Settings

__all__ = ["Optimizer", "State"]


class Optimizer(Settings):
    """Changes variables by their gradients.

    A subclass gives `init_state(parameter)`, the state kept for one parameter, and `update(gradient, parameter, state,
    learning_rate, step)`, which returns the new parameter and the new state. Both are pure and written in ops.

    Args:
        learning_rate: a number, a schedule, or a function without arguments.
        weight_decay: share of the parameter taken off at each step, times the learning rate.
        clipnorm: each gradient is shortened to at most this norm.
        clipvalue: each element of a gradient is limited to plus or minus this.
        global_clipnorm: all gradients together are shortened to at most this norm.
        use_ema: whether a running mean of each variable is kept, which `finalize_variable_values` puts in its place.
        ema_momentum: share of the old mean in the new one, in [0, 1].
        ema_overwrite_frequency: after so many steps the means take the variables' places in between too; None: never.
        loss_scale_factor: what `scale_loss` multiplies the loss with; gradients are divided by it.
        gradient_accumulation_steps: so many gradients are averaged for one step.
        name: default: the class name in snake case.
        learning_rate_multipliers: factors of the learning rate by patterns of variables' paths, such as
            {"^encoder/": 0.1}; the first pattern that is found in the path counts.

    Raises:
        InvalidArgumentError: an argument is out of range, or two kinds of clipping are asked for.
    """

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
            state: what `init_state` or the last `update` returned, and what `update_shared_state` returned.
            learning_rate: a number.
            step: 1 for the first step, in the parameter's dtype.
        """
        raise InvalidArgumentError(f"{type(self).__name__} has no update(): override it.")

    def update_shared_state(self, state: State, step: Tensor) -> State:
        """The state that is the same for all parameters (see `init_shared_state`) after a step."""
        return state

    def rule(self, variable: Variable) -> Optimizer:
        """The optimizer whose `init_state` and `update` are used for a variable."""
        return self

    # ---- the loop

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None) -> None:
        """Change the variables by one step.

        Args:
            grads: one gradient for each variable; None leaves that variable alone.
            trainable_variables: default: those given to `build`.

        Raises:
            InvalidArgumentError: the numbers differ, or there is no gradient at all.
        """
        for variable, value in self.new_values(grads, trainable_variables).items():
            variable.assign(value)

    def apply_gradients(self, grads_and_vars: Any) -> Any:
        """Change variables by one step, given pairs (gradient, variable); returns the number of steps."""
        pairs = list(grads_and_vars)
        self.apply([g for g, _ in pairs], [v for _, v in pairs])
        return self.iterations

    def new_values(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> dict[Variable, Tensor]:
        """What `apply` assigns: the new value of every variable and of all state. Nothing is changed yet."""
        pairs = self._pairs(grads, trainable_variables)
        count, every = self._iterations.value, self.gradient_accumulation_steps
        done = ops.floor_divide(count, every) if every else count
        new_grads = [ops.cast(g, v.dtype) for g, v in pairs]
        if self.loss_scale_factor is not None:
            new_grads = [g / self.loss_scale_factor for g in new_grads]
        before = new_grads
        if every:
            new_grads = [
                (g + self.slots[v]["gradient_accumulator"].value) / every
                for g, (_, v) in zip(new_grads, pairs, strict=True)
            ]
        new = self._stepped(new_grads, [v for _, v in pairs], done)
        if every:
            whole = ops.equal(ops.mod(count + 1, every), 0)
            new = {v: ops.where(whole, value, v.value) for v, value in new.items()}
            given = {v: g for g, (_, v) in zip(before, pairs, strict=True)}
            for v, slots in self.slots.items():
                sums = slots["gradient_accumulator"]
                new[sums] = ops.where(whole, 0.0, sums.value + given[v] if v in given else sums.value)
        if self.use_ema:
            self._average(new, done)
        for _, v in pairs:
            if v.constraint is not None:
                new[v] = v.constraint(new[v])
        new[self._iterations] = count + 1
        return new

    def _stepped(self, grads: list[Tensor], variables: list[Variable], done: Tensor) -> dict[Variable, Tensor]:
        """The variables and their state after a step, from gradients that are ready to be clipped."""
        rate, step = ops.asarray(self.learning_rate), ops.add(done, 1)
        new: dict[Variable, Tensor] = {}
        shared: State = {}
        if self.shared:
            now = {name: v.value for name, v in self.shared.items()}
            shared = self.update_shared_state(now, step)
            new.update({self.shared[name]: value for name, value in shared.items()})
        ready = clipped(grads, self.clipnorm, self.clipvalue, self.global_clipnorm)
        if type(self).update_step is not Optimizer.update_step:
            return {**new, **self._assigned(ready, variables, rate)}
        for gradient, variable in zip(ready, variables, strict=True):
            slots, parameter = self.slots[variable], variable.value
            mine = ops.cast(rate, parameter.dtype)
            factor, decay = self.multiplier(variable), self.decay(variable)
            mine = mine if factor == 1.0 else mine * factor
            if decay:
                parameter = parameter - parameter * (mine * decay)
            state = {name: slots[name].value for name in slots if name not in ("average", "gradient_accumulator")}
            state |= {name: ops.cast(value, parameter.dtype) for name, value in shared.items()}
            new[variable], changed = self.rule(variable).update(
                gradient, parameter, state, mine, ops.cast(step, parameter.dtype)
            )
            new.update({slots[name]: value for name, value in changed.items()})
        return new

    def _assigned(self, grads: list[Tensor], variables: list[Variable], rate: Tensor) -> dict[Variable, Tensor]:
        """What `update_step` assigns."""
        with StatelessScope() as scope:
            for gradient, variable in zip(grads, variables, strict=True):
                decay = self.decay(variable)
                if decay:
                    variable.assign(variable - variable * (ops.cast(rate, variable.dtype) * decay))
                self.update_step(gradient, variable, ops.cast(rate, variable.dtype) * self.multiplier(variable))
            return dict(scope.values)

    def _average(self, new: dict[Variable, Tensor], done: Tensor) -> None:
        """Add the running means to what a step assigns, and put them in the variables' places where it is time."""
        kept = ops.where(ops.equal(done, 0), 0.0, self.ema_momentum)
        every = self.ema_overwrite_frequency
        for variable, slots in self.slots.items():
            value = new.get(variable, variable.value)
            share, mean = ops.cast(kept, value.dtype), slots["average"].value
            new[slots["average"]] = mean = share * mean + (1.0 - share) * value
            if every:
                new[variable] = ops.where(ops.equal(ops.mod(done + 1, every), 0), mean, value)

    def _pairs(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None
    ) -> list[tuple[Tensor, Variable]]:
        """The gradients that are there, with their variables, whose state is made."""
        variables = list(self.slots if trainable_variables is None else trainable_variables)
        if len(grads) != len(variables):
            raise InvalidArgumentError(f"{len(grads)} gradients for {len(variables)} variables")
        self.build(variables)
        pairs = [(ops.asarray(g), v) for g, v in zip(grads, variables, strict=True) if g is not None]
        if variables and not pairs:
            raise InvalidArgumentError("no variable has a gradient: does the loss depend on them?")
        return pairs

    def stateless_apply(
        self, optimizer_variables: Sequence[Any], grads: Sequence[Any], trainable_variables: Sequence[Any]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """A step from values to values, which leaves variables alone.

        Args:
            optimizer_variables: a value for each of `variables`.
            grads: gradients of the variables that `build` was given.
            trainable_variables: the values of those.

        Returns:
            The new values of the trainable variables, and of `variables`.

        Raises:
            InvalidArgumentError: the optimizer is not built, or there are not as many values as variables.
        """
        targets, state = list(self.slots), self.variables
        if not targets or len(targets) != len(trainable_variables) or len(state) != len(optimizer_variables):
            raise InvalidArgumentError(
                f"stateless_apply: {type(self).__name__} is built for {len(targets)} variables and has {len(state)} of its own; "
                f"got {len(trainable_variables)} and {len(optimizer_variables)} values. Call build(variables) first."
            )
        given = [*zip(targets, trainable_variables, strict=True), *zip(state, optimizer_variables, strict=True)]
        with StatelessScope(given) as scope:
            self.apply(grads, targets)
            return [scope.values[v] for v in targets], [scope.values[v] for v in state]

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Put the running means into the variables, if they are kept. Training loops call it at their end."""
        for variable in var_list if self.use_ema else ():
            if variable in self.slots:
                variable.assign(self.slots[variable]["average"].value)
