"""Metrics: the metrics that `compile()` was given, one set for each output."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

from hornbeam.errors import DTypeError
from hornbeam.naming import to_snake_case
from hornbeam.plugins import registry
from hornbeam.tensor import widened
from hornbeam.tree import leaves

from hornbeam_models.compiling.losses import Losses
from hornbeam_models.compiling.outputs import kind_for, labels, output_names, sample_weights, spread

__all__ = ["Metrics"]


class Metrics:
    """The loss's running mean, and the metrics of every output."""

    def __init__(self, given: Any, weighted: Any, names: list[str] | None) -> None:
        self.given, self.weighted, self.names_of_outputs = given, weighted, names
        self.parts: dict[str, Any] = {}  # the running mean of each output's loss, where there are several
        self.loss = registry.lookup("metrics", "Mean")(name="loss")
        self.entries: list[tuple[int, Any, bool]] = []
        self.waiting: dict[str, list[Any]] = {}  # by entry: what metrics on the host are told after the step
        self.ready = False
        for name in [*leaves(given), *leaves(weighted)]:
            if isinstance(name, str) and name.lower() not in BY_SHAPE:
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
        wanted = self.given is not None or self.weighted is not None
        trues = labels(y, pred, names) if wanted else []
        several = len(preds) > 1
        found = spread(losses.given, names, "loss")
        with_loss = [name for name, loss in zip(names, found, strict=True) if loss is not None]
        mean = registry.lookup("metrics", "Mean")
        self.parts = {name: mean(name=f"{name}_loss") for name in with_loss} if len(with_loss) > 1 else {}
        self.entries = []
        for given, weighted in ((self.given, False), (self.weighted, True)):
            if given is None:
                continue
            groups = [given] if not several and _is_flat(given) else spread(given, names, "metrics")
            for index, group in enumerate(groups):
                for entry in group if isinstance(group, (list, tuple)) else [group]:
                    if entry is not None:
                        metric = self._make(entry, trues[index], preds[index])
                        metric.reset_state()
                        metric.update_state(trues[index][:1], widened(preds[index]))  # misfits show before any training
                        metric.reset_state()
                        self._name(metric, names[index] if several else "", weighted)
                        self.entries.append((index, metric, weighted))
        if several:
            self.entries.sort(key=lambda entry: str(entry[1].name))  # as Keras's `evaluate` lists them
        self.ready = True

    def _name(self, metric: Any, output: str, weighted: bool) -> None:
        prefix = f"{output}_" if output and not metric.name.startswith(f"{output}_") else ""
        taken = {m.name for m in self.all if m is not metric}
        name = f"{prefix}{metric.name}"
        name = f"{prefix}weighted_{metric.name}" if weighted and name in taken else name
        others = (f"{name}_{number}" for number in itertools.count(1))
        metric.name = name if name not in taken else next(other for other in others if other not in taken)

    def _make(self, entry: Any, true: Any, pred: Any) -> Any:
        if isinstance(entry, str):
            if entry.lower() in BY_SHAPE:
                metric: Any = self._find(kind_for(true, pred) + BY_SHAPE[entry.lower()])()
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
        name = getattr(entry, "name", None) or to_snake_case(getattr(entry, "__name__", type(entry).__name__))
        return self._find("MeanMetricWrapper")(entry, name=name)

    def update(self, y: Any, pred: Any, sample_weight: Any) -> None:
        """Take in one batch: its labels, and the outputs."""
        if not self.entries:
            return
        names, preds = output_names(pred, self.names_of_outputs), [widened(p) for p in leaves(pred)]
        trues, each = labels(y, pred, names), sample_weights(sample_weight, names)
        for number, (index, metric, weighted) in enumerate(self.entries):
            true, out, weight = trues[index], preds[index], each[index] if weighted else None
            if getattr(metric, "on_host", False) and getattr(getattr(out, "owner", None), "symbolic", False):
                self.waiting.setdefault(str(number), []).append([true, out, weight, getattr(out, "mask", None)])
            else:
                _tell(metric, true, out, weight)

    def take_waiting(self) -> dict[str, list[Any]]:
        """What metrics on the host wait for: results of the compiled step, for `update_on_host`."""
        found, self.waiting = self.waiting, {}
        return found

    def update_on_host(self, waiting: dict[str, list[Any]]) -> None:
        """Update the metrics on the host, now that there are values."""
        for number, updates in waiting.items():
            for true, out, weight, mask in updates:
                out.mask = mask
                _tell(self.entries[int(number)][1], true, out, weight)

    @property
    def all(self) -> list[Any]:
        """The loss's mean, those of the outputs' losses, and the metrics."""
        return [self.loss, *self.parts.values(), *(m for _, m, _ in self.entries)]


def _is_flat(given: Any) -> bool:
    """Whether these are the metrics of one output, and not a list of them for each."""
    return isinstance(given, (list, tuple)) and not (len(given) == 1 and isinstance(given[0], (list, tuple)))


def _tell(metric: Any, true: Any, out: Any, weight: Any) -> None:
    if weight is None:
        metric.update_state(true, out)
    else:
        metric.update_state(true, out, weight)


BY_SHAPE = {"accuracy": "Accuracy", "acc": "Accuracy", "crossentropy": "Crossentropy", "ce": "Crossentropy"}
