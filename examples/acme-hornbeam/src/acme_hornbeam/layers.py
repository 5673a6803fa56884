"""A layer with two weights."""

from __future__ import annotations

from typing import Any

import hornbeam as hb


class ScaleShift(hb.Layer):
    """Each feature times a learned scale, plus a learned shift: `inputs * scale + shift`.

    Args:
        start: what every scale is at first. Default 1.
        **kwargs: those of `hornbeam.Layer`.

    Shapes:
        (..., features) -> (..., features)

    Example:
        >>> import hornbeam as hb
        >>> ScaleShift(start=3.0)(hb.ops.asarray([[1.0, 2.0]])).numpy().tolist()
        [[3.0, 6.0]]
    """

    def __init__(self, start: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.start = start

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights; the features have to be known."""
        features = (input_shape[-1],)
        self.scale = self.add_weight(features, self._first_scale, name="scale")
        self.shift = self.add_weight(features, hb.ops.zeros, name="shift")

    def _first_scale(self, shape: tuple[int, ...], dtype: Any) -> hb.Tensor:
        return hb.ops.full(shape, self.start, dtype=dtype)

    def call(self, inputs: hb.Tensor) -> hb.Tensor:
        """`inputs * scale + shift`."""
        return inputs * self.scale + self.shift

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal layer."""
        return {**super().get_config(), "start": self.start}
