"""What the cells of LSTM, GRU and SimpleRNN share: weights, dropout, configuration."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import Layer, Tensor, ops
from hornbeam.composites.recurrent import SUPPORTED
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers import activations, constraints, initializers, regularizers
from hornbeam_layers.serialization import serialize

__all__ = ["RecurrentCell"]


class RecurrentCell(Layer):
    """One step of a recurrent layer.

    Args:
        units: size of the state, positive.
        activations: of the result, and of the gates where there are some, by argument name.
        use_bias: whether the inputs' product gets a bias.
        weights: initializers, regularizers and constraints of kernel, recurrent kernel and bias, by argument name.
        dropout, recurrent_dropout: shares of inputs and of the state that are dropped in training, in [0, 1]; one draw holds
            for all steps of a batch.
        seed: of those draws.
        **kwargs: `name`, `dtype`, `trainable`.
    """

    activation: Any
    recurrent_activation: Any
    bias_initializer: Any
    blocks: int  # how many matrices of `units` columns the kernels hold side by side

    def __init__(
        self, units: int, functions: dict[str, Any], use_bias: bool, how: dict[str, Any],
        dropout: float, recurrent_dropout: float, seed: int | None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        if not isinstance(units, int) or isinstance(units, bool) or units <= 0:
            raise InvalidArgumentError(
                f"{type(self).__name__} {self.name!r}: units must be a positive integer; got units={units!r}"
            )
        self.units, self.use_bias, self.seed = units, use_bias, seed
        self._functions, self._how = tuple(functions), tuple(how)
        for name, function in functions.items():
            setattr(self, name, activations.get(function))
        for name, value in how.items():
            setattr(self, name, _KINDS[name.rpartition("_")[2]].get(value))
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))
        self.seed_generator = hb.random.SeedGenerator(seed)
        self._draws: dict[str, Tensor] = {}

    @property
    def state_size(self) -> Any:
        """Size of the state, or a list of sizes."""
        return self.units

    @property
    def output_size(self) -> int:
        """Size of a step's result."""
        return self.units

    def build(self, input_shape: Any) -> None:
        """Make kernel [features, blocks * units], recurrent_kernel [units, blocks * units], and bias."""
        columns = self.blocks * self.units
        self.kernel = self._weight("kernel", (input_shape[-1], columns), "kernel")
        self.recurrent_kernel = self._weight("recurrent_kernel", (self.units, columns), "recurrent")
        self.bias: Any = self._weight("bias", self._bias_shape(), "bias") if self.use_bias else None

    def _bias_shape(self) -> tuple[int, ...]:
        return (self.blocks * self.units,)

    def _weight(self, name: str, shape: tuple[int, ...], role: str) -> Any:
        return self.add_weight(
            shape, self._initializer(role), name=name,
            regularizer=getattr(self, f"{role}_regularizer"), constraint=getattr(self, f"{role}_constraint"),
        )  # fmt: skip

    def _initializer(self, role: str) -> Any:
        return getattr(self, f"{role}_initializer")

    def get_initial_state(self, batch_size: int) -> list[Tensor]:
        """Zeros."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [ops.zeros((batch_size, size), self.compute_dtype) for size in sizes]

    # ---- dropout: one draw for all steps of a batch

    def get_dropout_mask(self, step_input: Tensor) -> Tensor | None:
        """What the inputs of every step are multiplied by, [batch, features]; None without dropout."""
        return self._draw("inputs", step_input, self.dropout)

    def get_recurrent_dropout_mask(self, state: Tensor) -> Tensor | None:
        """What the state is multiplied by before the product with the recurrent kernel, [batch, units]."""
        return self._draw("state", state, self.recurrent_dropout)

    def reset_dropout_masks(self) -> None:
        """Draw anew the next time."""
        self._draws = {}

    def _draw(self, what: str, like: Tensor, rate: float) -> Tensor | None:
        if not 0 < rate < 1:
            return None
        if what not in self._draws:
            self._draws[what] = hb.random.dropout(ops.ones_like(like), rate, seed=self.seed_generator)
        return self._draws[what]

    def _dropped(self, inputs: Tensor, state: Tensor, training: bool) -> tuple[Tensor, Tensor]:
        """Inputs and state of one step, after dropout."""
        for_inputs = self.get_dropout_mask(inputs) if training else None
        for_state = self.get_recurrent_dropout_mask(state) if training else None
        return (
            inputs if for_inputs is None else inputs * for_inputs,
            state if for_state is None else state * for_state,
        )

    # ---- all steps as one operation

    @property
    def whole(self) -> bool:
        """Whether all steps can be one operation: it knows the activations."""
        return all(
            activations.serialize(f) in SUPPORTED and activations.get(activations.serialize(f)) is f
            for f in (getattr(self, name) for name in self._functions)
        )

    def walk(
        self, sequences: Tensor, states: list[Tensor], mask: Tensor | None, training: bool, reverse: bool
    ) -> tuple[Tensor, list[Tensor]]:
        """All steps: results [batch, time, units] where their inputs stand, and the last states."""
        if training and 0 < self.dropout < 1:
            sequences = sequences * ops.expand_dims(self.get_dropout_mask(sequences[:, 0]), 1)
        z = ops.matmul(
            ops.swapaxes(sequences, 0, 1), self.kernel
        )  # [time, batch, ...]: each step's numbers lie together
        options: dict[str, Any] = {name: activations.serialize(getattr(self, name)) for name in self._functions}
        options |= {"mask": None if mask is None else ops.swapaxes(mask, 0, 1), "reverse": reverse}
        options["recurrent_mask"] = self.get_recurrent_dropout_mask(states[0]) if training else None
        outputs, states = self._walk(z, states, options)
        return ops.swapaxes(outputs, 0, 1), states

    def _walk(self, z: Tensor, states: list[Tensor], options: dict[str, Any]) -> tuple[Tensor, list[Tensor]]:
        """The results [time, batch, units] and the last states, from inputs times kernel [time, batch, columns]."""
        raise InvalidArgumentError(f"{type(self).__name__} does not say how to walk over time")

    # ---- configuration

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            **{name: activations.serialize(getattr(self, name)) for name in self._functions},
            "use_bias": self.use_bias,
            **{name: serialize(getattr(self, name)) for name in self._how},
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
        }


_KINDS = {"initializer": initializers, "regularizer": regularizers, "constraint": constraints}
