"""Images of either rank and data format as (batch, height, width, channels), and back."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.movement import permute_dims, reshape
from hornbeam.tensor import Tensor

__all__ = ["Images", "channel_axis", "images_of", "one_of"]


class Images(NamedTuple):
    """A batch of images with the channels last, and how they came."""

    batch: Tensor
    single: bool
    channels_first: bool

    def back(self, batch: Tensor) -> Tensor:
        """A batch of images in the layout in which these came; axes behind the channels stay behind."""
        if self.channels_first:
            batch = permute_dims(batch, (0, 3, 1, 2, *range(4, batch.ndim)))
        return reshape(batch, batch.shape[1:]) if self.single else batch


def one_of(name: str, argument: str, value: Any, known: Any) -> None:
    """Refuse a value that is not among those known.

    Raises:
        InvalidArgumentError: naming the function, the argument, what was got and what was expected.
    """
    if value not in known:
        listed = ", ".join(repr(k) for k in known)
        raise InvalidArgumentError(f"{name}: {argument} must be one of {listed}; got {argument}={value!r}")


def channel_axis(data_format: str | None, name: str) -> int:
    """Where the channels are, counted from the end."""
    one_of(name, "data_format", data_format, (None, "channels_last", "channels_first"))
    return -3 if data_format == "channels_first" else -1


def images_of(images: Any, data_format: str | None, name: str) -> Images:
    """One image or a batch of them, laid out.

    Raises:
        ShapeError: the rank is neither 3 nor 4.
    """
    first = channel_axis(data_format, name) == -3
    tensor = as_tensor(images)
    if tensor.ndim not in (3, 4):
        wanted = "(channels, height, width)" if first else "(height, width, channels)"
        raise ShapeError(f"{name} takes images {wanted}, or a batch of them; got shape {tensor.shape}")
    single = tensor.ndim == 3
    if single:
        tensor = reshape(tensor, (1, *tensor.shape))
    return Images(permute_dims(tensor, (0, 2, 3, 1)) if first else tensor, single, first)
