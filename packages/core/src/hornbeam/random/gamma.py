"""The gamma distribution, and those that are made of it."""

from __future__ import annotations

from typing import Any

from hornbeam import dtypes
from hornbeam.dtypes import as_dtype
from hornbeam.errors import InvalidArgumentError
from hornbeam.gradient_rules import stop_gradient
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.arithmetic import maximum, pow, sqrt
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.elementwise.comparison import where
from hornbeam.ops.elementwise.exponential import log
from hornbeam.ops.movement import broadcast_to, static_slice
from hornbeam.random.generator import key_of, normal, size_of, split, unit_interval
from hornbeam.tensor import Tensor

__all__ = ["beta", "gamma"]

ROUNDS = (
    8  # each proposal is accepted with probability above 0.95: all fail once in 10**10 draws, which then give the mode
)


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """Numbers of the gamma distribution of shape parameter `alpha` and scale 1. No gradient flows to `alpha`.

    Args:
        shape: sizes of the axes.
        alpha: positive; a number, or a tensor that broadcasts to `shape`.
        dtype: default: the default float.
        seed: an integer, a SeedGenerator, a key, or None for the global generator.

    Raises:
        InvalidArgumentError: a known `alpha` is not positive.

    Source: Marsaglia & Tsang 2000, "A simple method for generating gamma variables", with eight proposals each, of which the
    first that is accepted counts; for alpha below 1, section 6.

    Example:
        >>> import hornbeam as hb
        >>> bool((hb.random.gamma((100,), 2.0, seed=1) > 0.0).all())
        True
    """
    found, sizes = as_dtype(dtype), size_of(shape)
    work = dtypes.float64 if found == "float64" else dtypes.float32
    a = broadcast_to(stop_gradient(as_tensor(alpha, work)), sizes)
    if not a.owner.symbolic and a.size and not bool((a > 0).all()):
        raise InvalidArgumentError(f"gamma: alpha must be positive; its least element is {float(a.min())}")
    keys = split(key_of(seed), 3)
    proposals = (ROUNDS, *sizes)
    x, u = normal(proposals, dtype=work, seed=keys[0]), 1.0 - unit_interval(keys[1], proposals, work)
    small = a < 1.0
    d = where(small, a + 1.0, a) - 1.0 / 3.0
    root = 1.0 + x / sqrt(9.0 * d)
    cube = root * root * root
    positive = root > 0.0
    v = where(positive, cube, 1.0)
    accepted = positive & (log(u) < 0.5 * x * x + d * (1.0 - v + log(v)))
    value = broadcast_to(as_tensor(1.0, work), sizes)
    for i in range(ROUNDS - 1, -1, -1):
        value = where(_row(accepted, i), _row(v, i), value)
    boost = pow(1.0 - unit_interval(keys[2], sizes, work), 1.0 / a)
    return astype(d * value * where(small, boost, 1.0), found)


def _row(x: Tensor, i: int) -> Tensor:
    zeros = (0,) * (x.ndim - 1)
    return static_slice(x, (i, *zeros), (i + 1, *x.shape[1:])).reshape(x.shape[1:])


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """Numbers of the beta distribution on [0, 1]: x / (x + y) for x of gamma(alpha) and y of gamma(beta).

    Args:
        shape: sizes of the axes.
        alpha, beta: positive; numbers, or tensors that broadcast to `shape`.
        dtype: default: the default float.
        seed: as for `gamma`.

    Example:
        >>> import hornbeam as hb
        >>> bool((hb.random.beta((100,), 2.0, 3.0, seed=1) < 1.0).all())
        True
    """
    found = as_dtype(dtype)
    one, other = split(key_of(seed))
    x, y = gamma(shape, alpha, dtypes.float64, one), gamma(shape, beta, dtypes.float64, other)
    return astype(x / maximum(x + y, 1e-300), found)
