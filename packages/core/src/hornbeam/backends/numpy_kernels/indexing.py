"""Scatter on NumPy: one call of a ufunc's `at`, or one assignment; running sums for every NumPy 2."""

from __future__ import annotations

from typing import Any

import numpy as np

KERNELS: dict[str, Any] = {}


def _gather(xp: Any, x: Any, index: Any) -> Any:
    return np.take(x, index, axis=0)


def _scatter(xp: Any, x: Any, index: Any, updates: Any, *, mode: str) -> Any:
    out = x.copy()
    if mode == "set":
        out[index] = updates
    else:
        {"add": np.add, "max": np.maximum, "min": np.minimum}[mode].at(out, index, updates)
    return out


def _cumulative_sum(xp: Any, x: Any, *, axis: int) -> Any:
    return np.cumsum(x, axis=axis, dtype=x.dtype)


KERNELS.update({"gather": _gather, "scatter": _scatter, "cumulative_sum": _cumulative_sum})
