"""From whatever holds numbers to tensors, and tensors to one dtype."""

from __future__ import annotations

from typing import Any

from hornbeam.backends.base import current_backend
from hornbeam.dtypes import DType, as_dtype, promote, scalar_dtype
from hornbeam.errors import CopyNeededError, InvalidArgumentError
from hornbeam.host import as_host
from hornbeam.tensor import Tensor
from hornbeam.tree import leaves
from hornbeam.variable import Variable

__all__ = ["asarray", "convert_to_numpy", "convert_to_tensor", "is_tensor"]


def as_tensor(x: Any, dtype: Any = None, like: DType | None = None) -> Tensor:
    """A tensor of `x`: itself if it is one.

    Args:
        x: tensor, variable, Python number, nested lists, or anything NumPy can read.
        dtype: convert to it.
        like: the dtype beside which a Python number is read (it is weak, and does not widen it).
    """
    kind = type(x)
    if kind is Tensor:
        tensor = x
    elif kind is Variable:
        tensor = x.value
    elif kind is float or kind is int or kind is bool or kind is complex:
        return constant(x, as_dtype(dtype) if dtype is not None else scalar_dtype(x, () if like is None else (like,)))
    elif isinstance(x, Tensor):
        tensor = x
    elif isinstance(x, Variable):
        tensor = x.value
    elif isinstance(x, (list, tuple)) and any(isinstance(leaf, (Tensor, Variable)) for leaf in leaves(x)):
        from hornbeam.ops.joining import stack

        tensor = stack([as_tensor(item) for item in x])
    else:
        return constant(x, None if dtype is None else as_dtype(dtype))
    if dtype is not None and tensor.dtype != dtype:
        from hornbeam.ops.elementwise.cast import astype

        return astype(tensor, dtype)
    return tensor


def constant(x: Any, dtype: DType | None) -> Tensor:
    """A new tensor of host data, on the current backend."""
    array, found = as_host(x, dtype)
    backend = current_backend()
    return Tensor(backend.from_host(array, found), array.shape, found, backend)


def promote_tensors(*xs: Any) -> list[Tensor]:
    """Tensors of one dtype: the promotion of all, in which Python numbers are weak."""
    if len(xs) == 2:  # the usual ones without ado
        x, y = xs
        if type(x) is Tensor:
            if type(y) is Tensor and y.dtype is x.dtype:
                return [x, y]
            if type(y) in _NUMBERS and scalar_dtype(y, (x.dtype,)) is x.dtype:
                return [x, constant(y, x.dtype)]
        elif type(y) is Tensor and type(x) in _NUMBERS and scalar_dtype(x, (y.dtype,)) is y.dtype:
            return [constant(x, y.dtype), y]
    tensors: list[Any] = [x if type(x) is Tensor else _strong(x) for x in xs]
    target: DType | None = None
    for t in tensors:
        if type(t) not in _NUMBERS:
            target = t.dtype if target is None else promote(target, t.dtype)
    for t in tensors:
        if type(t) in _NUMBERS:
            weak = scalar_dtype(t, () if target is None else (target,))
            target = weak if target is None else target if weak is target else promote(target, weak)
    return [t if type(t) is Tensor and t.dtype is target else as_tensor(t, dtype=target) for t in tensors]


_NUMBERS = (int, float, bool, complex)


def _strong(x: Any) -> Any:
    return x if type(x) in _NUMBERS else as_tensor(x)


def asarray(obj: Any, /, *, dtype: Any = None, device: str | None = None, copy: bool | None = None) -> Tensor:
    """A tensor of a number, nested lists, an array or a tensor.

    Args:
        obj: the data. Python floats become the default float (float32), integers int32.
        dtype: default: that of the data.
        device: only the current backend's.
        copy: True: changing `obj` in place is not seen in the result; False: it is, for the result is `obj` itself;
            None: a tensor of the right dtype is returned as it is, all else is copied.

    Raises:
        CopyNeededError: `copy` is False, and `obj` is no tensor, or one of another dtype.
        DTypeError: the data are not numbers.
        ShapeError: nested lists are ragged.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.asarray([1, 2]).dtype
        'int32'
    """
    check_device(device)
    tensor = as_tensor(obj, dtype)
    if copy is False and tensor is not (obj.value if isinstance(obj, Variable) else obj):
        wanted = "" if dtype is None else f" as {as_dtype(dtype)}"
        raise CopyNeededError(f"{type(obj).__name__}{wanted} has to be copied; leave copy=False out")
    if copy:
        from hornbeam.ops.movement import identity

        return identity(tensor)
    return tensor


def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None) -> Tensor:
    """A tensor of `x` (Keras's name of `asarray`)."""
    if sparse or ragged:
        raise InvalidArgumentError("sparse and ragged tensors are not supported; pad the rows to one length")
    return as_tensor(x, dtype)


def convert_to_numpy(x: Any) -> Any:
    """The values of `x` as a NumPy array."""
    return as_tensor(x).numpy()


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor."""
    return isinstance(x, Tensor)


def check_device(device: Any) -> None:
    """Raise if `device` is not the current backend's."""
    if device is not None and device != current_backend().device:
        raise InvalidArgumentError(
            f"device {device!r} is not that of the current backend ({current_backend().device!r}); use hb.set_backend."
        )
