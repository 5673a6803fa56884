"""SwapEMAWeights: evaluate and save with the optimizer's moving averages of the weights."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import InvalidArgumentError

from hornbeam_models.callbacks.base import Callback

__all__ = ["SwapEMAWeights"]


class SwapEMAWeights(Callback):
    """Puts the moving averages that the optimizer keeps (`use_ema=True`) in the model's place while it is evaluated or predicts.

    Args:
        swap_on_epoch: also at the end of every epoch, until the next begins, so that callbacks that save then save the averages.
            Put this callback before them.

    Raises:
        InvalidArgumentError: the optimizer keeps no averages.
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        self.swap_on_epoch = swap_on_epoch
        self._swapped = False

    def _pairs(self) -> list[tuple[Any, Any]]:
        optimizer = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)
        pairs: list[tuple[Any, Any]] = []
        for each in getattr(optimizer, "optimizers", None) or [optimizer]:
            averages = getattr(each, "averages", None) or {}
            pairs += list(averages.items())
        if not pairs:
            raise InvalidArgumentError(
                "SwapEMAWeights needs an optimizer that keeps moving averages: make it with use_ema=True"
            )
        return pairs

    def _swap(self, wanted: bool) -> None:
        if self._swapped is wanted:
            return
        for variable, average in self._pairs():
            one, other = variable.numpy().copy(), average.numpy().copy()
            variable.assign(other)
            average.assign(one)
        self._swapped = wanted

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Train on with the weights themselves."""
        if self.swap_on_epoch:
            self._swap(False)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """The averages, for callbacks behind this one."""
        if self.swap_on_epoch:
            self._swap(True)

    def settle(self) -> None:
        """After the last epoch, before the optimizer puts its averages in place for good: those in the model are the averages."""
        if self._swapped:
            for variable, average in self._pairs():
                average.assign(variable)
            self._swapped = False

    def on_test_begin(self, logs: Any = None) -> None:
        """Evaluate the averages."""
        self._swap(True)

    def on_test_end(self, logs: Any = None) -> None:
        """Back to the weights."""
        self._swap(False)

    def on_predict_begin(self, logs: Any = None) -> None:
        """Predict with the averages."""
        self._swap(True)

    def on_predict_end(self, logs: Any = None) -> None:
        """Back to the weights."""
        self._swap(False)
