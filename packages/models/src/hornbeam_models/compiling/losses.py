"""Losses: what `compile(loss=...)` was given, one for each output, and their weighted sum."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np
from hornbeam import Tensor
from hornbeam.errors import DTypeError, ShapeError
from hornbeam.plugins import registry
from hornbeam.serialization import deserialize_keras_object
from hornbeam.tensor import widened
from hornbeam.tree import leaves

from hornbeam_models.compiling.outputs import kind_for, labels, output_names, sample_weights, spread

__all__ = ["Losses", "loss_of"]


def loss_of(identifier: Any) -> Any:
    """A function `(y_true, y_pred, sample_weight) -> number` of a name, a loss object or a function."""
    found = registry.lookup("losses", identifier) if isinstance(identifier, str) else identifier
    if inspect.isclass(found):
        return found()
    if found is None:
        return found
    if not callable(found):
        raise DTypeError(
            f"compile: loss must be a name such as 'mse', a loss object or a function (y_true, y_pred) -> values; got {found!r}"
        )
    if hasattr(found, "reduction"):
        return found

    @functools.wraps(found)
    def checked(y_true: Any, y_pred: Any) -> Any:
        values = found(y_true, y_pred)
        if values is None:
            raise DTypeError(f"loss {name!r} returned None; it has to return the losses")
        return values

    name = getattr(found, "__name__", "loss")
    return registry.lookup("losses", "LossFunctionWrapper")(checked, name=name)


def _by_shape(given: Any) -> bool:
    """Whether the shapes of labels and outputs say which cross-entropy is meant."""
    return isinstance(given, str) and given.lower() in ("crossentropy", "ce")


def _revived(given: Any) -> Any:
    """Saved forms among losses as the losses that they are of."""
    if isinstance(given, dict) and "class_name" in given and "config" in given:
        return deserialize_keras_object(given, kind="losses")
    if isinstance(given, dict):
        return {name: _revived(loss) for name, loss in given.items()}
    return [_revived(loss) for loss in given] if isinstance(given, (list, tuple)) else given


class Losses:
    """The loss of every output, and their weighted sum."""

    def __init__(self, given: Any, weights: Any, names: list[str] | None) -> None:
        self.given = given = _revived(given)
        self.weights, self.names = weights, names
        for one in [given] if not isinstance(given, (list, tuple, dict)) else leaves(given):
            if not _by_shape(one):
                loss_of(one)
        self.ranges: dict[int, tuple[Any, int]] = {}  # by output: the loss, and the number of units of the output

    def _pairs(self, y: Any, pred: Any) -> Any:
        if self.given is None:
            return ()
        preds, names = [widened(p) for p in leaves(pred)], output_names(pred, self.names)
        trues = labels(y, pred, names)
        given = zip(spread(self.given, names, "loss"), trues, preds, strict=True)
        losses = [loss_of(f"{kind_for(true, out)}Crossentropy" if _by_shape(one) else one) for one, true, out in given]
        weights = [1.0 if w is None else w for w in spread(self.weights, names, "loss_weights")]
        return zip(names, losses, trues, preds, weights, strict=True)

    def __call__(self, y: Any, pred: Any, sample_weight: Any) -> tuple[Tensor | None, dict[str, Tensor]]:
        """The weighted sum, and the loss of every output by its name, before weighting; (None, {}) where there is no loss."""
        total: Any = None
        parts = {}
        each = sample_weights(sample_weight, output_names(pred, self.names))
        for (name, loss, true, out, weight), of_samples in zip(self._pairs(y, pred), each, strict=False):
            if loss is not None:
                parts[name] = loss(true, out, of_samples)
                value = parts[name] * weight
                total = value if total is None else total + value
        return total, parts

    def check(self, y: Any, pred: Any) -> None:
        """Find labels that do not fit the outputs, before any training."""
        self.ranges = {}
        for index, (_, loss, true, out, _) in enumerate(self._pairs(y, pred)):
            if loss is None:
                continue
            one, name = true[:1], str(getattr(loss, "name", "loss"))
            try:
                value = loss(one, out)
            except ShapeError as error:
                hint = ""
                if name == "categorical_crossentropy" and tuple(one.shape) in ((1,), (1, 1)) and out.shape[-1] > 1:
                    hint = " Class indices go with sparse_categorical_crossentropy."
                elif name == "binary_crossentropy" and tuple(one.shape) == (1,):
                    hint = " Two classes as 0 and 1 need a last layer of one unit; class indices need sparse_categorical_crossentropy."
                text = str(error).rstrip(".").replace("(1,", "(batch,")  # one sample was tried
                raise ShapeError(f"labels and model do not fit: {text}.{hint}") from None
            if value.shape != ():
                raise ShapeError(
                    f"loss {name!r} gives values of shape {value.shape} for one sample, but training needs one number: choose "
                    "another reduction than 'none', such as 'sum_over_batch_size'"
                )
            self.ranges[index] = (loss, out.shape[-1] if out.shape else 1)

    def check_values(self, y: Any, names: list[str]) -> None:
        """Find labels that the losses are not defined for, such as class indices without an output, and NaN.

        Raises:
            InvalidArgumentError: there are such labels.
        """
        arrays = [y[name] for name in names] if isinstance(y, dict) and set(names) == set(y) else leaves(y)
        for index, (loss, units) in self.ranges.items():
            if index < len(arrays) and isinstance(arrays[index], np.ndarray) and hasattr(loss, "check_labels"):
                where = f" of output {names[index]!r}" if len(names) > 1 and index < len(names) else ""
                loss.check_labels(arrays[index], units, where)
