"""Runs the launches that templates make on the emulated device, and loop nests in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ml_dtypes
import numpy as np
from hornbeam_cuda.source.described import Loops
from hornbeam_cuda.source.kernel import At, Call, resolved

from tests.cuda.emulator import Counts, EmulatedDevice

__all__ = ["DTYPES", "Bench", "evaluate", "numpy_dtype"]

DTYPES = (
    "bool",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float16",
    "bfloat16",
    "float32",
    "float64",
)
Host = np.ndarray[Any, Any]


def numpy_dtype(dtype: str) -> np.dtype[Any]:
    """NumPy's dtype of a name."""
    return np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)


class Bench:
    """Memory on an emulated device, and launches on it."""

    def __init__(self, backwards: bool = False) -> None:
        self.device = EmulatedDevice(backwards=backwards)
        self.held: list[Any] = []

    def given(self, array: Host) -> At:
        """A copy of an array in memory of its own."""
        at = self.room(max(1, array.nbytes))
        self.device.array(at.base, 0, array.shape, array.dtype.name)[...] = array
        return at

    def room(self, size: int) -> At:
        """Memory of so many bytes."""
        memory = self.device.allocate(size)
        self.held.append(memory)
        return At(memory)

    def run(self, calls: Sequence[Call]) -> Counts:
        """Launch calls in order; returns what they did with memory."""
        self.device.counts()
        loaded = self.device.load([c.kernel for c in calls])
        for call, one in zip(calls, loaded, strict=True):
            arguments = resolved(call.arguments, lambda at: at.base.address + at.offset)
            self.device.launch(one, call.grid, call.block, call.shared, arguments)
        return self.device.counts()

    def seen(self, at: At, shape: Sequence[int], dtype: str) -> Host:
        """What is in memory."""
        return np.array(self.device.array(at.base, at.offset, tuple(shape), dtype), subok=False)


_REDUCE: dict[str, Callable[..., Any]] = {
    **{"reduce_sum": np.sum, "reduce_prod": np.prod, "reduce_max": np.max, "reduce_min": np.min},
    **{"reduce_any": np.any, "reduce_all": np.all},
}


def evaluate(nest: Loops, reads: Sequence[Host], operations: dict[str, Callable[..., Any]]) -> list[Host]:
    """What each write of a nest gets, by NumPy; every value has all the nest's dimensions, of size 1 where it is the same."""
    rank = len(nest.extents)
    parallel, serial, _ = nest.groups
    over = {
        "row": range(parallel + serial, rank),
        "column": range(parallel, parallel + serial),
        "all": range(parallel, rank),
    }
    values: list[Host] = []
    for array, data in zip(nest.reads, reads, strict=True):
        strides = [by * data.itemsize for by in array.strides]
        sizes = [n if by else 1 for n, by in zip(nest.extents, array.strides, strict=True)]
        values.append(np.lib.stride_tricks.as_strided(data.reshape(-1), sizes, strides))
    values += [np.full((1,) * rank, number, numpy_dtype(dtype)) for dtype, number in nest.constants]
    for step in nest.steps:
        xs = [values[n] for n in step.operands]
        kind = numpy_dtype(step.dtype)
        if step.kind.startswith("reduce"):
            axes = tuple(over[step.kind.split()[1]])
            shape = [
                max(x, n) if a in axes else x for a, (x, n) in enumerate(zip(xs[0].shape, nest.extents, strict=True))
            ]
            wide = np.broadcast_to(xs[0], shape)
            wide = wide.astype(np.float64) if kind.kind in "fV" else wide
            values.append(np.asarray(_REDUCE[step.name](wide, axis=axes, keepdims=True)).astype(kind))
        elif step.name == "iota":
            d = int(step.extra[0])
            shape = [n if a == d else 1 for a, n in enumerate(nest.extents)]
            values.append(np.arange(nest.extents[d] if d >= 0 else 1).reshape(shape).astype(kind))
        else:
            values.append(np.asarray(operations[step.name](*xs)).astype(kind))
    found = []
    for array, n in nest.writes:
        shape = [n if by else 1 for n, by in zip(nest.extents, array.strides, strict=True)]
        found.append(np.broadcast_to(values[n], shape))
    return found
