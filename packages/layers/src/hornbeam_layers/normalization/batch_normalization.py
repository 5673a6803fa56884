"""Batch normalisation."""

from __future__ import annotations

import math
from typing import Any

import hornbeam as hb
from hornbeam import Tensor, collectives, ops
from hornbeam.composites.normalization import normalize
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.arguments import who
from hornbeam_layers.normalization.base import Normalizing

__all__ = ["BatchNormalization"]


class BatchNormalization(Normalizing):
    """gamma * (x - mean) / sqrt(variance + epsilon) + beta, per channel.

    In training, mean and variance are the batch's, and their moving averages are updated; otherwise those averages are used.

    Args:
        axis: the channels' axis; default: the last.
        momentum: of the moving averages, in [0, 1].
        epsilon: added to the variance.
        center, scale: whether there are beta and gamma.
        *_initializer, *_regularizer, *_constraint: of the weights.
        renorm: whether training corrects the batch's statistics towards their averages (batch renormalisation).
        renorm_clipping: limits of the correction, a dictionary of "rmin", "rmax" and "dmax"; default: none.
        renorm_momentum: of the averages that the correction aims at.
        synchronized: whether the statistics are those of all processes that train together (see `hornbeam.collectives`).

    Shapes: (batch, ..., channels) -> the same. `call` takes a `mask` of the first axes besides: steps where it is False do
    not count for the statistics.
    Weights: gamma, beta, moving_mean, moving_variance, each (channels,); with renorm moving_stddev, renorm_mean and
    renorm_stddev besides.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Source: Ioffe and Szegedy 2015; renorm: Ioffe 2017.

    Example:
        >>> import hornbeam as hb
        >>> layer = BatchNormalization()
        >>> out = layer(hb.ops.asarray([[1.0], [3.0]]), training=True)
        >>> [round(v, 2) for v in out[:, 0].tolist()]
        [-1.0, 1.0]
    """

    moving_mean_initializer: Any
    moving_variance_initializer: Any

    def __init__(
        self, axis: int = -1, momentum: float = 0.99, epsilon: float = 1e-3, center: bool = True, scale: bool = True,
        beta_initializer: Any = "zeros", gamma_initializer: Any = "ones", moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones", beta_regularizer: Any = None, gamma_regularizer: Any = None,
        beta_constraint: Any = None, gamma_constraint: Any = None, renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None, renorm_momentum: float = 0.99, synchronized: bool = False,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        weights = {
            "beta_initializer": beta_initializer, "gamma_initializer": gamma_initializer,
            "moving_mean_initializer": moving_mean_initializer, "moving_variance_initializer": moving_variance_initializer,
            "beta_regularizer": beta_regularizer, "gamma_regularizer": gamma_regularizer,
            "beta_constraint": beta_constraint, "gamma_constraint": gamma_constraint,
        }  # fmt: skip
        super().__init__(axis, epsilon, center, scale, weights, **kwargs)
        if not isinstance(axis, int):
            raise InvalidArgumentError(f"{who(self)}: axis must be an integer; got axis={axis!r}")
        for name, value in (("momentum", momentum), ("renorm_momentum", renorm_momentum)):
            if not isinstance(value, (int, float)) or not 0 <= value <= 1:
                raise InvalidArgumentError(f"{who(self)}: {name} must be between 0 and 1; got {name}={value!r}")
        check_clipping(self, renorm_clipping)
        self.momentum, self.renorm, self.synchronized = momentum, renorm, synchronized
        self.renorm_clipping, self.renorm_momentum = renorm_clipping, renorm_momentum

    def build(self, input_shape: Any) -> None:
        """Make the weights, one element per channel."""
        shape = tuple(input_shape[a] for a in self.axes_in(input_shape))
        self.make_scaling(shape)
        self.moving_mean = self._average("moving_mean", shape, self.moving_mean_initializer)
        self.moving_variance = self._average("moving_variance", shape, self.moving_variance_initializer)
        if self.renorm:
            deviation = lambda shape, dtype: ops.sqrt(self.moving_variance_initializer(shape, dtype))
            self.moving_stddev = self._average("moving_stddev", shape, deviation)
            self.renorm_mean = self._average("renorm_mean", shape, self.moving_mean_initializer)
            self.renorm_stddev = self._average("renorm_stddev", shape, deviation)

    def _average(self, name: str, shape: Any, initializer: Any) -> Any:
        return self.add_weight(shape, initializer, trainable=False, autocast=False, name=name)

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None) -> Tensor:
        """(batch, ..., channels) -> the same shape."""
        x = ops.cast(inputs, self.variable_dtype)  # statistics in full precision
        if not (training and self.trainable):
            out = ops.batch_normalization(
                x, self.moving_mean, self.moving_variance, self.axis, self.beta, self.gamma, self.epsilon
            )
            return ops.cast(out, self.compute_dtype)
        (axis,) = self.axes_in(x.shape)
        if mask is None and not self.renorm and not (self.synchronized and collectives.several()):
            over = tuple(a for a in range(x.ndim) if a != axis)
            place = tuple(size if a == axis else 1 for a, size in enumerate(x.shape))
            gamma, beta = (None if w is None else ops.reshape(w, place) for w in (self.gamma, self.beta))
            out, variance, mean = normalize(x, over, self.epsilon, gamma, beta)
            self._move(ops.reshape(mean, self.moving_mean.shape), ops.reshape(variance, self.moving_mean.shape))
            return ops.cast(out, self.compute_dtype)
        mean, variance = moments(x, axis, mask, self.synchronized)
        factor, offset = self.gamma, self.beta
        if self.renorm:
            factor, offset = self._corrected(mean, variance)
            self._move_renorm(mean, variance)
        else:
            self._move(mean, variance)
        out = ops.batch_normalization(x, mean, variance, axis, offset, factor, self.epsilon)
        return ops.cast(out, self.compute_dtype)

    def _move(self, mean: Tensor, variance: Tensor) -> None:
        approach(self.moving_mean, mean, self.momentum)
        approach(self.moving_variance, variance, self.momentum)

    def _corrected(self, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
        """gamma and beta with which the batch's statistics do what the averages would (Ioffe 2017, algorithm 1)."""
        limits = self.renorm_clipping or {}
        aim = ops.maximum(self.renorm_stddev, math.sqrt(self.epsilon))
        r = ops.sqrt(variance + self.epsilon) / aim
        d = (mean - self.renorm_mean) / aim
        r = ops.maximum(r, limits["rmin"]) if "rmin" in limits else r
        r = ops.minimum(r, limits["rmax"]) if "rmax" in limits else r
        d = ops.clip(d, -limits["dmax"], limits["dmax"]) if "dmax" in limits else d
        r, d = hb.stop_gradient(r), hb.stop_gradient(d)
        factor, offset = (r, d) if self.gamma is None else (r * self.gamma, d * self.gamma)
        return factor, offset if self.beta is None else offset + self.beta

    def _move_renorm(self, mean: Tensor, variance: Tensor) -> None:
        deviation = ops.sqrt(variance + self.epsilon)
        approach(self.renorm_mean, mean, self.renorm_momentum)
        approach(self.renorm_stddev, deviation, self.renorm_momentum)
        approach(self.moving_mean, mean, self.momentum)
        approach(self.moving_stddev, deviation, self.momentum)
        self.moving_variance.assign(ops.relu(ops.square(self.moving_stddev) - self.epsilon))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        names = ("momentum", "renorm", "renorm_clipping", "renorm_momentum", "synchronized")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def approach(average: Any, now: Tensor, momentum: float) -> None:
    """Move an average a step towards what is there now."""
    average.assign(average * momentum + hb.stop_gradient(now) * (1.0 - momentum))


def moments(x: Tensor, axis: int, mask: Any, synchronized: bool) -> tuple[Tensor, Tensor]:
    """Mean and variance of each channel, of the steps that count, over all processes where they train together.

    Args:
        x: (..., channels, ...).
        axis: the channels'.
        mask: bool, of the first axes; None: all steps count.
        synchronized: whether other processes' steps count too.
    """
    over = tuple(a for a in range(x.ndim) if a != axis)
    if mask is None:
        weights, count = None, ops.asarray(float(x.size // x.shape[axis]), dtype=x.dtype)
    else:
        rest = (1,) * (x.ndim - mask.ndim)
        weights = ops.broadcast_to(ops.reshape(ops.cast(mask, x.dtype), (*mask.shape, *rest)), x.shape)
        count = ops.sum(weights, axis=over) + 1e-7

    def mean_of(values: Tensor) -> Tensor:
        total = ops.sum(values if weights is None else ops.where(weights > 0, values, 0.0), axis=over)
        return collectives.sum(total) / whole if synchronized else total / whole

    whole = collectives.sum(count) if synchronized else count
    mean = mean_of(x)
    place = tuple(size if a == axis else 1 for a, size in enumerate(x.shape))
    return mean, mean_of(ops.square(x - ops.reshape(mean, place)))


def check_clipping(layer: BatchNormalization, limits: Any) -> None:
    """Refuse limits of the correction that are unknown or leave nothing."""
    known = ("dmax", "rmax", "rmin")
    if limits is not None and (not isinstance(limits, dict) or not set(limits) <= set(known)):
        raise InvalidArgumentError(f"{who(layer)}: renorm_clipping must be a dictionary of {known}; got {limits!r}")
    if limits and (limits.get("rmin", 0) > limits.get("rmax", math.inf) or limits.get("dmax", 0) < 0):
        raise InvalidArgumentError(
            f"{who(layer)}: renorm_clipping needs rmin of at most rmax, and dmax of at least 0; got {limits!r}"
        )
