"""GRU: the gated recurrent unit."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor
from hornbeam.composites.recurrent import gru

from hornbeam_layers.recurrent.cell import RecurrentCell, arguments
from hornbeam_layers.recurrent.layer import RecurrentLayer

__all__ = ["GRU", "GRUCell"]


class GRUCell(RecurrentCell):
    """One step of a GRU: `cell(inputs, states)` gives the result and the new states, h.

    Args:
        units: size of the state, positive.
        activation, recurrent_activation: of the result and of the gates; names or functions.
        use_bias: whether there is a bias.
        *_initializer, *_regularizer, *_constraint: of kernel, recurrent kernel and bias.
        reset_after: whether the reset gate acts after the product with the recurrent kernel, rather than before it.
        dropout, recurrent_dropout: shares of the inputs and of the state that are dropped in training; one draw
            holds for all steps, and with `recurrent_dropout` each gate has its own.
        seed: of those draws.

    Weights: kernel [features, 3 * units], recurrent_kernel [units, 3 * units],
    bias [2, 3 * units] (of inputs and state; [3 * units] without `reset_after`); gates in the order update, reset, candidate.

    Source: Cho et al. 2014.
    """

    blocks = 3
    reset_after: bool

    def __init__(
        self, units: int, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, recurrent_regularizer: Any = None, bias_regularizer: Any = None,
        kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, reset_after: bool = True, seed: int | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(arguments(locals(), GRUCell), **kwargs)

    def _bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def _biases(self) -> tuple[Any, Any]:
        """Of the inputs' product, and of the state's."""
        if not self.use_bias:
            return None, None
        return (self.bias[0], self.bias[1]) if self.reset_after else (self.bias, None)

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> tuple[Tensor, Any]:
        """One step: [batch, features] and [h] -> h, [h]."""
        h = states[0] if isinstance(states, (list, tuple)) else states
        for_inputs, for_state = self._masks(inputs, h, training)
        input_bias, state_bias = self._biases()
        units = self.units
        x = self._times(inputs, for_inputs, self.kernel)
        x = x if input_bias is None else x + input_bias
        if self.reset_after:
            inner = self._times(h, for_state, self.recurrent_kernel)
            inner = inner if state_bias is None else inner + state_bias
        else:
            early = for_state[:2] if isinstance(for_state, list) else for_state
            inner = self._times(h, early, self.recurrent_kernel[:, : 2 * units])
        update = self.recurrent_activation(x[:, :units] + inner[:, :units])
        reset = self.recurrent_activation(x[:, units : 2 * units] + inner[:, units : 2 * units])
        if self.reset_after:
            candidate = reset * inner[:, 2 * units :]
        else:
            late = for_state[2] if isinstance(for_state, list) else for_state
            candidate = self._times(reset * h, late, self.recurrent_kernel[:, 2 * units :])
        h = update * h + (1.0 - update) * self.activation(x[:, 2 * units :] + candidate)
        return h, [h] if isinstance(states, (list, tuple)) else h

    def _walk(self, z: Tensor, states: list[Tensor], options: dict[str, Any]) -> tuple[Tensor, list[Tensor]]:
        for_inputs, for_state = self._biases()
        z = z if for_inputs is None else z + for_inputs
        options |= {"recurrent_bias": for_state, "reset_after": self.reset_after}
        h, _, last = gru(z, self.recurrent_kernel, states[0], **options)
        return h, [last]


class GRU(RecurrentLayer):
    """GRU over all steps of a sequence: an `RNN` over `GRUCell`, whose arguments it takes.

    Args:
        units: size of the state, positive.
        activation, recurrent_activation: of the result and of the gates; names or functions. With those in
            `hornbeam.composites.recurrent.SUPPORTED` all steps are one operation.
        activity_regularizer: function of the output whose value is added to the loss.
        return_sequences, return_state, go_backwards, stateful, unroll: as for `RNN`.
        *: the others as for `GRUCell`.

    Shapes: [batch, time, features] -> [batch, units]; [batch, time, units] with `return_sequences`. Weights: the cell's.

    Raises:
        InvalidArgumentError: units is not a positive integer.
        ShapeError: the inputs do not have three axes.

    Source: Cho et al. 2014.

    Example:
        >>> import hornbeam as hb
        >>> GRU(4)(hb.ops.ones((2, 5, 3))).shape
        (2, 4)
    """

    def __init__(
        self, units: int, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, recurrent_regularizer: Any = None, bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, seed: int | None = None,
        return_sequences: bool = False, return_state: bool = False,
        go_backwards: bool = False, stateful: bool = False,
        unroll: bool = False, reset_after: bool = True,
        use_cudnn: Any = "auto", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(GRUCell, "gru_cell", locals(), **kwargs)
