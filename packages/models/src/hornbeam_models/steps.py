"""Steps: what is done with one batch; to be overridden for steps of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import hornbeam as hb
import numpy as np
from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import leaves

from hornbeam_models.callbacks.base import Logs
from hornbeam_models.compiling import Losses, Metrics
from hornbeam_models.data import pack_x_y_sample_weight, unpack_x_y_sample_weight

__all__ = ["Steps", "inside"]

_METRIC = ("update_state", "reset_state", "result")  # what metrics have; layers that adapt have the first two


class Steps(Layer):
    """A layer with steps of training, testing and prediction, and the figures that they keep."""

    optimizer: Any = None
    run_eagerly = False
    _steps: dict[Any, Callable[..., Any]]  # compiled, by kind
    _losses_given: Losses | None = None  # what compile() made of its arguments
    _metrics_given: Metrics | None = None

    # ---- to be overridden

    def train_step(self, data: Any) -> Any:
        """Forward, backward and update on one batch; the figures go into the metrics.

        Args:
            data: what was given, as in Keras: x, (x, y) or (x, y, sample_weight); see `unpack_x_y_sample_weight`.

        Returns:
            Figures by name, as `get_metrics_result` gives them, or others.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        weights = self.trainable_variables
        scale: Callable[[Any], Any] = getattr(self.optimizer, "scale_loss", None) or (lambda loss: loss)

        def forward() -> Any:
            self.clear_losses()
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)
            return scale(loss), (loss, y_pred)

        (_, (loss, y_pred)), grads = hb.value_and_grad(forward, variables=weights, has_aux=True)()
        self._track_loss(loss, x)
        self.clear_losses()
        self.optimizer.apply(grads, weights)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def test_step(self, data: Any) -> Any:
        """Forward on one batch; the figures go into the metrics. `data` and result as for `train_step`."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        self.clear_losses()
        y_pred = self(x, training=False)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=False)
        self._track_loss(loss, x)
        self.clear_losses()
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def predict_step(self, data: Any) -> Any:
        """The outputs for one batch. `data` as for `train_step`."""
        x, _, _ = unpack_x_y_sample_weight(data)
        out = self(x, training=False)
        self.clear_losses()
        return out

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """The number that training makes small: the compiled losses, and what `add_loss` and regularizers add.

        Args:
            x: inputs.
            y: labels, in the structure of the outputs, or a dict by their names.
            y_pred: outputs.
            sample_weight: None, one array for all outputs, a list, or a dict by the outputs' names.
            training: whether it is for training.

        Raises:
            InvalidArgumentError: there is neither a loss nor a layer that adds one.
        """
        total, parts = self._losses_given(y, y_pred, sample_weight) if self._losses_given is not None else (None, {})
        if self._metrics_given is not None:
            for name, tracker in self._metrics_given.parts.items():
                if name in parts:
                    tracker.update_state(parts[name], float(leaves(y_pred)[0].shape[0]))
        for loss in self.losses:
            value = hb.ops.sum(loss) if loss.ndim else loss
            total = value if total is None else total + value
        if total is None and not training and self._metrics_given is not None and self._metrics_given.entries:
            return hb.ops.zeros(())  # metrics alone can be evaluated
        if total is None:
            raise InvalidArgumentError(
                "there is nothing to train for: compile(loss=...) is missing, and no layer adds a loss"
            )
        return total

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Take one batch into the compiled metrics; returns `get_metrics_result()`. Arguments as for `compute_loss`."""
        if self._metrics_given is not None:
            self._metrics_given.update(y, y_pred, sample_weight)
        return self.get_metrics_result()

    # ---- figures

    @property
    def metrics(self) -> list[Any]:
        """Every metric: the loss's mean, those of the outputs' losses, the compiled ones, and attributes that are metrics, also of
        the layers within (but not of models within, which are metrics of their own training).
        """
        given = self._metrics_given
        found: list[Any] = [] if given is None else given.all
        if self._losses_given is not None and self._losses_given.given is None and not self._tracks_loss:
            found = found[1:]
        if self._held is None:
            layers = (layer for layer in inside(self) if not isinstance(layer, Steps))
            self._held = [metric for layer in layers for metric in _metrics_of(layer)]
        seen = {id(metric) for metric in found}
        for metric in (*_metrics_of(self), *self._held):
            if id(metric) not in seen:
                seen.add(id(metric))
                found.append(metric)
        return found

    _held: list[Any] | None = None  # the metrics of the layers within, once they were looked for

    @property
    def metrics_variables(self) -> list[Any]:
        """What the metrics count in."""
        return [variable for metric in self.metrics for variable in metric.variables]

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns."""
        return [metric.name for metric in self.metrics] or ["loss"]

    def get_metrics_result(self) -> dict[str, Any]:
        """The figures so far, by name; a metric whose result is a dict gives several. Computed when they are looked at."""
        return Logs(self._results)

    def _results(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for metric in self.metrics:
            result = metric.result()
            found.update(result if isinstance(result, dict) else {metric.name: result})
        return found

    def reset_metrics(self) -> None:
        """Forget all figures."""
        for metric in self.metrics:
            metric.reset_state()

    _tracks_loss = False  # whether a step has kept the mean of the loss

    def _track_loss(self, loss: Any, x: Any) -> None:
        if self._metrics_given is not None:
            self._tracks_loss = True
            self._metrics_given.loss.update_state(loss, float(leaves(x)[0].shape[0]))

    def figures(self, returned: Any) -> dict[str, Any]:
        """The figures that callbacks see, as Python numbers and NumPy arrays.

        Args:
            returned: what the last step returned: None (or the names of the metrics) stands for the metrics themselves.
        """
        if returned is None:
            return _numbers(self._results())
        metrics = {metric.name: metric for metric in self.metrics}
        if set(returned) == set(metrics) and all(_count(metric) for metric in metrics.values()):
            return _numbers(self._results())
        return _numbers(returned)

    # ---- compiled steps

    def make_train_function(self, force: bool = False) -> Callable[..., Any]:
        """The compiled `train_step`; `force`: compile it anew."""
        return self._made("train", force)

    def make_test_function(self, force: bool = False) -> Callable[..., Any]:
        """The compiled `test_step`; `force`: compile it anew."""
        return self._made("test", force)

    def make_predict_function(self, force: bool = False) -> Callable[..., Any]:
        """The compiled `predict_step`; `force`: compile it anew."""
        return self._made("predict", force)

    def _made(self, kind: str, force: bool) -> Callable[..., Any]:
        if force:
            self._steps = {}
        return self.step_function(kind)

    def step_function(self, kind: str) -> Callable[..., Any]:
        """The step of that kind ("train", "test" or "predict"), compiled, unless `run_eagerly`.

        It returns None in place of figures that nobody looked at: they are the metrics', which can be read at any time.
        """
        key: Any = kind
        if kind == "train":
            flags = (v.trainable for v in self.weights), (layer.trainable for layer in self._sublayers())
            key = (kind, getattr(self.optimizer, "settings", None), *map(tuple, flags))
        if key not in self._steps:
            step = getattr(self, f"{kind}_step")

            def run(data: Any) -> Any:
                out = step(pack_x_y_sample_weight(*data))
                out = None if isinstance(out, Logs) and out.unread else dict(out) if isinstance(out, Logs) else out
                return out, {} if self._metrics_given is None else self._metrics_given.take_waiting()

            run.__name__ = f"{kind}_step"
            ran = run if self.run_eagerly else hb.jit(run)

            def stepped(data: Any) -> Any:
                out, waiting = ran(data)
                if waiting and self._metrics_given is not None:
                    self._metrics_given.update_on_host(waiting)
                return out

            for name in ("prepare", "compiled"):
                setattr(stepped, name, getattr(ran, name, None))
            self._steps[key] = stepped
        return self._steps[key]


def inside(layer: Layer) -> Iterator[Any]:
    """The layers within a layer, and within those."""
    for inner in layer._sublayers():
        yield inner
        yield from inside(inner)


def _metrics_of(layer: Any) -> Iterator[Any]:
    """The attributes of a layer that are metrics, or lists or dicts of such."""
    for name, value in vars(layer).items():
        if name not in ("inbound_nodes", "_held"):
            for leaf in leaves(value) if isinstance(value, (list, tuple, dict)) else (value,):
                if not isinstance(leaf, type) and all(hasattr(leaf, part) for part in _METRIC):
                    yield leaf


def _count(metric: Any) -> bool:
    """Whether a metric has seen anything; True where it does not say."""
    count = getattr(metric, "count", None)
    return True if count is None or getattr(count, "shape", None) != () else float(count) != 0.0


def _numbers(figures: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for name, value in figures.items():
        array = np.asarray(value)
        found[name] = float(array) if array.ndim == 0 else array
    return found
