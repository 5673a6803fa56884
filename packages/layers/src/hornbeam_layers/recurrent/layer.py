"""The base of LSTM, GRU, SimpleRNN and ConvLSTM: an RNN that makes its cell."""

from __future__ import annotations

from typing import Any

from hornbeam_layers import regularizers
from hornbeam_layers.recurrent.cell import arguments
from hornbeam_layers.recurrent.rnn import RNN
from hornbeam_layers.serialization import serialize

__all__ = ["RecurrentLayer"]


class RecurrentLayer(RNN):
    """An RNN whose configuration is its cell's and its own, side by side; the cell's arguments are attributes of it.

    Args:
        cell: its class.
        called: the cell's name.
        given: the `locals()` of the subclass's constructor: the arguments of the cell and of the RNN.
        **kwargs: `implementation` of the cell, `zero_output_for_mask`, `name`, `dtype`, `trainable`.
    """

    def __init__(self, cell: Any, called: str, given: dict[str, Any], **kwargs: Any) -> None:
        shared = {"dtype": kwargs.get("dtype"), "trainable": kwargs.get("trainable", True), "name": called}
        if "implementation" in kwargs:
            shared["implementation"] = kwargs.pop("implementation")
        kwargs["activity_regularizer"] = regularizers.get(given["activity_regularizer"])
        own = {**arguments(given, RNN), "cell": cell(**arguments(given, cell), **shared)}
        super().__init__(**own, **kwargs)

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
