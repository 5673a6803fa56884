"""What is known of a tensor, and its numbers seen in another way."""

from __future__ import annotations

from typing import Any

from hornbeam.dtypes import DType, as_dtype
from hornbeam.errors import DTypeError, ShapeError
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.arithmetic import multiply
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import greater_equal, less_equal, where
from hornbeam.ops.elementwise.complex import complex as make_complex
from hornbeam.ops.elementwise.complex import imag, real
from hornbeam.ops.elementwise.trigonometric import cos, sin
from hornbeam.ops.info import finite_limits
from hornbeam.ops.joining import stack
from hornbeam.tensor import Tensor

__all__ = [
    "array", "dtype", "ndim", "polar", "saturate_cast", "shape", "size", "view_as_complex",
    "view_as_real",
]  # fmt: skip


def array(x: Any, dtype: Any = None) -> Tensor:
    """A tensor of a number, nested lists, an array or a tensor (another name of `asarray`).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.array([1, 2], "float32").dtype
        'float32'
    """
    return as_tensor(x, None if dtype is None else as_dtype(dtype))


def shape(x: Any) -> tuple[int, ...]:
    """The sizes of the axes.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.shape(hb.ops.zeros((2, 3)))
        (2, 3)
    """
    return as_tensor(x).shape


def ndim(x: Any) -> int:
    """The number of axes.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.ndim(hb.ops.zeros((2, 3)))
        2
    """
    return as_tensor(x).ndim


def size(x: Any) -> int:
    """The number of elements.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.size(hb.ops.zeros((2, 3)))
        6
    """
    return as_tensor(x).size


def dtype(x: Any) -> DType:
    """The data type.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.dtype(hb.ops.zeros(2))
        'float32'
    """
    return as_tensor(x).dtype


def saturate_cast(x: Any, dtype: Any) -> Tensor:
    """The tensor in another dtype, in which numbers out of its range become its smallest or largest.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.saturate_cast(hb.ops.asarray([-1.0, 300.0]), "uint8").numpy().tolist()
        [0, 255]
    """
    tensor, target = as_tensor(x), as_dtype(dtype)
    if target.kind in ("bool", "complex") or tensor.dtype.kind in ("bool", "complex"):
        return astype(tensor, target)
    low, high = finite_limits(target)
    below, above = finite_limits(tensor.dtype)
    out = tensor
    if low >= below:
        under = less_equal(tensor, as_tensor(low, tensor.dtype))
        out = where(under, 0, out)
    if high <= above:
        over = greater_equal(tensor, as_tensor(high, tensor.dtype))
        out = where(over, 0, out)
    out = astype(out, target)
    if low >= below:
        out = where(under, as_tensor(low, target), out)
    return where(over, as_tensor(high, target), out) if high <= above else out


def polar(abs_: Any, angle: Any) -> Tensor:
    """The complex numbers of given absolute values and angles (in radians).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.polar(2.0, 0.0).item()
        (2+0j)
    """
    radius, turn = as_float(abs_), as_float(angle)
    return make_complex(multiply(radius, cos(turn)), multiply(radius, sin(turn)))


def view_as_complex(x: Any) -> Tensor:
    """The complex numbers whose real and imaginary parts lie along the last axis.

    Args:
        x: (..., 2).

    Raises:
        ShapeError: the last axis is not of size 2.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.view_as_complex(hb.ops.asarray([1.0, 2.0])).item()
        (1+2j)
    """
    tensor = as_float(x)
    if not tensor.ndim or tensor.shape[-1] != 2:
        raise ShapeError(f"view_as_complex needs real and imaginary parts on the last axis; got shape {tensor.shape}")
    return make_complex(tensor[..., 0], tensor[..., 1])


def view_as_real(x: Any) -> Tensor:
    """The real and imaginary parts along a new last axis.

    Raises:
        DTypeError: the tensor is not complex.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.view_as_real(hb.ops.asarray([1 + 2j])).numpy().tolist()
        [[1.0, 2.0]]
    """
    tensor = as_tensor(x)
    if tensor.dtype.kind != "complex":
        raise DTypeError(f"view_as_real takes complex tensors; got {tensor.dtype}")
    return stack([real(tensor), imag(tensor)], axis=-1)
