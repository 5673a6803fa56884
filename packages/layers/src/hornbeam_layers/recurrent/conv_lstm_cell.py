"""The cell of ConvLSTM layers: an LSTM whose products are convolutions."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.arguments import sizes_of
from hornbeam_layers.recurrent.cell import GatedCell, arguments

__all__ = ["ConvLSTMCell"]


class ConvLSTMCell(GatedCell):
    """One step of a ConvLSTM: `cell(inputs, states)` gives the result and the new states, h and c.

    Args:
        rank: number of spatial axes, 1 to 3.
        filters: channels of the state, positive.
        kernel_size, strides, padding, data_format, dilation_rate: of the convolution of the inputs, as for `Conv2D`; that of the
            state keeps its size.
        activation, recurrent_activation, ..., seed: as for `LSTMCell`; each gate has draws of its own.

    Weights: kernel [*kernel_size, channels, 4 * filters], recurrent_kernel [*kernel_size, filters, 4 * filters], bias
    [4 * filters]; gates in the order input, forget, cell, output.

    Raises:
        InvalidArgumentError: an argument is out of range.
        ShapeError: the inputs have another number of axes, or sizes that are not known.

    Source: Shi et al. 2015.
    """

    blocks = 4
    whole = True
    rank: int
    filters: int
    kernel_size: Any
    strides: Any
    padding: str
    data_format: Any
    dilation_rate: Any

    def __init__(
        self, rank: int, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid",
        data_format: str | None = None, dilation_rate: Any = 1, activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid", use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros", unit_forget_bias: bool = True,
        kernel_regularizer: Any = None, recurrent_regularizer: Any = None, bias_regularizer: Any = None,
        kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, seed: int | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(arguments(locals(), ConvLSTMCell), True, **kwargs)
        who = f"{type(self).__name__} {self.name!r}"
        if not isinstance(filters, int) or isinstance(filters, bool) or filters <= 0:
            raise InvalidArgumentError(f"{who}: filters must be a positive integer; got filters={filters!r}")
        if not isinstance(padding, str) or padding.lower() not in ("valid", "same"):
            raise InvalidArgumentError(f"{who}: padding must be 'valid' or 'same'; got {padding!r}")
        if data_format not in (None, "channels_last", "channels_first"):
            raise InvalidArgumentError(
                f"{who}: data_format must be 'channels_last' or 'channels_first'; got {data_format!r}"
            )
        self.padding, self.data_format = padding.lower(), data_format or "channels_last"
        for name in ("kernel_size", "strides", "dilation_rate"):
            setattr(self, name, sizes_of(getattr(self, name), rank, who, name))
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise InvalidArgumentError(
                f"{who}: strides and dilation_rate cannot both be more than 1; got {self.strides} and {self.dilation_rate}"
            )

    @property
    def state_size(self) -> list[int]:
        """Channels of h and c."""
        return [self.filters, self.filters]

    @property
    def output_size(self) -> int:
        """Channels of a step's result."""
        return self.filters

    def build(self, input_shape: Any) -> None:
        """Make the weights for inputs [batch, *spatial, channels], or with the channels first."""
        self._step_shape = tuple(input_shape[1:])
        if len(input_shape) != self.rank + 2 or None in self._step_shape:
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: expected steps of {self.rank + 2} axes (batch, {self.rank} spatial ones of "
                f"known size, channels); got shape {tuple(input_shape)}"
            )
        channels, filters = input_shape[-1 if self.data_format == "channels_last" else 1], self.filters
        self.kernel = self._weight("kernel", (*self.kernel_size, channels, 4 * filters), "kernel")
        self.recurrent_kernel = self._weight("recurrent_kernel", (*self.kernel_size, filters, 4 * filters), "recurrent")
        self.bias: Any = self._weight("bias", (4 * filters,), "bias") if self.use_bias else None

    def get_initial_state(self, batch_size: int) -> list[Tensor]:
        """Zeros of the shape that the convolution of the inputs gives."""
        places = self._step_shape[:-1] if self.data_format == "channels_last" else self._step_shape[1:]
        sizes = []
        for size, window, stride, step in zip(places, self.kernel_size, self.strides, self.dilation_rate, strict=True):
            room = size if self.padding == "same" else size - (window - 1) * step
            sizes.append(-(-room // stride))
        shape = (*sizes, self.filters) if self.data_format == "channels_last" else (self.filters, *sizes)
        return [ops.zeros((batch_size, *shape), self.compute_dtype) for _ in range(2)]

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> tuple[Tensor, list[Tensor]]:
        """One step: [batch, *spatial, channels] and [h, c] -> h, [h, c]."""
        h, c = states
        for_inputs, for_state = self._masks(inputs, h, training)
        z = self._times(inputs, for_inputs, self.kernel, self._of_inputs)
        h, c = self._step(z, h, c, for_state)
        return h, [h, c]

    def walk(
        self, sequences: Tensor, states: list[Tensor], mask: Tensor | None, training: bool, reverse: bool
    ) -> tuple[Tensor, list[Tensor]]:
        """All steps: results where their inputs stand, and the last states. The inputs are convolved all at once."""
        for_inputs, for_state = self._masks(sequences[:, 0], states[0], training)
        steps = ops.swapaxes(sequences, 0, 1)
        time, batch = steps.shape[:2]

        def product(t: Tensor, weights: Tensor) -> Tensor:
            out = self._of_inputs(ops.reshape(t, (time * batch, *t.shape[2:])), weights)
            return ops.reshape(out, (time, batch, *out.shape[1:]))

        def step(state: tuple[Tensor, Tensor], row: dict[str, Tensor]) -> Any:
            after = self._step(row["z"], *state, for_state)
            if "mask" in row:
                keep = ops.reshape(row["mask"], (batch, *(1,) * (self.rank + 1)))
                after = ops.where(keep, after[0], state[0]), ops.where(keep, after[1], state[1])
            return after, after[0]

        rows = {"z": self._times(steps, for_inputs, self.kernel, product)}
        rows |= {} if mask is None else {"mask": ops.swapaxes(mask, 0, 1)}
        last, outputs = ops.scan(step, tuple(states), rows, reverse=reverse)
        return ops.swapaxes(outputs, 0, 1), list(last)

    def _step(self, z: Tensor, h: Tensor, c: Tensor, masks: Any) -> tuple[Tensor, Tensor]:
        """The states after a step, out of the convolved inputs (channels last) and the states before."""
        z = z + self._times(h, masks, self.recurrent_kernel, self._of_state)
        z = z + self.bias if self.use_bias else z
        i, f, g, o = (z[..., n * self.filters : (n + 1) * self.filters] for n in range(4))
        c = self.recurrent_activation(f) * self._last(c) + self.recurrent_activation(i) * self.activation(g)
        h = self.recurrent_activation(o) * self.activation(c)
        return (h, c) if self.data_format == "channels_last" else (ops.moveaxis(h, -1, 1), ops.moveaxis(c, -1, 1))

    def _last(self, t: Tensor) -> Tensor:
        """With the channels last."""
        return t if self.data_format == "channels_last" else ops.moveaxis(t, 1, -1)

    def _of_inputs(self, t: Tensor, weights: Tensor) -> Tensor:
        return ops.conv(self._last(t), weights, self.strides, self.padding, None, self.dilation_rate)

    def _of_state(self, t: Tensor, weights: Tensor) -> Tensor:
        return ops.conv(self._last(t), weights, 1, "same")
