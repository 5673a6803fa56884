"""The reference backend: every primitive by its definition, in plain Python and float64. Slow; the tests' oracle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.backends.base import Backend
from hornbeam.backends.reference import (
    contraction,
    convolution,
    elementwise,
    fourier,
    indexing,
    matrices,
    movement,
    random,
    reduction,
    sorting,
    special,
    spectra,
    window,
)
from hornbeam.backends.reference.array import RefArray, size_of, store
from hornbeam.dtypes import DType
from hornbeam.host import host_array

__all__ = ["ReferenceBackend"]

FAMILIES = (
    elementwise,
    reduction,
    movement,
    contraction,
    convolution,
    window,
    random,
    indexing,
    sorting,
    matrices,
    spectra,
    fourier,
    special,
)


def _without_namespace(kernel: Callable[..., Any]) -> Callable[..., Any]:
    return lambda xp, *arrays, **params: kernel(*arrays, **params)


class ReferenceBackend(Backend):
    """Arrays are lists of Python numbers; kernels are loops. float16, bfloat16 and float32 are only labels."""

    name = "reference"

    def __init__(self) -> None:
        super().__init__()
        for family in FAMILIES:
            self.kernels.update({name: _without_namespace(kernel) for name, kernel in family.KERNELS.items()})

    def from_host(self, array: Any, dtype: DType) -> RefArray:
        """The elements as Python numbers."""
        return RefArray(array.shape, [store(v, dtype) for v in array.ravel().tolist()], dtype)

    def to_host(self, array: RefArray) -> Any:
        """A NumPy array of the dtype that the label names."""
        return host_array(array.data, array.shape, array.dtype)

    def dlpack(self, array: RefArray, **options: Any) -> Any:
        """A copy on the host as a DLPack capsule."""
        return self.to_host(array).copy().__dlpack__(**options)

    def dlpack_device(self, array: RefArray) -> tuple[int, int]:
        """The host's main memory."""
        return (1, 0)

    def copy(self, array: RefArray) -> RefArray:
        """The array itself: none is ever changed."""
        return array

    def row(self, array: RefArray, index: int) -> RefArray:
        """The elements of one place of the first axis."""
        width = size_of(array.shape[1:])
        return RefArray(array.shape[1:], array.data[index * width : (index + 1) * width], array.dtype)

    def stack(self, rows: Sequence[RefArray], spec: Any) -> RefArray:
        """The elements of one row after another."""
        return RefArray((len(rows), *spec.shape), [v for row in rows for v in row.data], spec.dtype)

    def native(self, dtype: DType) -> DType:
        """Dtypes are Hornbeam's own."""
        return dtype
