"""Keras's way to write an optimizer: variables added in `build`, and `update_step`, which assigns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hornbeam import Tensor, Variable, ops
from hornbeam.errors import InvalidArgumentError
from hornbeam.plugins import registry

__all__ = ["Added"]


class Added:
    """The part of `Optimizer` that optimizers written for Keras call."""

    _added: list[Variable]

    if TYPE_CHECKING:
        slots: dict[Variable, dict[str, Variable]]

        def _variable(self, value: Any, name: str, dtype: Any = None) -> Variable: ...

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Any) -> None:
        """Change a variable, and state that was added, by `assign`: an alternative to `init_state` and `update`."""
        raise InvalidArgumentError(f"{type(self).__name__} has no update_step(): override it, or update().")

    def add_variable(
        self, shape: Sequence[int], initializer: Any = "zeros", dtype: Any = None, name: str | None = None
    ) -> Variable:
        """Add a variable to the state.

        Args:
            shape: of the variable.
            initializer: a name, an initializer, or a function `(shape, dtype) -> values`.
            dtype: default: the default float.
            name: default: "variable".
        """
        make = initializer
        if isinstance(initializer, str):
            plain = {"zeros": ops.zeros, "ones": ops.ones}.get(initializer)
            make = plain or registry.lookup("initializers", initializer)()
        made = self._variable(make(tuple(shape), dtype=dtype), name or "variable", dtype=dtype)
        self._added.append(made)
        return made

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """Add a variable of the shape and dtype of another, named after it."""
        place = f"{reference_variable.path.replace('/', '_')}_{name or 'var'}"
        return self.add_variable(reference_variable.shape, initializer, reference_variable.dtype, place)

    def add_optimizer_variables(
        self, trainable_variables: Sequence[Variable], name: Any, initializer: Any = "zeros"
    ) -> Any:
        """Add a variable for each of some: a list; for several names a tuple of lists, one for each name."""
        names = [name] if isinstance(name, str) else list(name)
        makers = list(initializer) if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        found: tuple[list[Variable], ...] = tuple([] for _ in names)
        for variable in trainable_variables:
            for group, one, make in zip(found, names, makers, strict=True):
                group.append(self.add_variable_from_reference(variable, one, make))
        return found[0] if isinstance(name, str) else found

    def assign(self, variable: Variable, value: Any) -> None:
        """Give a variable a value."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """Add to a variable."""
        variable.assign(ops.add(variable.value, value))

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """Subtract from a variable."""
        variable.assign(ops.subtract(variable.value, value))

    def _get_variable_index(self, variable: Variable) -> int:
        for index, known in enumerate(self.slots):
            if known is variable:
                return index
        raise InvalidArgumentError(f"{type(self).__name__} was not built for the variable {variable.path!r}")
