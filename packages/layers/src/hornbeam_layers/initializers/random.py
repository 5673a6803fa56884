"""Initializers that draw random values; a fan is the number of inputs or outputs of a weight."""

from __future__ import annotations

import math
from typing import Any

import hornbeam as hb
from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.initializers.base import Initializer

__all__ = [
    "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "LecunNormal", "LecunUniform", "Orthogonal", "RandomNormal",
    "RandomUniform", "TruncatedNormal", "VarianceScaling", "compute_fans",
]  # fmt: skip


class _Random(Initializer):
    """Draws from a generator of its own: every call gives other values; a seed makes the sequence repeatable."""

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed
        self._generator = hb.random.SeedGenerator(seed)


class RandomNormal(_Random):
    """Normally distributed values."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """The values."""
        return hb.random.normal(shape, self.mean, self.stddev, dtype, self._generator)


class TruncatedNormal(_Random):
    """Normally distributed values within two standard deviations."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """The values."""
        return hb.random.truncated_normal(shape, self.mean, self.stddev, dtype, self._generator)


class RandomUniform(_Random):
    """Evenly distributed values on [minval, maxval)."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.minval, self.maxval = minval, maxval

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """The values."""
        return hb.random.uniform(shape, self.minval, self.maxval, dtype, self._generator)


class Orthogonal(_Random):
    """Matrices whose rows or columns, whichever are fewer, are orthonormal, times `gain`; leading axes are taken together.

    Source: Saxe et al. 2014; the matrices are evenly distributed (Mezzadri 2007).
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """The values; `shape` must have at least two axes."""
        if len(shape) < 2:
            raise ShapeError(f"the Orthogonal initializer makes matrices; got shape {tuple(shape)}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        q, r = ops.linalg.qr(hb.random.normal(tall, dtype="float64", seed=self._generator))
        q = q * ops.sign(ops.linalg.diagonal(r))
        q = q if rows >= columns else ops.matrix_transpose(q)
        return ops.cast(ops.reshape(q, shape) * self.gain, dtype or hb.floatx())


class VarianceScaling(_Random):
    """Random values whose variance is `scale` over the number of inputs, outputs, or their mean.

    Args:
        scale: positive factor of the variance.
        mode: "fan_in", "fan_out" or "fan_avg".
        distribution: "truncated_normal", "untruncated_normal" or "uniform".
        seed: for repeatable values.
        input_axes, output_axes: which axes of the weight are inputs and outputs; default: the last two, and the window's.
    """

    def __init__(
        self, scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal", seed: int | None = None,
        input_axes: Any = None, output_axes: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(seed)
        if scale <= 0:
            raise InvalidArgumentError(f"VarianceScaling: scale must be positive; got {scale}")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise InvalidArgumentError(f"VarianceScaling: mode must be 'fan_in', 'fan_out' or 'fan_avg'; got {mode!r}")
        if distribution not in ("truncated_normal", "untruncated_normal", "uniform"):
            raise InvalidArgumentError(f"VarianceScaling: unknown distribution {distribution!r}")
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.input_axes, self.output_axes = input_axes, output_axes

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """The values."""
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return hb.random.uniform(shape, -limit, limit, dtype, self._generator)
        if self.distribution == "untruncated_normal":
            return hb.random.normal(shape, 0.0, math.sqrt(variance), dtype, self._generator)
        # 0.8796...: the standard deviation of a standard normal cut off at two
        return hb.random.truncated_normal(shape, 0.0, math.sqrt(variance) / 0.87962566103423978, dtype, self._generator)


def compute_fans(shape: Any, input_axes: Any = None, output_axes: Any = None) -> tuple[float, float]:
    """The numbers of inputs and outputs of a weight: (*window, in, out), or as the axes say."""
    sizes = tuple(shape)
    if input_axes is not None and output_axes is not None:
        return float(math.prod(sizes[a] for a in input_axes)), float(math.prod(sizes[a] for a in output_axes))
    if not sizes:
        return 1.0, 1.0
    if len(sizes) == 1:
        return float(sizes[0]), float(sizes[0])
    window = math.prod(sizes[:-2])
    return float(sizes[-2] * window), float(sizes[-1] * window)


class _Fixed(VarianceScaling):
    how: tuple[float, str, str]

    def __init__(self, seed: int | None = None, input_axes: Any = None, output_axes: Any = None) -> None:
        super().__init__(*self.how, seed=seed, input_axes=input_axes, output_axes=output_axes)

    def get_config(self) -> dict[str, Any]:
        """The arguments; the rest is the class's."""
        return {"seed": self.seed, "input_axes": self.input_axes, "output_axes": self.output_axes}


class GlorotUniform(_Fixed):
    """Glorot and Bengio 2010, eq. 16: uniform, variance 2 / (in + out).

    Example:
        >>> import hornbeam as hb
        >>> GlorotUniform(seed=1)((3, 4)).shape
        (3, 4)
    """

    how = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Fixed):
    """Glorot and Bengio 2010, normal: variance 2 / (in + out)."""

    how = (1.0, "fan_avg", "truncated_normal")


class HeNormal(_Fixed):
    """He et al. 2015: normal, variance 2 / in."""

    how = (2.0, "fan_in", "truncated_normal")


class HeUniform(_Fixed):
    """He et al. 2015: uniform, variance 2 / in."""

    how = (2.0, "fan_in", "uniform")


class LecunNormal(_Fixed):
    """LeCun et al. 1998: normal, variance 1 / in."""

    how = (1.0, "fan_in", "truncated_normal")


class LecunUniform(_Fixed):
    """LeCun et al. 1998: uniform, variance 1 / in."""

    how = (1.0, "fan_in", "uniform")
