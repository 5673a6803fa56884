"""The optimizer that `compile()` was given."""

from __future__ import annotations

import inspect
from typing import Any

from hornbeam.errors import DTypeError
from hornbeam.plugins import registry
from hornbeam.serialization import deserialize_keras_object

__all__ = ["optimizer"]


def optimizer(identifier: Any, scale_loss: bool = False) -> Any:
    """The optimizer that a name, a class, a saved form or an object stands for.

    Args:
        identifier: what was given.
        scale_loss: whether the model computes in float16, whose gradients are kept from becoming zero by scaling the loss,
            where the optimizers' package can do that.

    Raises:
        DTypeError: it is no optimizer.
    """
    found = registry.lookup("optimizers", identifier) if isinstance(identifier, str) else identifier
    found = deserialize_keras_object(found, kind="optimizers") if isinstance(found, dict) else found
    found = found() if inspect.isclass(found) else found
    if not hasattr(found, "apply") or not hasattr(found, "build"):
        raise DTypeError(
            f"compile: optimizer must be a name such as 'adam', or an optimizer such as Adam(0.001); got {identifier!r}"
        )
    if scale_loss and not hasattr(found, "inner_optimizer") and "LossScaleOptimizer" in registry.names("optimizers"):
        found = registry.lookup("optimizers", "LossScaleOptimizer")(found)
    return found
