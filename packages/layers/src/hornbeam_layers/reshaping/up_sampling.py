"""Every value several times along the spatial axes, or values between."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops

from hornbeam_layers.arguments import check_rank, choice_of, format_of, sizes_of, who

__all__ = ["UpSampling1D", "UpSampling2D", "UpSampling3D"]


def repeated(x: Tensor, size: tuple[int, ...], first: int) -> Tensor:
    """x, with the elements along axis `first` and those after it repeated so often."""
    for axis, times in enumerate(size, first):
        x = ops.repeat(x, times, axis=axis)
    return x


class UpSampling1D(Layer):
    """Every step `size` times: (batch, steps, features) -> (batch, steps * size, features).

    Args:
        size: a positive integer.

    Example:
        >>> import hornbeam as hb
        >>> UpSampling1D(2)(hb.ops.asarray([[[1.0], [2.0]]])).numpy().ravel().tolist()
        [1.0, 1.0, 2.0, 2.0]
    """

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        (self.size,) = sizes_of(size, 1, who(self), "size")
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, steps, features) -> (batch, steps * size, features)."""
        check_rank(self, inputs.shape, 3)
        return ops.repeat(inputs, self.size, axis=1)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "size": self.size}


class UpSampling2D(Layer):
    """Pictures `size` times as large: (batch, height, width, channels) -> (batch, height * size[0], width * size[1], channels).

    Args:
        size: one positive integer, or one for height and one for width.
        data_format: "channels_last" (default) or "channels_first".
        interpolation: "nearest", "bilinear", "bicubic", "lanczos3" or "lanczos5".

    Example:
        >>> import hornbeam as hb
        >>> UpSampling2D((1, 2))(hb.ops.ones((1, 2, 2, 3))).shape
        (1, 2, 4, 3)
    """

    def __init__(
        self, size: Any = 2, data_format: str | None = None, interpolation: str = "nearest", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.size = sizes_of(size, 2, who(self), "size")
        self.data_format = format_of(self, data_format)
        known = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
        self.interpolation = choice_of(self, "interpolation", interpolation, known)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, height, width, channels) -> (batch, height', width', channels)."""
        check_rank(self, inputs.shape, 4)
        first = 2 if self.data_format == "channels_first" else 1
        if self.interpolation == "nearest":
            return repeated(inputs, self.size, first)
        sizes = tuple(s * n for s, n in zip(inputs.shape[first : first + 2], self.size, strict=True))
        return ops.image.resize(inputs, sizes, interpolation=self.interpolation, data_format=self.data_format)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        how = {name: getattr(self, name) for name in ("size", "data_format", "interpolation")}
        return {**super().get_config(), **how}


class UpSampling3D(Layer):
    """Every value `size` times: (batch, depth, height, width, channels) -> (batch, depth * size[0], ..., channels).

    Args:
        size: one positive integer, or one per axis.
        data_format: "channels_last" (default) or "channels_first".
    """

    def __init__(self, size: Any = 2, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = sizes_of(size, 3, who(self), "size")
        self.data_format = format_of(self, data_format)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, depth, height, width, channels) -> (batch, depth', height', width', channels)."""
        check_rank(self, inputs.shape, 5)
        return repeated(inputs, self.size, 2 if self.data_format == "channels_first" else 1)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "size": self.size, "data_format": self.data_format}
