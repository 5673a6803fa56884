"""What this machine reaches at best: operations a second in a large product, bytes a second copying memory."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["peaks"]


@functools.cache
def peaks() -> tuple[float, float]:
    """Measured once a process, in about a tenth of a second, on the threads that compiled steps use.

    Returns:
        Floating-point operations a second in float32, and bytes a second read and written by a copy larger than the caches.
    """
    import hornbeam as hb
    from hornbeam.backends.base import using_backend

    rng = np.random.default_rng(0)
    with using_backend("cpu"):
        a, b = (hb.ops.asarray(rng.random((1024, 1024), dtype=np.float32)) for _ in range(2))
        product = hb.jit(lambda a, b: hb.ops.matmul(a, b))
        big = hb.Variable(rng.random(16 * 1024**2, dtype=np.float32))
        flip = hb.jit(lambda: big.assign(-big.value))
        return 2 * 1024**3 / _fastest(product, a, b), 2 * 4 * big.size / _fastest(flip)


def _fastest(function: Callable[..., Any], *args: Any) -> float:
    function(*args)
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        function(*args)
        best = min(best, time.perf_counter() - start)
    return best
