"""StatelessScope: variables are read from, and written to, values that are passed in and out; and pure calls of layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.interpret import Interpreter, current, running
from hornbeam.ops.convert import as_tensor
from hornbeam.tensor import Tensor
from hornbeam.variable import Variable

__all__ = ["StatelessScope", "stateless_call"]


class StatelessScope(Interpreter):
    """A with block in which variables have given values, and keep none that is assigned.

    Args:
        state_mapping: pairs (variable, value).

    Raises:
        ShapeError: a value has another shape than its variable.

    Example:
        >>> import hornbeam as hb
        >>> v = hb.Variable(1.0)
        >>> with hb.StatelessScope([(v, 5.0)]) as scope:
        ...     v.assign(v + 1.0)
        >>> float(scope.get_current_value(v)), float(v)
        (6.0, 1.0)
    """

    def __init__(self, state_mapping: Iterable[tuple[Variable, Any]] = ()) -> None:
        self.values: dict[Variable, Tensor] = {}
        for variable, value in state_mapping:
            tensor = as_tensor(value, like=variable.dtype)
            if tensor.shape != variable.shape:
                raise ShapeError(
                    f"variable {variable.path!r} has shape {variable.shape}; got a value of {tensor.shape}"
                )
            self.values[variable] = tensor
        self._block: AbstractContextManager[Interpreter] | None = None

    def __enter__(self) -> StatelessScope:
        self.below = current()
        self._block = running(self)
        self._block.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        assert self._block is not None
        self._block.__exit__(*exception)

    def read(self, variable: Variable) -> Tensor:
        """The value in this scope."""
        found = self.values.get(variable)
        return self._below.read(variable) if found is None else found

    def write(self, variable: Variable, tensor: Tensor) -> None:
        """Keep the value in this scope."""
        self.values[variable] = tensor

    def get_current_value(self, variable: Variable) -> Tensor | None:
        """The value in this scope; None where the variable was neither given nor assigned."""
        return self.values.get(variable)


def stateless_call(
    layer: Any,
    trainable_variables: Sequence[Any],
    non_trainable_variables: Sequence[Any],
    *args: Any,
    return_losses: bool = False,
    **kwargs: Any,
) -> Any:
    """Call a layer with values for its variables, and leave the variables alone.

    Args:
        layer: built.
        trainable_variables: a value for each of the layer's.
        non_trainable_variables: as well.
        *args: what the layer is called on.
        return_losses: whether to return what the layer adds to the loss too.
        **kwargs: of the call.

    Returns:
        The outputs and the new values of `non_trainable_variables`; with `return_losses` a list of losses too.

    Raises:
        InvalidArgumentError: the layer is not built, or there are not as many values as variables.
    """
    if not layer.built:
        raise InvalidArgumentError(f"layer {layer.name!r} has to be built before stateless_call: call it once")
    mapping = []
    for what, given in (("trainable", trainable_variables), ("non_trainable", non_trainable_variables)):
        variables = getattr(layer, f"{what}_variables")
        if len(given) != len(variables):
            raise InvalidArgumentError(
                f"layer {layer.name!r} has {len(variables)} {what}_variables; values were given for {len(given)}"
            )
        mapping += list(zip(variables, given, strict=True))
    with StatelessScope(mapping) as scope:
        if return_losses:
            layer.clear_losses()
        outputs = layer(*args, **kwargs)
        losses = list(layer.losses) if return_losses else []
        layer.clear_losses()
    after = [scope.values[v] for v in layer.non_trainable_variables]
    return (outputs, after, losses) if return_losses else (outputs, after)
