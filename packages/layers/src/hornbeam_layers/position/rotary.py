"""RotaryEmbedding: queries and keys turned by an angle that grows with their place."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

__all__ = ["RotaryEmbedding"]


class RotaryEmbedding(Layer):
    """Turns pairs of features by angles that grow with the place, so that products of a query and a key tell their distance.

    Feature i of the first half and feature i of the second are a pair; it turns by place / max_wavelength^(2 i / features).

    Args:
        max_wavelength: of the slowest pair, over 2 pi, positive.
        scaling_factor: places are divided by it, positive.
        sequence_axis: axis of the places.
        feature_axis: axis of the features, whose number is even.
        **kwargs: `name`, `dtype`, `trainable`.

    Call with `inputs`, (batch, time, features) or (batch, time, heads, features), and optionally `start_index`, the place of the
    first step, or `positions`, the place of each step, (time,) or (batch, time).

    Shapes: -> the same.

    Raises:
        InvalidArgumentError: a number is not positive.
        ShapeError: the number of features is odd.

    Source: Su et al. 2021, section 3.2, with halves for pairs, as KerasHub has it.

    Example:
        >>> import hornbeam as hb
        >>> turned = RotaryEmbedding()(hb.ops.ones((1, 2, 2)))
        >>> [round(x, 4) for x in turned.numpy()[0, 1].tolist()]  # cos 1 - sin 1, cos 1 + sin 1
        [-0.3012, 1.3818]
    """

    def __init__(
        self, max_wavelength: float = 10000, scaling_factor: float = 1.0, sequence_axis: int = 1, feature_axis: int = -1,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        for name, value in (("max_wavelength", max_wavelength), ("scaling_factor", scaling_factor)):
            if not value > 0:
                raise InvalidArgumentError(f"RotaryEmbedding {self.name!r}: {name} must be positive; got {value!r}")
        self.max_wavelength, self.scaling_factor = max_wavelength, scaling_factor
        self.sequence_axis, self.feature_axis = sequence_axis, feature_axis
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor, start_index: Any = 0, positions: Any = None) -> Tensor:
        """The same shape."""
        x = ops.moveaxis(inputs, (self.feature_axis, self.sequence_axis), (-1, 1))
        features = x.shape[-1]
        if features % 2:
            raise ShapeError(
                f"RotaryEmbedding {self.name!r}: the number of features must be even; axis {self.feature_axis} of "
                f"{inputs.shape} has {features}"
            )
        if positions is None:
            positions = ops.arange(x.shape[1], dtype="float32") + ops.cast(start_index, "float32")
        places = ops.cast(positions, "float32") / self.scaling_factor
        speeds = self.max_wavelength ** (ops.arange(0, features, 2, dtype="float32") / -features)
        angles = ops.expand_dims(places, -1) * speeds  # [time, pairs] or [batch, time, pairs]
        angles = ops.reshape(angles, (*(angles.shape[:-2] or (1,)), x.shape[1], *(1,) * (x.ndim - 3), features // 2))
        cos, sin = (ops.cast(f(angles), self.compute_dtype) for f in (ops.cos, ops.sin))
        one, two = x[..., : features // 2], x[..., features // 2 :]
        turned = ops.concat([one * cos - two * sin, two * cos + one * sin], axis=-1)
        return ops.moveaxis(turned, (-1, 1), (self.feature_axis, self.sequence_axis))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        names = "max_wavelength", "scaling_factor", "sequence_axis", "feature_axis"
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
