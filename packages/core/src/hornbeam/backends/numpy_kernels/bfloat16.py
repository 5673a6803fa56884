"""bfloat16 on NumPy: every operation is carried out in float32 and rounded once, as processors with bfloat16 do.

The ufuncs of ml_dtypes would round after each addition of a sum, and NumPy's inspection of dtypes does not know bfloat16.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

__all__ = ["AS_IT_IS", "in_float32", "narrow_among"]

AS_IT_IS = frozenset({
    "argsort", "barrier", "broadcast_to", "cast", "concatenate", "dynamic_slice", "dynamic_update_slice", "flip", "gather",
    "identity", "nextafter", "pad", "reshape", "scan", "slice", "stop_gradient", "switch", "transpose", "update_slice",
    "where", "while",
})  # fmt: skip
"""Primitives that move numbers or convert them, or run graphs of others."""


def narrow_among(arrays: Sequence[Any]) -> Any:
    """NumPy's dtype of bfloat16, if one of the arrays has it."""
    for array in arrays:
        if array.dtype.kind == "V":
            return array.dtype
    return None


def in_float32(kernel: Callable[..., Any], narrow: Any, arrays: Sequence[Any]) -> Any:
    """What a kernel gives for bfloat16 arrays: computed in float32, and rounded."""
    out = kernel(*(a.astype(np.float32) if a.dtype == narrow else a for a in arrays))
    if isinstance(out, tuple):
        return tuple(_rounded(o, narrow) for o in out)
    return _rounded(out, narrow)


def _rounded(array: Any, narrow: Any) -> Any:
    return array.astype(narrow) if array.dtype == np.float32 else array
