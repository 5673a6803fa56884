"""True and false positives and negatives, precision and recall, at one threshold or at several."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops

from hornbeam_optimizers.metrics.thresholds import Thresholded

__all__ = ["FalseNegatives", "FalsePositives", "Precision", "Recall", "TrueNegatives", "TruePositives"]


class _Count(Thresholded):
    """The weight of one cell of the confusion matrix."""

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(thresholds, None, None, name, dtype)

    @property
    def accumulator(self) -> Tensor:
        """The count at each threshold."""
        raise AttributeError("accumulator")

    def result(self) -> Tensor:
        """The count: a number, or one for each threshold."""
        return self._one_or_all(self.accumulator)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class TruePositives(_Count):
    """How many positive labels were predicted above the threshold.

    Args:
        thresholds: between 0 and 1, or several; default 0.5.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: a threshold lies outside.

    Example:
        >>> metric = TruePositives()
        >>> metric.update_state([0, 1, 1, 1], [1, 0, 1, 1]); float(metric.result())
        2.0
    """

    @property
    def accumulator(self) -> Tensor:
        """The count at each threshold."""
        return self.true_positives


class FalsePositives(_Count):
    """How many negative labels were predicted above the threshold. Arguments as for `TruePositives`.

    Example:
        >>> metric = FalsePositives()
        >>> metric.update_state([0, 1, 0, 0], [0, 0, 1, 1]); float(metric.result())
        2.0
    """

    @property
    def accumulator(self) -> Tensor:
        """The count at each threshold."""
        return self.false_positives


class TrueNegatives(_Count):
    """How many negative labels were predicted at most at the threshold. Arguments as for `TruePositives`.

    Example:
        >>> metric = TrueNegatives()
        >>> metric.update_state([0, 1, 0, 0], [1, 1, 0, 0]); float(metric.result())
        2.0
    """

    @property
    def accumulator(self) -> Tensor:
        """The count at each threshold."""
        return self.true_negatives


class FalseNegatives(_Count):
    """How many positive labels were predicted at most at the threshold. Arguments as for `TruePositives`.

    Example:
        >>> metric = FalseNegatives()
        >>> metric.update_state([0, 1, 1, 1], [0, 1, 0, 0]); float(metric.result())
        2.0
    """

    @property
    def accumulator(self) -> Tensor:
        """The count at each threshold."""
        return self.false_negatives


class _Share(Thresholded):
    """A share of true positives."""

    _direction = "up"

    def __init__(
        self, thresholds: Any = None, top_k: int | None = None, class_id: int | None = None, name: str | None = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(thresholds, top_k, class_id, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        how = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **how}


class Precision(_Share):
    """The share of positive predictions that are right: tp / (tp + fp), 0 of none.

    Args:
        thresholds: between 0 and 1, or several; default 0.5, with `top_k` none.
        top_k: count the k largest predictions of each sample as positive.
        class_id: look at this class alone.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: a threshold lies outside.

    Example:
        >>> metric = Precision()
        >>> metric.update_state([0, 1, 1, 1], [1, 0, 1, 1]); round(float(metric.result()), 4)
        0.6667
    """

    def result(self) -> Tensor:
        """The precision: a number, or one for each threshold."""
        tp = self.true_positives
        return self._one_or_all(ops.divide_no_nan(tp, tp + self.false_positives))


class Recall(_Share):
    """The share of positive labels that were found: tp / (tp + fn), 0 of none. Arguments as for `Precision`.

    Example:
        >>> metric = Recall()
        >>> metric.update_state([0, 1, 1, 1], [1, 0, 1, 1]); round(float(metric.result()), 4)
        0.6667
    """

    def result(self) -> Tensor:
        """The recall: a number, or one for each threshold."""
        tp = self.true_positives
        return self._one_or_all(ops.divide_no_nan(tp, tp + self.false_negatives))
