"""The base class of initializers."""

from __future__ import annotations

from typing import Any

from hornbeam import Tensor
from hornbeam.errors import InvalidArgumentError

__all__ = ["Initializer"]


class Initializer:
    """Base class: called with a shape and a dtype, gives the values."""

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """The values, of that shape and dtype."""
        raise InvalidArgumentError(f"{type(self).__name__} has no __call__(shape, dtype): override it.")

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {k: v for k, v in vars(self).items() if not k.startswith("_")}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """An initializer of `get_config`'s result."""
        return cls(**config)

    def clone(self) -> Initializer:
        """Another of the same arguments."""
        return type(self).from_config(self.get_config())
