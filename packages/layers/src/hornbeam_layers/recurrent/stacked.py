"""StackedRNNCells: several cells as one."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.nested import build_inside, layer_of, saved_form

__all__ = ["StackedRNNCells", "first_states", "output_size_of"]


def first_states(cell: Any, batch_size: int) -> list[Any]:
    """The states of a cell before the first step, as a list: zeros where the cell does not say."""
    if hasattr(cell, "get_initial_state"):
        states = cell.get_initial_state(batch_size=batch_size)
    else:
        sizes = cell.state_size if isinstance(cell.state_size, (list, tuple)) else [cell.state_size]
        states = [ops.zeros((batch_size, size), cell.compute_dtype) for size in sizes]
    return list(states) if isinstance(states, (list, tuple)) else [states]


def output_size_of(cell: Any) -> Any:
    """The size of a step's result: that of the first state where the cell does not say."""
    size = cell.state_size[0] if isinstance(cell.state_size, (list, tuple)) else cell.state_size
    return getattr(cell, "output_size", size)


class StackedRNNCells(Layer):
    """Cells one after another within a step: each takes the result of the one before.

    Args:
        cells: list of cells.

    Example:
        >>> import hornbeam as hb
        >>> hb.layers.RNN([hb.layers.GRUCell(4), hb.layers.LSTMCell(2)])(hb.ops.ones((2, 5, 3))).shape
        (2, 2)
    """

    def __init__(self, cells: Any, **kwargs: Any) -> None:
        cells = [layer_of(cell) for cell in cells]
        if not cells or not all(isinstance(cell, Layer) and hasattr(cell, "state_size") for cell in cells):
            raise InvalidArgumentError(f"StackedRNNCells takes cells, which are layers with a state_size; got {cells}")
        kwargs.setdefault("dtype", cells[0].dtype_policy.name)
        super().__init__(**kwargs)
        self.cells = cells

    @property
    def state_size(self) -> list[Any]:
        """Of each cell."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        """Of the last cell."""
        return output_size_of(self.cells[-1])

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Those of each cell."""
        return [first_states(cell, batch_size) for cell in self.cells]

    def build(self, input_shape: Any) -> None:
        """Build each cell for what the one before gives."""
        for cell in self.cells:
            build_inside(self, cell, input_shape)
            input_shape = (input_shape[0], output_size_of(cell))

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> tuple[Tensor, list[Any]]:
        """One step: the last cell's result, and every cell's new states."""
        after = []
        for cell, state in zip(self.cells, states, strict=True):
            inputs, new = cell(inputs, state, training=training)
            after.append(list(new) if isinstance(new, (list, tuple)) else [new])
        return inputs, after

    def get_config(self) -> dict[str, Any]:
        """The cells."""
        return {**super().get_config(), "cells": [saved_form(cell) for cell in self.cells]}
