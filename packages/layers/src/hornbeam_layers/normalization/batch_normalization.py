"""Batch normalisation."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers import constraints, initializers, regularizers
from hornbeam_layers.serialization import serialize

__all__ = ["BatchNormalization"]


class BatchNormalization(Layer):
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
        super().__init__(**kwargs)
        who = f"BatchNormalization {self.name!r}"
        if not isinstance(axis, int):
            raise InvalidArgumentError(f"{who}: axis must be an integer; got axis={axis!r}")
        if not isinstance(momentum, (int, float)) or not 0 <= momentum <= 1:
            raise InvalidArgumentError(f"{who}: momentum must be between 0 and 1; got momentum={momentum!r}")
        if not isinstance(epsilon, (int, float)) or epsilon < 0:
            raise InvalidArgumentError(f"{who}: epsilon must be a number of at least 0; got epsilon={epsilon!r}")
        self.axis, self.momentum, self.epsilon, self.center, self.scale = axis, momentum, epsilon, center, scale
        self.beta_initializer, self.gamma_initializer = (
            initializers.get(beta_initializer),
            initializers.get(gamma_initializer),
        )
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.beta_regularizer, self.gamma_regularizer = (
            regularizers.get(beta_regularizer),
            regularizers.get(gamma_regularizer),
        )
        self.beta_constraint, self.gamma_constraint = (
            constraints.get(beta_constraint),
            constraints.get(gamma_constraint),
        )

    def build(self, input_shape: Any) -> None:
        """Make the weights, one element per channel."""
        if not -len(input_shape) <= self.axis < len(input_shape):
            raise ShapeError(
                f"BatchNormalization {self.name!r}: inputs of shape {input_shape} have no axis {self.axis}"
            )
        shape = (input_shape[self.axis],)
        if self.scale:
            self.gamma = self.add_weight(
                shape,
                self.gamma_initializer,
                name="gamma",
                autocast=False,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
            )
        if self.center:
            self.beta = self.add_weight(
                shape,
                self.beta_initializer,
                name="beta",
                autocast=False,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
            )
        self.moving_mean = self.add_weight(
            shape, self.moving_mean_initializer, trainable=False, autocast=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            shape, self.moving_variance_initializer, trainable=False, autocast=False, name="moving_variance"
        )

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """(batch, ..., channels) -> the same shape."""
        axis = self.axis % inputs.ndim
        along = tuple(a for a in range(inputs.ndim) if a != axis)
        shape = tuple(inputs.shape[axis] if a == axis else 1 for a in range(inputs.ndim))
        x = ops.cast(inputs, self.variable_dtype)  # statistics in full precision
        if training and self.trainable:
            mean = ops.mean(x, axis=along)
            variance = ops.mean(ops.square(x - ops.reshape(mean, shape)), axis=along)
            kept = self.momentum
            self.moving_mean.assign(self.moving_mean * kept + mean * (1.0 - kept))
            self.moving_variance.assign(self.moving_variance * kept + variance * (1.0 - kept))
        else:
            mean, variance = self.moving_mean.value, self.moving_variance.value
        factor = ops.rsqrt(variance + self.epsilon)
        if self.scale:
            factor = factor * self.gamma
        shift = -mean * factor
        if self.center:
            shift = shift + self.beta
        return ops.cast(x * ops.reshape(factor, shape) + ops.reshape(shift, shape), inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        plain = {k: getattr(self, k) for k in ("axis", "momentum", "epsilon", "center", "scale")}
        objects = (
            *("beta_initializer", "gamma_initializer", "moving_mean_initializer", "moving_variance_initializer"),
            *("beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint"),
        )
        return {**super().get_config(), **plain, **{k: serialize(getattr(self, k)) for k in objects}}
