"""Losses by name, and as plain data."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import InvalidArgumentError
from hornbeam.serialization import serialize_keras_object

from hornbeam_optimizers import forms
from hornbeam_optimizers.losses import functions

__all__ = ["deserialize", "get", "serialize"]

SHORT = {
    "bce": "binary_crossentropy", "kld": "kl_divergence", "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error", "mse": "mean_squared_error", "msle": "mean_squared_logarithmic_error",
}  # fmt: skip


def get(identifier: Any) -> Any:
    """The loss that a name, a class, a function, a saved form or an object stands for; None for None.

    As in Keras, the name of a function and the short names give the function, the name of a class gives an object.

    Raises:
        UnknownNameError: no loss has that name.
        InvalidArgumentError: it is none of these.

    Example:
        >>> get("MSE").__name__, type(get("MeanSquaredError")).__name__
        ('mean_squared_error', 'MeanSquaredError')
    """
    if isinstance(identifier, str):
        name = SHORT.get(identifier.lower() if identifier.isupper() else identifier, identifier)
        if name in functions.__all__:
            return getattr(functions, name)
    loss = forms.found(identifier, "losses")
    if loss is not None and not callable(loss):
        raise InvalidArgumentError(
            f"a loss is a name such as 'mse', a loss object, or a function (y_true, y_pred); got {identifier!r}"
        )
    return loss


def serialize(loss: Any) -> Any:
    """A loss, or a function, as plain data.

    Example:
        >>> serialize(get("Huber"))["config"]
        {'name': 'huber_loss', 'reduction': 'sum_over_batch_size', 'delta': 1.0}
    """
    return serialize_keras_object(loss)


def deserialize(name: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The loss, or the function, that `serialize` made data of.

    Args:
        name: its result, or a name.
        custom_objects: your own classes and functions, by name.

    Raises:
        SerializationError: it is not such data, or names what is not known here.
    """
    custom = custom_objects or {}
    function = name["config"] if isinstance(name, dict) and name.get("class_name") == "function" else name
    return (
        get(function)
        if isinstance(function, str) and function not in custom
        else forms.from_form(name, "losses", custom)
    )
