"""How good probabilities are: log loss, Brier score, calibration error, perplexity."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError
from hornbeam.tensor import widened

from hornbeam_optimizers.losses.functions import sparse_categorical_crossentropy
from hornbeam_optimizers.metrics import checks
from hornbeam_optimizers.metrics.base import STATE, Metric
from hornbeam_optimizers.metrics.inputs import classes_of, floating, one_hot_pair, spread, summed, weights_of
from hornbeam_optimizers.metrics.reductions import Mean, MeanMetricWrapper

__all__ = ["BrierScore", "ExpectedCalibrationError", "LogLoss", "Perplexity", "brier_score", "log_loss"]

SMALLEST = 1.1920929e-07  # float32's eps: what probabilities are clipped to


def _rows(y_true: Any, y_pred: Any, name: str) -> tuple[Tensor, Tensor, bool]:
    """One-hot labels and probabilities (..., classes), and whether there is one column for two classes."""
    pred = floating(y_pred)
    if pred.ndim == 1 or pred.shape[-1] == 1:
        true = ops.reshape(floating(y_true), pred.shape)
        true, pred, single = (*(x if x.ndim > 1 else ops.expand_dims(x, -1) for x in (true, pred)), True)
    else:
        true, pred = one_hot_pair(y_true, pred, name)
        single = False
    checks.binary(true, name)
    checks.probabilities(pred, name, "apply sigmoid or softmax to logits")
    return true, pred, single


def log_loss(y_true: Any, y_pred: Any) -> Tensor:
    """-log of the probability that each sample's class was given.

    Args:
        y_true: class indices or one-hot rows; of one column of predictions 0 and 1.
        y_pred: probabilities (batch, classes); or (batch,), (batch, 1) of class 1. Rows are made to sum to 1.
    """
    true, pred, single = _rows(y_true, y_pred, "log_loss")
    if single:
        p = ops.clip(pred, SMALLEST, 1.0 - SMALLEST)
        return -ops.squeeze(true * ops.log(p) + (1.0 - true) * ops.log(1.0 - p), -1)
    p = ops.clip(pred / ops.sum(pred, axis=-1, keepdims=True), SMALLEST, 1.0)
    return -ops.sum(true * ops.log(p), axis=-1)


def brier_score(y_true: Any, y_pred: Any) -> Tensor:
    """The squared error of each sample's probabilities: of class 1, or summed over the classes. Arguments as for `log_loss`."""
    true, pred, _ = _rows(y_true, y_pred, "brier_score")
    return ops.sum(ops.square(true - pred), axis=-1)


class LogLoss(MeanMetricWrapper):
    """The mean of -log of the probability that each sample's class was given, for binary or several classes.

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = LogLoss()
        >>> metric.update_state([1, 0, 0, 1], [[0.1, 0.9], [0.9, 0.1], [0.8, 0.2], [0.35, 0.65]])
        >>> round(float(metric.result()), 4)
        0.2162
    """

    _direction = "down"

    def __init__(self, name: str | None = "log_loss", dtype: Any = None) -> None:
        super().__init__(log_loss, name, dtype)


class BrierScore(MeanMetricWrapper):
    """The mean squared error of probabilities, summed over the classes where there are several columns.

    Args:
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = BrierScore()
        >>> metric.update_state([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]); round(float(metric.result()), 4)
        0.0375

    Sources:
        Brier 1950.
    """

    _direction = "down"

    def __init__(self, name: str | None = "brier_score", dtype: Any = None) -> None:
        super().__init__(brier_score, name, dtype)


class ExpectedCalibrationError(Metric):
    """How far confidence is from accuracy, over bins of confidence of equal width.

    The confidence of a row of several classes is its largest probability, and its accuracy whether that class is right; of one
    column, the probability of class 1, and whether the label is 1.

    Args:
        num_bins: how many bins, (i/n, (i+1)/n] each.
        norm: "l1" (the mean gap, weighted by the bins' sizes), "l2" (root of the mean square) or "max".
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = ExpectedCalibrationError(num_bins=2)
        >>> metric.update_state([0, 1, 1, 1], [0.25, 0.25, 0.75, 1.0]); round(float(metric.result()), 4)
        0.1875

    Sources:
        Guo et al. 2017, On Calibration of Modern Neural Networks.
    """

    _direction = "down"

    def __init__(
        self, num_bins: int = 15, norm: str = "l1", name: str | None = "expected_calibration_error", dtype: Any = None
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if not isinstance(num_bins, int) or num_bins < 1:
            raise InvalidArgumentError(
                f"ExpectedCalibrationError: num_bins must be a whole number from 1; got {num_bins!r}"
            )
        if norm not in ("l1", "l2", "max"):
            raise InvalidArgumentError(f"ExpectedCalibrationError: norm must be 'l1', 'l2' or 'max'; got {norm!r}")
        self.num_bins, self.norm = num_bins, norm
        self.bins = self.add_variable((3, num_bins), name="bins")  # weights, confidence, accuracy

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch of labels and probabilities."""
        y_pred = widened(y_pred)
        weights = weights_of(sample_weight, y_pred)
        pred, name = floating(y_pred), "ExpectedCalibrationError"
        checks.probabilities(pred, name, "apply sigmoid or softmax to logits")
        if pred.ndim == 1 or pred.shape[-1] == 1:
            sure, right = (ops.reshape(x, (pred.size,)) for x in (pred, floating(y_true)))
            checks.binary(right, name)
        else:
            true = classes_of(y_true, pred)
            sure = ops.max(pred, axis=-1)
            right = ops.cast(ops.equal(true, ops.cast(ops.argmax(pred, axis=-1), "int32")), pred.dtype)
            weights = spread(weights, true.shape, name)
        shares = ops.ones((sure.size,), "float32") if weights is None else ops.reshape(weights, (sure.size,))
        sure, right = ops.reshape(sure, (sure.size,)), ops.reshape(right, (sure.size,))
        place = ops.cast(ops.clip(ops.ceil(sure * float(self.num_bins)) - 1.0, 0.0, self.num_bins - 1.0), "int32")
        columns = [summed(w, place, self.num_bins) for w in (shares, shares * sure, shares * right)]
        self.bins.assign(self.bins + ops.cast(ops.stack(columns), STATE))

    def result(self) -> Tensor:
        """The error; 0 before anything was seen."""
        size, sure, right = (self.bins.value[i] for i in range(3))
        gap = ops.divide_no_nan(ops.abs(sure - right), size)
        if self.norm == "max":
            return self._figure(ops.max(gap))
        share = ops.divide_no_nan(size, ops.sum(size))
        if self.norm == "l1":
            return self._figure(ops.sum(share * gap))
        return self._figure(ops.sqrt(ops.sum(share * gap * gap)))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "num_bins": self.num_bins, "norm": self.norm}


class Perplexity(Mean):
    """exp of the mean cross-entropy of tokens: how many equally likely ones the model chooses among.

    Args:
        from_logits: whether predictions are logits.
        mask_token_id: a label that does not count, such as that of padding.
        dtype: of the figure.
        name: name of the figure.

    Example:
        >>> metric = Perplexity()
        >>> metric.update_state([[1, 0]], [[[0.5, 0.5], [0.5, 0.5]]]); round(float(metric.result()), 4)
        2.0
    """

    _direction = "down"

    def __init__(
        self, from_logits: bool = False, mask_token_id: int | None = None, dtype: Any = None,
        name: str | None = "perplexity",
    ) -> None:  # fmt: skip
        super().__init__(name, dtype)
        self.from_logits, self.mask_token_id = from_logits, mask_token_id

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in one batch: tokens (batch, steps), scores (batch, steps, vocabulary)."""
        y_pred = widened(y_pred)
        values = sparse_categorical_crossentropy(y_true, y_pred, self.from_logits, self.mask_token_id)
        weights = spread(weights_of(sample_weight, y_pred), values.shape, "Perplexity")
        if self.mask_token_id is not None:
            counts = ops.cast(ops.not_equal(ops.reshape(y_true, values.shape), self.mask_token_id), values.dtype)
            weights = counts if weights is None else weights * counts
        flat = None if weights is None else ops.reshape(weights, (values.size,))
        super().update_state(ops.reshape(values, (values.size,)), flat)

    def result(self) -> Tensor:
        """The perplexity; 0 before anything was seen."""
        return self._figure(ops.where(ops.equal(self.count.value, 0.0), 0.0, ops.exp(super().result())))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "from_logits": self.from_logits, "mask_token_id": self.mask_token_id}
