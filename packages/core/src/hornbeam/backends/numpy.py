"""The NumPy backend: generic kernels on NumPy, faster ones where they pay, and graphs run with preallocated outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backends.base import Backend, Executable
from hornbeam.backends.numpy_kernels import KERNELS
from hornbeam.backends.numpy_kernels.bfloat16 import AS_IT_IS, in_float32, narrow_among
from hornbeam.dtypes import DType
from hornbeam.host import native_dtype
from hornbeam.primitive import Primitive

__all__ = ["NumpyBackend"]


class NumpyBackend(Backend):
    """Arrays are numpy.ndarray; always usable."""

    name = "numpy"
    xp = np

    def __init__(self) -> None:
        super().__init__()
        self.kernels.update(KERNELS)

    def from_host(self, array: Any, dtype: DType) -> Any:
        """A private copy: later changes of the caller's array are not seen."""
        return np.array(array, dtype=native_dtype(dtype))

    def to_host(self, array: Any) -> Any:
        """A read-only view."""
        view = array.view()
        view.flags.writeable = False
        return view

    def native(self, dtype: DType) -> Any:
        """NumPy's dtype of that name."""
        return native_dtype(dtype)

    def run(self, primitive: Primitive, arrays: Sequence[Any], params: dict[str, Any]) -> Any:
        """Run one primitive; NumPy's scalars become arrays without axes. Floating-point warnings are not errors here."""
        narrow = narrow_among(arrays) if primitive.name not in AS_IT_IS else None
        with np.errstate(all="ignore"):
            if narrow is None:
                out = super().run(primitive, arrays, params)
            else:
                run = super().run
                out = in_float32(lambda *wide: run(primitive, wide, params), narrow, arrays)
        if primitive.multiple:
            return tuple(np.asarray(o) for o in out)
        return out if type(out) is np.ndarray else np.asarray(out)

    def compile(self, graph: Any) -> Executable:
        """A plan that runs the graph with preallocated outputs."""
        from hornbeam.backends.numpy_plan import NumpyExecutable

        return NumpyExecutable(graph, self)
