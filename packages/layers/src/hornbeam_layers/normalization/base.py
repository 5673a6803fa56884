"""What the normalising layers share: gamma and beta, and their configuration."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers import constraints, initializers, regularizers
from hornbeam_layers.serialization import serialize

__all__ = ["Normalizing"]


class Normalizing(Layer):
    """A layer with gamma and beta, as it is told to have.

    Args:
        axis: which axis, or axes, gamma and beta are for.
        epsilon: added to the variance.
        center, scale: whether there are beta and gamma.
        weights: initializers, regularizers and constraints of beta and gamma, by argument name.
    """

    def __init__(
        self, axis: Any, epsilon: float, center: bool, scale: bool, weights: dict[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(epsilon, (int, float)) or epsilon < 0:
            raise InvalidArgumentError(
                f"{type(self).__name__} {self.name!r}: epsilon must be a number of at least 0; got epsilon={epsilon!r}"
            )
        self.axis, self.epsilon, self.center, self.scale = axis, epsilon, center, scale
        kinds = {"initializer": initializers, "regularizer": regularizers, "constraint": constraints}
        self._objects = tuple(weights)
        for name, value in weights.items():
            setattr(self, name, kinds[name.rpartition("_")[2]].get(value))
        self.supports_masking = True
        self.autocast = False  # statistics are taken in full precision
        self.gamma: Any = None
        self.beta: Any = None

    def axes_in(self, input_shape: Any) -> tuple[int, ...]:
        """`axis` as places, none of them negative, in ascending order."""
        axes = (self.axis,) if isinstance(self.axis, int) else tuple(self.axis)
        if any(not -len(input_shape) <= a < len(input_shape) for a in axes):
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: inputs of shape {input_shape} have no axis {self.axis}"
            )
        return tuple(sorted(a % len(input_shape) for a in axes))

    def make_scaling(self, shape: tuple[int, ...]) -> None:
        """Make gamma and beta."""
        if self.scale:
            self.gamma = self._scaling("gamma", shape)
        if self.center:
            self.beta = self._scaling("beta", shape)

    def _scaling(self, name: str, shape: tuple[int, ...]) -> Any:
        return self.add_weight(
            shape, getattr(self, f"{name}_initializer"), name=name, autocast=False,
            regularizer=getattr(self, f"{name}_regularizer"), constraint=getattr(self, f"{name}_constraint"),
        )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        plain = {name: getattr(self, name) for name in ("axis", "epsilon", "center", "scale")}
        return {**super().get_config(), **plain, **{n: serialize(getattr(self, n)) for n in self._objects}}
