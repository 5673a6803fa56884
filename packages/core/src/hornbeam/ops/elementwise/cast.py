"""Conversion between dtypes."""

from __future__ import annotations

from typing import Any

from hornbeam.dtypes import DType, as_dtype, to_float
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor, check_device
from hornbeam.ops.movement import identity
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["astype", "cast"]

cast_p = primitive(
    "cast",
    lambda x, dtype: Spec(x.shape, dtype),
    elementwise=True,
    cases=lambda t: t.case(t.floats("n d", low=-3, high=3), dtype=as_dtype("float64")),
)


@cast_p.kernel
def _(xp: Any, x: Any, dtype: DType) -> Any:
    if dtype == "bool" and x.dtype != xp.bool:
        return x != 0  # the standard has no cast from complex numbers
    return xp.astype(x, getattr(xp, str(dtype)))


@cast_p.vjp("x.spec")
def _(ct: Tensor, x: Spec, dtype: DType) -> Any:
    if not x.dtype.is_inexact or ct is None:
        return None
    if ct.dtype.kind == "complex" and x.dtype.kind != "complex":
        from hornbeam.ops.elementwise.complex import real

        ct = real(ct)
    return astype(ct, x.dtype)


def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: str | None = None) -> Tensor:
    """The tensor in another dtype.

    Args:
        x: tensor of any dtype.
        dtype: the target; a complex tensor becomes real by `real` first.
        copy: False: a tensor of that dtype is returned as it is, so that changing it in place is seen in both.
        device: only the current backend's.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.astype(hb.ops.asarray([1.7]), "int32").numpy().tolist()
        [1]
    """
    check_device(device)
    tensor, target = as_tensor(x), as_dtype(dtype)
    if tensor.dtype is target:
        return identity(tensor) if copy and tensor is x else tensor
    return bind(cast_p, tensor, dtype=target)


def cast(x: Any, dtype: Any) -> Tensor:
    """The tensor in another dtype (Keras's name of `astype`).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.cast(hb.ops.asarray([1.7, -1.7]), "int32").tolist()
        [1, -1]
    """
    return astype(x, dtype, copy=False)


def as_float(x: Any) -> Tensor:
    """The tensor, converted to the default float if it holds integers or booleans."""
    tensor = as_tensor(x)
    return astype(tensor, to_float(tensor.dtype), copy=False)
