"""SimpleRNN: the state is the result."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor
from hornbeam.composites.recurrent import simple_rnn

from hornbeam_layers.recurrent.cell import RecurrentCell, arguments
from hornbeam_layers.recurrent.layer import RecurrentLayer

__all__ = ["SimpleRNN", "SimpleRNNCell"]


class SimpleRNNCell(RecurrentCell):
    """One step of a SimpleRNN: `cell(inputs, states)` gives the result and the new states, h.

    Args:
        units: size of the state, positive.
        activation: of the state; names or functions.
        use_bias: whether there is a bias.
        *_initializer, *_regularizer, *_constraint: of kernel, recurrent kernel and bias.
        dropout, recurrent_dropout: shares of the inputs and of the state that are dropped in training; one draw
            holds for all steps.
        seed: of those draws.

    Weights: kernel [features, units], recurrent_kernel [units, units],
    bias [units].

    Source: Elman 1990.
    """

    blocks = 1

    def __init__(
        self, units: int, activation: Any = "tanh", use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, recurrent_regularizer: Any = None, bias_regularizer: Any = None,
        kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, seed: int | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(arguments(locals(), SimpleRNNCell), **kwargs)

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> tuple[Tensor, Any]:
        """One step: [batch, features] and [h] -> h, [h]."""
        h = states[0] if isinstance(states, (list, tuple)) else states
        for_inputs, for_state = self._masks(inputs, h, training)
        z = self._times(inputs, for_inputs, self.kernel) + self._times(h, for_state, self.recurrent_kernel)
        h = self.activation(z + self.bias if self.use_bias else z)
        return h, [h] if isinstance(states, (list, tuple)) else h

    def _walk(self, z: Tensor, states: list[Tensor], options: dict[str, Any]) -> tuple[Tensor, list[Tensor]]:
        h, last = simple_rnn(z + self.bias if self.use_bias else z, self.recurrent_kernel, states[0], **options)
        return h, [last]


class SimpleRNN(RecurrentLayer):
    """SimpleRNN over all steps of a sequence: an `RNN` over `SimpleRNNCell`, whose arguments it takes.

    Args:
        units: size of the state, positive.
        activation: of the state; names or functions. With those in
            `hornbeam.composites.recurrent.SUPPORTED` all steps are one operation.
        activity_regularizer: function of the output whose value is added to the loss.
        return_sequences, return_state, go_backwards, stateful, unroll: as for `RNN`.
        *: the others as for `SimpleRNNCell`.

    Shapes: [batch, time, features] -> [batch, units]; [batch, time, units] with `return_sequences`. Weights: the cell's.

    Raises:
        InvalidArgumentError: units is not a positive integer.
        ShapeError: the inputs do not have three axes.

    Source: Elman 1990.

    Example:
        >>> import hornbeam as hb
        >>> SimpleRNN(4)(hb.ops.ones((2, 5, 3))).shape
        (2, 4)
    """

    def __init__(
        self, units: int, activation: Any = "tanh", use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, recurrent_regularizer: Any = None, bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, return_sequences: bool = False, return_state: bool = False,
        go_backwards: bool = False, stateful: bool = False,
        unroll: bool = False, seed: int | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(SimpleRNNCell, "simple_rnn_cell", locals(), **kwargs)
