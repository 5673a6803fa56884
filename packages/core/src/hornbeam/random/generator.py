"""Random numbers from a counter-based generator (Philox 4x32-10): the same on every backend, eager or captured."""

from __future__ import annotations

import math
import secrets
from typing import Any

from hornbeam import dtypes
from hornbeam.dtypes import DType, as_dtype
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.elementwise.arithmetic import add, divide, floor, maximum, minimum, multiply, negative, sqrt, subtract
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import less
from hornbeam.ops.elementwise.exponential import erfinv, log
from hornbeam.ops.elementwise.trigonometric import cos, sin
from hornbeam.ops.joining import concat
from hornbeam.ops.movement import broadcast_to, reshape, static_slice
from hornbeam.ops.reduction import argmax
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor
from hornbeam.variable import Variable

__all__ = [
    "SeedGenerator", "bernoulli", "bits", "categorical", "dropout", "key", "normal", "randint", "set_random_seed",
    "split", "truncated_normal", "uniform",
]  # fmt: skip

_M0, _M1, _W0, _W1 = 0xD2511F53, 0xCD9E8D57, 0x9E3779B9, 0xBB67AE85


def _bits_infer(key: Any, shape: tuple[int, ...]) -> Spec:
    if key.shape != (4,) or key.dtype != "uint32":
        raise ShapeError(f"a random key is uint32[4]; got {key!r}. Make one with hb.random.key(seed).")
    return Spec(shape, dtypes.uint32)


random_bits_p = primitive("random_bits", _bits_infer, zero_gradient=True, cases=lambda t: t.case(t.key(), shape=(3, 5)))


@random_bits_p.kernel
def _(xp: Any, key: Any, *, shape: tuple[int, ...]) -> Any:
    """Philox 4x32-10 (Salmon et al. 2011): key words 0-1, counter (block number, 0, key words 2-3)."""
    count = math.prod(shape)
    blocks = -(-count // 4)
    words = [xp.astype(key[i], xp.uint64) for i in range(4)]
    low = xp.asarray(0xFFFFFFFF, dtype=xp.uint64)
    half = xp.asarray(32, dtype=xp.uint64)
    m0, m1, w0, w1 = (xp.asarray(c, dtype=xp.uint64) for c in (_M0, _M1, _W0, _W1))
    c0 = xp.astype(xp.arange(blocks), xp.uint64)
    zero = xp.zeros((blocks,), dtype=xp.uint64)
    c1, c2, c3 = zero, zero + words[2], zero + words[3]
    k0, k1 = words[0], words[1]
    for _round in range(10):
        p0, p1 = m0 * c0, m1 * c2
        c0, c1, c2, c3 = (p1 >> half) ^ c1 ^ k0, p1 & low, (p0 >> half) ^ c3 ^ k1, p0 & low
        k0, k1 = (k0 + w0) & low, (k1 + w1) & low
    out = xp.astype(xp.reshape(xp.stack([c0, c1, c2, c3], axis=1), (4 * blocks,)), xp.uint32)
    return xp.reshape(out[:count], shape)


def key(seed: int) -> Tensor:
    """A random key: uint32[4], of which each call of a generator below needs its own.

    Args:
        seed: a non-negative integer below 2**64.

    Raises:
        InvalidArgumentError: it is not.
    """
    if not isinstance(seed, int) or not 0 <= seed < 2**64:
        raise InvalidArgumentError(f"a seed is an integer from 0 to 2**64 - 1; got {seed!r}")
    return as_tensor([seed & 0xFFFFFFFF, seed >> 32, 0, 0], dtype=dtypes.uint32)


def split(key: Any, num: int = 2) -> list[Tensor]:
    """`num` new keys, independent of one another and of what `key` itself generates."""
    parent = as_tensor(key)
    child = bind(random_bits_p, _counter(parent, 0x80000000), shape=(num, 4))
    return [reshape(static_slice(child, (i, 0), (i + 1, 4)), (4,)) for i in range(num)]


def _counter(key: Tensor, offset: int) -> Tensor:
    """The key with `offset` mixed into its last counter word."""
    return key ^ as_tensor([0, 0, 0, offset], dtype=dtypes.uint32)


class SeedGenerator:
    """A source of keys whose state is a variable, so that a compiled step advances it too.

    Args:
        seed: an integer, or None for one from the operating system.

    Example:
        >>> import hornbeam as hb
        >>> g = hb.random.SeedGenerator(1)
        >>> a, b = hb.random.uniform((), seed=g), hb.random.uniform((), seed=g)
        >>> float(a) == float(b)
        False
    """

    def __init__(self, seed: int | None = None, name: str = "seed_generator") -> None:
        self.seed = _next_seed() if seed is None else seed
        self.name = name
        self.state = Variable(key(self.seed), trainable=False, name=f"{name}_state")

    def next(self) -> Tensor:
        """A key that was not given before."""
        now = self.state.value
        self.state.assign(add(now, as_tensor([0, 0, 1, 0], dtype=dtypes.uint32)))
        return now

    def get_config(self) -> dict[str, Any]:
        """The seed, to make an equal generator."""
        return {"seed": self.seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """A generator of `get_config`'s result."""
        return cls(**config)


_global: list[SeedGenerator] = []
_seeds: list[int] = []


def set_random_seed(seed: int) -> None:
    """Seed every generator that is made, or used without a seed, from now on (Python's and NumPy's too).

    Args:
        seed: a non-negative integer below 2**64.
    """
    import random

    from hornbeam.host import seed_numpy

    key(seed)
    random.seed(seed)
    seed_numpy(seed)
    _seeds[:] = [seed, 0]
    _global.clear()


def global_state() -> dict[str, Any]:
    """What later draws without a seed, and generators made without one, depend on; see `set_global_state`."""
    keys = [[int(w) for w in g.state.numpy()] for g in _global]
    return {"seeds": list(_seeds), "keys": keys}


def set_global_state(state: dict[str, Any]) -> None:
    """Go on from what `global_state` returned."""
    _seeds[:] = state["seeds"]
    for i, words in enumerate(state["keys"]):
        if i == len(_global):
            _global.append(SeedGenerator(0, "global_seed"))
        _global[i].state.assign(as_tensor(words, dtype=dtypes.uint32))


def _next_seed() -> int:
    if not _seeds:
        return secrets.randbits(63)
    _seeds[1] += 1
    return (_seeds[0] * 0x9E3779B97F4A7C15 + _seeds[1]) % 2**63


def key_of(seed: Any) -> Tensor:
    """A key of whatever Keras calls a seed: an integer, a generator, a key; None for the global generator."""
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if seed is None:
        if not _global:
            _global.append(SeedGenerator(None, "global_seed"))
        return _global[0].next()
    return key(seed) if isinstance(seed, int) else as_tensor(seed)


def size_of(shape: Any) -> tuple[int, ...]:
    sizes = (shape,) if isinstance(shape, int) else tuple(int(s) for s in shape)
    if any(s < 0 for s in sizes):
        raise InvalidArgumentError(f"sizes of axes cannot be negative; got shape {sizes}")
    return sizes


def bits(shape: Any, seed: Any = None) -> Tensor:
    """Random 32-bit words as uint32."""
    return bind(random_bits_p, key_of(seed), shape=size_of(shape))


def unit_interval(key: Tensor, shape: tuple[int, ...], dtype: DType) -> Tensor:
    """Uniform on [0, 1): 24 random bits, or 53 for float64."""
    if dtype == "float64":
        words = astype(bind(random_bits_p, key, shape=(2, math.prod(shape))), dtypes.uint64)
        high, low = (reshape(static_slice(words, (i, 0), (i + 1, words.shape[1])), shape) for i in (0, 1))
        return multiply(astype(add(multiply(high >> 6, 2**27), low >> 5), dtype), 2.0**-53)
    word = bind(random_bits_p, key, shape=shape) >> 8
    value = multiply(astype(word, dtypes.float32), 2.0**-24)
    return (
        value if dtype == "float32" else minimum(astype(value, dtype), 1.0 - 2.0 ** (-11 if dtype == "float16" else -8))
    )


def uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Numbers evenly distributed on [minval, maxval).

    Args:
        shape: sizes of the axes.
        minval, maxval: ends of the range.
        dtype: default: the default float; an integer dtype gives integers.
        seed: an integer, a SeedGenerator, a key, or None for the global generator.

    Example:
        >>> import hornbeam as hb
        >>> bool(hb.random.uniform((100,), seed=1).max() < 1.0)
        True
    """
    found = as_dtype(dtype)
    if found.is_integer:
        return randint(shape, minval, maxval, found, seed)
    unit = unit_interval(key_of(seed), size_of(shape), found)
    return add(multiply(unit, subtract(maxval, minval)), minval)


def normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normally distributed numbers, by Box and Muller's transform; arguments as for `uniform`.

    Example:
        >>> import hornbeam as hb
        >>> hb.random.normal((2, 3), seed=1).shape
        (2, 3)
    """
    found, sizes = as_dtype(dtype), size_of(shape)
    work = dtypes.float64 if found == "float64" else dtypes.float32
    count = math.prod(sizes)
    pairs = -(-count // 2)
    unit = unit_interval(key_of(seed), (2, pairs), work)
    radius = sqrt(multiply(-2.0, log(subtract(1.0, reshape(static_slice(unit, (0, 0), (1, pairs)), (pairs,))))))
    angle = multiply(2 * math.pi, reshape(static_slice(unit, (1, 0), (2, pairs)), (pairs,)))
    both = concat([multiply(radius, cos(angle)), multiply(radius, sin(angle))])
    values = reshape(static_slice(both, (0,), (count,)), sizes)
    return add(multiply(astype(values, found), stddev), mean)


def truncated_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normally distributed numbers within two standard deviations of the mean, by the inverse of the distribution."""
    found = as_dtype(dtype)
    work = dtypes.float64 if found == "float64" else dtypes.float32
    edge = math.erf(2 / math.sqrt(2))
    unit = unit_interval(key_of(seed), size_of(shape), work)
    values = multiply(math.sqrt(2), erfinv(multiply(edge, subtract(multiply(2.0, unit), 1.0))))
    return add(multiply(astype(minimum(maximum(values, -2.0), 2.0), found), stddev), mean)


def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Integers evenly distributed on [minval, maxval).

    Raises:
        InvalidArgumentError: the range is empty.

    Example:
        >>> import hornbeam as hb
        >>> values = hb.random.randint((100,), 1, 7, seed=1)
        >>> int(values.min()), int(values.max())
        (1, 6)
    """
    low, high = int(minval), int(maxval)
    if high <= low:
        raise InvalidArgumentError(f"randint: maxval ({high}) must be above minval ({low})")
    unit = unit_interval(key_of(seed), size_of(shape), dtypes.float64)
    return astype(add(floor(multiply(unit, float(high - low))), float(low)), dtype)


def bernoulli(shape: Any, p: Any = 0.5, dtype: Any = "bool", seed: Any = None) -> Tensor:
    """True (1) with probability `p`.

    Example:
        >>> import hornbeam as hb
        >>> sorted(set(hb.random.bernoulli((100,), seed=1).tolist()))
        [False, True]
    """
    return astype(less(unit_interval(key_of(seed), size_of(shape), dtypes.float32), p), dtype)


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Class indices drawn by unnormalised log-probabilities: (batch, classes) -> (batch, num_samples). Gumbel's trick."""
    scores = as_float(logits)
    if scores.ndim != 2:
        raise ShapeError(f"categorical takes logits of shape (batch, classes); got {scores.shape}")
    rows, classes = scores.shape
    unit = unit_interval(key_of(seed), (rows, num_samples, classes), dtypes.float64)
    noise = negative(log(negative(log(maximum(unit, 2.0**-60)))))
    return astype(argmax(add(astype(reshape(scores, (rows, 1, classes)), noise.dtype), noise), axis=-1), dtype)


def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Tensor:
    """The tensor with a share `rate` of its elements set to 0 and the rest divided by 1 - rate.

    Args:
        inputs: floating-point tensor.
        rate: in [0, 1).
        noise_shape: shape of the mask, broadcast to the tensor; None there or as a whole: the tensor's.
        seed: as for `uniform`.

    Source: Srivastava et al. 2014, "Dropout" (inverted).
    """
    tensor = as_float(inputs)
    if not 0 <= rate < 1:
        raise InvalidArgumentError(f"dropout: rate must be in [0, 1); got {rate}")
    if rate == 0:
        return tensor
    shape = tensor.shape if noise_shape is None else tuple(
        s if n is None else int(n) for n, s in zip(noise_shape, tensor.shape, strict=True)
    )  # fmt: skip
    kept = bernoulli(shape, 1.0 - rate, tensor.dtype, seed)
    return multiply(tensor, broadcast_to(divide(kept, 1.0 - rate), tensor.shape))
