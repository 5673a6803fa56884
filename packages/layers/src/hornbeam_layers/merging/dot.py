"""Merging by products along an axis, sample by sample."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.arguments import who
from hornbeam_layers.merging.base import Merge

__all__ = ["Dot", "dot"]

LETTERS = "cdefghijklmnopqrstuvwxyz"


class Dot(Merge):
    """For each sample, the products of two inputs summed over an axis of each.

    Args:
        axes: the axis, or one of each input; not the batch's.
        normalize: whether both are divided by their norm along the axis before, which gives cosines.

    Shapes: (batch, *first, without its axis, *second, without batch and axis); (batch, 1) where nothing else is left.

    Raises:
        InvalidArgumentError: axes is something else.
        ShapeError: the two axes differ in size.

    Example:
        >>> import hornbeam as hb
        >>> Dot(axes=(1, 2))([hb.ops.ones((2, 3, 5)), hb.ops.ones((2, 10, 3))]).shape
        (2, 5, 10)
    """

    exactly = 2

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        pair = axes if isinstance(axes, (list, tuple)) else (axes, axes)
        if len(pair) != 2 or any(not isinstance(a, int) or a == 0 for a in pair):
            raise InvalidArgumentError(
                f"{who(self)}: axes must be an integer or two of them, none of them 0; got axes={axes!r}"
            )
        self.axes, self.normalize = axes, normalize

    def _places(self, ranks: list[int]) -> list[int]:
        pair = self.axes if isinstance(self.axes, (list, tuple)) else (self.axes, self.axes)
        if any(not -rank < axis < rank for axis, rank in zip(pair, ranks, strict=True)):
            raise ShapeError(f"{who(self)}: inputs of {ranks} axes have no axes={self.axes}")
        return [axis % rank for axis, rank in zip(pair, ranks, strict=True)]

    def check_shapes(self, shapes: list[tuple[int | None, ...]]) -> None:
        """Refuse axes of different sizes."""
        places = self._places(list(map(len, shapes)))
        sizes = {shape[place] for shape, place in zip(shapes, places, strict=True)} - {None}
        if len(sizes) > 1:
            raise ShapeError(f"{who(self)}: axes={self.axes} of the inputs differ in size; got {shapes}")

    def call(self, inputs: Any) -> Tensor:
        """Two tensors -> one tensor."""
        places = self._places([x.ndim for x in inputs])
        if self.normalize:
            inputs = [ops.normalize(x, axis=place) for x, place in zip(inputs, places, strict=True)]
        first, second = (
            "a" + "".join("b" if axis == place else letters[axis] for axis in range(1, x.ndim))
            for x, place, letters in zip(inputs, places, (LETTERS[:12], LETTERS[12:]), strict=True)
        )
        out = ops.einsum(f"{first},{second}->a{(first + second[1:]).replace('b', '').removeprefix('a')}", *inputs)
        return ops.expand_dims(out, 1) if out.ndim == 1 else out

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """There are no steps any more."""
        return None

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> Any:
    """Products of two tensors along an axis, by a `Dot` layer; `kwargs` are the layer's (`normalize`, ...)."""
    return Dot(axes=axes, **kwargs)(inputs)
