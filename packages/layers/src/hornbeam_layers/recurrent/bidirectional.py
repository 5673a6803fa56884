"""Bidirectional: one recurrent layer from the first step to the last, another the other way."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.nested import build_inside, layer_of, saved_form

__all__ = ["Bidirectional"]

_MERGES = ("concat", "sum", "ave", "mul", None)


class Bidirectional(Layer):
    """Both directions of a recurrent layer.

    Args:
        layer: an RNN, LSTM, GRU, ...; copies of it are made, with weights of their own.
        merge_mode: what becomes of the two results: "concat" (over the last axis), "sum", "ave", "mul", or None: both are
            returned.
        weights: first values of all weights, those of the forward layer first.
        backward_layer: for the other direction, with `go_backwards=True`; default: a copy of `layer`.
        **kwargs: `name`, `dtype`, `trainable`.

    Shapes: [batch, time, features] -> as `layer`, with twice the units for "concat".

    Raises:
        InvalidArgumentError: the merge mode is unknown, or the two layers do not go together.

    Source: Schuster and Paliwal 1997.

    Example:
        >>> import hornbeam as hb
        >>> Bidirectional(hb.layers.LSTM(4))(hb.ops.ones((2, 5, 3))).shape
        (2, 8)
    """

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        who = f"Bidirectional {self.name!r}"
        layer, other = layer_of(layer), layer_of(backward_layer)
        if not hasattr(layer, "go_backwards"):
            raise InvalidArgumentError(f"{who} takes a recurrent layer, which has go_backwards; got {layer!r}")
        if merge_mode not in _MERGES:
            raise InvalidArgumentError(f"{who}: merge_mode must be one of {_MERGES}; got {merge_mode!r}")
        config = layer.get_config()
        plain = layer.name.removeprefix("forward_")
        self.forward_layer = type(layer).from_config({**config, "name": f"forward_{plain}"})
        back = {**config, "name": f"backward_{plain}", "go_backwards": not layer.go_backwards}
        self.backward_layer = type(layer).from_config(back) if other is None else other
        for name in ("stateful", "return_sequences", "return_state"):
            one, two = getattr(self.forward_layer, name), getattr(self.backward_layer, name)
            if one != two:
                raise InvalidArgumentError(f"{who}: the layers need the same {name}; got {one} and {two}")
        if self.forward_layer.go_backwards == self.backward_layer.go_backwards:
            raise InvalidArgumentError(f"{who}: both layers have go_backwards={self.forward_layer.go_backwards}")
        self._other = other is not None
        for one in (self.forward_layer, self.backward_layer):
            one.zero_output_for_mask = one.return_sequences  # what is masked must not count in the merged result
        self.merge_mode, self.first_weights = merge_mode, weights
        self.stateful, self.return_sequences, self.return_state = (
            layer.stateful,
            layer.return_sequences,
            layer.return_state,
        )
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Build both layers."""
        build_inside(self, self.forward_layer, input_shape)
        build_inside(self, self.backward_layer, input_shape)
        if self.first_weights is not None:
            self.set_weights(self.first_weights)

    def reset_state(self) -> None:
        """Set the states of stateful layers to zero."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    reset_states = reset_state

    def call(
        self, sequences: Tensor, initial_state: Any = None, mask: Tensor | None = None, training: bool | None = None
    ) -> Any:
        """Both results, merged; with the last states of both where `return_state`."""
        half = 0 if initial_state is None else len(initial_state) // 2
        starts = (None, None) if initial_state is None else (initial_state[:half], initial_state[half:])
        layers = (self.forward_layer, self.backward_layer)
        found = [
            layer(sequences, initial_state=start, mask=mask, training=training)
            for layer, start in zip(layers, starts, strict=True)
        ]
        states: tuple[Any, ...] = ()
        if self.return_state:
            states = (*found[0][1:], *found[1][1:])
            found = [f[0] for f in found]
        one, two = (ops.cast(f, self.compute_dtype) for f in found)
        if self.return_sequences:  # each step's results side by side
            two = ops.flip(two, axis=1)
        merged = self._merge(one, two)
        if not self.return_state:
            return merged
        return (*merged, *states) if self.merge_mode is None else (merged, *states)

    def _merge(self, one: Tensor, two: Tensor) -> Any:
        if self.merge_mode == "concat":
            return ops.concat([one, two], axis=-1)
        if self.merge_mode == "sum":
            return one + two
        if self.merge_mode == "ave":
            return (one + two) / 2.0
        return one * two if self.merge_mode == "mul" else (one, two)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask goes on with the results of all steps; the states have none."""
        output = previous_mask if self.return_sequences else None
        results = [output, output] if self.merge_mode is None else [output]
        if not self.return_state:
            return results if self.merge_mode is None else output
        return results + [None] * (2 * len(self.forward_layer.state_size))

    def get_config(self) -> dict[str, Any]:
        """The layers and how their results are merged."""
        config = {**super().get_config(), "merge_mode": self.merge_mode, "layer": saved_form(self.forward_layer)}
        return {**config, "backward_layer": saved_form(self.backward_layer)} if self._other else config
