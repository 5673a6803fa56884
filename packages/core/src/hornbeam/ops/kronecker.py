"""The Kronecker product."""

from __future__ import annotations

from typing import Any

from hornbeam.ops.convert import promote_tensors
from hornbeam.ops.movement import reshape
from hornbeam.tensor import Tensor

__all__ = ["kron"]


def kron(x1: Any, x2: Any) -> Tensor:
    """The Kronecker product: every element of `x1` times the whole of `x2`, as blocks.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.kron([1, 10], [1, 2]).numpy().tolist()
        [1, 2, 10, 20]
    """
    x, y = promote_tensors(x1, x2)
    rank = max(x.ndim, y.ndim)
    a, b = (1,) * (rank - x.ndim) + x.shape, (1,) * (rank - y.ndim) + y.shape
    left = reshape(x, tuple(v for s in a for v in (s, 1)))
    right = reshape(y, tuple(v for s in b for v in (1, s)))
    return reshape(left * right, tuple(s * r for s, r in zip(a, b, strict=True)))
