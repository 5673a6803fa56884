"""Batch normalisation."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import Tensor, ops
from hornbeam.composites.normalization import normalize
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.normalization.base import Normalizing

__all__ = ["BatchNormalization"]


class BatchNormalization(Normalizing):
    """gamma * (x - mean) / sqrt(variance + epsilon) + beta, per channel.

    In training, mean and variance are the batch's, and their moving averages are updated; otherwise those averages are used.

    Args:
        axis: the channels' axis; default: the last.
        momentum: of the moving averages, in [0, 1).
        epsilon: added to the variance.
        center, scale: whether there are beta and gamma.
        *_initializer, *_regularizer, *_constraint: of the weights.

    Weights: gamma, beta, moving_mean, moving_variance, each (channels,).

    Source: Ioffe and Szegedy 2015.
    """

    moving_mean_initializer: Any
    moving_variance_initializer: Any

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        weights = {
            "beta_initializer": beta_initializer, "gamma_initializer": gamma_initializer,
            "moving_mean_initializer": moving_mean_initializer, "moving_variance_initializer": moving_variance_initializer,
            "beta_regularizer": beta_regularizer, "gamma_regularizer": gamma_regularizer,
            "beta_constraint": beta_constraint, "gamma_constraint": gamma_constraint,
        }  # fmt: skip
        super().__init__(axis, epsilon, center, scale, weights, **kwargs)
        who = f"BatchNormalization {self.name!r}"
        if not isinstance(axis, int):
            raise InvalidArgumentError(f"{who}: axis must be an integer; got axis={axis!r}")
        if not isinstance(momentum, (int, float)) or not 0 <= momentum <= 1:
            raise InvalidArgumentError(f"{who}: momentum must be between 0 and 1; got momentum={momentum!r}")
        self.momentum = momentum

    def build(self, input_shape: Any) -> None:
        """Make the weights, one element per channel."""
        shape = tuple(input_shape[a] for a in self.axes_in(input_shape))
        self.make_scaling(shape)
        self.moving_mean = self.add_weight(
            shape, self.moving_mean_initializer, trainable=False, autocast=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            shape, self.moving_variance_initializer, trainable=False, autocast=False, name="moving_variance"
        )

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """(batch, ..., channels) -> the same shape."""
        x = ops.cast(inputs, self.variable_dtype)  # statistics in full precision
        if training and self.trainable:
            (axis,) = self.axes_in(x.shape)
            over = tuple(a for a in range(x.ndim) if a != axis)
            place = tuple(size if a == axis else 1 for a, size in enumerate(x.shape))
            gamma, beta = (None if w is None else ops.reshape(w, place) for w in (self.gamma, self.beta))
            out, variance, mean = normalize(x, over, self.epsilon, gamma, beta)
            for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
                now = ops.reshape(hb.stop_gradient(now), moving.shape)
                moving.assign(moving * self.momentum + now * (1.0 - self.momentum))
        else:
            out = ops.batch_normalization(
                x, self.moving_mean, self.moving_variance, self.axis, self.beta, self.gamma, self.epsilon
            )
        return ops.cast(out, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "momentum": self.momentum}
