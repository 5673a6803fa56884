"""What the merging layers share: a list of inputs, made of one rank, and their masks."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import ShapeError

from hornbeam_layers.arguments import who

__all__ = ["Merge"]


class Merge(Layer):
    """One tensor of several; subclasses say how.

    Inputs of fewer axes than others get axes of size 1 behind the batch's. A step of the output counts where it counts in
    any input, provided that all have masks.

    Raises:
        ShapeError: it is called on something else than a list of tensors that fit together.
    """

    exactly: int | None = None  # how many inputs, where that is fixed
    merge: Any  # a method of the subclass: a list of tensors of one rank -> one tensor

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Look whether the shapes fit together; there are no weights."""
        if not input_shape or not all(isinstance(s, (list, tuple)) for s in input_shape):
            raise ShapeError(f"{who(self)}: expected a list of inputs; got one of shape {input_shape}")
        if self.exactly is not None and len(input_shape) != self.exactly:
            raise ShapeError(f"{who(self)}: expected {self.exactly} inputs; got {len(input_shape)}")
        if len({s[0] for s in input_shape if s and s[0] is not None}) > 1:
            raise ShapeError(f"{who(self)}: the inputs differ in batch size: {list(map(tuple, input_shape))}")
        self.check_shapes([tuple(s) for s in input_shape])

    def check_shapes(self, shapes: list[tuple[int | None, ...]]) -> None:
        """Refuse shapes that do not broadcast; subclasses may ask for something else."""
        rank = max(map(len, shapes))
        wide = [(*s[:1], *(1,) * (rank - len(s)), *s[1:]) for s in shapes]
        for sizes in zip(*wide, strict=True):
            if len({s for s in sizes if s not in (None, 1)}) > 1:
                raise ShapeError(f"{who(self)}: the inputs do not fit together: {shapes}")

    def call(self, inputs: Any) -> Tensor:
        """A list of tensors -> one tensor."""
        if not isinstance(inputs, (list, tuple)):
            raise ShapeError(f"{who(self)}: expected a list of inputs; got {inputs!r}")
        rank = max(x.ndim for x in inputs)
        return self.merge(
            [x if x.ndim == rank else ops.expand_dims(x, tuple(range(1, 1 + rank - x.ndim))) for x in inputs]
        )

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """True where any input's mask is; None where an input has none."""
        if previous_mask is None or any(m is None for m in previous_mask):
            return None
        found = previous_mask[0]
        for mask in previous_mask[1:]:
            found = ops.logical_or(found, mask)
        return found
