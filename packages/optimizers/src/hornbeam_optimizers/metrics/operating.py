"""The best of one rate where another is at least a given value, over evenly spread thresholds."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.metrics import checks
from hornbeam_optimizers.metrics.thresholds import Thresholded

__all__ = ["PrecisionAtRecall", "RecallAtPrecision", "SensitivityAtSpecificity", "SpecificityAtSensitivity"]


class OperatingPoint(Thresholded):
    """The largest `_wanted` among the thresholds at which `_bound` is at least `value`; 0 where it never is."""

    _direction = "up"
    _argument = ""  # what the bound is called

    def __init__(self, value: Any, num_thresholds: Any, class_id: int | None, name: str | None, dtype: Any) -> None:
        who = type(self).__name__
        if not isinstance(num_thresholds, int) or num_thresholds <= 0:
            raise InvalidArgumentError(f"{who}: num_thresholds must be a whole number from 1; got {num_thresholds!r}")
        self.value = checks.share(value, self._argument, who)
        setattr(self, self._argument, value)
        self.num_thresholds = num_thresholds
        n = num_thresholds
        thresholds = [0.5] if n == 1 else [0.0, *((i + 1) / (n - 1) for i in range(n - 2)), 1.0]
        super().__init__(thresholds, None, class_id, name, dtype)

    def _rates(self) -> tuple[Tensor, Tensor]:
        """The bounded rate and the wanted one, at each threshold."""
        raise AttributeError("_rates")

    def _sensitivity(self) -> Tensor:
        return ops.divide_no_nan(self.true_positives, self.true_positives + self.false_negatives)

    def _specificity(self) -> Tensor:
        return ops.divide_no_nan(self.true_negatives, self.true_negatives + self.false_positives)

    def _precision(self) -> Tensor:
        return ops.divide_no_nan(self.true_positives, self.true_positives + self.false_positives)

    def result(self) -> Tensor:
        """The largest rate that the bound allows."""
        bounded, wanted = (self._figure(rate) for rate in self._rates())
        return ops.max(ops.where(ops.greater_equal(bounded, self.value), wanted, 0.0))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        config = {k: v for k, v in super().get_config().items() if k != "thresholds"}
        how = {"num_thresholds": self.num_thresholds, self._argument: self.value, "class_id": self.class_id}
        return {**config, **how}


class SensitivityAtSpecificity(OperatingPoint):
    """The largest tp / (tp + fn) where tn / (tn + fp) is at least a given value.

    Args:
        specificity: that value, between 0 and 1.
        num_thresholds: how many thresholds are tried.
        class_id: look at this class alone.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: the value lies outside, or there is no threshold.

    Example:
        >>> metric = SensitivityAtSpecificity(0.5)
        >>> metric.update_state([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]); float(metric.result())
        0.5
    """

    _argument = "specificity"

    def __init__(
        self, specificity: float, num_thresholds: int = 200, class_id: int | None = None, name: str | None = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(specificity, num_thresholds, class_id, name, dtype)

    def _rates(self) -> tuple[Tensor, Tensor]:
        return self._specificity(), self._sensitivity()


class SpecificityAtSensitivity(OperatingPoint):
    """The largest tn / (tn + fp) where tp / (tp + fn) is at least a given value.

    Args:
        sensitivity: that value, between 0 and 1.
        num_thresholds: how many thresholds are tried.
        class_id: look at this class alone.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: the value lies outside, or there is no threshold.

    Example:
        >>> metric = SpecificityAtSensitivity(0.5)
        >>> metric.update_state([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]); round(float(metric.result()), 4)
        0.6667
    """

    _argument = "sensitivity"

    def __init__(
        self, sensitivity: float, num_thresholds: int = 200, class_id: int | None = None, name: str | None = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)

    def _rates(self) -> tuple[Tensor, Tensor]:
        return self._sensitivity(), self._specificity()


class PrecisionAtRecall(OperatingPoint):
    """The largest tp / (tp + fp) where tp / (tp + fn) is at least a given value.

    Args:
        recall: that value, between 0 and 1.
        num_thresholds: how many thresholds are tried.
        class_id: look at this class alone.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: the value lies outside, or there is no threshold.

    Example:
        >>> metric = PrecisionAtRecall(0.5)
        >>> metric.update_state([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]); float(metric.result())
        0.5
    """

    _argument = "recall"

    def __init__(
        self, recall: float, num_thresholds: int = 200, class_id: int | None = None, name: str | None = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(recall, num_thresholds, class_id, name, dtype)

    def _rates(self) -> tuple[Tensor, Tensor]:
        return self._sensitivity(), self._precision()


class RecallAtPrecision(OperatingPoint):
    """The largest tp / (tp + fn) where tp / (tp + fp) is at least a given value.

    Args:
        precision: that value, between 0 and 1.
        num_thresholds: how many thresholds are tried.
        class_id: look at this class alone.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: the value lies outside, or there is no threshold.

    Example:
        >>> metric = RecallAtPrecision(0.8)
        >>> metric.update_state([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]); float(metric.result())
        0.5
    """

    _argument = "precision"

    def __init__(
        self, precision: float, num_thresholds: int = 200, class_id: int | None = None, name: str | None = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(precision, num_thresholds, class_id, name, dtype)

    def _rates(self) -> tuple[Tensor, Tensor]:
        return self._precision(), self._sensitivity()
