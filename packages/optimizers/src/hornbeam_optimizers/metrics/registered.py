"""Metrics by name, and as plain data."""

from __future__ import annotations

import inspect
from typing import Any

from hornbeam.errors import InvalidArgumentError, SerializationError, UnknownNameError
from hornbeam.plugins import registry

__all__ = ["deserialize", "get", "serialize"]


def _function(name: str) -> Any:
    """The function of the metrics module, or of the losses module, of that name; None if there is none."""
    from hornbeam_optimizers import losses, metrics

    for module in (metrics, losses):
        found = getattr(module, name, None) if name in module.__all__ else None
        if inspect.isfunction(found):
            return found
    return None


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
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        return deserialize(identifier)
    found = registry.lookup("metrics", identifier) if isinstance(identifier, str) else identifier
    if not callable(found):
        raise InvalidArgumentError(f"a metric is a name, a function or an object with update_state; got {identifier!r}")
    return found() if inspect.isclass(found) else found


def serialize(metric: Any) -> dict[str, Any]:
    """A metric, or a function, as plain data.

    Example:
        >>> serialize(get("mse"))["class_name"]
        'MeanSquaredError'
    """
    if inspect.isfunction(metric):
        name = metric.__name__
        return {"module": "builtins", "class_name": "function", "config": name, "registered_name": name}
    cls = type(metric)
    ours = cls.__module__.startswith("hornbeam_optimizers.")
    return {
        "module": "keras.metrics" if ours else cls.__module__,
        "class_name": cls.__name__,
        "config": metric.get_config(),
        "registered_name": None if ours else cls.__name__,
    }


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
    if isinstance(config, str):
        return custom[config] if config in custom else get(config)
    if not isinstance(config, dict) or "class_name" not in config:
        raise SerializationError(f"expected the saved form of a metric, or a name; got {str(config)[:80]}")
    name, inner = config["class_name"], config.get("config")
    if name == "function":
        found = custom.get(str(inner)) or _function(str(inner))
        if found is None:
            raise SerializationError(f"no metric function is called {inner!r}; pass custom_objects={{{inner!r}: ...}}")
        return found
    try:
        cls = custom[name] if name in custom else registry.lookup("metrics", name)
    except UnknownNameError as error:
        raise SerializationError(f"{error} For a class of your own pass custom_objects={{{name!r}: {name}}}.") from None
    return cls.from_config(inner or {})
