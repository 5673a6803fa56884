"""The base of LSTM, GRU and SimpleRNN: an RNN that makes its cell."""

from __future__ import annotations

from typing import Any

from hornbeam_layers import regularizers
from hornbeam_layers.recurrent.cell import RecurrentCell
from hornbeam_layers.recurrent.rnn import RNN
from hornbeam_layers.serialization import serialize

__all__ = ["RecurrentLayer"]


class RecurrentLayer(RNN):
    """An RNN whose configuration is its cell's and its own, side by side; the cell's arguments are attributes of it."""

    def __init__(
        self, cell: RecurrentCell, return_sequences: bool, return_state: bool, go_backwards: bool, stateful: bool,
        unroll: bool, activity_regularizer: Any, **kwargs: Any,
    ) -> None:  # fmt: skip
        kwargs["activity_regularizer"] = regularizers.get(activity_regularizer)
        super().__init__(cell, return_sequences, return_state, go_backwards, stateful, unroll, **kwargs)

    def __getattr__(self, name: str) -> Any:
        """An argument of the cell's: units, activation, kernel_initializer, ..."""
        cell = self.__dict__.get("cell")
        if cell is None or name not in cell.get_config():
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return getattr(cell, name)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        own = super().get_config()
        del own["cell"]
        cell = self.cell.get_config()
        for name in ("name", "trainable", "dtype"):
            del cell[name]
        return {**cell, **own, "activity_regularizer": serialize(self.activity_regularizer)}
