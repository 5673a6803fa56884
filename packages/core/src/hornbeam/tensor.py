"""Tensor: a value and what owns it. Its operators and methods are in operators.py."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hornbeam.dtypes import DType
from hornbeam.errors import CaptureError, ShapeError
from hornbeam.interpret import current, user_line
from hornbeam.operators import Methods

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Tensor", "activation_input", "note_activation"]

_next_uid = itertools.count().__next__


class Tensor(Methods):
    """An n-dimensional array of numbers that operations, gradients and graphs understand.

    Make one with `hb.ops.asarray`, `hb.ops.zeros` and the like. A value is never changed: `t[i] = v` gives this handle a new
    value, and no other tensor sees it.

    Attributes:
        shape: sizes of the axes.
        dtype: data type; equal to its name as a string.
        value: the backend's array, or the graph value that stands for it while a function is captured.
        owner: the backend, or the capture, to which the value belongs.
        mask: set by layers that know which steps count: bool, [batch, time] (see `Layer.compute_mask`).

    Example:
        >>> import hornbeam as hb
        >>> t = hb.ops.asarray([[1.0, 2.0], [3.0, 4.0]])
        >>> t.shape, t.dtype, float((t * t).sum())
        ((2, 2), 'float32', 30.0)
    """

    __slots__ = ("__weakref__", "changed", "dtype", "made_by", "mask", "owner", "shape", "uid", "value")
    mask: Any  # not set on tensors without one
    made_by: tuple[str, Tensor, int]  # set by softmax and sigmoid of layers: name, input, and the identity then
    __array_priority__ = 1000  # NumPy's operators leave mixed operations to ours

    def __init__(self, value: Any, shape: tuple[int, ...], dtype: DType, owner: Any) -> None:
        self.value = value
        self.shape = shape
        self.dtype = dtype
        self.owner = owner
        self.uid = _next_uid()

    # ---- what it is

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        n = 1
        for s in self.shape:
            n *= s
        return n

    @property
    def nbytes(self) -> int:
        """Bytes that the elements take."""
        return self.size * self.dtype.itemsize

    @property
    def device(self) -> str:
        """Where the value lives, such as "cpu"."""
        return str(self.owner.device)

    def to_device(self, device: str, /, *, stream: Any = None) -> Tensor:
        """This tensor on the current backend's device, the only one there is; `stream` has no meaning there.

        Raises:
            InvalidArgumentError: another device is asked for.
        """
        from hornbeam.ops.convert import check_device

        check_device(device)
        return self

    # ---- its values, outside

    def numpy(self) -> np.ndarray[Any, Any]:
        """The values as a read-only NumPy array, without a copy where the memory is the host's.

        Raises:
            CaptureError: the tensor is being captured, and has no value yet.
        """
        return self.owner.to_host(self._concrete("numpy()"))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        """The values for NumPy."""
        from hornbeam.host import to_array

        return to_array(self.owner.to_host(self._concrete("numpy.asarray()")), dtype, copy)

    def __reduce_ex__(self, protocol: Any) -> Any:
        """For pickle and copy: the values, which become a tensor of the backend in use where they are read."""
        if type(self) is not Tensor:
            return super().__reduce_ex__(protocol)
        return _of_values, (self.numpy(), self.dtype)

    def item(self) -> Any:
        """The only element, as a Python number.

        Raises:
            CaptureError: the tensor is being captured, and has no value yet.
            ShapeError: it has another number of elements than one.
        """
        value = self._concrete("item()")
        if self.size != 1:
            raise ShapeError(f"a tensor of shape {self.shape} is not one number: take an element, or use tolist()")
        return self.owner.to_host(value).item()

    def tolist(self) -> Any:
        """The values as nested Python lists."""
        return self.owner.to_host(self._concrete("tolist()")).tolist()

    def _concrete(self, what: str) -> Any:
        if self.owner.symbolic:
            raise CaptureError(
                f"{what} needs the value of a tensor of shape {self.shape}, which is being captured and has none yet, at "
                f"{user_line()}. Use hb.ops.where or hb.ops.cond for a choice, hb.ops.while_loop or hb.ops.scan for a "
                "loop, or run eagerly (run_eagerly=True in compile, or without hb.jit)."
            )
        return self.value

    def __bool__(self) -> bool:
        """The truth of the only element."""
        if self.owner.symbolic:
            self._concrete("a Python branch (if, while, and, or, not)")
        if self.size != 1:
            raise ShapeError(f"a tensor of shape {self.shape} is not one truth: use hb.ops.any or hb.ops.all of it")
        return bool(self.item())

    def __float__(self) -> float:
        """The only element."""
        return float(self.item())

    def __int__(self) -> int:
        """The only element."""
        return int(self.item())

    def __complex__(self) -> complex:
        """The only element."""
        return complex(self.item())

    def __index__(self) -> int:
        """The only element, if it is an integer."""
        if not self.dtype.is_integer:
            raise TypeError(f"only an integer tensor can be used as an index; this one is {self.dtype}")
        return int(self.item())

    def __len__(self) -> int:
        """Size of the first axis."""
        if not self.shape:
            raise TypeError("a tensor without axes has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        """The slices along the first axis."""
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        """Values, shape and dtype; for a captured tensor, what is known of it."""
        if self.owner.symbolic:
            return f"<hornbeam.Tensor shape={self.shape} dtype={self.dtype} captured>"
        from hornbeam.host import format_array

        return f"hornbeam.Tensor({format_array(self.numpy())}, shape={self.shape}, dtype={self.dtype})"

    def __format__(self, spec: str) -> str:
        """Format the only element as a number; several as `repr` does."""
        return format(self.item(), spec) if not self.shape and not self.owner.symbolic else format(repr(self), spec)

    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        """Share the memory with another array library; the arguments are DLPack's, as the array API standard has them."""
        array = self._concrete("__dlpack__()")
        return self.owner.dlpack(array, stream=stream, max_version=max_version, dl_device=dl_device, copy=copy)

    def __dlpack_device__(self) -> tuple[int, int]:
        """DLPack's device type and number."""
        return self.owner.dlpack_device(self._concrete("__dlpack_device__()"))

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        """The namespace of the Python array API standard: hornbeam.ops."""
        from hornbeam import ops
        from hornbeam.errors import InvalidArgumentError

        if api_version not in (None, "2021.12", "2022.12", "2023.12", "2024.12"):
            raise InvalidArgumentError(f"array API version {api_version!r} is not implemented; 2024.12 is the newest.")
        return ops

    # ---- change in place: a new value for this handle

    def replace(self, new: Tensor) -> None:
        """Give this handle the value of `new`; where gradients or a capture would miss it, raise InPlaceError."""
        current().in_place(self)
        self.value, self.dtype, self.owner, self.shape = new.value, new.dtype, new.owner, new.shape
        self.changed = user_line()
        self.uid = new.uid

    def __setitem__(self, key: Any, value: Any) -> None:
        """Replace elements: `t[key] = value`, functionally."""
        from hornbeam.ops.keys import set_item

        self.replace(set_item(self, key, value))

    def __getitem__(self, key: Any) -> Tensor:
        """Elements by NumPy's rules; a boolean mask needs concrete values."""
        from hornbeam.ops.keys import get_item

        return get_item(self, key)


def note_activation(output: Tensor, name: str, x: Tensor) -> Tensor:
    """Remember what an activation made `output` from, so that a loss can start from the logits; gives `output`."""
    output.made_by = (name, x, output.uid)
    return output


def activation_input(output: Tensor, name: str) -> Tensor | None:
    """What the activation `name` made `output` from, or None; None too where `output` was changed in place since."""
    found = getattr(output, "made_by", None)
    return found[1] if found is not None and found[0] == name and found[2] == output.uid else None


def widened(output: Any) -> Any:
    """A prediction in float32 where it is narrower, for losses and metrics; mask and what an activation made it from stay."""
    if not isinstance(output, Tensor) or not output.dtype.is_floating or output.dtype.itemsize >= 4:
        return output
    from hornbeam.ops.elementwise.cast import astype

    wide = astype(output, "float32")
    if getattr(output, "mask", None) is not None:
        wide.mask = output.mask
    made_by = getattr(output, "made_by", None)
    if made_by is not None and made_by[2] == output.uid:
        note_activation(wide, made_by[0], astype(made_by[1], "float32"))
    return wide


def _of_values(values: Any, dtype: DType) -> Tensor:
    from hornbeam.ops.convert import as_tensor

    return as_tensor(values, dtype=dtype)
