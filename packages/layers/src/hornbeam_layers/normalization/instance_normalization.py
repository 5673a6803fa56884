"""Instance normalisation, and by the length."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.arguments import who
from hornbeam_layers.normalization.group_normalization import GroupNormalization

__all__ = ["InstanceNormalization", "UnitNormalization"]


class InstanceNormalization(GroupNormalization):
    """Every channel of every sample normalised over its own positions: group normalisation with a group for each channel.

    Args:
        axis: the channels' axis.
        epsilon: added to the variance.
        center, scale: whether there are beta and gamma.
        *_initializer, *_regularizer, *_constraint: of the weights.
        **kwargs: `name`, `dtype`, `trainable`.

    Weights: gamma and beta, (channels,).

    Source: Ulyanov et al. 2016.

    Example:
        >>> import hornbeam as hb
        >>> InstanceNormalization(epsilon=0.0)(hb.ops.asarray([[[1.0], [3.0]]])).numpy().ravel().round(4).tolist()
        [-1.0, 1.0]
    """

    def __init__(
        self, axis: int = -1, epsilon: float = 1e-3, center: bool = True, scale: bool = True,
        beta_initializer: Any = "zeros", gamma_initializer: Any = "ones", beta_regularizer: Any = None,
        gamma_regularizer: Any = None, beta_constraint: Any = None, gamma_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            -1, axis, epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer,
            beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        config = super().get_config()
        del config["groups"]
        return config


class UnitNormalization(Layer):
    """Inputs divided by their length along an axis, or several together.

    Args:
        axis: an axis, or several.

    Raises:
        InvalidArgumentError: axis is something else.

    Example:
        >>> import hornbeam as hb
        >>> UnitNormalization()(hb.ops.asarray([[0.0, 4.0]])).numpy().tolist()
        [[0.0, 1.0]]
    """

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        axes = [axis] if isinstance(axis, int) else axis
        if not isinstance(axes, (list, tuple)) or not all(isinstance(a, int) for a in axes):
            raise InvalidArgumentError(f"{who(self)}: axis must be an integer or several; got axis={axis!r}")
        self.axis = axis if isinstance(axis, int) else list(axis)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The same shape."""
        axes = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        return ops.normalize(inputs, axis=axes, order=2, epsilon=1e-12)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "axis": self.axis}
