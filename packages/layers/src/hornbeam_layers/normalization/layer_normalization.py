"""Layer normalisation, and by the root mean square."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops

from hornbeam_layers.normalization.base import Normalizing

__all__ = ["LayerNormalization", "RMSNormalization"]


class LayerNormalization(Normalizing):
    """gamma * (x - mean) / sqrt(variance + epsilon) + beta, sample by sample over an axis or axes.

    Args:
        axis: an axis, or several.
        epsilon: added to the variance.
        center, scale: whether there are beta and gamma.
        *_initializer, *_regularizer, *_constraint: of the weights.
        **kwargs: `name`, `dtype`, `trainable`.

    Weights: gamma and beta, of the sizes of those axes.

    Source: Ba et al. 2016.

    Example:
        >>> import hornbeam as hb
        >>> LayerNormalization(epsilon=0.0)(hb.ops.asarray([[1.0, 3.0]])).numpy().round(4).tolist()
        [[-1.0, 1.0]]
    """

    def __init__(
        self, axis: Any = -1, epsilon: float = 1e-3, center: bool = True, scale: bool = True,
        beta_initializer: Any = "zeros", gamma_initializer: Any = "ones", beta_regularizer: Any = None,
        gamma_regularizer: Any = None, beta_constraint: Any = None, gamma_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        weights = {
            "beta_initializer": beta_initializer, "gamma_initializer": gamma_initializer,
            "beta_regularizer": beta_regularizer, "gamma_regularizer": gamma_regularizer,
            "beta_constraint": beta_constraint, "gamma_constraint": gamma_constraint,
        }  # fmt: skip
        super().__init__(axis, epsilon, center, scale, weights, **kwargs)

    def build(self, input_shape: Any) -> None:
        """Make gamma and beta."""
        self.make_scaling(tuple(input_shape[a] for a in self.axes_in(input_shape)))

    def call(self, inputs: Tensor) -> Tensor:
        """The same shape."""
        out = ops.layer_normalization(inputs, self.gamma, self.beta, self.axes_in(inputs.shape), self.epsilon)
        return ops.cast(out, self.compute_dtype)


class RMSNormalization(Layer):
    """scale * x / sqrt(mean(x**2) + epsilon), sample by sample over an axis or axes.

    Args:
        axis: an axis, or several.
        epsilon: added to the mean of the squares.
        **kwargs: `name`, `dtype`, `trainable`.

    Weights: scale, of the sizes of those axes.

    Source: Zhang and Sennrich 2019.
    """

    def __init__(self, axis: Any = -1, epsilon: float = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis, self.epsilon = axis, epsilon

    def build(self, input_shape: Any) -> None:
        """Make the scale."""
        axes = (self.axis,) if isinstance(self.axis, int) else sorted(a % len(input_shape) for a in self.axis)
        self.scale = self.add_weight(tuple(input_shape[a] for a in axes), "ones", name="scale")

    def call(self, inputs: Tensor) -> Tensor:
        """The same shape."""
        return ops.rms_normalization(inputs, self.scale, self.axis, self.epsilon)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "axis": self.axis, "epsilon": self.epsilon}
