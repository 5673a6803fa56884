"""What `compile()` was given, made ready: the optimizer, the losses, the metrics. Names are looked up in the registry."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from hornbeam import Tensor, ops
from hornbeam.errors import DTypeError, InvalidArgumentError, ShapeError
from hornbeam.plugins import registry
from hornbeam.tensor import widened
from hornbeam.tree import leaves

__all__ = ["Losses", "Metrics", "optimizer"]


def optimizer(identifier: Any) -> Any:
    """The optimizer that a name, a class or an object stands for."""
    found = registry.lookup("optimizers", identifier) if isinstance(identifier, str) else identifier
    found = found() if inspect.isclass(found) else found
    if not hasattr(found, "apply") or not hasattr(found, "build"):
        raise DTypeError(
            f"compile: optimizer must be a name such as 'adam', or an optimizer such as Adam(0.001); got {identifier!r}"
        )
    return found


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

    def reduced(y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        values = found(y_true, y_pred)
        if values is None:
            raise DTypeError(f"loss {reduced.name!r} returned None; it has to return the losses")  # type: ignore[attr-defined]
        return ops.mean(values if sample_weight is None else values * ops.cast(sample_weight, values.dtype))

    reduced.name = getattr(found, "__name__", "loss")  # type: ignore[attr-defined]
    return reduced


def _spread(given: Any, outputs: int, names: list[str], what: str) -> list[Any]:
    """One entry per output, of one entry for all, a list, or a dict by output name."""
    if isinstance(given, dict):
        unknown = sorted(set(given) - set(names))
        if unknown:
            raise InvalidArgumentError(f"compile: {what} names the outputs {unknown}, but the outputs are {names}")
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        if len(given) != outputs:
            raise InvalidArgumentError(f"compile: {what} has {len(given)} entries for {outputs} outputs")
        return list(given)
    return [given] * outputs


def output_names(pred: Any, known: list[str] | None) -> list[str]:
    """What the outputs are called: by their keys, by the layers that make them, or by their numbers."""
    if isinstance(pred, dict):
        return sorted(pred)
    count = len(leaves(pred))
    return known if known is not None and len(known) == count else [f"output_{i}" for i in range(count)]


def labels(y: Any, pred: Any, names: list[str]) -> list[Any]:
    """The labels of every output, in the order of the outputs.

    Raises:
        InvalidArgumentError: they are not as many, or are not named as the outputs are.
    """
    if isinstance(y, dict) and not (isinstance(pred, dict) and set(y) == set(pred)):
        if sorted(y) != sorted(names):
            raise InvalidArgumentError(f"the model's outputs are {names}, but labels were given for {sorted(y)}")
        return [y[name] for name in names]
    if y is None:
        raise InvalidArgumentError("no labels were given: pass y, or batches (x, y)")
    found = leaves(y)
    if len(found) != len(names):
        raise InvalidArgumentError(f"the model has {len(names)} outputs, but {len(found)} arrays of labels were given")
    return found


def sample_weights(given: Any, names: list[str]) -> list[Any]:
    """The sample weights of every output: the same for all, or of a list, or of a dict by their names (others have none).

    Raises:
        InvalidArgumentError: there are not as many as outputs, or for an output that there is not.
    """
    if isinstance(given, dict):
        unknown = sorted(set(given) - set(names))
        if unknown:
            raise InvalidArgumentError(f"sample_weight names the outputs {unknown}, but the outputs are {names}")
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise InvalidArgumentError(f"sample_weight has {len(given)} arrays for {len(names)} outputs")
        return list(given)
    return [given] * len(names)


class Losses:
    """The loss of every output, and their weighted sum."""

    def __init__(self, given: Any, weights: Any, names: list[str] | None) -> None:
        self.given, self.weights, self.names = given, weights, names
        loss_of(given) if not isinstance(given, (list, tuple, dict)) else [loss_of(g) for g in leaves(given)]
        self.ranges: dict[
            int, tuple[str, int]
        ] = {}  # by output: the loss's kind, and the number of units of the output

    def _pairs(self, y: Any, pred: Any) -> Any:
        if self.given is None:
            return ()
        preds, names = [widened(p) for p in leaves(pred)], output_names(pred, self.names)
        losses = [loss_of(g) for g in _spread(self.given, len(preds), names, "loss")]
        weights = [1.0 if w is None else w for w in _spread(self.weights, len(preds), names, "loss_weights")]
        return zip(names, losses, labels(y, pred, names), preds, weights, strict=True)

    def __call__(self, y: Any, pred: Any, sample_weight: Any, extra: list[Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """The number that training makes small, and the loss of every output by its name, before weighting."""
        total: Any = None
        parts = {}
        each = sample_weights(sample_weight, output_names(pred, self.names))
        for (name, loss, true, out, weight), of_samples in zip(self._pairs(y, pred), each, strict=False):
            if loss is not None:
                parts[name] = loss(true, out, of_samples)
                value = parts[name] * weight
                total = value if total is None else total + value
        for value in extra:
            total = value if total is None else total + value
        if total is None:
            raise InvalidArgumentError(
                "there is nothing to train for: compile(loss=...) is missing, and no layer adds a loss"
            )
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
            self.ranges[index] = (name, out.shape[-1] if out.shape else 1)

    def check_values(self, y: Any, names: list[str]) -> None:
        """Find labels that the losses are not defined for: class indices without an output, and no probabilities.

        Raises:
            InvalidArgumentError: there are such labels.
        """
        arrays = [y[name] for name in names] if isinstance(y, dict) and set(names) == set(y) else leaves(y)
        for index, (loss, units) in self.ranges.items():
            if index >= len(arrays) or not isinstance(arrays[index], np.ndarray) or not arrays[index].size:
                continue
            array = arrays[index]
            if "sparse" in loss:
                wrong = (array < 0) | (array >= units) | (array != np.floor(array))
                expected = f"class indices from 0 to {units - 1}, since the model has {units} outputs"
            elif loss in ("binary_crossentropy", "categorical_crossentropy", "binary_focal_crossentropy"):
                wrong = (array < 0) | (array > 1)
                expected = f"between 0 and 1 for {loss}"
            else:
                continue
            if wrong.any():
                rows = np.flatnonzero(wrong)
                where = f" of output {names[index]!r}" if len(names) > 1 and index < len(names) else ""
                raise InvalidArgumentError(
                    f"labels{where} must be {expected}; sample {rows[0] // max(1, array[:1].size)} has "
                    f"{array.reshape(-1)[rows[0]]} ({rows.size} such labels)."
                )


class Metrics:
    """The loss's running mean, and the metrics of every output."""

    def __init__(self, given: Any, weighted: Any, names: list[str] | None) -> None:
        self.given, self.weighted, self.names_of_outputs = given, weighted, names
        self.parts: dict[str, Any] = {}  # the running mean of each output's loss, where there are several
        self.loss = registry.lookup("metrics", "Mean")(name="loss")
        self.entries: list[tuple[int, Any, bool]] = []
        self.ready = False
        for name in [*leaves(given), *leaves(weighted)]:
            if isinstance(name, str) and name not in ("accuracy", "acc"):
                self._find(name)
            elif not isinstance(name, str) and not callable(name) and not hasattr(name, "update_state"):
                raise DTypeError(
                    f"compile: metrics must be names such as 'accuracy', metric objects or functions; got {name!r}"
                )

    @staticmethod
    def _find(name: str) -> Any:
        return registry.lookup("metrics", name)

    def build(self, y: Any, pred: Any, losses: Losses) -> None:
        """Make the metrics, now that the outputs' shapes are known ("accuracy" depends on them)."""
        preds, names = leaves(pred), output_names(pred, self.names_of_outputs)
        trues = labels(y, pred, names) if self.given is not None or self.weighted is not None else []
        several = len(preds) > 1
        found = _spread(losses.given, len(preds), names, "loss")
        with_loss = [name for name, loss in zip(names, found, strict=True) if loss is not None]
        mean = registry.lookup("metrics", "Mean")
        self.parts = {name: mean(name=f"{name}_loss") for name in with_loss} if len(with_loss) > 1 else {}
        self.entries = []
        for given, weighted in ((self.given, False), (self.weighted, True)):
            if given is None:
                continue
            flat = not several and isinstance(given, (list, tuple))
            groups = [given] if flat else _spread(given, len(preds), names, "metrics")
            for index, group in enumerate(groups):
                for entry in group if isinstance(group, (list, tuple)) else [group]:
                    if entry is not None:
                        metric = self._make(entry, trues[index], preds[index])
                        name = f"{names[index]}_{metric.name}" if several else metric.name
                        metric.name = f"weighted_{name}" if weighted and name in self.names else name
                        self.entries.append((index, metric, weighted))
        self.ready = True

    def _make(self, entry: Any, true: Any, pred: Any) -> Any:
        if isinstance(entry, str):
            if entry in ("accuracy", "acc"):
                metric: Any = self._find(_accuracy_for(true, pred))()
                metric.name = entry
                return metric
            found = self._find(entry)
            metric = found() if inspect.isclass(found) else self._make(found, true, pred)
            metric.name = entry
            return metric
        if inspect.isclass(entry):
            return entry()
        if hasattr(entry, "update_state"):
            return entry
        wrapped = registry.lookup("metrics", "Mean")(name=getattr(entry, "__name__", "metric"))
        mean_update = wrapped.update_state

        def update(y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            mean_update(entry(y_true, y_pred), sample_weight)

        wrapped.update_state = update
        return wrapped

    @property
    def names(self) -> list[str]:
        """The metrics' names, after the loss."""
        return [metric.name for metric in self._all()[1:]]

    def update(self, losses: tuple[Tensor, dict[str, Tensor]], y: Any, pred: Any, sample_weight: Any) -> None:
        """Take in one batch: what `Losses` returned for it, its labels, and the outputs."""
        preds = leaves(pred)
        count = float(preds[0].shape[0])
        self.loss.update_state(losses[0], count)
        for name, part in self.parts.items():
            part.update_state(losses[1][name], count)
        if not self.entries:
            return
        names, preds = output_names(pred, self.names_of_outputs), [widened(p) for p in preds]
        trues, each = labels(y, pred, names), sample_weights(sample_weight, names)
        for index, metric, weighted in self.entries:
            if weighted:
                metric.update_state(trues[index], preds[index], each[index])
            else:
                metric.update_state(trues[index], preds[index])

    def results(self) -> dict[str, float]:
        """The figures so far."""
        return {m.name: float(m.result()) for m in self._all()}

    def reset(self) -> None:
        """Forget everything."""
        for metric in self._all():
            metric.reset_state()

    def _all(self) -> list[Any]:
        return [self.loss, *self.parts.values(), *(m for _, m, _ in self.entries)]


def _accuracy_for(true: Any, pred: Any) -> str:
    """Which accuracy "accuracy" means, as in Keras: by the shapes of labels and outputs."""
    if pred.shape[-1] == 1:
        return "BinaryAccuracy"
    shape = tuple(true.shape)
    same = len(shape) == len(pred.shape) and shape[-1] == pred.shape[-1]
    return "CategoricalAccuracy" if same else "SparseCategoricalAccuracy"
