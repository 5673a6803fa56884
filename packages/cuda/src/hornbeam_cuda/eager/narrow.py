"""bfloat16 on CuPy: numbers that are only moved go as 16-bit integers, all else is computed in float32 and rounded once.

Most of CuPy's element-wise functions know bfloat16; `where`, sorting, products and linear algebra do not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.backends.numpy_kernels.bfloat16 import in_float32, narrow_among

__all__ = ["run"]

AS_BITS = frozenset({
    "broadcast_to", "concatenate", "dynamic_slice", "dynamic_update_slice", "flip", "gather", "reshape", "slice",
    "transpose", "update_slice", "where",
})  # fmt: skip
"""Primitives that move numbers and do not look at them."""

AS_IT_IS = frozenset({
    "barrier", "cast", "dot_general", "identity", "nextafter", "scan", "stop_gradient", "switch", "while",
})  # fmt: skip
"""Primitives whose kernels know bfloat16."""


def run(name: str, kernel: Callable[..., Any], arrays: Sequence[Any], bits: Any) -> Any:
    """Call a kernel on arrays some of which may hold bfloat16.

    Args:
        name: of the primitive.
        kernel: takes the arrays.
        arrays: its inputs.
        bits: the dtype of 16-bit integers without sign.
    """
    narrow = narrow_among(arrays) if name not in AS_IT_IS else None
    if narrow is None:
        return kernel(*arrays)
    if name not in AS_BITS:
        return in_float32(kernel, narrow, arrays)
    out = kernel(*(a.view(bits) if a.dtype == narrow else a for a in arrays))
    return out.view(narrow) if out.dtype == bits else out
