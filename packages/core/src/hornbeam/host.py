"""The host boundary: Python numbers, lists and NumPy arrays in, NumPy arrays out. NumPy is imported here and in backends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

import numpy as np

from hornbeam.dtypes import DType, as_dtype, scalar_dtype
from hornbeam.errors import DTypeError, InvalidArgumentError, MissingPackageError, ShapeError

__all__ = [
    "as_host", "format_array", "from_library", "host_array", "is_strings", "native_dtype", "quiet", "solvable", "strings",
    "to_array",
]  # fmt: skip


@cache
def _numpys(dtype: DType) -> Any:
    return np.dtype(str(dtype))


def native_dtype(dtype: DType) -> Any:
    """NumPy's dtype of that name; bfloat16 is ml_dtypes's.

    Raises:
        MissingPackageError: bfloat16 without the package ml_dtypes.
    """
    if dtype != "bfloat16":
        return _numpys(dtype)
    try:
        import ml_dtypes
    except ImportError:
        raise MissingPackageError("bfloat16 on the host", "ml_dtypes") from None
    return np.dtype(ml_dtypes.bfloat16)


def as_host(data: Any, dtype: DType | None = None) -> tuple[np.ndarray[Any, Any], DType]:
    """A NumPy array, and its DType, of whatever holds numbers: scalars, nested lists, arrays.

    Python floats become the default float, Python integers int32 (int64 or uint64 where they need it).

    Raises:
        DTypeError: the data are not numbers.
        ShapeError: nested lists are ragged.
    """
    if isinstance(data, (bool, int, float, complex)) and not isinstance(data, np.generic):
        found = dtype or scalar_dtype(data)
        return np.asarray(data, native_dtype(found)), found
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise ShapeError(
            f"cannot make a tensor of {type(data).__name__}: rows have different lengths ({error})"
        ) from None
    if array.dtype.kind not in "biufcV" or (array.dtype.kind == "V" and array.dtype.name != "bfloat16"):
        raise DTypeError(
            f"cannot make a tensor of {type(data).__name__} with elements of type {array.dtype}: expected numbers. "
            "Encode strings and objects as numbers first."
        )
    if dtype is None:
        dtype = (
            _weak(array, data) if isinstance(data, (list, tuple)) and not _holds_arrays(data) else as_dtype(array.dtype)
        )
    native = native_dtype(dtype)
    if dtype.is_integer and array.dtype.kind == "f" and isinstance(data, (list, tuple)):
        array = np.asarray(data, native)  # integers of both signs' largest widths would meet in float64
    if array.dtype != native:
        array = array.astype(native)
    return array, dtype


def is_strings(data: Any) -> bool:
    """Whether it is an array of strings, or of other objects."""
    return isinstance(data, np.ndarray) and data.dtype.kind in "OSUT"


def strings(data: Any) -> np.ndarray[Any, Any]:
    """An array of a list of strings."""
    return np.asarray(data, object)


def _holds_arrays(data: Any) -> bool:
    while isinstance(data, (list, tuple)):
        if not data:
            return False
        data = data[0]
    return hasattr(data, "dtype")


def _whole(data: Any) -> bool:
    """Whether nested lists hold nothing but integers."""
    return all(map(_whole, data)) if isinstance(data, (list, tuple)) else isinstance(data, int)


def _weak(array: np.ndarray[Any, Any], data: Any) -> DType:
    """The DType of nested Python numbers."""
    kind = array.dtype.kind
    if kind == "f" and array.size and array.max() >= 2.0**63 and array.min() >= 0 and _whole(data):
        return scalar_dtype(2**63)  # NumPy makes floats of small integers beside ones that only uint64 holds
    if kind in "fc" or not array.size:
        return scalar_dtype(1j if kind == "c" else 1.0)
    if kind == "b":
        return scalar_dtype(True)
    widest = max(
        scalar_dtype(int(array.min())), scalar_dtype(int(array.max())), key=lambda d: (d.itemsize, d.kind == "uint")
    )
    return widest


def to_array(array: np.ndarray[Any, Any], dtype: Any, copy: bool | None) -> np.ndarray[Any, Any]:
    """What `Tensor.__array__` gives, by NumPy 2's rules for dtype and copy."""
    if dtype is not None and np.dtype(dtype) != array.dtype:
        if copy is False:
            raise ValueError(f"converting {array.dtype} to {np.dtype(dtype)} needs a copy, and copy=False was given")
        return array.astype(dtype)
    return array.copy() if copy else array


def format_array(array: np.ndarray[Any, Any]) -> str:
    """The values as NumPy prints them, abbreviated where there are many."""
    return np.array2string(array, separator=", ", threshold=64, prefix="hornbeam.Tensor(")


def seed_numpy(seed: int) -> None:
    """Seed NumPy's global generator."""
    np.random.seed(seed % 2**32)


def host_array(elements: Sequence[Any], shape: Sequence[int], dtype: DType) -> np.ndarray[Any, Any]:
    """Python numbers in row-major order as a read-only array; floats too large for the dtype become infinite."""
    native = native_dtype(dtype)
    with np.errstate(over="ignore"):
        array = np.asarray(elements, None if dtype.is_inexact else native).astype(native).reshape(tuple(shape))
    array.flags.writeable = False
    return array


def from_library(array: Any) -> np.ndarray[Any, Any]:
    """Another library's array, in host memory, as a read-only NumPy array."""
    found = np.from_dlpack(array)
    found.flags.writeable = False
    return found


def quiet() -> AbstractContextManager[None]:
    """A with block in which NumPy gives infinities and NaN without warnings, also beneath another library."""
    return np.errstate(all="ignore")


@contextmanager
def solvable(message: str) -> Iterator[None]:
    """A with block in which an array library's refusal to factorize a matrix becomes an InvalidArgumentError.

    NumPy's LinAlgError is raised by NumPy and by CuPy, and by what lies above them.
    """
    try:
        yield
    except np.linalg.LinAlgError as error:
        raise InvalidArgumentError(f"{message} ({error})") from None


def float_limits(dtype: DType) -> tuple[float, float, float, float]:
    """eps, the largest, the smallest and the smallest positive normal number of a floating-point dtype."""
    native: Any = native_dtype(dtype)
    if dtype == "bfloat16":
        import ml_dtypes

        finfo: Any = ml_dtypes.finfo
    else:
        finfo = np.finfo
    limits = finfo(native)
    return float(limits.eps), float(limits.max), float(limits.min), float(limits.smallest_normal)
