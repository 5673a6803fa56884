"""Rescaling."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops

__all__ = ["Rescaling"]


class Rescaling(Layer):
    """inputs * scale + offset, in the compute dtype.

    Args:
        scale: a number, or an array that is broadcast.
        offset: likewise.
        **kwargs: `name`, `dtype`, ...

    Example:
        >>> import hornbeam as hb
        >>> hb.layers.Rescaling(1 / 127.5, offset=-1)(hb.ops.asarray([0, 255])).numpy().tolist()
        [-1.0, 1.0]
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale, self.offset = (v.tolist() if hasattr(v, "tolist") else v for v in (scale, offset))
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The same shape."""
        x = ops.cast(inputs, self.compute_dtype)
        return x * ops.cast(self.scale, x.dtype) + ops.cast(self.offset, x.dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "scale": self.scale, "offset": self.offset}
