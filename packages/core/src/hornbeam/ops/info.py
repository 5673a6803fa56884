"""Inspection: what dtypes are and how they combine, and what this namespace offers, by the array API standard."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from hornbeam import dtypes, host
from hornbeam.backends.base import current_backend
from hornbeam.dtypes import DType, as_dtype
from hornbeam.errors import DTypeError, InvalidArgumentError
from hornbeam.ops.convert import asarray, check_device
from hornbeam.tensor import Tensor
from hornbeam.variable import Variable

__all__ = ["__array_namespace_info__", "can_cast", "finfo", "from_dlpack", "iinfo", "isdtype", "result_type"]

_INTEGERS = {"signed integer": ("int",), "unsigned integer": ("uint",), "integral": ("int", "uint")}
KINDS = {
    **{"bool": ("bool",), **_INTEGERS, "real floating": ("float",), "complex floating": ("complex",)},
    "numeric": ("int", "uint", "float", "complex"),
}


def isdtype(dtype: Any, kind: Any) -> bool:
    """Whether a dtype is of a kind.

    Args:
        dtype: which.
        kind: a dtype, one of "bool", "signed integer", "unsigned integer", "integral", "real floating", "complex floating",
            "numeric", or a tuple of these.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.isdtype(hb.ops.float32, ("integral", "real floating"))
        True
    """
    if isinstance(kind, tuple):
        return any(isdtype(dtype, k) for k in kind)
    if not isinstance(kind, DType) and kind in KINDS:
        return as_dtype(dtype).kind in KINDS[kind]
    return as_dtype(dtype) is as_dtype(kind)


def _dtype(x: Any) -> DType:
    return x.dtype if isinstance(x, (Tensor, Variable)) else as_dtype(getattr(x, "dtype", x))


def can_cast(from_: Any, to: Any, /) -> bool:
    """Whether promotion leads from a dtype (or a tensor's) to another."""
    return dtypes.can_cast(_dtype(from_), as_dtype(to))


def result_type(*arrays_and_dtypes: Any) -> DType:
    """The dtype to which tensors, dtypes and (weak) Python numbers are promoted.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.result_type(hb.ops.int32, hb.ops.float16, 1.0)
        'float16'
    """
    if not arrays_and_dtypes:
        raise InvalidArgumentError("result_type needs at least one tensor, dtype or number")
    numbers = [x for x in arrays_and_dtypes if isinstance(x, (bool, int, float, complex))]
    found = [_dtype(x) for x in arrays_and_dtypes if not isinstance(x, (bool, int, float, complex))]
    strong = [dtypes.result_type(*found)] if found else []
    return dtypes.result_type(*strong, *(dtypes.scalar_dtype(n, strong) for n in numbers))


class FloatInfo(NamedTuple):
    """The limits of a floating-point dtype; those of a complex one are its parts'."""

    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: DType


class IntegerInfo(NamedTuple):
    """The limits of an integer dtype."""

    bits: int
    max: int
    min: int
    dtype: DType


def finfo(type: Any, /) -> FloatInfo:  # noqa: A002 - the array API's name
    """The limits of a floating-point dtype, or of a tensor's.

    Raises:
        DTypeError: the dtype is not floating-point.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.finfo(hb.ops.float32).eps
        1.1920928955078125e-07
    """
    dtype = _dtype(type)
    if not dtype.is_inexact:
        raise DTypeError(f"finfo describes floating-point dtypes; got {dtype}. Use iinfo for integers.")
    real = as_dtype({"complex64": "float32", "complex128": "float64"}.get(str(dtype), dtype))
    return FloatInfo(8 * real.itemsize, *host.float_limits(real), real)


def iinfo(type: Any, /) -> IntegerInfo:  # noqa: A002 - the array API's name
    """The limits of an integer dtype, or of a tensor's.

    Raises:
        DTypeError: the dtype is not an integer one.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.iinfo(hb.ops.uint8).max
        255
    """
    dtype = _dtype(type)
    if dtype.kind not in ("int", "uint"):
        raise DTypeError(f"iinfo describes integer dtypes; got {dtype}. Use finfo for floats.")
    bits = 8 * dtype.itemsize
    if dtype.kind == "uint":
        return IntegerInfo(bits, 2**bits - 1, 0, dtype)
    return IntegerInfo(bits, 2 ** (bits - 1) - 1, -(2 ** (bits - 1)), dtype)


def lowest_and_highest(dtype: DType) -> tuple[Any, Any]:
    """The ends of a real dtype: infinite for floats."""
    return (-math.inf, math.inf) if dtype.is_floating else finite_limits(dtype)


def finite_limits(dtype: DType) -> tuple[Any, Any]:
    """The smallest and the largest finite number of a real dtype."""
    if dtype == "bool":
        return False, True
    limits: FloatInfo | IntegerInfo = finfo(dtype) if dtype.is_floating else iinfo(dtype)
    return limits.min, limits.max


def from_dlpack(x: Any, /, *, device: str | None = None, copy: bool | None = None) -> Tensor:
    """A tensor of another library's array, through DLPack.

    Args:
        x: an array with `__dlpack__`: on the current backend's GPU, which then shares its memory, or in host memory, whose
            values are copied.
        device: only the current backend's.
        copy: as for `asarray`: a tensor is returned as it is unless `copy` is True.

    Raises:
        CopyNeededError: `copy` is False, and the values have to be copied.

    Example:
        >>> import numpy as np
        >>> import hornbeam as hb
        >>> hb.ops.from_dlpack(np.arange(3)).shape
        (3,)
    """
    backend = current_backend()
    shared = None if isinstance(x, Tensor) else backend.share(x)
    if shared is not None:
        shared = backend.copy(shared) if copy else shared  # somebody else may write to that memory
        x = Tensor(shared, tuple(shared.shape), backend.dtype_of(shared), backend)
    return asarray(x if isinstance(x, Tensor) or copy is False else host.from_library(x), device=device, copy=copy)


class NamespaceInfo:
    """What `hornbeam.ops` offers, by the array API standard's inspection functions."""

    def capabilities(self) -> dict[str, Any]:
        """Boolean masks work on concrete values; so do shapes that depend on values."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> str:
        """The current backend's device."""
        return current_backend().device

    def devices(self) -> list[str]:
        """The current backend's device alone."""
        return [current_backend().device]

    def default_dtypes(self, *, device: str | None = None) -> dict[str, DType]:
        """The dtypes of Python numbers and of indices."""
        check_device(device)
        real = dtypes.floatx()
        return {
            **{"real floating": real, "complex floating": dtypes.scalar_dtype(1j)},
            **{"integral": dtypes.int32, "indexing": dtypes.int32},
        }

    def dtypes(self, *, device: str | None = None, kind: Any = None) -> dict[str, DType]:
        """The standard's dtypes by name, or those of a kind as `isdtype` takes it."""
        check_device(device)
        return {
            n: d
            for n, d in dtypes.ALL.items()
            if n not in ("float16", "bfloat16") and (kind is None or isdtype(d, kind))
        }


def __array_namespace_info__() -> NamespaceInfo:  # noqa: N807 - the array API's name
    """What this namespace offers."""
    return NamespaceInfo()
