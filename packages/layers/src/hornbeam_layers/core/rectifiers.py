"""Rectifiers as layers: each bends at 0, or where it is told to."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers import activations
from hornbeam_layers.arguments import WeightOptions, who

__all__ = ["ELU", "LeakyReLU", "PReLU", "ReLU", "ThresholdedReLU"]


def check_number(layer: Layer, least: float | None = None, **arguments: Any) -> None:
    """Refuse what is no number, or too small a one."""
    for name, value in arguments.items():
        if not isinstance(value, (int, float)) or (least is not None and value < least):
            kind = "a number" if least is None else f"a number of at least {least}"
            raise InvalidArgumentError(f"{who(layer)}: {name} must be {kind}; got {name}={value!r}")


class ReLU(Layer):
    """The rectifier.

    Args:
        max_value: upper limit, at least 0; None: none.
        negative_slope: slope below the threshold, at least 0.
        threshold: where the function bends, at least 0.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> import hornbeam as hb
        >>> ReLU(max_value=3.0)(hb.ops.asarray([-1.0, 2.0, 5.0])).numpy().tolist()
        [0.0, 2.0, 3.0]
    """

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        check_number(self, 0, negative_slope=negative_slope, threshold=threshold)
        if max_value is not None:
            check_number(self, 0, max_value=max_value)
        self.max_value, self.negative_slope, self.threshold = max_value, negative_slope, threshold
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The function, element by element."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        how = {"max_value": self.max_value, "negative_slope": self.negative_slope, "threshold": self.threshold}
        return {**super().get_config(), **how}


class LeakyReLU(Layer):
    """x where it is positive, negative_slope * x elsewhere.

    Args:
        negative_slope: a number; `alpha`, its name in Keras 2, is taken too.

    Example:
        >>> import hornbeam as hb
        >>> LeakyReLU(0.5)(hb.ops.asarray([-2.0, 2.0])).numpy().tolist()
        [-1.0, 2.0]
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        negative_slope = kwargs.pop("alpha", negative_slope)
        super().__init__(**kwargs)
        check_number(self, negative_slope=negative_slope)
        self.negative_slope = negative_slope
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The function, element by element."""
        return ops.leaky_relu(inputs, self.negative_slope)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "negative_slope": self.negative_slope}


class ELU(Layer):
    """x where it is positive, alpha * (e**x - 1) elsewhere.

    Args:
        alpha: a number.

    Source: Clevert et al. 2016.
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_number(self, alpha=alpha)
        self.alpha = alpha
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The function, element by element."""
        return ops.elu(inputs, self.alpha)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "alpha": self.alpha}


class ThresholdedReLU(Layer):
    """x where it is above theta, 0 elsewhere; of Keras 2.

    Args:
        theta: a number of at least 0.

    Source: Konda et al. 2015.
    """

    def __init__(self, theta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_number(self, 0, theta=theta)
        self.theta = theta
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The function, element by element."""
        return ops.where(ops.greater(inputs, self.theta), inputs, ops.zeros_like(inputs))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "theta": self.theta}


class PReLU(Layer):
    """x where it is positive, alpha * x elsewhere; alpha is learned.

    Args:
        alpha_initializer, alpha_regularizer, alpha_constraint: of alpha.
        shared_axes: axes along which alpha is one number, counted from 1; default: none.

    Weights: alpha, of the sizes of the input without the batch, 1 along shared axes.

    Raises:
        InvalidArgumentError: shared_axes names the batch's axis.
        ShapeError: the input's size is unknown along an axis that is not shared.

    Source: He et al. 2015.
    """

    def __init__(
        self, alpha_initializer: Any = "Zeros", alpha_regularizer: Any = None, alpha_constraint: Any = None,
        shared_axes: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        names = {"alpha_initializer": alpha_initializer, "alpha_regularizer": alpha_regularizer}
        self.options = WeightOptions(self, {**names, "alpha_constraint": alpha_constraint})
        axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes
        if axes is not None and (not isinstance(axes, (list, tuple)) or any(a == 0 for a in axes)):
            raise InvalidArgumentError(
                f"{who(self)}: shared_axes must be axes other than the batch's, 0; got {shared_axes!r}"
            )
        self.shared_axes = None if axes is None else list(axes)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Make alpha."""
        shared = {a % len(input_shape) for a in self.shared_axes or ()}
        shape = tuple(1 if axis in shared else size for axis, size in enumerate(input_shape))
        self.alpha = self.options.make("alpha", shape[1:])

    def call(self, inputs: Tensor) -> Tensor:
        """The function, element by element."""
        return ops.relu(inputs) - self.alpha * ops.relu(-inputs)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), **self.options.config(), "shared_axes": self.shared_axes}
