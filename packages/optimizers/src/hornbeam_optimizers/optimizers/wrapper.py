"""Optimizers around another one: dynamic loss scaling, and weights that look ahead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam import Tensor, Variable, ops
from hornbeam.errors import DTypeError, InvalidArgumentError
from hornbeam.serialization import serialize_keras_object

from hornbeam_optimizers import forms
from hornbeam_optimizers.optimizers.base import Optimizer

__all__ = ["Lookahead", "LossScaleOptimizer"]


class _Wrapper(Optimizer):
    """Passes on to `inner_optimizer` what is its own."""

    inner_optimizer: Optimizer

    def __init__(self, inner_optimizer: Any, name: str | None) -> None:
        inner = forms.found(inner_optimizer, "optimizers")
        if not isinstance(inner, Optimizer):
            raise DTypeError(f"{type(self).__name__}: inner_optimizer must be an optimizer; got {inner_optimizer!r}")
        super().__init__(0.0, name=name)
        self.inner_optimizer = inner

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state of `variables`, where there is none yet."""
        super().build(variables)
        self.inner_optimizer.build(variables)

    @property
    def variables(self) -> list[Variable]:
        """Its own, then those of the inner optimizer."""
        return [*super().variables, *self.inner_optimizer.variables]

    @property
    def _first_variables(self) -> list[Variable]:
        return [*super()._first_variables, *self.shared.values(), *self.inner_optimizer._first_variables]

    @property
    def averages(self) -> dict[Variable, Variable]:
        """The running means that the inner optimizer keeps."""
        return self.inner_optimizer.averages

    @property
    def iterations(self) -> Any:
        """How many steps the inner optimizer has taken."""
        return self.inner_optimizer.iterations

    @property
    def learning_rate(self) -> Any:
        """That of the inner optimizer."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    @property
    def settings(self) -> Any:
        """Counts of changed settings, of both."""
        return super().settings, self.inner_optimizer.settings

    def scale_loss(self, loss: Any) -> Any:
        """The loss as the inner optimizer scales it."""
        return self.inner_optimizer.scale_loss(loss)

    def exclude_from_weight_decay(
        self, var_list: Sequence[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """As of the inner optimizer."""
        self.inner_optimizer.exclude_from_weight_decay(var_list, var_names)

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """As of the inner optimizer."""
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"name": self.name, "inner_optimizer": serialize_keras_object(self.inner_optimizer)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """An optimizer of `get_config`'s result."""
        config = dict(config)
        return cls(forms.from_form(config.pop("inner_optimizer"), "optimizers", custom_objects), **config)


class LossScaleOptimizer(_Wrapper):
    """Multiplies the loss, so that gradients in float16 do not become zero, and divides gradients by the same.

    The factor doubles after `dynamic_growth_steps` steps; where a gradient is not finite, the step is left out and the
    factor halves. Models of policy "mixed_float16" have it by themselves.

    Args:
        inner_optimizer: does the steps. Clipping, averages and the rest are set on it.
        initial_scale: the factor at the start.
        dynamic_growth_steps: see above.
        name: default: the class name in snake case.

    Raises:
        InvalidArgumentError: a number is not positive.

    Source: Micikevicius et al. 2018, section 3.2.

    Example:
        >>> import hornbeam as hb
        >>> w, optimizer = hb.Variable([1.0]), LossScaleOptimizer("sgd", initial_scale=8.0)
        >>> optimizer.apply([hb.ops.asarray([float("inf")])], [w])
        >>> float(w[0]), float(optimizer.dynamic_scale)
        (1.0, 4.0)
    """

    def __init__(
        self, inner_optimizer: Any, initial_scale: float = 2.0**15, dynamic_growth_steps: int = 2000,
        name: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(inner_optimizer, name)
        if not initial_scale > 0 or not dynamic_growth_steps >= 1:
            raise InvalidArgumentError(
                "LossScaleOptimizer: initial_scale and dynamic_growth_steps must be positive; got "
                f"{initial_scale!r} and {dynamic_growth_steps!r}"
            )
        self.initial_scale, self.dynamic_growth_steps = initial_scale, dynamic_growth_steps
        self.inner_optimizer.loss_scale_factor = None
        self.shared = {
            "step_counter": self._variable(0, "step_counter", dtype="int32"),
            "dynamic_scale": self._variable(float(initial_scale), "dynamic_scale", dtype="float32"),
        }

    @property
    def dynamic_scale(self) -> Variable:
        """The present factor."""
        return self.shared["dynamic_scale"]

    @property
    def step_counter(self) -> Variable:
        """Steps since the factor last changed."""
        return self.shared["step_counter"]

    def scale_loss(self, loss: Any) -> Any:
        """The loss times the present factor."""
        return loss * ops.cast(self.dynamic_scale.value, loss.dtype)

    def new_values(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> dict[Variable, Tensor]:
        """What `apply` assigns."""
        variables = list(self.slots if trainable_variables is None else trainable_variables)
        self.build(variables)
        there = [ops.asarray(g) for g in grads if g is not None]
        finite = ops.all(ops.stack([ops.all(ops.isfinite(g)) for g in there])) if there else ops.asarray(True)
        scale, count = self.dynamic_scale.value, self.step_counter.value
        unscaled = [None if g is None else ops.asarray(g) / ops.cast(scale, g.dtype) for g in grads]
        inner = self.inner_optimizer.new_values(unscaled, variables)
        new = {v: ops.where(finite, value, v.value) for v, value in inner.items()}
        grown = ops.equal(count, self.dynamic_growth_steps - 1)
        new[self.step_counter] = ops.where(finite, ops.where(grown, 0, count + 1), 0)
        new[self.dynamic_scale] = scale * ops.where(finite, ops.where(grown, 2.0, 1.0), 0.5)
        return new

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        how = {"initial_scale": self.initial_scale, "dynamic_growth_steps": self.dynamic_growth_steps}
        return {**super().get_config(), **how}


class Lookahead(_Wrapper):
    """Every few steps, goes back part of the way to where it was: steadier than the inner optimizer.

    Args:
        inner_optimizer: does the steps.
        sync_period: after so many steps it goes back.
        slow_step_size: to this share of the way, above 0, up to 1.
        name: default: the class name in snake case.

    Raises:
        InvalidArgumentError: a number is out of range.

    Source: Zhang et al. 2019, algorithm 1.

    Example:
        >>> import hornbeam as hb
        >>> w, optimizer = hb.Variable([1.0]), Lookahead(hb.optimizers.SGD(1.0), sync_period=1, slow_step_size=0.5)
        >>> optimizer.apply([hb.ops.asarray([1.0])], [w]); float(w[0])
        0.5
    """

    def __init__(
        self, inner_optimizer: Any, sync_period: int = 6, slow_step_size: float = 0.5, name: str | None = None
    ) -> None:
        super().__init__(inner_optimizer, name)
        if not isinstance(sync_period, int) or sync_period < 1 or not 0 < slow_step_size <= 1:
            raise InvalidArgumentError(
                "Lookahead: sync_period must be a whole number from 1 on, and slow_step_size above 0, up to 1; got "
                f"{sync_period!r} and {slow_step_size!r}"
            )
        self.sync_period, self.slow_step_size = sync_period, slow_step_size

    def init_state(self, parameter: Tensor) -> dict[str, Tensor]:
        """Where it goes back to."""
        return {"slow": parameter}

    def new_values(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> dict[Variable, Tensor]:
        """What `apply` assigns."""
        variables = list(self.slots if trainable_variables is None else trainable_variables)
        self.build(variables)
        new = self.inner_optimizer.new_values(grads, variables)
        count = self._iterations.value + 1
        back = ops.equal(ops.mod(count, self.sync_period), 0)
        for variable in variables:
            if variable in new:
                slow = self.slots[variable]["slow"]
                fast = new[variable]
                middle = slow.value + self.slow_step_size * (fast - slow.value)
                new[variable] = ops.where(back, middle, fast)
                new[slow] = ops.where(back, middle, slow.value)
        new[self._iterations] = count
        return new

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "sync_period": self.sync_period, "slow_step_size": self.slow_step_size}
