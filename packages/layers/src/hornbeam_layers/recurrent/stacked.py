"""StackedRNNCells: several cells as one."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.nested import build_inside, layer_of, saved_form

__all__ = ["StackedRNNCells"]


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
        return self.cells[-1].output_size

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Those of each cell."""
        return [list(cell.get_initial_state(batch_size=batch_size)) for cell in self.cells]

    def build(self, input_shape: Any) -> None:
        """Build each cell for what the one before gives."""
        for cell in self.cells:
            build_inside(self, cell, input_shape)
            input_shape = (input_shape[0], cell.output_size)

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
