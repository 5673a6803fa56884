"""Loss: values by sample, weighted, masked and reduced as Keras does."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, refuse_unknown_arguments
from hornbeam.naming import to_snake_case
from hornbeam.tensor import activation_input, widened
from hornbeam.tree import leaves, map_structure

from hornbeam_optimizers.losses.checks import check_labels, check_probabilities, concrete
from hornbeam_optimizers.losses.inputs import same_rank
from hornbeam_optimizers.weights import fitted, with_mask

__all__ = ["Loss", "LossFunctionWrapper"]

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None)


def _each(function: Callable[[Any], Any], given: Any) -> Any:
    """A function of an array, or of every array in containers of arrays; lists of numbers are arrays."""
    several = isinstance(given, dict) or (
        isinstance(given, (list, tuple)) and any(hasattr(x, "shape") for x in leaves(given))
    )
    return map_structure(function, given) if several else function(given)


class Loss:
    """Base class. Subclass it with `call(y_true, y_pred)`, which gives one value per sample.

    Args:
        name: default: the class name in snake case.
        reduction: "sum_over_batch_size" or "mean" (over all values), "sum", "mean_with_sample_weight" (weighted mean) or
            None or "none" (the values themselves).
        dtype: of the predictions; default: their own, float32 at least.

    Raises:
        InvalidArgumentError: the reduction is unknown.
    """

    labels = "any"  # what y_true may be: see `checks.check_labels`

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Refuse what `__init__` does not take."""
        refuse_unknown_arguments(cls, kwargs)
        return super().__new__(cls)

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        if reduction not in REDUCTIONS:
            raise InvalidArgumentError(f"reduction must be one of {REDUCTIONS}; got {reduction!r}")
        self.name = name or to_snake_case(type(self).__name__)
        self.reduction, self.dtype = reduction, dtype

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """One value per sample."""
        raise InvalidArgumentError(f"{type(self).__name__} has no call(y_true, y_pred): override it.")

    def check_labels(self, y_true: Any, classes: int, where: str = "") -> None:
        """Find labels that the loss is not defined for, in a NumPy array or a tensor with values.

        Args:
            y_true: the labels.
            classes: size of the predictions' last axis.
            where: words after "labels" in the message, such as " of output 'head'".

        Raises:
            InvalidArgumentError: there are such labels; the message says which sample has the first.
        """
        array = concrete(y_true)
        if array is not None:
            check_labels(self.labels, array, classes, self.name, getattr(self, "ignore_class", None), where)

    def _check(self, y_true: Any, y_pred: Any) -> None:
        if not isinstance(y_pred, Tensor) or not y_pred.ndim:
            return
        axis = getattr(self, "axis", -1)
        self.check_labels(y_true, y_pred.shape[axis if isinstance(axis, int) else -1])
        from_logits = getattr(self, "from_logits", None)
        if from_logits is None:
            return
        activation = next((n for n in ("softmax", "sigmoid") if activation_input(y_pred, n) is not None), "")
        if from_logits and activation:
            warnings.warn(
                f"{self.name} is told to expect logits (from_logits=True), but the predictions are what {activation} made: "
                "leave one of the two out",
                stacklevel=3,
            )
        elif not from_logits and not activation:
            array = concrete(y_pred)
            if array is not None:
                check_probabilities(array, self.name)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """The reduced loss.

        Args:
            y_true: labels.
            y_pred: predictions. Steps that their mask leaves out do not count.
            sample_weight: factors of the values, of their shape or of its beginning.

        Raises:
            ShapeError: labels, predictions or weights do not fit together.
            InvalidArgumentError: labels or predictions cannot be meant, where their values are known.
        """
        y_true, y_pred = _each(ops.asarray, y_true), _each(self._prepared, y_pred)
        self._check(y_true, y_pred)
        values = self.call(y_true, y_pred)
        mask, own = (getattr(t, "mask", None) for t in (y_pred, values))
        if mask is not None and mask.shape == values.shape:
            values.mask = mask if own is None else ops.logical_and(mask, own)
        return self._reduced(values, sample_weight)

    def _prepared(self, y_pred: Any) -> Tensor:
        tensor = ops.asarray(y_pred)
        wide: Tensor = widened(tensor if self.dtype is None else ops.cast(tensor, self.dtype))
        if wide is not tensor and getattr(tensor, "mask", None) is not None:
            wide.mask = tensor.mask
        return wide

    def _reduced(self, values: Tensor, sample_weight: Any) -> Tensor:
        if not values.ndim and sample_weight is not None:  # a loss of the whole batch, as Dice
            values = ops.broadcast_to(values, ops.asarray(sample_weight).shape)
        weights = with_mask(fitted(sample_weight, values), values, values, self.reduction in REDUCTIONS[:2])
        if weights is not None:
            values = values * weights
        if self.reduction in (None, "none"):
            return values
        if self.reduction == "sum":
            return ops.sum(values)
        if self.reduction == "mean_with_sample_weight" and weights is not None:
            return ops.divide_no_nan(ops.sum(values), ops.sum(weights))
        return ops.sum(values) / max(values.size, 1)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A loss of `get_config`'s result."""
        return cls(**config)


class LossFunctionWrapper(Loss):
    """The loss of a function.

    Args:
        fn: `(y_true, y_pred, **kwargs)` -> one value per sample. Labels have the predictions' rank, if an axis of size 1
            makes the difference.
        reduction, name, dtype: as for `Loss`.
        **kwargs: passed to `fn`; each is an attribute too, and can be changed.

    Example:
        >>> import hornbeam as hb
        >>> gap = LossFunctionWrapper(lambda y_true, y_pred, power: abs(y_true - y_pred) ** power, power=2.0)
        >>> float(gap([1.0, 1.0], [3.0, 3.0]))
        4.0
    """

    def __init__(
        self, fn: Callable[..., Tensor], reduction: str | None = "sum_over_batch_size", name: str | None = None,
        dtype: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name or getattr(fn, "__name__", None), reduction, dtype)
        self.fn, self._names = fn, tuple(kwargs)
        vars(self).update(kwargs)

    @property
    def _how(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._names}

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The function's values."""
        if type(self) is LossFunctionWrapper:  # functions of ours do it by themselves
            y_true, y_pred = same_rank(y_true, y_pred)
        return ops.asarray(self.fn(y_true, y_pred, **self._how))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        of_function = {"fn": self.fn} if type(self) is LossFunctionWrapper else {}
        return {**super().get_config(), **of_function, **self._how}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A loss of `get_config`'s result, or of its saved form."""
        from hornbeam_optimizers.losses.registered import deserialize

        saved = config.get("fn")
        return cls(**(config if saved is None or callable(saved) else {**config, "fn": deserialize(saved)}))
