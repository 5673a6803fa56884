"""Normalisation as functions, under their Keras names."""

from __future__ import annotations

from typing import Any

from hornbeam.composites.normalization import normalize
from hornbeam.dtypes import float32
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.arithmetic import rsqrt
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.movement import axes_of, reshape
from hornbeam.tensor import Tensor

__all__ = ["batch_normalization", "layer_normalization", "rms_normalization"]


def _along(t: Any, like: Tensor, axes: tuple[int, ...]) -> Tensor | None:
    """A vector or tensor over `axes`, with size 1 elsewhere."""
    if t is None:
        return None
    return reshape(astype(as_tensor(t), like.dtype), tuple(s if a in axes else 1 for a, s in enumerate(like.shape)))


def _wide(x: Any) -> tuple[Tensor, Any]:
    """x in float32 at least, since sums of squares leave the range of half precision; and its dtype."""
    t = as_float(x)
    return (astype(t, float32) if t.dtype.itemsize < 4 else t), t.dtype


def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Tensor:
    """(x - mean) / sqrt(variance + epsilon) * gamma + beta, over an axis or axes.

    Args:
        x: tensor.
        gamma, beta: of the sizes of those axes, or None.
        axis: an axis, or several.
        epsilon: added to the variance; default: 1e-7.

    Source: Ba et al. 2016.

    Example:
        >>> import hornbeam as hb
        >>> layer_normalization(hb.ops.asarray([1.0, 3.0])).numpy().round(4).tolist()
        [-1.0, 1.0]
    """
    t, dtype = _wide(x)
    axes = tuple(sorted(axes_of(axis, t.ndim, "layer_normalization")))
    least = 1e-7 if epsilon is None else epsilon
    return astype(normalize(t, axes, least, _along(gamma, t, axes), _along(beta, t, axes))[0], dtype)


def rms_normalization(x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None) -> Tensor:
    """x / sqrt(mean(x**2) + epsilon) * scale, over an axis or axes; epsilon is 1e-7 by default.

    Source: Zhang and Sennrich 2019.

    Example:
        >>> import hornbeam as hb
        >>> rms_normalization(hb.ops.asarray([3.0, 3.0])).numpy().round(4).tolist()
        [1.0, 1.0]
    """
    t, dtype = _wide(x)
    axes = tuple(sorted(axes_of(axis, t.ndim, "rms_normalization")))
    gamma = _along(scale, t, axes)
    return astype(normalize(t, axes, 1e-7 if epsilon is None else epsilon, gamma, centered=False)[0], dtype)


def batch_normalization(
    x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None, epsilon: float = 1e-3
) -> Tensor:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset, with what is given for each place along `axis`.

    Source: Ioffe and Szegedy 2015.

    Example:
        >>> import hornbeam as hb
        >>> batch_normalization(hb.ops.asarray([[5.0]]), [1.0], [4.0], -1, epsilon=0.0).numpy().tolist()
        [[2.0]]
    """
    t, dtype = _wide(x)
    axes = axes_of(axis, t.ndim, "batch_normalization")
    factor = rsqrt(as_tensor(variance, dtype=t.dtype) + epsilon)
    if scale is not None:
        factor = factor * as_tensor(scale, dtype=t.dtype)
    shift = -as_tensor(mean, dtype=t.dtype) * factor
    if offset is not None:
        shift = shift + as_tensor(offset, dtype=t.dtype)
    place = tuple(s if a in axes else 1 for a, s in enumerate(t.shape))
    return astype(t * reshape(factor, place) + reshape(shift, place), dtype)
