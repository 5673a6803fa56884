"""K's operations on volumes, further convolutions, and CTC."""

from __future__ import annotations

from typing import Any

from hornbeam import ops

from hornbeam_apps.keras_names.backend.settings import epsilon

__all__ = [
    "asymmetric_temporal_padding", "conv2d_transpose", "conv3d", "ctc_batch_cost", "depthwise_conv2d", "foldr", "is_sparse",
    "normalize_batch_in_training", "pool3d", "resize_volumes", "separable_conv2d", "spatial_3d_padding", "to_dense",
]  # fmt: skip


def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """CTC's loss of each sample, [batch, 1].

    Args:
        y_true: [batch, labels] classes.
        y_pred: [batch, time, classes] probabilities; the last class is the blank.
        input_length, label_length: [batch, 1].
    """
    y_pred = ops.asarray(y_pred)
    labels, steps = (ops.cast(ops.squeeze(n, -1), "int32") for n in (label_length, input_length))
    logits, blank = ops.log(y_pred + epsilon()), y_pred.shape[-1] - 1
    found = ops.ctc_loss(ops.cast(y_true, "int32"), logits, labels, steps, mask_index=blank)
    return ops.expand_dims(found, -1)


def conv2d_transpose(
    x: Any, kernel: Any, output_shape: Any, strides: Any = (1, 1), padding: str = "valid", data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> Any:  # fmt: skip
    """The gradient of a convolution over two axes; `output_shape` follows from the strides."""
    return ops.conv_transpose(x, kernel, strides, padding, None, data_format or "channels_last", dilation_rate)


def conv3d(
    x: Any, kernel: Any, strides: Any = (1, 1, 1), padding: str = "valid", data_format: Any = None,
    dilation_rate: Any = (1, 1, 1),
) -> Any:  # fmt: skip
    """A convolution over three axes."""
    return ops.conv(x, kernel, strides, padding, data_format or "channels_last", dilation_rate)


def depthwise_conv2d(
    x: Any, depthwise_kernel: Any, strides: Any = (1, 1), padding: str = "valid", data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> Any:  # fmt: skip
    """A convolution of each channel by itself."""
    return ops.depthwise_conv(x, depthwise_kernel, strides, padding, data_format or "channels_last", dilation_rate)


def separable_conv2d(
    x: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = (1, 1), padding: str = "valid",
    data_format: Any = None, dilation_rate: Any = (1, 1),
) -> Any:  # fmt: skip
    """A convolution of each channel by itself, then one over channels."""
    return ops.separable_conv(
        x, depthwise_kernel, pointwise_kernel, strides, padding, data_format or "channels_last", dilation_rate
    )


def pool3d(
    x: Any, pool_size: Any, strides: Any = (1, 1, 1), padding: str = "valid", data_format: Any = None, pool_mode: str = "max"
) -> Any:  # fmt: skip
    """The largest value, or the mean, of windows over three axes."""
    pool = ops.max_pool if pool_mode == "max" else ops.average_pool
    return pool(x, pool_size, strides, padding, data_format or "channels_last")


def foldr(fn: Any, elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """A function of the result so far and each element, the last one first."""
    last = elems.shape[0] - 1
    found = elems[last] if initializer is None else initializer
    for i in range(last - 1 if initializer is None else last, -1, -1):
        found = fn(found, elems[i])
    return found


def asymmetric_temporal_padding(x: Any, left_pad: int = 1, right_pad: int = 1) -> Any:
    """Zeros before and after the steps."""
    return ops.pad(x, ((0, 0), (left_pad, right_pad), (0, 0)))


def spatial_3d_padding(x: Any, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None) -> Any:
    """Zeros around volumes."""
    three = tuple(tuple(p) for p in padding)
    return ops.pad(x, ((0, 0), (0, 0), *three) if data_format == "channels_first" else ((0, 0), *three, (0, 0)))


def resize_volumes(
    x: Any, depth_factor: int, height_factor: int, width_factor: int, data_format: str | None = None
) -> Any:
    """Each cell several times."""
    first = 2 if data_format == "channels_first" else 1
    for axis, factor in enumerate((depth_factor, height_factor, width_factor), first):
        x = ops.repeat(x, factor, axis=axis)
    return x


def normalize_batch_in_training(
    x: Any, gamma: Any, beta: Any, reduction_axes: Any, epsilon: float = 1e-3
) -> tuple[Any, Any, Any]:
    """The values with the mean and variance along axes taken out, and that mean and variance."""
    axes = tuple(reduction_axes)
    mean, variance = (f(x, axis=axes, keepdims=True) for f in (ops.mean, ops.var))
    scale, offset = (
        value if value is None else ops.reshape(value, mean.shape) if value.ndim < x.ndim else value
        for value in (gamma, beta)
    )
    found = (x - mean) * ops.rsqrt(variance + epsilon)
    found = found if scale is None else found * scale
    found = found if offset is None else found + offset
    return found, ops.squeeze(mean, axes), ops.squeeze(variance, axes)


def is_sparse(tensor: Any) -> bool:
    """No: tensors are dense."""
    return False


def to_dense(tensor: Any) -> Any:
    """The tensor."""
    return tensor
