"""tf.nn."""

from __future__ import annotations

from typing import Any

from hornbeam import ops, random
from hornbeam.errors import ShapeError

from hornbeam_apps.keras_names.tensorflow.naming import renamed

__all__ = [
    "avg_pool", "avg_pool2d", "batch_normalization", "bias_add", "compute_average_loss", "conv1d", "conv2d",
    "conv2d_transpose", "ctc_loss", "depthwise_conv2d", "dropout", "embedding_lookup", "l2_loss", "l2_normalize", "leaky_relu", "max_pool",
    "max_pool2d",
    "sigmoid_cross_entropy_with_logits", "softmax_cross_entropy_with_logits", "sparse_softmax_cross_entropy_with_logits",
    "weighted_cross_entropy_with_logits",
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


max_pool, avg_pool = max_pool2d, avg_pool2d


def conv1d(
    input: Any, filters: Any, stride: Any, padding: str, data_format: str = "NWC", dilations: Any = None, name: str | None = None  # noqa: A002
) -> Any:  # fmt: skip
    """A convolution over steps."""
    one, apart = (n if isinstance(n, int) else n[len(n) // 2] for n in (stride, 1 if dilations is None else dilations))
    return ops.conv(input, filters, one, padding.lower(), _format(data_format), apart)


def depthwise_conv2d(
    input: Any, filter: Any, strides: Any, padding: str, data_format: str = "NHWC", dilations: Any = None, name: str | None = None  # noqa: A002
) -> Any:  # fmt: skip
    """A convolution of each channel by itself."""
    apart = _inner(1 if dilations is None else dilations)
    return ops.depthwise_conv(input, filter, _inner(strides), padding.lower(), _format(data_format), apart)


def conv2d_transpose(
    input: Any, filters: Any, output_shape: Any, strides: Any, padding: str = "SAME", data_format: str = "NHWC",  # noqa: A002
    dilations: Any = None, name: str | None = None,
) -> Any:  # fmt: skip
    """The gradient of a convolution: from its outputs to its inputs.

    Raises:
        ShapeError: `output_shape` is none that the strides give.
    """
    found = ops.conv_transpose(input, filters, _inner(strides), padding.lower(), None, _format(data_format))
    if tuple(found.shape[1:]) != tuple(int(n) for n in output_shape)[1:]:
        raise ShapeError(f"conv2d_transpose gives {tuple(found.shape)} here; got output_shape={tuple(output_shape)}")
    return found


def batch_normalization(
    x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: float, name: str | None = None
) -> Any:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset; None for no scale, no offset."""
    factor = ops.rsqrt(ops.add(variance, variance_epsilon))
    found = ops.multiply(ops.subtract(x, mean), factor if scale is None else ops.multiply(factor, scale))
    return found if offset is None else ops.add(found, offset)


def weighted_cross_entropy_with_logits(labels: Any, logits: Any, pos_weight: Any, name: str | None = None) -> Any:
    """The cross-entropy of each value on its own, of which the part of the ones counts `pos_weight` times."""
    weight = 1.0 + (pos_weight - 1.0) * ops.asarray(labels)
    logits = ops.asarray(logits)
    return (1.0 - labels) * logits + weight * ops.softplus(-logits)


def compute_average_loss(per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None) -> Any:
    """The sum of losses over the size of the batch."""
    losses = ops.asarray(per_example_loss)
    weighted = losses if sample_weight is None else losses * sample_weight
    return ops.sum(weighted) / (losses.shape[0] if global_batch_size is None else global_batch_size)


def ctc_loss(
    labels: Any, logits: Any, label_length: Any, logit_length: Any, logits_time_major: bool = True, unique: Any = None,
    blank_index: int | None = None, name: str | None = None,
) -> Any:  # fmt: skip
    """CTC's loss of each sample; the blank is class 0 unless told otherwise, -1 being the last one."""
    logits = ops.swapaxes(logits, 0, 1) if logits_time_major else ops.asarray(logits)
    blank = (blank_index or 0) % logits.shape[-1]
    return ops.ctc_loss(labels, logits, label_length, logit_length, mask_index=blank)


def _inner(sizes: Any) -> Any:
    """The numbers of height and width, of four or two."""
    return sizes if isinstance(sizes, int) or len(sizes) == 2 else sizes[0] if len(sizes) == 1 else tuple(sizes[1:3])


def _format(data_format: str) -> str:
    return "channels_first" if data_format.startswith("NC") else "channels_last"
