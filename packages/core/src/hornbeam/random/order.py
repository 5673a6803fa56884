"""Random orders."""

from __future__ import annotations

from typing import Any

from hornbeam import dtypes
from hornbeam.errors import InvalidArgumentError
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.indexing import take
from hornbeam.ops.movement import axes_of
from hornbeam.ops.sorting import argsort
from hornbeam.random.generator import key_of, unit_interval
from hornbeam.tensor import Tensor

__all__ = ["permutation", "shuffle"]


def permutation(n: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """The numbers 0 to n - 1 in a random order; every order is equally likely.

    Args:
        n: how many, at least 0.
        dtype: an integer dtype.
        seed: an integer, a SeedGenerator, a key, or None for the global generator.

    Example:
        >>> import hornbeam as hb
        >>> sorted(hb.random.permutation(4, seed=1).tolist())
        [0, 1, 2, 3]
    """
    if n < 0:
        raise InvalidArgumentError(f"permutation: n cannot be negative; got {n}")
    return astype(argsort(unit_interval(key_of(seed), (n,), dtypes.float64)), dtype)


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Tensor:
    """The tensor with its parts along an axis in a random order.

    Args:
        x: tensor with axes.
        axis: along which.
        seed: as for `permutation`.

    Example:
        >>> import hornbeam as hb
        >>> sorted(hb.random.shuffle([1, 2, 3], seed=1).tolist())
        [1, 2, 3]
    """
    tensor = as_tensor(x)
    (along,) = axes_of(axis, tensor.ndim, "shuffle")
    return take(tensor, permutation(tensor.shape[along], seed=seed), axis=along)
