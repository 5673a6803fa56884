"""Wrappers that keep a layer's kernel normalised: by its largest singular value, or by length and direction."""

from __future__ import annotations

import math
from typing import Any

import hornbeam as hb
from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers import initializers
from hornbeam_layers.arguments import check_positive, who
from hornbeam_layers.core.wrapper import Wrapper

__all__ = ["SpectralNormalization", "WeightNormalization"]


def kernel_of(wrapper: Wrapper) -> Any:
    """The weight of the layer within that is normalised: its kernel, or its table."""
    for name in ("kernel", "embeddings"):
        if hasattr(wrapper.layer, name):
            return getattr(wrapper.layer, name)
    raise InvalidArgumentError(f"{who(wrapper)}: the layer {wrapper.layer!r} has neither a kernel nor embeddings")


class SpectralNormalization(Wrapper):
    """Divides the kernel of a layer by its largest singular value, at each call in training.

    Args:
        layer: a layer with a `kernel` or `embeddings`.
        power_iterations: steps of the power method at each call, which starts from the last one's result.

    Weights: those of the layer, and vector_u (1, kernel's last axis), which training does not change.

    Raises:
        InvalidArgumentError: power_iterations is not positive, or the layer has no kernel.

    Source: Miyato et al. 2018.
    """

    def __init__(self, layer: Any, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        check_positive(self, power_iterations=power_iterations)
        self.power_iterations = power_iterations

    def build(self, input_shape: Any) -> None:
        """Build the layer within; make vector_u."""
        super().build(input_shape)
        self.kernel = kernel_of(self)  # a weight of this layer as well: so their order is Keras's
        size = self.kernel.shape[-1]
        first = initializers.TruncatedNormal(stddev=0.02)
        self.vector_u = self.add_weight((1, size), first, trainable=False, name="vector_u")

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """What the layer within gives."""
        if training:
            self._normalize()
        return ops.cast(self.layer(inputs), inputs.dtype)

    def _normalize(self) -> None:
        kernel = self.kernel
        value = ops.asarray(kernel)
        matrix = ops.reshape(value, (math.prod(kernel.shape[:-1]), kernel.shape[-1]))
        u = ops.asarray(self.vector_u)
        for _ in range(self.power_iterations):
            v = ops.normalize(ops.matmul(u, matrix.T), axis=None)
            u = ops.normalize(ops.matmul(v, matrix), axis=None)
        u, v = hb.stop_gradient(u), hb.stop_gradient(v)
        sigma = ops.matmul(ops.matmul(v, matrix), u.T)
        empty = ops.all(ops.equal(value, 0))
        kernel.assign(ops.where(empty, value, value / ops.where(empty, ops.ones_like(sigma), sigma)[0, 0]))
        self.vector_u.assign(ops.where(empty, self.vector_u, u))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "power_iterations": self.power_iterations}


class WeightNormalization(Wrapper):
    """Learns the kernel of a layer as length times direction: gain * v / |v|, with a length for each output.

    The layer's own weight holds v; gain starts as its length, so that at first nothing changes.

    Args:
        layer: a layer with a `kernel` or `embeddings`.

    Weights: gain (kernel's last axis,), then those of the layer.

    Raises:
        InvalidArgumentError: the layer has no kernel.

    Source: Salimans and Kingma 2016, eq. 2.

    Example:
        >>> import hornbeam as hb
        >>> WeightNormalization(hb.layers.Dense(3))(hb.ops.ones((2, 4))).shape
        (2, 3)
    """

    def build(self, input_shape: Any) -> None:
        """Build the layer within; make gain."""
        super().build(input_shape)
        kernel = kernel_of(self)
        self.gain = self.add_weight(kernel.shape[-1:], lambda shape, dtype: _lengths(kernel), name="gain")

    def call(self, inputs: Tensor) -> Tensor:
        """What the layer within gives with the kernel gain * v / |v|."""
        kernel = kernel_of(self)
        name = "kernel" if hasattr(self.layer, "kernel") else "embeddings"
        setattr(self.layer, name, kernel * (self.gain / _lengths(kernel)))
        try:
            return self.layer(inputs)
        finally:
            setattr(self.layer, name, kernel)


def _lengths(kernel: Any) -> Tensor:
    """The length of what leads to each output; of zeros it is taken for very small."""
    squares = ops.sum(ops.square(kernel), axis=tuple(range(len(kernel.shape) - 1)))
    return ops.sqrt(ops.maximum(squares, 1e-24))
