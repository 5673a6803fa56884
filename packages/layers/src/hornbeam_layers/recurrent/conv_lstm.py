"""ConvLSTM1D, ConvLSTM2D and ConvLSTM3D: LSTMs over sequences of lines, pictures and volumes."""

from __future__ import annotations

from typing import Any

from hornbeam_layers.recurrent.conv_lstm_cell import ConvLSTMCell
from hornbeam_layers.recurrent.layer import RecurrentLayer

__all__ = ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"]


class ConvLSTM(RecurrentLayer):
    """An LSTM whose products with the weights are convolutions; subclasses fix the number of spatial axes.

    Args:
        filters: channels of the state, positive.
        kernel_size, strides, padding, data_format, dilation_rate: of the convolution of the inputs, as for `Conv2D`; that of the
            state keeps its size.
        activity_regularizer: function of the output whose value is added to the loss.
        return_sequences, return_state, go_backwards, stateful: as for `RNN`.
        *: the others as for `LSTM`.

    Shapes: [batch, time, *spatial, channels] -> [batch, *positions, filters]; with `return_sequences` [batch, time, *positions,
    filters]. Where `data_format` is "channels_first", channels and filters stand before the spatial axes.

    Weights: kernel [*kernel_size, channels, 4 * filters], recurrent_kernel [*kernel_size, filters, 4 * filters], bias
    [4 * filters].

    Raises:
        InvalidArgumentError: an argument is out of range.
        ShapeError: the inputs have another number of axes, or spatial sizes that are not known.

    Source: Shi et al. 2015.
    """

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        config = super().get_config()
        del config["rank"]
        return config


class ConvLSTM1D(ConvLSTM):
    """An LSTM over sequences of lines; arguments, shapes and weights as `ConvLSTM` explains them.

    Args:
        filters: channels of the state, positive.
        kernel_size: an integer, or one for the spatial axis.
        *: see `ConvLSTM`.

    Example:
        >>> import hornbeam as hb
        >>> ConvLSTM1D(6, 2)(hb.ops.ones((1, 3, 5, 2))).shape
        (1, 4, 6)
    """

    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid", data_format: str | None = None,
        dilation_rate: Any = 1, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros", unit_forget_bias: bool = True, kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, seed: int | None = None, return_sequences: bool = False,
        return_state: bool = False, go_backwards: bool = False, stateful: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(ConvLSTMCell, "conv_lstm_cell", {**locals(), "rank": 1}, **kwargs)


class ConvLSTM2D(ConvLSTM):
    """An LSTM over sequences of pictures; arguments, shapes and weights as `ConvLSTM` explains them.

    Args:
        filters: channels of the state, positive.
        kernel_size: an integer, or one for each of the 2 spatial axes.
        *: see `ConvLSTM`.

    Example:
        >>> import hornbeam as hb
        >>> ConvLSTM2D(6, 2)(hb.ops.ones((1, 3, 5, 5, 2))).shape
        (1, 4, 4, 6)
    """

    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid", data_format: str | None = None,
        dilation_rate: Any = 1, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros", unit_forget_bias: bool = True, kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, seed: int | None = None, return_sequences: bool = False,
        return_state: bool = False, go_backwards: bool = False, stateful: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(ConvLSTMCell, "conv_lstm_cell", {**locals(), "rank": 2}, **kwargs)


class ConvLSTM3D(ConvLSTM):
    """An LSTM over sequences of volumes; arguments, shapes and weights as `ConvLSTM` explains them.

    Args:
        filters: channels of the state, positive.
        kernel_size: an integer, or one for each of the 3 spatial axes.
        *: see `ConvLSTM`.

    Example:
        >>> import hornbeam as hb
        >>> ConvLSTM3D(6, 2)(hb.ops.ones((1, 3, 3, 3, 3, 2))).shape
        (1, 2, 2, 2, 6)
    """

    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid", data_format: str | None = None,
        dilation_rate: Any = 1, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros", unit_forget_bias: bool = True, kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, seed: int | None = None, return_sequences: bool = False,
        return_state: bool = False, go_backwards: bool = False, stateful: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(ConvLSTMCell, "conv_lstm_cell", {**locals(), "rank": 3}, **kwargs)
