"""Flatten, Reshape, Permute and RepeatVector."""

from __future__ import annotations

import math
from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.arguments import check_positive, check_rank, format_of, who

__all__ = ["Flatten", "Permute", "RepeatVector", "Reshape"]


class Flatten(Layer):
    """(batch, ...) -> (batch, everything else).

    Args:
        data_format: "channels_first" moves the channels to the end before.

    Example:
        >>> import hornbeam as hb
        >>> Flatten()(hb.ops.ones((2, 4, 4, 3))).shape
        (2, 48)
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = format_of(self, data_format)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """All axes but the first in one."""
        if not inputs.ndim:
            raise ShapeError(f"{who(self)}: the input needs at least a batch axis; got shape ()")
        if self.data_format == "channels_first" and inputs.ndim > 2:
            inputs = ops.permute_dims(inputs, (0, *range(2, inputs.ndim), 1))
        return ops.reshape(inputs, (inputs.shape[0], math.prod(inputs.shape[1:])))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "data_format": self.data_format}


class Reshape(Layer):
    """(batch, ...) -> (batch, *target_shape); one size may be -1.

    Example:
        >>> import hornbeam as hb
        >>> Reshape((2, -1))(hb.ops.ones((5, 6))).shape
        (5, 2, 3)
    """

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(target_shape, (list, tuple)) or any(not isinstance(s, int) or s < -1 for s in target_shape):
            raise InvalidArgumentError(
                f"Reshape {self.name!r}: target_shape must be a tuple of sizes, of which one may be -1; got {target_shape!r}"
            )
        self.target_shape = tuple(target_shape)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The elements under the other shape."""
        return ops.reshape(inputs, (inputs.shape[0], *self.target_shape))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "target_shape": self.target_shape}


class Permute(Layer):
    """Axes in another order: axis `dims[i]` of the input is axis i + 1 of the output; the batch's stays first.

    Args:
        dims: the numbers 1, 2, ... in the wanted order.

    Raises:
        InvalidArgumentError: dims is something else.
        ShapeError: the input has another rank.

    Example:
        >>> import hornbeam as hb
        >>> Permute((2, 1))(hb.ops.ones((1, 10, 64))).shape
        (1, 64, 10)
    """

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(dims, (list, tuple)) or sorted(dims) != list(range(1, len(dims) + 1)):
            raise InvalidArgumentError(f"{who(self)}: dims must be the numbers from 1 on in some order; got {dims!r}")
        self.dims = tuple(dims)
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """The elements with their axes in the other order."""
        check_rank(self, inputs.shape, len(self.dims) + 1)
        return ops.permute_dims(inputs, (0, *self.dims))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "dims": self.dims}


class RepeatVector(Layer):
    """The input n times: (batch, features) -> (batch, n, features).

    Raises:
        InvalidArgumentError: n is no positive integer.
        ShapeError: the input has not two axes.

    Example:
        >>> import hornbeam as hb
        >>> RepeatVector(3)(hb.ops.ones((2, 4))).shape
        (2, 3, 4)
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_positive(self, n=n)
        self.n = n
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, features) -> (batch, n, features)."""
        check_rank(self, inputs.shape, 2)
        return ops.broadcast_to(ops.expand_dims(inputs, 1), (inputs.shape[0], self.n, inputs.shape[1]))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "n": self.n}
