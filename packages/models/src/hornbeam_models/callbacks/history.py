"""History: the figures of every epoch."""

from __future__ import annotations

from typing import Any

from hornbeam_models.callbacks.base import Callback

__all__ = ["History"]


class History(Callback):
    """Keeps every epoch's figures: `history` maps a name to a list, `epoch` lists the epochs. `fit` returns one.

    Example:
        >>> import hornbeam as hb
        >>> model = hb.Sequential([hb.Input((1,)), hb.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> history = model.fit([[1.0]], [[1.0]], epochs=2, verbose=0)
        >>> sorted(history.history), history.epoch
        (['loss'], [0, 1])
    """

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def get_state(self) -> dict[str, Any]:
        """The epochs so far."""
        return {"history": {k: list(v) for k, v in self.history.items()}, "epoch": list(self.epoch)}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on behind earlier epochs."""
        self.history, self.epoch = {k: list(v) for k, v in state["history"].items()}, list(state["epoch"])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Append the figures."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
