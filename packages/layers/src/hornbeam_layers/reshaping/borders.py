"""Zeros around the spatial axes, and the spatial axes without their borders."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.arguments import check_rank, format_of, is_size, who

__all__ = ["Cropping1D", "Cropping2D", "Cropping3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"]

Pairs = tuple[tuple[int, int], ...]


def pairs_of(layer: Layer, argument: str, value: Any, rank: int) -> Pairs:
    """(before, after) for each axis, of one number, a number per axis, or pairs; over one axis, of a number or a pair."""
    several = value if isinstance(value, (list, tuple)) else (value,) * rank
    if rank == 1:
        several = (value,)
    pairs = [tuple(p) if isinstance(p, (list, tuple)) else (p, p) for p in several]
    if len(pairs) != rank or any(len(p) != 2 or not all(is_size(s, 0) for s in p) for p in pairs):
        kind = "an integer or a pair of them" if rank == 1 else f"an integer, {rank} integers, or {rank} pairs of them"
        raise InvalidArgumentError(f"{who(layer)}: {argument} must be {kind}, none of them negative; got {value!r}")
    return tuple(pairs)


class Bordered(Layer):
    """A layer that works on the borders of `rank` spatial axes."""

    rank: int
    argument: str

    def __init__(self, value: Any, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pairs = pairs_of(self, self.argument, value, self.rank)
        self.data_format = format_of(self, data_format)
        self.built = True

    def around(self, inputs: Tensor) -> list[tuple[int, int]]:
        """(before, after) for every axis, the batch's and the channels' included."""
        check_rank(self, inputs.shape, self.rank + 2)
        if self.data_format == "channels_first":
            return [(0, 0), (0, 0), *self.pairs]
        return [(0, 0), *self.pairs, (0, 0)]

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        given = self.pairs[0] if self.rank == 1 else self.pairs
        return {**super().get_config(), self.argument: given, "data_format": self.data_format}


class _ZeroPadding(Bordered):
    argument = "padding"

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        """The inputs with zeros around the spatial axes."""
        return ops.pad(inputs, self.around(inputs))


class ZeroPadding1D(_ZeroPadding):
    """Zeros before and after the steps: (batch, steps, channels) -> (batch, more steps, channels).

    Args:
        padding: how many, or (before, after).
        data_format: "channels_last" (default) or "channels_first".

    Example:
        >>> import hornbeam as hb
        >>> ZeroPadding1D((1, 2))(hb.ops.ones((1, 3, 2))).shape
        (1, 6, 2)
    """

    rank = 1


class ZeroPadding2D(_ZeroPadding):
    """Zeros around pictures: (batch, height, width, channels) -> (batch, height', width', channels).

    Args:
        padding: how many, or (rows, columns), or ((above, below), (left, right)).
        data_format: "channels_last" (default) or "channels_first".
    """

    rank = 2


class ZeroPadding3D(_ZeroPadding):
    """Zeros around volumes: (batch, depth, height, width, channels) -> (batch, depth', height', width', channels).

    Args:
        padding: how many, or one number for each axis, or a pair (before, after) for each.
        data_format: "channels_last" (default) or "channels_first".
    """

    rank = 3

    def __init__(self, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


class _Cropping(Bordered):
    argument = "cropping"

    def call(self, inputs: Tensor) -> Tensor:
        """The inputs without the borders of the spatial axes."""
        around = self.around(inputs)
        if any(size <= low + high for size, (low, high) in zip(inputs.shape, around, strict=True) if low or high):
            raise ShapeError(f"{who(self)}: cropping {self.pairs} leaves nothing of inputs of shape {inputs.shape}")
        return inputs[tuple(slice(low, size - high) for size, (low, high) in zip(inputs.shape, around, strict=True))]


class Cropping1D(_Cropping):
    """Without the first and last steps: (batch, steps, channels) -> (batch, fewer steps, channels).

    Args:
        cropping: how many at each end, or (at the beginning, at the end).

    Example:
        >>> import hornbeam as hb
        >>> Cropping1D((1, 2))(hb.ops.ones((1, 6, 2))).shape
        (1, 3, 2)
    """

    rank = 1

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping, None, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        config = super().get_config()
        del config["data_format"]
        return config


class Cropping2D(_Cropping):
    """Pictures without their borders: (batch, height, width, channels) -> (batch, height', width', channels).

    Args:
        cropping: how many pixels, or (rows, columns), or ((above, below), (left, right)).
        data_format: "channels_last" (default) or "channels_first".
    """

    rank = 2

    def __init__(self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)


class Cropping3D(_Cropping):
    """Volumes without their borders: (batch, depth, height, width, channels) -> (batch, depth', height', width', channels).

    Args:
        cropping: how many, or one number for each axis, or a pair (before, after) for each.
        data_format: "channels_last" (default) or "channels_first".
    """

    rank = 3

    def __init__(self, cropping: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)
