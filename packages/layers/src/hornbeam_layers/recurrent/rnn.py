"""RNN: a cell, step by step over time."""

from __future__ import annotations

import functools
from typing import Any

from hornbeam import Layer, Tensor, Variable, ops
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.tree import flatten, map_structure
from hornbeam.variable import autocast

from hornbeam_layers.nested import build_inside, layer_of, saved_form
from hornbeam_layers.recurrent.cell import GatedCell
from hornbeam_layers.recurrent.stacked import StackedRNNCells, first_states, output_size_of

__all__ = ["RNN"]


class RNN(Layer):
    """Walks over time with a cell.

    Args:
        cell: a layer whose `call(inputs, states)` gives a step's result and its new states, with `state_size` (an integer, or
            a list of them) and `output_size`; or a list of such, which are stacked.
        return_sequences: whether to return the results of all steps rather than the last one's.
        return_state: whether to return the last states too.
        go_backwards: from the last step to the first; the results of all steps stand in the order of the walk.
        stateful: whether a batch starts from the states in which the last one ended, sample by sample.
        unroll: whether the steps are written out where a loop over the cell is captured.
        zero_output_for_mask: whether masked steps give zeros rather than the result before them.
        **kwargs: `name`, `dtype`, `trainable`.

    Call with `sequences` [batch, time, ...], and optionally `initial_state` (a list of tensors, one per state) and `mask`
    ([batch, time], bool): where it is False the states stay as they are; `constants`, for a cell whose `call` takes them.

    Raises:
        InvalidArgumentError: the cell is not a layer with a `state_size`.
        ShapeError: the inputs have no time axis or no steps; or a stateful layer gets another batch size.

    Example:
        >>> import hornbeam as hb
        >>> RNN(hb.layers.LSTMCell(4), return_sequences=True)(hb.ops.ones((2, 5, 3))).shape
        (2, 5, 4)
    """

    def __init__(
        self, cell: Any, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False,
        stateful: bool = False, unroll: bool = False, zero_output_for_mask: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        cell = StackedRNNCells(cell) if isinstance(cell, (list, tuple)) else layer_of(cell)
        if not isinstance(cell, Layer) or not hasattr(cell, "state_size"):
            raise InvalidArgumentError(
                f"{type(self).__name__} {self.name!r}: the cell must be a layer with call(inputs, states) and a state_size; "
                f"got {cell!r}"
            )
        self.cell: Any = cell
        self.return_sequences, self.return_state, self.go_backwards = return_sequences, return_state, go_backwards
        self.stateful, self.unroll, self.zero_output_for_mask = stateful, unroll, zero_output_for_mask
        self.supports_masking = True
        self._held = _Held()

    @property
    def state_size(self) -> list[Any]:
        """Sizes of the states, as a list."""
        size = self.cell.state_size
        return list(size) if isinstance(size, (list, tuple)) else [size]

    @property
    def states(self) -> Any:
        """Variables that hold the states of a stateful layer between batches; None before it is built."""
        return self._held.states

    def build(self, input_shape: Any) -> None:
        """Build the cell for steps of that shape."""
        if len(input_shape) < 3:
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: expected inputs [batch, time, features]; got shape {input_shape}"
            )
        build_inside(self, self.cell, (input_shape[0], *input_shape[2:]))
        if self.stateful:
            if input_shape[0] is None:
                raise ShapeError(
                    f"{type(self).__name__} {self.name!r} is stateful and needs a known batch size: give "
                    "Input(batch_shape=(batch, time, features))"
                )
            start = self.get_initial_state(input_shape[0])
            self._held.states = map_structure(lambda s: Variable(s, trainable=False, name="rnn_state"), start)

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """The states before the first step."""
        return first_states(self.cell, batch_size)

    def reset_state(self) -> None:
        """Set the states of a stateful layer to zero."""
        for variable in flatten(self._held.states)[0]:
            variable.assign(ops.zeros_like(variable.value))

    reset_states = reset_state

    def call(
        self, sequences: Tensor, initial_state: Any = None, mask: Tensor | None = None, training: bool | None = False,
        constants: Any = None,
    ) -> Any:  # fmt: skip
        """[batch, time, ...] -> [batch, units] or [batch, time, units]; with the last states where `return_state`."""
        if not sequences.shape[1]:
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: there is no step in inputs of shape {sequences.shape}"
            )
        states = self._start(sequences.shape[0], initial_state)
        sequences = ops.cast(sequences, self.cell.compute_dtype) if sequences.dtype.is_floating else sequences
        by_gate = training and getattr(self.cell, "by_gate", False) and 0 < self.cell.recurrent_dropout < 1
        whole = getattr(self.cell, "whole", False) and not by_gate and constants is None
        walk: Any = self.cell.walk if whole else functools.partial(self._loop, constants=constants)
        policy = self.cell.dtype_policy
        try:
            with autocast(policy.compute_dtype if policy.compute_dtype != policy.variable_dtype else None):
                outputs, states = walk(sequences, states, mask, bool(training), self.go_backwards)
        finally:
            _reset_dropout(self.cell)
        outputs, states = map_structure(lambda t: ops.cast(t, self.compute_dtype), (outputs, states))
        if self.stateful:
            for variable, state in zip(flatten(self.states)[0], flatten(states)[0], strict=True):
                variable.assign(ops.cast(state, variable.dtype))
        if mask is not None and self.zero_output_for_mask:
            keep = ops.reshape(mask, (*mask.shape, *(1,) * (outputs.ndim - 2)))
            outputs = ops.where(keep, outputs, ops.zeros_like(outputs))
        if self.return_sequences:
            output = ops.flip(outputs, axis=1) if self.go_backwards else outputs
        elif whole and (mask is None or not self.zero_output_for_mask):
            output = states[0]  # the cell's result is its first state
        else:
            output = outputs[:, 0 if self.go_backwards else -1]
        return (output, *states) if self.return_state else output

    def _start(self, batch: int, initial_state: Any) -> list[Any]:
        if initial_state is None:
            initial_state = self.states if self.stateful else self.get_initial_state(batch)
        states = list(initial_state) if isinstance(initial_state, (list, tuple)) else [initial_state]
        states = map_structure(lambda s: ops.cast(ops.asarray(s), self.cell.compute_dtype), states)
        found = [s.shape[0] for s in flatten(states)[0]]
        if any(size != batch for size in found):
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: inputs of batch size {batch} and states of {found}; they must be equal"
            )
        if len(states) != len(self.state_size):
            raise ShapeError(
                f"{type(self).__name__} {self.name!r} has {len(self.state_size)} states; {len(states)} were given"
            )
        return states

    def _loop(
        self,
        sequences: Tensor,
        states: list[Any],
        mask: Tensor | None,
        training: bool,
        reverse: bool,
        constants: Any = None,
    ) -> tuple[Tensor, list[Any]]:
        """The cell, step by step: results where their inputs stand, and the last states."""
        _draw_dropout(self.cell, sequences[:, 0], states, training)

        more = {} if constants is None else {"constants": constants}

        def step(states: list[Any], row: dict[str, Tensor]) -> Any:
            output, new = self.cell(row["x"], states, training=training, **more)
            new = list(new) if isinstance(new, (list, tuple)) else [new]
            if "mask" in row:
                before = states[-1][0] if isinstance(states[-1], (list, tuple)) else states[0]
                output = _chosen(row["mask"], output, before)
                new = map_structure(lambda a, b: _chosen(row["mask"], b, a), states, new)
            return new, output

        rows = {"x": sequences} if mask is None else {"x": sequences, "mask": mask}
        rows = {name: ops.moveaxis(t, 1, 0) for name, t in rows.items()}
        states, outputs = ops.scan(step, states, rows, reverse=reverse, unroll=self.unroll)
        return ops.moveaxis(outputs, 0, 1), states

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask goes on with the results of all steps; the states have none."""
        mask = previous_mask[0] if isinstance(previous_mask, list) else previous_mask
        output = mask if self.return_sequences else None
        return [output, *(None for _ in self.state_size)] if self.return_state else output

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        names = "return_sequences", "return_state", "go_backwards", "stateful", "unroll", "zero_output_for_mask"
        how = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **how, "cell": saved_form(self.cell)}


def _chosen(mask: Tensor, yes: Tensor, no: Tensor) -> Tensor:
    """Row by row: [batch] and two of [batch, ...]."""
    return ops.where(ops.reshape(mask, (-1, *(1,) * (yes.ndim - 1))), yes, no)


class _Held:
    """Keeps the states of a stateful layer from being taken for weights."""

    states: Any = None


def _reset_dropout(cell: Any) -> None:
    for one in getattr(cell, "cells", [cell]):
        if isinstance(one, GatedCell):
            one.reset_dropout_masks()


def _draw_dropout(cell: Any, inputs: Tensor, states: list[Any], training: bool) -> None:
    """Draw the masks of dropout before the loop: its body must not change the generators."""
    if not training:
        return
    for one, state in zip(cell.cells, states, strict=True) if hasattr(cell, "cells") else [(cell, states)]:
        if isinstance(one, GatedCell):
            one.get_dropout_mask(inputs)
            one.get_recurrent_dropout_mask(state[0])
        inputs = ops.zeros((inputs.shape[0], output_size_of(one)), inputs.dtype)  # as the next cell sees them
