"""Any library that follows the Python array API standard as a backend: generic kernels, operation by operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam.backends.base import Backend
from hornbeam.dtypes import ALL, DType
from hornbeam.host import from_library, quiet
from hornbeam.primitive import Primitive

__all__ = ["ArrayAPIBackend"]


class ArrayAPIBackend(Backend):
    """A backend made of an array-API namespace.

    Args:
        name: what it is called.
        xp: the namespace; version 2023.12 of the standard or later, with the linalg extension.

    Example:
        >>> import array_api_strict, hornbeam as hb
        >>> from hornbeam.backends.array_api import ArrayAPIBackend
        >>> from hornbeam.backends.base import using_backend
        >>> with using_backend(ArrayAPIBackend("strict", array_api_strict)):
        ...     hb.ops.exp(hb.ops.zeros(2)).numpy().tolist()
        [1.0, 1.0]
    """

    def __init__(self, name: str, xp: Any) -> None:
        super().__init__()
        self.name = name
        self.xp = xp
        self._dtypes = [(getattr(xp, name), dtype) for name, dtype in ALL.items() if hasattr(xp, name)]

    def from_host(self, array: Any, dtype: DType) -> Any:
        """A copy in the library's memory.

        Raises:
            BackendError: the library has no such dtype.
        """
        return self.xp.asarray(array, dtype=self.native(dtype), copy=True)

    def to_host(self, array: Any) -> Any:
        """A read-only NumPy array, through DLPack."""
        return from_library(array)

    def dtype_of(self, array: Any) -> DType:
        """The DType of an array; the library's dtypes need not be hashable, only comparable with one another."""
        return next(dtype for native, dtype in self._dtypes if native == array.dtype)

    def run(self, primitive: Primitive, arrays: Sequence[Any], params: dict[str, Any]) -> Any:
        """Run one primitive by its generic kernel; overflow and the like give infinities and NaN, not warnings."""
        with quiet():
            return super().run(primitive, arrays, params)
