"""Random changes in training: Gaussian noise, Gaussian and alpha dropout, dropout of whole features."""

from __future__ import annotations

import math
from typing import Any

import hornbeam as hb
from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.arguments import check_rank, check_rate, format_of, who
from hornbeam_layers.regularization.dropout import Dropout

__all__ = [
    "AlphaDropout",
    "GaussianDropout",
    "GaussianNoise",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
]


class GaussianNoise(Layer):
    """In training, adds normally distributed numbers to the inputs.

    Args:
        stddev: their standard deviation, at least 0.
        seed: for repeatable numbers.

    Raises:
        InvalidArgumentError: stddev is negative.
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(stddev, (int, float)) or stddev < 0:
            raise InvalidArgumentError(f"{who(self)}: stddev must be a number of at least 0; got stddev={stddev!r}")
        self.stddev, self.seed = stddev, seed
        self.seed_generator = hb.random.SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """The same shape."""
        if not training or self.stddev == 0:
            return inputs
        return inputs + hb.random.normal(inputs.shape, 0.0, self.stddev, inputs.dtype, self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


class GaussianDropout(Layer):
    """In training, multiplies the inputs by numbers normally distributed around 1, of variance rate / (1 - rate).

    Args:
        rate: in [0, 1).
        seed: for repeatable numbers.

    Raises:
        InvalidArgumentError: rate is not in that range.

    Source: Srivastava et al. 2014, section 10.
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if check_rate(self, rate) == 1:
            raise InvalidArgumentError(f"{who(self)}: rate must be less than 1; got rate={rate!r}")
        self.rate, self.seed = rate, seed
        self.seed_generator = hb.random.SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """The same shape."""
        if not training or self.rate == 0:
            return inputs
        stddev = math.sqrt(self.rate / (1.0 - self.rate))
        return inputs * hb.random.normal(inputs.shape, 1.0, stddev, inputs.dtype, self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


class AlphaDropout(Layer):
    """Dropout that keeps mean 0 and variance 1, for networks of `selu`: dropped values become selu's limit.

    Args:
        rate: in [0, 1).
        noise_shape: shape of the mask, None for the inputs' size along an axis; None: the inputs' shape.
        seed: for repeatable masks.

    Raises:
        InvalidArgumentError: rate is not in that range.

    Source: Klambauer et al. 2017.
    """

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if check_rate(self, rate) == 1:
            raise InvalidArgumentError(f"{who(self)}: rate must be less than 1; got rate={rate!r}")
        self.rate, self.noise_shape, self.seed = rate, noise_shape, seed
        self.seed_generator = hb.random.SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """The same shape."""
        if not training or self.rate == 0:
            return inputs
        shape = inputs.shape
        if self.noise_shape is not None:
            shape = tuple(s if n is None else n for s, n in zip(shape, self.noise_shape, strict=True))
        limit = -1.6732632423543772 * 1.0507009873554805
        kept = ops.greater_equal(hb.random.uniform(shape, seed=self.seed_generator), self.rate)
        factor = ((1 - self.rate) * (1 + self.rate * limit**2)) ** -0.5
        return ops.where(kept, inputs, ops.full_like(inputs, limit)) * factor - factor * limit * self.rate

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        how = {"rate": self.rate, "noise_shape": self.noise_shape, "seed": self.seed}
        return {**super().get_config(), **how}


class _SpatialDropout(Dropout):
    rank: int

    def _mask_shape(self, inputs: Tensor) -> tuple[int, ...]:
        """One number for each sample and channel."""
        check_rank(self, inputs.shape, self.rank + 2)
        ones = (1,) * self.rank
        if getattr(self, "data_format", "channels_last") == "channels_first":
            return (*inputs.shape[:2], *ones)
        return (inputs.shape[0], *ones, inputs.shape[-1])

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """The same shape."""
        shape = self._mask_shape(inputs)
        if not training or self.rate in (0, 1):
            return super().call(inputs, training)
        return hb.random.dropout(inputs, self.rate, shape, self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {
            k: v for k, v in super().get_config().items() if k not in ("noise_shape", "trainable")
        }  # as Keras takes


class SpatialDropout1D(_SpatialDropout):
    """Dropout of whole features: (batch, steps, channels), all steps of a channel or none.

    Args:
        rate: in [0, 1].
        seed: for repeatable masks.

    Source: Tompson et al. 2015.
    """

    rank = 1

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, None, seed, **kwargs)


class _OfPictures(_SpatialDropout):
    def __init__(self, rate: float, data_format: str | None = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, None, seed, **kwargs)
        self.data_format = format_of(self, data_format)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "data_format": self.data_format}


class SpatialDropout2D(_OfPictures):
    """Dropout of whole features: (batch, height, width, channels), all positions of a channel or none.

    Args:
        rate: in [0, 1].
        data_format: "channels_last" (default) or "channels_first".
        seed: for repeatable masks.

    Source: Tompson et al. 2015.
    """

    rank = 2


class SpatialDropout3D(_OfPictures):
    """Dropout of whole features: (batch, depth, height, width, channels), all positions of a channel or none.

    Args:
        rate: in [0, 1].
        data_format: "channels_last" (default) or "channels_first".
        seed: for repeatable masks.

    Source: Tompson et al. 2015.
    """

    rank = 3
