"""Identity: a layer that does nothing."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer

__all__ = ["Identity"]


class Identity(Layer):
    """What goes in comes out: a place where a layer may stand.

    Example:
        >>> import hornbeam as hb
        >>> Identity()(hb.ops.asarray([1.0, 2.0])).numpy().tolist()
        [1.0, 2.0]
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """The inputs themselves."""
        return inputs
