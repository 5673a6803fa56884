"""Operators (x + y, -x, ...) and methods (x.sum(), x.T, ...) of tensors and variables: sugar over the functions of hornbeam.ops."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

from hornbeam import ops
from hornbeam.errors import InvalidArgumentError, ShapeError

if TYPE_CHECKING:
    from hornbeam.tensor import Tensor

__all__ = ["Arithmetic", "Methods"]


class Arithmetic:
    """The operators that a tensor and a variable share. With what is no number and no array, they leave it to the other side."""

    __slots__ = ()

    def __add__(self, other: Any) -> Tensor:
        return ops.add(self, other) if _operand(other) else NotImplemented

    def __radd__(self, other: Any) -> Tensor:
        return ops.add(other, self) if _operand(other) else NotImplemented

    def __sub__(self, other: Any) -> Tensor:
        return ops.subtract(self, other) if _operand(other) else NotImplemented

    def __rsub__(self, other: Any) -> Tensor:
        return ops.subtract(other, self) if _operand(other) else NotImplemented

    def __mul__(self, other: Any) -> Tensor:
        return ops.multiply(self, other) if _operand(other) else NotImplemented

    def __rmul__(self, other: Any) -> Tensor:
        return ops.multiply(other, self) if _operand(other) else NotImplemented

    def __truediv__(self, other: Any) -> Tensor:
        return ops.divide(self, other) if _operand(other) else NotImplemented

    def __rtruediv__(self, other: Any) -> Tensor:
        return ops.divide(other, self) if _operand(other) else NotImplemented

    def __floordiv__(self, other: Any) -> Tensor:
        return ops.floor_divide(self, other) if _operand(other) else NotImplemented

    def __rfloordiv__(self, other: Any) -> Tensor:
        return ops.floor_divide(other, self) if _operand(other) else NotImplemented

    def __mod__(self, other: Any) -> Tensor:
        return ops.remainder(self, other) if _operand(other) else NotImplemented

    def __rmod__(self, other: Any) -> Tensor:
        return ops.remainder(other, self) if _operand(other) else NotImplemented

    def __pow__(self, other: Any) -> Tensor:
        return ops.pow(self, other) if _operand(other) else NotImplemented

    def __rpow__(self, other: Any) -> Tensor:
        return ops.pow(other, self) if _operand(other) else NotImplemented

    def __matmul__(self, other: Any) -> Tensor:
        return ops.matmul(self, other) if _operand(other) else NotImplemented

    def __rmatmul__(self, other: Any) -> Tensor:
        return ops.matmul(other, self) if _operand(other) else NotImplemented

    def __and__(self, other: Any) -> Tensor:
        return ops.bitwise_and(self, other) if _operand(other) else NotImplemented

    def __rand__(self, other: Any) -> Tensor:
        return ops.bitwise_and(other, self) if _operand(other) else NotImplemented

    def __or__(self, other: Any) -> Tensor:
        return ops.bitwise_or(self, other) if _operand(other) else NotImplemented

    def __ror__(self, other: Any) -> Tensor:
        return ops.bitwise_or(other, self) if _operand(other) else NotImplemented

    def __xor__(self, other: Any) -> Tensor:
        return ops.bitwise_xor(self, other) if _operand(other) else NotImplemented

    def __rxor__(self, other: Any) -> Tensor:
        return ops.bitwise_xor(other, self) if _operand(other) else NotImplemented

    def __lshift__(self, other: Any) -> Tensor:
        return ops.bitwise_left_shift(self, other) if _operand(other) else NotImplemented

    def __rlshift__(self, other: Any) -> Tensor:
        return ops.bitwise_left_shift(other, self) if _operand(other) else NotImplemented

    def __rshift__(self, other: Any) -> Tensor:
        return ops.bitwise_right_shift(self, other) if _operand(other) else NotImplemented

    def __rrshift__(self, other: Any) -> Tensor:
        return ops.bitwise_right_shift(other, self) if _operand(other) else NotImplemented

    def __lt__(self, other: Any) -> Tensor:
        return ops.less(self, other) if _operand(other) else NotImplemented

    def __le__(self, other: Any) -> Tensor:
        return ops.less_equal(self, other) if _operand(other) else NotImplemented

    def __gt__(self, other: Any) -> Tensor:
        return ops.greater(self, other) if _operand(other) else NotImplemented

    def __ge__(self, other: Any) -> Tensor:
        return ops.greater_equal(self, other) if _operand(other) else NotImplemented

    def __neg__(self) -> Tensor:
        return ops.negative(self)

    def __pos__(self) -> Tensor:
        return ops.positive(self)

    def __abs__(self) -> Tensor:
        return ops.abs(self)

    def __invert__(self) -> Tensor:
        return ops.bitwise_invert(self)


class Methods(Arithmetic):
    """What a tensor has besides: equality by element, operators in place that keep the shape, functions as methods.

    The methods that reduce take `out=None`, since `numpy.sum(tensor)` and its like call them with it.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> Tensor:  # type: ignore[override]
        return ops.equal(self, other) if _operand(other) else NotImplemented

    def __ne__(self, other: object) -> Tensor:  # type: ignore[override]
        return ops.not_equal(self, other) if _operand(other) else NotImplemented

    def __iadd__(self, other: Any) -> Tensor:
        return _same_shape(self, ops.add(self, other))

    def __isub__(self, other: Any) -> Tensor:
        return _same_shape(self, ops.subtract(self, other))

    def __imul__(self, other: Any) -> Tensor:
        return _same_shape(self, ops.multiply(self, other))

    def __itruediv__(self, other: Any) -> Tensor:
        return _same_shape(self, ops.divide(self, other))

    def __ifloordiv__(self, other: Any) -> Tensor:
        return _same_shape(self, ops.floor_divide(self, other))

    def __imod__(self, other: Any) -> Tensor:
        return _same_shape(self, ops.remainder(self, other))

    def __ipow__(self, other: Any) -> Tensor:
        return _same_shape(self, ops.pow(self, other))

    def __imatmul__(self, other: Any) -> Tensor:
        return _same_shape(self, ops.matmul(self, other))

    def __iand__(self, other: Any) -> Tensor:
        return _same_shape(self, ops.bitwise_and(self, other))

    def __ior__(self, other: Any) -> Tensor:
        return _same_shape(self, ops.bitwise_or(self, other))

    def __ixor__(self, other: Any) -> Tensor:
        return _same_shape(self, ops.bitwise_xor(self, other))

    def __ilshift__(self, other: Any) -> Tensor:
        return _same_shape(self, ops.bitwise_left_shift(self, other))

    def __irshift__(self, other: Any) -> Tensor:
        return _same_shape(self, ops.bitwise_right_shift(self, other))

    def sum(self, axis: Any = None, *, dtype: Any = None, out: None = None, keepdims: bool = False) -> Tensor:
        """`hb.ops.sum` of this tensor."""
        return ops.sum(_no_out(self, out), axis, dtype=dtype, keepdims=keepdims)

    def prod(self, axis: Any = None, *, dtype: Any = None, out: None = None, keepdims: bool = False) -> Tensor:
        """`hb.ops.prod` of this tensor."""
        return ops.prod(_no_out(self, out), axis, dtype=dtype, keepdims=keepdims)

    def mean(self, axis: Any = None, *, dtype: Any = None, out: None = None, keepdims: bool = False) -> Tensor:
        """`hb.ops.mean` of this tensor, converted to `dtype` first."""
        return ops.mean(_no_out(self, out, dtype), axis, keepdims=keepdims)

    def max(self, axis: Any = None, *, out: None = None, keepdims: bool = False) -> Tensor:
        """`hb.ops.max` of this tensor."""
        return ops.max(_no_out(self, out), axis, keepdims=keepdims)

    def min(self, axis: Any = None, *, out: None = None, keepdims: bool = False) -> Tensor:
        """`hb.ops.min` of this tensor."""
        return ops.min(_no_out(self, out), axis, keepdims=keepdims)

    def any(self, axis: Any = None, *, out: None = None, keepdims: bool = False) -> Tensor:
        """`hb.ops.any` of this tensor."""
        return ops.any(_no_out(self, out), axis, keepdims=keepdims)

    def all(self, axis: Any = None, *, out: None = None, keepdims: bool = False) -> Tensor:
        """`hb.ops.all` of this tensor."""
        return ops.all(_no_out(self, out), axis, keepdims=keepdims)

    def argmax(self, axis: int | None = None, *, out: None = None, keepdims: bool = False) -> Tensor:
        """`hb.ops.argmax` of this tensor."""
        return ops.argmax(_no_out(self, out), axis, keepdims=keepdims)

    def argmin(self, axis: int | None = None, *, out: None = None, keepdims: bool = False) -> Tensor:
        """`hb.ops.argmin` of this tensor."""
        return ops.argmin(_no_out(self, out), axis, keepdims=keepdims)

    def var(
        self, axis: Any = None, *, correction: float = 0.0, dtype: Any = None, out: None = None, ddof: float = 0.0,
        keepdims: bool = False,
    ) -> Tensor:  # fmt: skip
        """`hb.ops.var` of this tensor, converted to `dtype` first; `ddof` is NumPy's older name of `correction`."""
        return ops.var(_no_out(self, out, dtype), axis, correction=correction or ddof, keepdims=keepdims)

    def std(
        self, axis: Any = None, *, correction: float = 0.0, dtype: Any = None, out: None = None, ddof: float = 0.0,
        keepdims: bool = False,
    ) -> Tensor:  # fmt: skip
        """`hb.ops.std` of this tensor, converted to `dtype` first; `ddof` is NumPy's older name of `correction`."""
        return ops.std(_no_out(self, out, dtype), axis, correction=correction or ddof, keepdims=keepdims)

    def reshape(self, *shape: Any) -> Tensor:
        """`hb.ops.reshape` of this tensor, to a shape given as one tuple or as several sizes."""
        return ops.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Tensor:
        """`hb.ops.transpose` of this tensor; the order of the axes is given as one tuple, as several numbers, or not at all."""
        return ops.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def astype(self, dtype: Any, *, copy: bool = True) -> Tensor:
        """`hb.ops.astype` of this tensor."""
        return ops.astype(self, dtype, copy=copy)

    @property
    def T(self) -> Tensor:
        """This tensor with its axes in the opposite order."""
        return ops.transpose(self)

    @property
    def mT(self) -> Tensor:
        """This tensor with its last two axes exchanged."""
        return ops.matrix_transpose(self)


def _operand(x: Any) -> bool:
    return isinstance(x, (Arithmetic, numbers.Number)) or hasattr(x, "__array__")


def _no_out(x: Any, out: None, dtype: Any = None) -> Any:
    """The tensor, in `dtype` where there is one; there is no memory of others to write a result into."""
    if out is not None:
        raise InvalidArgumentError(
            f"a tensor cannot be reduced into out={type(out).__name__}: leave out=, and use what is returned"
        )
    return x if dtype is None else ops.astype(x, dtype)


def _same_shape(before: Any, after: Tensor) -> Tensor:
    if after.shape != before.shape:
        raise ShapeError(f"an in-place operation cannot change shape {before.shape} to {after.shape}")
    return after
