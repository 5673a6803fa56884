"""Variable: a tensor that changes over time, such as a weight; captured steps take it in and hand it back updated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from hornbeam.dtypes import DType, as_dtype
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.interpret import current
from hornbeam.operators import Arithmetic

if TYPE_CHECKING:
    import numpy as np

    from hornbeam.tensor import Tensor

__all__ = ["Variable", "autocast"]

_reading: ContextVar[DType | None] = ContextVar("hornbeam_autocast", default=None)


@contextmanager
def autocast(dtype: DType | None) -> Iterator[None]:
    """A with block in which variables of floating-point dtype are read in `dtype` (None: in their own)."""
    token = _reading.set(dtype)
    try:
        yield
    finally:
        _reading.reset(token)


class Variable(Arithmetic):
    """A named tensor that can be assigned, such as a layer's weight.

    Accepted wherever a tensor is. Inside a compiled function, reading it makes it an input and assigning it an output.

    Args:
        initializer: the first value, or a function `(shape, dtype) -> values`.
        shape: needed with a function; otherwise checked against the value.
        dtype: default: the value's, or the default float for a function.
        trainable: whether optimizers may change it.
        autocast: whether a layer of mixed precision reads it in its compute dtype.
        name: shown in summaries and errors.

    Raises:
        InvalidArgumentError: a function without a shape.
        ShapeError: value and `shape` differ.

    Example:
        >>> import hornbeam as hb
        >>> v = hb.Variable([1.0, 2.0], name="w")
        >>> v.assign(v + 1.0); v.numpy().tolist()
        [2.0, 3.0]
    """

    def __init__(
        self,
        initializer: Any,
        shape: tuple[int, ...] | None = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        name: str = "variable",
    ) -> None:
        from hornbeam.ops.convert import as_tensor

        self.name = name
        self.path = name
        self.trainable = trainable
        self.autocast = autocast
        self.regularizer: Any = None
        self.constraint: Any = None
        if callable(initializer) and not hasattr(initializer, "shape"):
            if shape is None:
                raise InvalidArgumentError(f"variable {name!r} is made by a function and needs a shape")
            initializer = initializer(tuple(shape), dtype=as_dtype(dtype))
        value = as_tensor(initializer, dtype=None if dtype is None else as_dtype(dtype))
        if shape is not None and tuple(shape) != value.shape:
            raise ShapeError(
                f"variable {name!r}: the value has shape {value.shape}, but shape={tuple(shape)} was given"
            )
        self._tensor = value
        self.shape: tuple[int, ...] = value.shape
        self.dtype: DType = value.dtype
        self.shared = True

    @property
    def value(self) -> Tensor:
        """The present value."""
        tensor = current().read(self)
        wanted = _reading.get()
        if wanted is None or wanted == self.dtype or not (self.autocast and self.dtype.is_floating):
            return tensor
        from hornbeam.ops.elementwise.cast import astype

        return astype(tensor, wanted)

    def assign(self, value: Any) -> None:
        """Give it a new value of the same shape; the dtype stays.

        Raises:
            ShapeError: the shape differs.
        """
        from hornbeam.ops.convert import as_tensor
        from hornbeam.ops.elementwise.cast import astype

        tensor = as_tensor(value, like=self.dtype)
        if tensor.shape != self.shape:
            raise ShapeError(
                f"variable {self.path!r} has shape {self.shape}; cannot assign a value of shape {tensor.shape}"
            )
        current().write(self, astype(tensor, self.dtype, copy=False))

    def assign_add(self, value: Any) -> None:
        """Add `value` to it."""
        from hornbeam.ops.elementwise.arithmetic import add

        self.assign(add(self.value, value))

    def assign_sub(self, value: Any) -> None:
        """Subtract `value` from it."""
        from hornbeam.ops.elementwise.arithmetic import subtract

        self.assign(subtract(self.value, value))

    def expose(self) -> Tensor:
        """The stored tensor, which others may now hold: a compiled step copies it before overwriting its memory."""
        self.shared = True
        return self._tensor

    def store(self, tensor: Tensor, shared: bool = True) -> None:
        """Replace the stored tensor (called by interpreters and executables)."""
        self._tensor = tensor
        self.shared = shared

    @property
    def stored(self) -> Tensor:
        """The stored tensor, for a compiled step that replaces it; nobody else may keep it."""
        return self._tensor

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return self._tensor.size

    def numpy(self) -> np.ndarray[Any, Any]:
        """The present value as a read-only NumPy array."""
        return self.value.numpy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        """The present value for NumPy."""
        return self.value.__array__(dtype, copy)

    def __repr__(self) -> str:
        """Name, shape, dtype."""
        return f"<hornbeam.Variable {self.path} shape={self.shape} dtype={self.dtype} trainable={self.trainable}>"

    def __getitem__(self, key: Any) -> Tensor:
        """Elements of the present value."""
        return self.value[key]

    def __len__(self) -> int:
        """Size of the first axis."""
        return len(self.value)

    def __float__(self) -> float:
        """The only element."""
        return float(self.value)

    def __int__(self) -> int:
        """The only element."""
        return int(self.value)

    def __bool__(self) -> bool:
        """The truth of the only element."""
        return bool(self.value)
