"""TimeDistributed: a layer at each step."""

from __future__ import annotations

import inspect
from typing import Any

from hornbeam import Tensor, ops
from hornbeam.errors import ShapeError

from hornbeam_layers.core.wrapper import Wrapper

__all__ = ["TimeDistributed"]


class TimeDistributed(Wrapper):
    """Applies a layer to each step of a sequence, with the same weights.

    The steps go through the layer all at once, as further samples; one after the other where it keeps something that each call
    changes, as BatchNormalization does.

    Args:
        layer: the layer, for inputs [batch, ...].
        **kwargs: `name`, `dtype`, `trainable`.

    Call with inputs [batch, time, ...], and optionally `mask` [batch, time, ...], bool, of which the layer gets each step's.

    Shapes: -> [batch, time, *of the layer's results].

    Raises:
        InvalidArgumentError: it is not given a layer.
        ShapeError: the inputs have fewer than three axes, or the mask has others.

    Example:
        >>> import hornbeam as hb
        >>> TimeDistributed(hb.layers.Dense(3))(hb.ops.ones((2, 5, 4))).shape
        (2, 5, 3)
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Build the layer for single steps."""
        if len(input_shape) < 3:
            raise ShapeError(
                f"TimeDistributed {self.name!r}: expected inputs (batch, time, ...) of three axes or more; got shape {input_shape}"
            )
        super().build((input_shape[0], *input_shape[2:]))

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None) -> Tensor:
        """[batch, time, ...] -> [batch, time, ...]."""
        batch, time = inputs.shape[:2]
        if mask is not None and mask.shape[:2] != (batch, time):
            raise ShapeError(
                f"TimeDistributed {self.name!r}: expected a mask of shape {(batch, time)}, like the inputs'; got {mask.shape}"
            )
        parameters = inspect.signature(self.layer.call).parameters
        mask = mask if "mask" in parameters else None

        def run(x: Tensor, m: Tensor | None) -> Tensor:
            how = {} if m is None else {"mask": m}
            return self.layer(x, training=training, **how)

        if any(not v.name.endswith("seed_generator_state") and not v.trainable for v in self.layer.variables):
            steps = [run(inputs[:, i], None if mask is None else mask[:, i]) for i in range(time)]
            return ops.stack(steps, axis=1)
        fold = [None if t is None else ops.reshape(t, (batch * time, *t.shape[2:])) for t in (inputs, mask)]
        assert fold[0] is not None
        out = run(fold[0], fold[1])
        return ops.reshape(out, (batch, time, *out.shape[1:]))
