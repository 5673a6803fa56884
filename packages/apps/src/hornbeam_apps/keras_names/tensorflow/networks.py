"""tf.nn."""

from __future__ import annotations

from typing import Any

from hornbeam import ops, random

from hornbeam_apps.keras_names.tensorflow.naming import renamed

__all__ = [
    "avg_pool2d", "bias_add", "conv2d", "dropout", "embedding_lookup", "l2_loss", "l2_normalize", "leaky_relu", "max_pool2d",
    "sigmoid_cross_entropy_with_logits", "softmax_cross_entropy_with_logits", "sparse_softmax_cross_entropy_with_logits",
]  # fmt: skip

leaky_relu = renamed(ops.leaky_relu, features="x", alpha="negative_slope")


def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Any:
    """The cross-entropy of each value on its own."""
    return ops.binary_crossentropy(labels, logits, from_logits=True)


def softmax_cross_entropy_with_logits(labels: Any, logits: Any, axis: int = -1, name: str | None = None) -> Any:
    """The cross-entropy of distributions along an axis."""
    return ops.categorical_crossentropy(labels, logits, from_logits=True, axis=axis)


def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any, name: str | None = None) -> Any:
    """The cross-entropy of classes by number."""
    return ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)


def l2_loss(t: Any, name: str | None = None) -> Any:
    """Half the sum of squares."""
    return ops.sum(ops.square(t)) / 2.0


def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None) -> Any:
    """The values divided by their Euclidean norm along an axis."""
    axis = tuple(axis) if isinstance(axis, list) else axis
    return ops.multiply(x, ops.rsqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), epsilon)))


def dropout(x: Any, rate: float, noise_shape: Any = None, seed: Any = None, name: str | None = None) -> Any:
    """Some values set to 0, the others scaled up."""
    return random.dropout(x, rate, noise_shape)


def bias_add(value: Any, bias: Any, data_format: Any = None, name: str | None = None) -> Any:
    """A number for each channel added."""
    return ops.add(value, bias)


def embedding_lookup(params: Any, ids: Any, max_norm: Any = None, name: str | None = None) -> Any:
    """The rows of a table."""
    return ops.take(params, ids, axis=0)


def conv2d(
    input: Any, filters: Any, strides: Any, padding: str, data_format: str = "NHWC", dilations: Any = None, name: str | None = None  # noqa: A002
) -> Any:  # fmt: skip
    """A convolution over images."""
    return ops.conv(
        input,
        filters,
        _inner(strides),
        padding.lower(),
        _format(data_format),
        _inner(1 if dilations is None else dilations),
    )


def max_pool2d(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NHWC", name: str | None = None  # noqa: A002
) -> Any:  # fmt: skip
    """The largest values of windows."""
    return ops.max_pool(input, _inner(ksize), _inner(strides), padding.lower(), _format(data_format))


def avg_pool2d(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NHWC", name: str | None = None  # noqa: A002
) -> Any:  # fmt: skip
    """The means of windows."""
    return ops.average_pool(input, _inner(ksize), _inner(strides), padding.lower(), _format(data_format))


def _inner(sizes: Any) -> Any:
    """The numbers of height and width, of four or two."""
    return sizes if isinstance(sizes, int) or len(sizes) == 2 else sizes[0] if len(sizes) == 1 else tuple(sizes[1:3])


def _format(data_format: str) -> str:
    return "channels_last" if data_format == "NHWC" else "channels_first"
