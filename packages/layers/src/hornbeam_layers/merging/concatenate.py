"""Merging end to end."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.arguments import who
from hornbeam_layers.merging.base import Merge

__all__ = ["Concatenate", "concatenate"]


class Concatenate(Merge):
    """The inputs one after another along an axis.

    Args:
        axis: the axis, along which alone their sizes may differ; not the batch's.

    Raises:
        ShapeError: other sizes differ.

    Example:
        >>> import hornbeam as hb
        >>> Concatenate()([hb.ops.ones((2, 3)), hb.ops.ones((2, 4))]).shape
        (2, 7)
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axis, int) or isinstance(axis, bool):
            raise InvalidArgumentError(f"{who(self)}: axis must be an integer; got axis={axis!r}")
        self.axis = axis

    def check_shapes(self, shapes: list[tuple[int | None, ...]]) -> None:
        """Refuse shapes that differ elsewhere."""
        rank = len(shapes[0])
        if any(len(s) != rank for s in shapes) or not -rank <= self.axis < rank:
            raise ShapeError(f"{who(self)}: inputs of one rank, with an axis {self.axis}, are needed; got {shapes}")
        for axis, sizes in enumerate(zip(*shapes, strict=True)):
            if axis != self.axis % rank and len({s for s in sizes if s is not None}) > 1:
                raise ShapeError(f"{who(self)}: the sizes may differ along axis {self.axis} only; got {shapes}")

    def merge(self, inputs: list[Tensor]) -> Tensor:
        """The inputs end to end."""
        return ops.concatenate(inputs, axis=self.axis)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The masks end to end; along another axis than the steps', a step counts where it counts in any input."""
        if previous_mask is None:
            return None
        masks = [_whole(x, m) for x, m in zip(inputs, previous_mask, strict=True)]
        return ops.any(ops.concatenate(masks, axis=self.axis), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "axis": self.axis}


def _whole(x: Tensor, mask: Any) -> Tensor:
    """The mask in the shape of x."""
    if mask is None:
        return ops.ones(x.shape, dtype="bool")
    return ops.broadcast_to(ops.reshape(mask, (*mask.shape, *(1,) * (x.ndim - mask.ndim))), x.shape)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """A list of tensors end to end, by a `Concatenate` layer; `kwargs` are the layer's."""
    return Concatenate(axis=axis, **kwargs)(inputs)
