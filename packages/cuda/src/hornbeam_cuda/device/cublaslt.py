"""cuBLASLt by ctypes: fourteen functions, and the numbers of its header that are used (cublasLt.h of CUDA 12 and 13)."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, byref, c_double, c_float, c_int, c_int32, c_int64, c_size_t, c_uint64, c_void_p
from typing import Any

from hornbeam_cuda.device.libraries import Functions

__all__ = ["DATA_TYPES", "Attribute", "CublasLt", "Heuristic", "LayoutAttribute", "Preference"]

DATA_TYPES = {"float32": 0, "float64": 1, "float16": 2, "bfloat16": 14}  # cudaDataType
COMPUTE_32F, COMPUTE_32F_FAST_TF32, COMPUTE_64F = 68, 77, 70
EPILOGUES = {"none": 1, "bias": 4, "left sums": 512, "right sums": 256}  # the library's A is the right operand
REDUCE_IN_COMPUTE_TYPE = 2

NOT_SUPPORTED = 15
STATUSES = {
    1: "not initialised",
    3: "out of memory",
    7: "invalid value",
    8: "architecture mismatch",
    13: "execution failed",
    14: "internal error",
    NOT_SUPPORTED: "not supported",
}


class Attribute:
    """Attributes of a product's description."""

    TRANSA, TRANSB, EPILOGUE, BIAS_POINTER, BIAS_DATA_TYPE = 3, 4, 7, 8, 26


class LayoutAttribute:
    """Attributes of a matrix."""

    BATCH_COUNT, BATCH_STRIDE = 5, 6


class Preference:
    """Attributes of the search for an algorithm."""

    WORKSPACE, REDUCTIONS = 1, 3
    ALIGNMENTS = (5, 6, 7, 8)  # of A, B, C, D, in bytes


class Algorithm(Structure):
    """What the library knows an algorithm by: 64 bytes of its own."""

    _fields_ = (("data", c_uint64 * 8),)


class Heuristic(Structure):
    """One answer of the search: 96 bytes."""

    _fields_ = (
        ("algorithm", Algorithm),
        ("workspace", c_size_t),
        ("state", c_int),
        ("waves", c_float),
        ("reserved", c_int * 4),
    )


_SIGNATURES: dict[str, tuple[Any, ...]] = {
    "Create": (POINTER(c_void_p),),
    "Destroy": (c_void_p,),
    "MatmulDescCreate": (POINTER(c_void_p), c_int, c_int),
    "MatmulDescSetAttribute": (c_void_p, c_int, c_void_p, c_size_t),
    "MatmulDescDestroy": (c_void_p,),
    "MatrixLayoutCreate": (POINTER(c_void_p), c_int, c_uint64, c_uint64, c_int64),
    "MatrixLayoutSetAttribute": (c_void_p, c_int, c_void_p, c_size_t),
    "MatrixLayoutDestroy": (c_void_p,),
    "MatmulPreferenceCreate": (POINTER(c_void_p),),
    "MatmulPreferenceSetAttribute": (c_void_p, c_int, c_void_p, c_size_t),
    "MatmulPreferenceDestroy": (c_void_p,),
    "MatmulAlgoGetHeuristic": (*(c_void_p,) * 7, c_int, POINTER(Heuristic), POINTER(c_int)),
    "Matmul": (*(c_void_p,) * 11, c_void_p, POINTER(Algorithm), c_void_p, c_size_t, c_void_p),
}


class CublasLt(Functions):
    """The library's functions; each raises where the library answers with an error.

    Args:
        library: the loaded library; functions are found in it by name.
    """

    def __init__(self, library: Any) -> None:
        super().__init__(library, "cublasLt", _SIGNATURES, lambda status: STATUSES.get(status, "error"))
        version = library.cublasLtGetVersion
        version.argtypes, version.restype = (), c_size_t
        self.version = str(version())

    def made(self, kind: str, *arguments: Any) -> c_void_p:
        """What `cublasLt<kind>Create` makes."""
        made = c_void_p()
        self.call(f"{kind}Create", byref(made), *arguments)
        return made

    def set(self, kind: str, of: c_void_p, attribute: int, value: Any) -> None:
        """Set an attribute to a ctypes value."""
        self.call(f"{kind}SetAttribute", of, attribute, byref(value), ctypes.sizeof(value))

    def layout(self, dtype: str, rows: int, columns: int, leading: int, batch: int, stride: int) -> c_void_p:
        """A matrix whose columns lie one after the other, `leading` elements apart; or a stack of them, `stride` apart."""
        made = self.made("MatrixLayout", DATA_TYPES[dtype], rows, columns, leading)
        if batch > 1:
            self.set("MatrixLayout", made, LayoutAttribute.BATCH_COUNT, c_int32(batch))
            self.set("MatrixLayout", made, LayoutAttribute.BATCH_STRIDE, c_int64(stride))
        return made

    def heuristics(
        self, handle: c_void_p, description: Any, layouts: Any, preference: Any, most: int
    ) -> list[Heuristic]:
        """The algorithms that the library would take, best first; none where it has none."""
        found, count = (Heuristic * most)(), c_int(0)
        arguments = (handle, description, *layouts, preference, most, found, byref(count))
        if self.call("MatmulAlgoGetHeuristic", *arguments, allowed=NOT_SUPPORTED):
            return []
        return [h for h in found[: count.value] if h.state == 0]


def scalar(dtype: str, value: float) -> c_float | c_double:
    """A factor in the type in which products of a dtype are summed."""
    return c_double(value) if dtype == "float64" else c_float(value)
