"""tf.random: each call draws anew, with a seed too, whose draws are the same in each run."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import ops, random
from hornbeam.dtypes import as_dtype

from hornbeam_apps.keras_names.tensorflow.naming import sizes

__all__ = ["categorical", "normal", "set_seed", "shuffle", "truncated_normal", "uniform"]

_generators: dict[int, random.SeedGenerator] = {}


def set_seed(seed: int) -> None:
    """Begin all random numbers anew."""
    _generators.clear()
    hb.set_random_seed(seed)


def source(seed: Any) -> Any:
    """The generator of a seed, or of a pair of them; None for that of all."""
    if seed is None:
        return None
    number = int(seed) if isinstance(seed, int) else hash(tuple(int(n) for n in seed)) % 2**31
    return _generators.setdefault(number, random.SeedGenerator(number))


def normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None, name: str | None = None
) -> Any:
    """Numbers of the normal distribution."""
    return random.normal(sizes(shape), mean, stddev, dtype=dtype, seed=source(seed))


def truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None, name: str | None = None
) -> Any:
    """Numbers of the normal distribution, at most two standard deviations from its mean."""
    return random.truncated_normal(sizes(shape), mean, stddev, dtype=dtype, seed=source(seed))


def uniform(
    shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = None, seed: Any = None, name: str | None = None
) -> Any:
    """Numbers from `minval` up to, but without, `maxval`; default of that: 1. Integers for an integer dtype."""
    if dtype is not None and as_dtype(dtype).kind in ("int", "uint"):
        return random.randint(sizes(shape), minval, maxval, dtype=dtype, seed=source(seed))
    return random.uniform(sizes(shape), minval, 1.0 if maxval is None else maxval, dtype=dtype, seed=source(seed))


def shuffle(value: Any, seed: Any = None, name: str | None = None) -> Any:
    """Rows in another order."""
    return random.shuffle(value, seed=source(seed))


def categorical(logits: Any, num_samples: int, dtype: Any = None, seed: Any = None, name: str | None = None) -> Any:
    """Classes by chance, from the logarithms of their probabilities: `num_samples` for each row."""
    return ops.cast(random.categorical(logits, num_samples, seed=source(seed)), dtype or "int64")
