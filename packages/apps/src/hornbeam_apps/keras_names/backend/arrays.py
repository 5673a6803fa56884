"""K's functions of numbers, random numbers and shapes."""

from __future__ import annotations

from typing import Any

from hornbeam import ops, random
from hornbeam.dtypes import floatx
from hornbeam.ops import cast

from hornbeam_apps.keras_names.backend.variables import variable

__all__ = [
    "batch_dot",
    "batch_flatten",
    "clip",
    "concatenate",
    "dot",
    "flatten",
    "gather",
    "in_top_k",
    "l2_normalize",
    "one_hot",
    "permute_dimensions",
    "pow",
    "random_binomial",
    "random_normal",
    "random_normal_variable",
    "random_uniform",
    "random_uniform_variable",
    "repeat",
    "repeat_elements",
    "resize_images",
    "reverse",
    "slice",
    "spatial_2d_padding",
    "temporal_padding",
    "truncated_normal",
]


def pow(x: Any, a: Any) -> Any:  # noqa: A001 - Keras's name
    """x to the power a."""
    return ops.power(x, a)


def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """Values limited to an interval; None: no limit."""
    return ops.clip(x, min_value, max_value)


def dot(x: Any, y: Any) -> Any:
    """The product over the last axis of x and the last but one of y."""
    return ops.dot(x, y)


def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """Sample by sample, the product over an axis of each; at least two axes come out.

    Args:
        x, y: [batch, ...].
        axes: the axis of each, or one for both; default: the last of x and the last but one of y (the only one of two).
    """
    if axes is None:
        axes = (x.ndim - 1, y.ndim - 2 if y.ndim > 2 else y.ndim - 1)
    one, two = (axes, axes) if isinstance(axes, int) else axes
    one, two = one % x.ndim, two % y.ndim
    letters = "abcdefghijklm"
    left = ["z", *letters[: x.ndim - 1]]
    right = ["z", *letters[x.ndim - 1 : x.ndim + y.ndim - 2]]
    left[one] = right[two] = "s"
    kept = [c for c in (*left, *right[1:]) if c != "s"]
    out = ops.einsum(f"{''.join(left)},{''.join(right)}->{''.join(kept)}", x, y)
    return ops.expand_dims(out, -1) if out.ndim == 1 else out


def l2_normalize(x: Any, axis: Any = None) -> Any:
    """The value divided by its length along an axis."""
    return x / ops.sqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), 1e-12))


def gather(reference: Any, indices: Any) -> Any:
    """Rows by their indices."""
    return ops.take(reference, cast(indices, "int32"), axis=0)


def one_hot(indices: Any, num_classes: int) -> Any:
    """Rows with a one in the place of each index."""
    return ops.one_hot(cast(indices, "int32"), num_classes)


def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Whether the target is among the k largest predictions."""
    return ops.in_top_k(targets, predictions, k)


def random_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Normally distributed numbers."""
    return random.normal(tuple(shape), mean, stddev, dtype, seed)


def random_uniform(shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Evenly distributed numbers."""
    return random.uniform(tuple(shape), minval, maxval, dtype, seed)


def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Normally distributed numbers within two standard deviations."""
    return random.truncated_normal(tuple(shape), mean, stddev, dtype, seed)


def random_binomial(shape: Any, p: float = 0.0, dtype: Any = None, seed: Any = None) -> Any:
    """Ones with a probability, zeros otherwise."""
    return cast(random.uniform(tuple(shape), seed=seed) < p, dtype or floatx())


def random_normal_variable(
    shape: Any, mean: float, scale: float, dtype: Any = None, name: Any = None, seed: Any = None
) -> Any:
    """A variable of normally distributed numbers."""
    return variable(random_normal(shape, mean, scale, None, seed), dtype, name)


def random_uniform_variable(
    shape: Any, low: float, high: float, dtype: Any = None, name: Any = None, seed: Any = None
) -> Any:
    """A variable of evenly distributed numbers."""
    return variable(random_uniform(shape, low, high, None, seed), dtype, name)


def concatenate(tensors: Any, axis: int = -1) -> Any:
    """Tensors one after the other along an axis."""
    return ops.concatenate(list(tensors), axis=axis)


def flatten(x: Any) -> Any:
    """Everything along one axis."""
    return ops.reshape(x, (-1,))


def batch_flatten(x: Any) -> Any:
    """Each sample along one axis."""
    count = 1
    for size in x.shape[1:]:
        count *= size
    return ops.reshape(x, (-1, count))


def permute_dimensions(x: Any, pattern: Any) -> Any:
    """The axes in another order."""
    return ops.transpose(x, tuple(pattern))


def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Each element several times along an axis."""
    return ops.repeat(x, rep, axis=axis)


def repeat(x: Any, n: int) -> Any:
    """[batch, features] -> [batch, n, features]."""
    return ops.repeat(ops.expand_dims(x, 1), n, axis=1)


def reverse(x: Any, axes: Any) -> Any:
    """The axes the other way round."""
    return ops.flip(x, axis=axes)


def slice(x: Any, start: Any, size: Any) -> Any:  # noqa: A001 - Keras's name
    """A block of a size from a place on."""
    import builtins

    ends = [None if n == -1 else s + n for s, n in zip(start, size, strict=True)]
    return x[tuple(builtins.slice(s, e) for s, e in zip(start, ends, strict=True))]


def temporal_padding(x: Any, padding: tuple[int, int] = (1, 1)) -> Any:
    """Zeros before and after the steps."""
    return ops.pad(x, ((0, 0), tuple(padding), (0, 0)))


def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: str | None = None) -> Any:
    """Zeros around images."""
    rows, columns = (tuple(p) for p in padding)
    first = data_format == "channels_first"
    return ops.pad(x, ((0, 0), (0, 0), rows, columns) if first else ((0, 0), rows, columns, (0, 0)))


def resize_images(x: Any, height_factor: int, width_factor: int, data_format: str | None = None) -> Any:
    """Each pixel several times."""
    rows, columns = (2, 3) if data_format == "channels_first" else (1, 2)
    return ops.repeat(ops.repeat(x, height_factor, axis=rows), width_factor, axis=columns)
