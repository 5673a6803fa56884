"""Encodings of places that are added to what stands there: waves, and a learnt table."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers import initializers
from hornbeam_layers.serialization import serialize

__all__ = ["PositionEmbedding", "SinePositionEncoding"]


class SinePositionEncoding(Layer):
    """Sines and cosines of the place, for each step, to be added to the inputs.

    Features 2 i and 2 i + 1 are sine and cosine of place / max_wavelength^(2 i / features).

    Args:
        max_wavelength: of the slowest wave, over 2 pi, positive.
        **kwargs: `name`, `dtype`, `trainable`.

    Call with `inputs` (..., time, features), of which the shape counts, and optionally `start_index`, the place of the first step.

    Shapes: -> the same.

    Raises:
        InvalidArgumentError: the wavelength is not positive.

    Source: Vaswani et al. 2017, section 3.5; the name is KerasHub's.

    Example:
        >>> import hornbeam as hb
        >>> SinePositionEncoding()(hb.ops.zeros((1, 2, 2))).numpy().round(4).tolist()
        [[[0.0, 1.0], [0.8414999842643738, 0.5403000116348267]]]
    """

    def __init__(self, max_wavelength: float = 10000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not max_wavelength > 0:
            raise InvalidArgumentError(
                f"SinePositionEncoding {self.name!r}: max_wavelength must be positive; got {max_wavelength!r}"
            )
        self.max_wavelength = max_wavelength
        self.built = True

    def call(self, inputs: Tensor, start_index: Any = 0) -> Tensor:
        """(..., time, features) -> the same shape."""
        time, features = inputs.shape[-2:]
        places = ops.arange(time, dtype="float32") + ops.cast(start_index, "float32")
        number = ops.arange(features, dtype="int32")
        speeds = self.max_wavelength ** (ops.cast(2 * (number // 2), "float32") / -features)
        angles = ops.expand_dims(places, 1) * speeds
        waves = ops.where(number % 2 == 0, ops.sin(angles), ops.cos(angles))
        return ops.broadcast_to(ops.cast(waves, self.compute_dtype), inputs.shape)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "max_wavelength": self.max_wavelength}


class PositionEmbedding(Layer):
    """A learnt vector for each place, to be added to the inputs.

    Args:
        sequence_length: the number of places, positive.
        initializer: of the table.
        **kwargs: `name`, `dtype`, `trainable`.

    Call with `inputs` (..., time, features), of which the shape counts, and optionally `start_index`, the place of the first step.

    Shapes: -> the same. Weights: embeddings (sequence_length, features).

    Raises:
        InvalidArgumentError: the number of places is not a positive integer.
        ShapeError: there are more steps than places.

    Source: Devlin et al. 2019; the name is KerasHub's.

    Example:
        >>> import hornbeam as hb
        >>> PositionEmbedding(10)(hb.ops.zeros((2, 5, 4))).shape
        (2, 5, 4)
    """

    def __init__(self, sequence_length: int, initializer: Any = "glorot_uniform", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(sequence_length, int) or isinstance(sequence_length, bool) or sequence_length <= 0:
            raise InvalidArgumentError(
                f"PositionEmbedding {self.name!r}: sequence_length must be a positive integer; got {sequence_length!r}"
            )
        self.sequence_length, self.initializer = sequence_length, initializers.get(initializer)

    def build(self, input_shape: Any) -> None:
        """Make the table."""
        self.position_embeddings = self.add_weight(
            (self.sequence_length, input_shape[-1]), self.initializer, name="embeddings"
        )

    def call(self, inputs: Tensor, start_index: Any = 0) -> Tensor:
        """(..., time, features) -> the same shape."""
        time, features = inputs.shape[-2:]
        if time > self.sequence_length:
            raise ShapeError(
                f"PositionEmbedding {self.name!r} has {self.sequence_length} places; got inputs of shape {inputs.shape}, with {time}"
            )
        rows = ops.slice(self.position_embeddings, (start_index, 0), (time, features))
        return ops.broadcast_to(rows, inputs.shape)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        config = {"sequence_length": self.sequence_length, "initializer": serialize(self.initializer)}
        return {**super().get_config(), **config}
