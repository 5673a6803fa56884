"""Group normalisation."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.composites.normalization import normalize
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.normalization.base import Normalizing

__all__ = ["GroupNormalization"]


class GroupNormalization(Normalizing):
    """Layer normalisation within groups of channels: over a group's channels and all positions of a sample.

    Args:
        groups: number of groups, a divisor of the number of channels; -1: one for each channel.
        axis: the channels' axis.
        epsilon: added to the variance.
        center, scale: whether there are beta and gamma.
        *_initializer, *_regularizer, *_constraint: of the weights.
        **kwargs: `name`, `dtype`, `trainable`.

    Weights: gamma and beta, (channels,).

    Raises:
        InvalidArgumentError: groups is neither positive nor -1.
        ShapeError: the number of channels is no multiple of it.

    Source: Wu and He 2018.

    Example:
        >>> import hornbeam as hb
        >>> GroupNormalization(2, epsilon=0.0)(hb.ops.asarray([[1.0, 3.0, 5.0, 9.0]])).numpy().round(4).tolist()
        [[-1.0, 1.0, -1.0, 1.0]]
    """

    def __init__(
        self, groups: int = 32, axis: int = -1, epsilon: float = 1e-3, center: bool = True, scale: bool = True,
        beta_initializer: Any = "zeros", gamma_initializer: Any = "ones", beta_regularizer: Any = None,
        gamma_regularizer: Any = None, beta_constraint: Any = None, gamma_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        weights = {
            "beta_initializer": beta_initializer, "gamma_initializer": gamma_initializer,
            "beta_regularizer": beta_regularizer, "gamma_regularizer": gamma_regularizer,
            "beta_constraint": beta_constraint, "gamma_constraint": gamma_constraint,
        }  # fmt: skip
        super().__init__(axis, epsilon, center, scale, weights, **kwargs)
        if not isinstance(groups, int) or isinstance(groups, bool) or (groups < 1 and groups != -1):
            raise InvalidArgumentError(
                f"GroupNormalization {self.name!r}: groups must be a positive integer, or -1; got groups={groups!r}"
            )
        self.groups = groups

    def build(self, input_shape: Any) -> None:
        """Make gamma and beta."""
        (axis,) = self.axes_in(input_shape)
        channels = input_shape[axis]
        if self.groups > 0 and channels % self.groups:
            raise ShapeError(
                f"GroupNormalization {self.name!r}: {channels} channels do not make {self.groups} groups of one size"
            )
        self.make_scaling((channels,))

    def call(self, inputs: Tensor) -> Tensor:
        """The same shape."""
        (axis,) = self.axes_in(inputs.shape)
        channels = inputs.shape[axis]
        groups = channels if self.groups == -1 else self.groups
        split = (groups, channels // groups)
        shape = (*inputs.shape[:axis], *split, *inputs.shape[axis + 1 :])  # the group at `axis`, its channels behind it
        x = ops.reshape(ops.cast(inputs, self.variable_dtype), shape)
        over = tuple(a for a in range(1, x.ndim) if a != axis)
        place = (*(1,) * axis, *split, *(1,) * (inputs.ndim - axis - 1))
        gamma, beta = (None if w is None else ops.reshape(w, place) for w in (self.gamma, self.beta))
        return ops.cast(ops.reshape(normalize(x, over, self.epsilon, gamma, beta)[0], inputs.shape), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "groups": self.groups}
