"""Methods and attributes that models had in Keras 2: `fit_generator`, `predict_classes`, `reset_states`, `compiled_loss`, ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hornbeam_models.saving.text import model_to_json

__all__ = ["ATTRIBUTES", "METHODS", "to_json"]


def to_json(self: Any, **kwargs: Any) -> str:
    """The architecture as text, which in Keras 2 does not say how the model was compiled."""
    return model_to_json(self, include_optimizer=False, **kwargs)


def _fit_generator(
    self: Any, generator: Any, steps_per_epoch: int | None = None, epochs: int = 1, *args: Any, **kwargs: Any
) -> Any:
    """`fit` on batches from a generator."""
    names = ("verbose", "callbacks", "validation_data", "validation_steps", "validation_freq", "class_weight")
    kwargs |= dict(zip(names, args, strict=False))
    kwargs = {"epochs": epochs, "steps_per_epoch": steps_per_epoch, **kwargs}
    return self.fit(generator, **kwargs)


def _evaluate_generator(
    self: Any, generator: Any, steps: int | None = None, callbacks: Any = None, **kwargs: Any
) -> Any:
    """`evaluate` on batches from a generator."""
    return self.evaluate(generator, **{"steps": steps, "callbacks": callbacks, **kwargs})


def _predict_generator(
    self: Any, generator: Any, steps: int | None = None, callbacks: Any = None, **kwargs: Any
) -> Any:
    """`predict` on batches from a generator."""
    return self.predict(generator, **{"steps": steps, "callbacks": callbacks, **kwargs})


def _predict_classes(self: Any, x: Any, batch_size: int = 32, verbose: Any = 0) -> Any:
    """The index of the largest output; for one output 1 where it is above a half."""
    found = self.predict(x, batch_size=batch_size, verbose=verbose)
    return np.argmax(found, axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")


def _predict_proba(self: Any, x: Any, batch_size: int = 32, verbose: Any = 0) -> Any:
    """The outputs."""
    return self.predict(x, batch_size=batch_size, verbose=verbose)


def _reset_states(self: Any) -> None:
    """Begin all stateful layers anew."""
    for layer in self.layers:
        if getattr(layer, "stateful", False):
            layer.reset_state()


class _CompiledLoss:
    """Keras 2's `model.compiled_loss`, for steps of one's own."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None, regularization_losses: Any = None) -> Any:
        """The compiled losses and those given, whose sum goes into the metric "loss"."""
        total, _ = self.model._losses_given(y_true, y_pred, sample_weight)
        for loss in regularization_losses or ():
            total = total + loss
        self.model._track_loss(total, y_pred)
        return total


class _CompiledMetrics:
    """Keras 2's `model.compiled_metrics`, for steps of one's own."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in."""
        self.model.compute_metrics(None, y_true, y_pred, sample_weight=sample_weight)


METHODS: dict[str, Callable[..., Any]] = {
    "fit_generator": _fit_generator,
    "evaluate_generator": _evaluate_generator,
    "predict_generator": _predict_generator,
    "predict_classes": _predict_classes,
    "predict_proba": _predict_proba,
    "reset_states": _reset_states,
}
ATTRIBUTES = {"compiled_loss": property(_CompiledLoss), "compiled_metrics": property(_CompiledMetrics)}
