"""Windows that taper a stretch of a signal before its Fourier transform."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.dtypes import floatx
from hornbeam.errors import InvalidArgumentError
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import arange, ones
from hornbeam.ops.elementwise.arithmetic import abs as absolute
from hornbeam.ops.elementwise.arithmetic import add, clip, divide, multiply, negative, sqrt, square, subtract
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.elementwise.special import i0
from hornbeam.ops.elementwise.trigonometric import cos
from hornbeam.tensor import Tensor

__all__ = ["bartlett", "blackman", "hamming", "hanning", "kaiser"]


def _length(x: Any, name: str) -> int:
    number = x.item() if hasattr(x, "item") else x
    if int(number) != number:
        raise InvalidArgumentError(f"{name}: the number of points must be an integer; got {number!r}")
    return max(0, int(number))


def _places(n: int) -> Tensor:
    """-1 to 1 in n steps, in float64: symmetric about the middle."""
    return divide(subtract(multiply(2.0, arange(n, dtype="float64")), float(n - 1)), float(n - 1))


def _cosines(x: Any, name: str, *weights: float) -> Tensor:
    """The sum of weights[k] * cos(pi k t) over t from -1 to 1."""
    n = _length(x, name)
    if n < 2:
        return ones(n)
    angle = multiply(math.pi, _places(n))
    total = as_tensor(weights[0], "float64")
    for k, weight in enumerate(weights[1:], 1):
        total = add(total, multiply(weight, cos(multiply(float(k), angle))))
    return astype(total, floatx())


def hanning(x: Any) -> Tensor:
    """The Hann window of `x` points: 0.5 - 0.5 cos(2 pi k / (x - 1)).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.hanning(3).numpy().tolist()
        [0.0, 1.0, 0.0]
    """
    return _cosines(x, "hanning", 0.5, 0.5)


def hamming(x: Any) -> Tensor:
    """The Hamming window of `x` points: 0.54 - 0.46 cos(2 pi k / (x - 1)).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.hamming(3).tolist()[1]
        1.0
    """
    return _cosines(x, "hamming", 0.54, 0.46)


def blackman(x: Any) -> Tensor:
    """The Blackman window of `x` points: 0.42 - 0.5 cos(2 pi k / (x - 1)) + 0.08 cos(4 pi k / (x - 1)).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.blackman(3).tolist()[1]
        1.0
    """
    return _cosines(x, "blackman", 0.42, 0.5, 0.08)


def bartlett(x: Any) -> Tensor:
    """The triangular window of `x` points, zero at its ends.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.bartlett(5).numpy().tolist()
        [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    n = _length(x, "bartlett")
    return ones(n) if n < 2 else astype(subtract(1.0, absolute(_places(n))), floatx())


def kaiser(x: Any, beta: float) -> Tensor:
    """The Kaiser window of `x` points: i0(beta sqrt(1 - t**2)) / i0(beta) over t from -1 to 1.

    Args:
        x: the number of points.
        beta: 0 gives a rectangle; larger values are narrower.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.kaiser(3, 0.0).numpy().tolist()
        [1.0, 1.0, 1.0]
    """
    n = _length(x, "kaiser")
    if n < 2:
        return ones(n)
    shape = as_tensor(beta, "float64")
    inside = clip(add(1.0, negative(square(_places(n)))), 0.0, 1.0)
    return astype(divide(i0(multiply(shape, sqrt(inside))), i0(shape)), floatx())
