"""KerasClassifier and KerasRegressor of Keras 2: a function that builds a model, as an estimator of scikit-learn."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import hornbeam as hb
import numpy as np
from hornbeam.errors import InvalidArgumentError, MissingPackageError
from hornbeam_datasets import to_categorical

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
except ModuleNotFoundError:
    raise MissingPackageError("keras.wrappers.scikit_learn", "scikit-learn") from None

__all__ = ["KerasClassifier", "KerasRegressor"]

STEPS = ("fit", "predict", "evaluate")


class _Wrapper(BaseEstimator):  # type: ignore[misc]
    """Builds a model with some of its arguments, and fits it with others.

    Args:
        build_fn: function that returns a compiled model; default: the method `__call__` of a subclass.
        **sk_params: arguments of `build_fn`, and of the model's `fit`, `predict` and `evaluate`.

    Raises:
        InvalidArgumentError: an argument belongs to none of them.
    """

    def __init__(self, build_fn: Callable[..., Any] | None = None, **sk_params: Any) -> None:
        self.build_fn, self.sk_params = build_fn, sk_params
        known = set(self._arguments(self._builder())).union(*(self._arguments(_method(name)) for name in STEPS))
        wrong = sorted(set(sk_params) - known - {"nb_epoch"})
        if wrong:
            raise InvalidArgumentError(f"{', '.join(wrong)}: no argument of {self._builder()!r}, nor of fit or predict")

    def _builder(self) -> Any:
        return self.__call__ if self.build_fn is None else self.build_fn

    @staticmethod
    def _arguments(function: Any) -> list[str]:
        return [name for name in inspect.signature(function).parameters if name != "self"]

    def _chosen(self, function: Any, given: dict[str, Any]) -> dict[str, Any]:
        names = self._arguments(function)
        return {k: v for k, v in {**self.sk_params, **given}.items() if k in names}

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """All arguments."""
        return {"build_fn": self.build_fn, **self.sk_params}

    def set_params(self, **params: Any) -> Any:
        """Change arguments."""
        self.build_fn = params.pop("build_fn", self.build_fn)
        self.sk_params.update(params)
        return self

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Build the model and train it; `kwargs` as for the model's `fit`.

        Returns:
            The History.
        """
        self.model = self._builder()(**self._chosen(self._builder(), {}))
        self.history = self.model.fit(x, self._labels(y), **self._chosen(_method("fit"), kwargs))
        return self.history

    def _labels(self, y: Any) -> Any:
        return np.asarray(y)

    def _outputs(self, x: Any, kwargs: dict[str, Any]) -> Any:
        return self.model.predict(x, **self._chosen(_method("predict"), kwargs))


class KerasClassifier(ClassifierMixin, _Wrapper):  # type: ignore[misc]
    """A classifier; labels are what they are, and those of a model with several outputs become rows of a one."""

    def _labels(self, y: Any) -> Any:
        y = np.asarray(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
            return y
        self.classes_, indices = np.unique(y, return_inverse=True)
        self.n_classes_ = len(self.classes_)
        loss = self.model._given["loss"]
        name = loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", ""))
        indices = indices.reshape(len(y))
        return to_categorical(indices, len(self.classes_)) if name == "categorical_crossentropy" else indices

    def predict(self, x: Any, **kwargs: Any) -> Any:
        """The label of each sample."""
        found = self._outputs(x, kwargs)
        return self.classes_[np.argmax(found, -1) if found.shape[-1] > 1 else (found[..., 0] > 0.5).astype(int)]

    def predict_proba(self, x: Any, **kwargs: Any) -> Any:
        """The probability of each class."""
        found = self._outputs(x, kwargs)
        return np.hstack([1 - found, found]) if found.shape[-1] == 1 else found

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """The share of samples whose label is found."""
        labels = np.asarray(y)
        labels = (
            self.classes_[np.argmax(labels, -1)] if labels.ndim == 2 and labels.shape[1] > 1 else labels.reshape(-1)
        )
        return float(np.mean(self.predict(x, **kwargs) == labels))


class KerasRegressor(RegressorMixin, _Wrapper):  # type: ignore[misc]
    """A regressor."""

    def predict(self, x: Any, **kwargs: Any) -> Any:
        """The number for each sample."""
        return np.squeeze(self._outputs(x, kwargs), -1)

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """Minus the loss, so that more is better."""
        found = self.model.evaluate(x, np.asarray(y), **self._chosen(_method("evaluate"), kwargs))
        return -float(found[0] if isinstance(found, list) else found)


def _method(name: str) -> Any:
    return getattr(hb.plugins.registry.lookup("models", "Model"), name)
