"""Dropout."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import Layer, Tensor

from hornbeam_layers.arguments import check_rate

__all__ = ["Dropout"]


class Dropout(Layer):
    """In training, sets a share `rate` of the inputs to 0 and divides the rest by 1 - rate.

    Args:
        rate: in [0, 1].
        noise_shape: shape of the mask, broadcast to the inputs; None: the inputs'.
        seed: for repeatable masks.

    Source: Srivastava et al. 2014.

    Example:
        >>> import hornbeam as hb
        >>> layer = Dropout(0.5, seed=1)
        >>> layer(hb.ops.ones(6)).tolist()  # as it is, but in training
        [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
        >>> sorted(set(layer(hb.ops.ones(100), training=True).tolist()))
        [0.0, 2.0]
    """

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_rate(self, rate)
        self.rate, self.noise_shape, self.seed = rate, noise_shape, seed
        self.seed_generator = hb.random.SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """The same shape."""
        if not training or self.rate == 0:
            return inputs
        if self.rate == 1:
            return hb.ops.zeros_like(inputs)
        return hb.random.dropout(inputs, self.rate, self.noise_shape, self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "rate": self.rate, "noise_shape": self.noise_shape, "seed": self.seed}
