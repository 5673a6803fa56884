"""Metrics by name, and as plain data."""

from __future__ import annotations

import inspect
from typing import Any

from hornbeam.errors import InvalidArgumentError
from hornbeam.serialization import serialize_keras_object

from hornbeam_optimizers import forms

__all__ = ["deserialize", "get", "serialize"]


def _function(name: Any) -> Any:
    """The function of the metrics module of that name; None if there is none."""
    from hornbeam_optimizers import metrics

    found = getattr(metrics, name, None) if name in metrics.__all__ else None
    return found if inspect.isfunction(found) else None


def get(identifier: Any) -> Any:
    """The metric that a name, a class, a function, a saved form or an object stands for; None for None.

    Raises:
        UnknownNameError: no metric has that name.
        InvalidArgumentError: it is none of these.

    Example:
        >>> get("mse"), get("AUC").num_thresholds
        (<MeanSquaredError name=mean_squared_error>, 200)
        >>> get({"class_name": "AUC", "config": {"num_thresholds": 9}}).num_thresholds
        9
    """
    found = forms.found(identifier, "metrics")
    if found is not None and not callable(found):
        raise InvalidArgumentError(f"a metric is a name, a function or an object with update_state; got {identifier!r}")
    return found


def serialize(metric: Any) -> Any:
    """A metric, or a function, as plain data.

    Example:
        >>> serialize(get("mse"))["config"]
        {'name': 'mean_squared_error', 'dtype': 'float32'}
    """
    return serialize_keras_object(metric)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The metric, or the function, that `serialize` made data of.

    Args:
        config: its result, or a name.
        custom_objects: your own classes and functions, by name.

    Raises:
        SerializationError: it is not such data, or names what is not known here.

    Example:
        >>> deserialize(serialize(get("mse")))
        <MeanSquaredError name=mean_squared_error>
    """
    custom = custom_objects or {}
    if isinstance(config, dict) and config.get("class_name") == "function" and config.get("config") not in custom:
        found = _function(config.get("config"))
        if found is not None:
            return found
    return forms.from_form(config, "metrics", custom)
