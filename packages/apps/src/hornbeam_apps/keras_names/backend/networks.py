"""K's choices, loops, and operations of networks."""

from __future__ import annotations

from typing import Any

from hornbeam import ops, random
from hornbeam.ops import cast
from hornbeam.plugins import registry

from hornbeam_apps.keras_names.backend.settings import learning_phase
from hornbeam_apps.keras_names.backend.variables import is_tensor

__all__ = [
    "bias_add",
    "binary_crossentropy",
    "categorical_crossentropy",
    "conv1d",
    "conv2d",
    "dropout",
    "foldl",
    "hard_sigmoid",
    "in_test_phase",
    "in_train_phase",
    "map_fn",
    "pool2d",
    "relu",
    "sparse_categorical_crossentropy",
    "switch",
]


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """One of two values, element by element; functions are called."""
    one, other = (e() if callable(e) and not is_tensor(e) else e for e in (then_expression, else_expression))
    condition = ops.asarray(condition)
    while condition.ndim < ops.asarray(one).ndim:
        condition = ops.expand_dims(condition, -1)
    return ops.where(condition, one, other)


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`x` in training, `alt` otherwise; functions are called."""
    chosen = x if (learning_phase() if training is None else training) else alt
    return chosen() if callable(chosen) and not is_tensor(chosen) else chosen


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`alt` in training, `x` otherwise."""
    return in_train_phase(alt, x, training)


def map_fn(fn: Any, elems: Any, name: str | None = None, dtype: Any = None) -> Any:
    """A function of each element along the first axis."""
    return ops.map(fn, elems)


def foldl(fn: Any, elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """A function of the result so far and each element."""
    found = elems[0] if initializer is None else initializer
    for i in range(1 if initializer is None else 0, elems.shape[0]):
        found = fn(found, elems[i])
    return found


def relu(x: Any, alpha: float = 0.0, max_value: Any = None, threshold: float = 0.0) -> Any:
    """The rectifier."""
    return registry.lookup("activations", "relu")(x, alpha, max_value, threshold)


def hard_sigmoid(x: Any) -> Any:
    """clip(0.2 x + 0.5, 0, 1)."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


def dropout(x: Any, level: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """Zeros in the place of a share of the values; the others grow."""
    return random.dropout(x, level, noise_shape, seed=seed)


def bias_add(x: Any, bias: Any, data_format: str | None = None) -> Any:
    """The value and a bias of its channels."""
    if data_format == "channels_first":
        bias = ops.reshape(bias, (1, -1, *(1,) * (x.ndim - 2)))
    return x + bias


def conv1d(
    x: Any, kernel: Any, strides: int = 1, padding: str = "valid", data_format: Any = None, dilation_rate: int = 1
) -> Any:
    """A convolution over one axis."""
    return ops.conv(x, kernel, strides, padding, data_format or "channels_last", dilation_rate)


def conv2d(
    x: Any, kernel: Any, strides: Any = (1, 1), padding: str = "valid", data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> Any:  # fmt: skip
    """A convolution over two axes."""
    return ops.conv(x, kernel, strides, padding, data_format or "channels_last", dilation_rate)


def pool2d(
    x: Any,
    pool_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    pool_mode: str = "max",
) -> Any:
    """The largest value, or the mean, of windows."""
    pool = ops.max_pool if pool_mode == "max" else ops.average_pool
    return pool(x, pool_size, strides, padding, data_format or "channels_last")


def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """-sum(t log p), for each sample."""
    return ops.categorical_crossentropy(target, output, from_logits=from_logits, axis=axis)


def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """-log of the probability of the target, for each sample."""
    target = cast(target, "int32")
    if target.ndim == output.ndim and target.shape[-1] == 1:
        target = ops.squeeze(target, -1)
    return ops.sparse_categorical_crossentropy(target, output, from_logits=from_logits, axis=axis)


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """-(t log p + (1 - t) log(1 - p)), for each number."""
    return ops.binary_crossentropy(target, output, from_logits=from_logits)
