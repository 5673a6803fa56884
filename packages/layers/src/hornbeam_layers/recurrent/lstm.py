"""LSTM: long short-term memory."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor
from hornbeam.composites.recurrent import lstm

from hornbeam_layers.recurrent.cell import RecurrentCell, arguments
from hornbeam_layers.recurrent.layer import RecurrentLayer

__all__ = ["LSTM", "LSTMCell"]


class LSTMCell(RecurrentCell):
    """One step of an LSTM: `cell(inputs, states)` gives the result and the new states, h and c.

    Args:
        units: size of the state, positive.
        activation, recurrent_activation: of the result and of the gates; names or functions.
        use_bias: whether there is a bias.
        *_initializer, *_regularizer, *_constraint: of kernel, recurrent kernel and bias.
        unit_forget_bias: whether the forget gate's bias starts at 1.
        dropout, recurrent_dropout: shares of the inputs and of the state that are dropped in training; one draw
            holds for all steps, and with `recurrent_dropout` each gate has its own.
        seed: of those draws.

    Weights: kernel [features, 4 * units], recurrent_kernel [units, 4 * units],
    bias [4 * units]; gates in the order input, forget, cell, output.

    Source: Hochreiter and Schmidhuber 1997.
    """

    blocks = 4

    def __init__(
        self, units: int, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros", unit_forget_bias: bool = True,
        kernel_regularizer: Any = None, recurrent_regularizer: Any = None, bias_regularizer: Any = None,
        kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, seed: int | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(arguments(locals(), LSTMCell), **kwargs)

    @property
    def state_size(self) -> list[int]:
        """Of h and c."""
        return [self.units, self.units]

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> tuple[Tensor, list[Tensor]]:
        """One step: [batch, features] and [h, c] -> h, [h, c]."""
        h, c = states
        for_inputs, for_state = self._masks(inputs, h, training)
        z = self._times(inputs, for_inputs, self.kernel) + self._times(h, for_state, self.recurrent_kernel)
        if self.use_bias:
            z = z + self.bias
        i, f, g, o = (z[:, n * self.units : (n + 1) * self.units] for n in range(4))
        c = self.recurrent_activation(f) * c + self.recurrent_activation(i) * self.activation(g)
        h = self.recurrent_activation(o) * self.activation(c)
        return h, [h, c]

    def _walk(self, z: Tensor, states: list[Tensor], options: dict[str, Any]) -> tuple[Tensor, list[Tensor]]:
        z = z + self.bias if self.use_bias else z
        h, _, _, *last = lstm(z, self.recurrent_kernel, states[0], states[1], **options)
        return h, last


class LSTM(RecurrentLayer):
    """LSTM over all steps of a sequence: an `RNN` over `LSTMCell`, whose arguments it takes.

    Args:
        units: size of the state, positive.
        activation, recurrent_activation: of the result and of the gates; names or functions. With those in
            `hornbeam.composites.recurrent.SUPPORTED` all steps are one operation.
        activity_regularizer: function of the output whose value is added to the loss.
        return_sequences, return_state, go_backwards, stateful, unroll: as for `RNN`.
        *: the others as for `LSTMCell`.

    Shapes: [batch, time, features] -> [batch, units]; [batch, time, units] with `return_sequences`. Weights: the cell's.

    Raises:
        InvalidArgumentError: units is not a positive integer.
        ShapeError: the inputs do not have three axes.

    Source: Hochreiter and Schmidhuber 1997.

    Example:
        >>> import hornbeam as hb
        >>> LSTM(4)(hb.ops.ones((2, 5, 3))).shape
        (2, 4)
    """

    def __init__(
        self, units: int, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros", unit_forget_bias: bool = True,
        kernel_regularizer: Any = None, recurrent_regularizer: Any = None, bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, seed: int | None = None,
        return_sequences: bool = False, return_state: bool = False,
        go_backwards: bool = False, stateful: bool = False,
        unroll: bool = False, use_cudnn: Any = "auto", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(LSTMCell, "lstm_cell", locals(), **kwargs)
