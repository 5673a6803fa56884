"""What the cells of recurrent layers share: dropout, weights, configuration."""

from __future__ import annotations

import inspect
from typing import Any

import hornbeam as hb
from hornbeam import Layer, Tensor, ops
from hornbeam.composites.recurrent import SUPPORTED
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers import activations, constraints, initializers, regularizers
from hornbeam_layers.serialization import serialize

__all__ = ["GatedCell", "RecurrentCell", "arguments"]

Masks = Any  # a tensor, a list of one for each block of columns, or None
_KINDS = {"initializer": initializers, "regularizer": regularizers, "constraint": constraints}


def arguments(given: dict[str, Any], taker: Any) -> dict[str, Any]:
    """Those of the `locals()` of a constructor that another constructor takes, too."""
    wanted = inspect.signature(taker.__init__).parameters
    return {name: given[name] for name in wanted if name in given and name not in ("self", "kwargs")}


class GatedCell(Layer):
    """One step of a recurrent layer; its kernels hold `blocks` matrices side by side, one for each gate.

    Args:
        given: the arguments of the subclass by name: activations, initializers, regularizers, constraints, `use_bias`, `seed`,
            `dropout` and `recurrent_dropout` (shares of inputs and of the state that are dropped in training, from 0 to 1; one
            draw holds for all steps of a batch), and others, which become attributes.
        by_gate: whether each gate has draws of its own.
        **kwargs: `name`, `dtype`, `trainable`.
    """

    activation: Any
    recurrent_activation: Any
    bias_initializer: Any
    use_bias: bool
    unit_forget_bias = False
    dropout: float
    recurrent_dropout: float
    blocks: int
    whole = False  # whether it has a `walk` over all steps, which is faster than a loop over `call`

    def __init__(self, given: dict[str, Any], by_gate: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._arguments = tuple(given)
        for name, value in given.items():
            kind = name.rpartition("_")[2]
            if name.endswith("activation"):
                value = activations.get(value)
            elif kind in _KINDS:
                value = _KINDS[kind].get(value)
            elif name.endswith("dropout"):
                value = min(1.0, max(0.0, value))
            setattr(self, name, value)
        self.by_gate = by_gate and self.blocks > 1
        self.seed_generator = hb.random.SeedGenerator(given["seed"])
        self._draws: dict[str, Masks] = {}

    # ---- weights

    def _weight(self, name: str, shape: tuple[int, ...], role: str) -> Any:
        return self.add_weight(
            shape, self._initializer(role), name=name,
            regularizer=getattr(self, f"{role}_regularizer"), constraint=getattr(self, f"{role}_constraint"),
        )  # fmt: skip

    def _initializer(self, role: str) -> Any:
        if role != "bias" or not self.unit_forget_bias:
            return getattr(self, f"{role}_initializer")
        rest = self.bias_initializer

        def forget_at_one(shape: Any, dtype: Any = None) -> Tensor:
            units = shape[0] // 4
            return ops.concat([rest((units,), dtype), ops.ones((units,), dtype), rest((2 * units,), dtype)])

        return forget_at_one

    # ---- dropout: one draw for all steps of a batch

    def get_dropout_mask(self, step_input: Tensor) -> Masks:
        """What the inputs of every step are multiplied by, [batch, features]; a list where each gate has its own; or None."""
        return self._draw("inputs", step_input, self.dropout)

    def get_recurrent_dropout_mask(self, state: Tensor) -> Masks:
        """What the state is multiplied by before the product with the recurrent kernel, [batch, units], likewise."""
        return self._draw("state", state, self.recurrent_dropout)

    def reset_dropout_masks(self) -> None:
        """Draw anew the next time."""
        self._draws = {}

    def _draw(self, what: str, like: Tensor, rate: float) -> Masks:
        if not 0 < rate < 1:
            return None
        if what not in self._draws:
            ones = ops.ones_like(like)
            draws = [
                hb.random.dropout(ones, rate, seed=self.seed_generator)
                for _ in range(self.blocks if self.by_gate else 1)
            ]
            self._draws[what] = draws if self.by_gate else draws[0]
        return self._draws[what]

    def _masks(self, inputs: Tensor, state: Tensor, training: bool) -> tuple[Masks, Masks]:
        """Of the inputs and of the state of a step."""
        return (self.get_dropout_mask(inputs), self.get_recurrent_dropout_mask(state)) if training else (None, None)

    @staticmethod
    def _times(t: Tensor, masks: Masks, weights: Any, product: Any = ops.matmul) -> Tensor:
        """The product of inputs or states with weights, after dropout: by one mask, or by one for each block of columns."""
        if not isinstance(masks, list):
            return product(t if masks is None else t * masks, weights)
        size = weights.shape[-1] // len(masks)
        blocks = (weights[..., i * size : (i + 1) * size] for i in range(len(masks)))
        return ops.concat([product(t * m, w) for m, w in zip(masks, blocks, strict=True)], axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""

        def saved(name: str) -> Any:
            value = getattr(self, name)
            if name.endswith("activation"):
                return activations.serialize(value)
            return serialize(value) if name.rpartition("_")[2] in _KINDS else value

        return {**super().get_config(), **{name: saved(name) for name in self._arguments}}


class RecurrentCell(GatedCell):
    """The cell of LSTM, GRU or SimpleRNN. Arguments as of `GatedCell`; `units`, the size of the state, is among those given."""

    units: int

    def __init__(self, given: dict[str, Any], **kwargs: Any) -> None:
        by_gate = kwargs.pop("implementation", 2) == 1 or given["recurrent_dropout"] != 0  # as in Keras
        super().__init__(given, by_gate, **kwargs)
        units = self.units
        if not isinstance(units, int) or isinstance(units, bool) or units <= 0:
            raise InvalidArgumentError(
                f"{type(self).__name__} {self.name!r}: units must be a positive integer; got units={units!r}"
            )
        functions = [getattr(self, n) for n in self._arguments if n.endswith("activation")]
        names = [getattr(f, "__name__", None) for f in functions]
        self.whole = all(n in SUPPORTED and activations.get(n) is f for n, f in zip(names, functions, strict=True))

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

    def get_initial_state(self, batch_size: int) -> list[Tensor]:
        """Zeros."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [ops.zeros((batch_size, size), self.compute_dtype) for size in sizes]

    # ---- all steps as one operation

    def walk(
        self, sequences: Tensor, states: list[Tensor], mask: Tensor | None, training: bool, reverse: bool
    ) -> tuple[Tensor, list[Tensor]]:
        """All steps: results [batch, time, units] where their inputs stand, and the last states."""
        for_inputs, for_state = self._masks(sequences[:, 0], states[0], training)
        steps = ops.swapaxes(sequences, 0, 1)  # [time, batch, ...]: each step's numbers lie together
        z = self._times(steps, for_inputs, self.kernel)
        options: dict[str, Any] = {
            n: activations.serialize(getattr(self, n)) for n in self._arguments if n.endswith("activation")
        }
        options |= {"mask": None if mask is None else ops.swapaxes(mask, 0, 1), "reverse": reverse}
        outputs, states = self._walk(z, states, {**options, "recurrent_mask": for_state})
        return ops.swapaxes(outputs, 0, 1), states

    def _walk(self, z: Tensor, states: list[Tensor], options: dict[str, Any]) -> tuple[Tensor, list[Tensor]]:
        """The results [time, batch, units] and the last states, from inputs times kernel [time, batch, columns]."""
        raise InvalidArgumentError(f"{type(self).__name__} does not say how to walk over time")
