"""What branches and loops share: capturing a body, and checking that it returns what it took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.errors import DTypeError, InvalidArgumentError, ShapeError
from hornbeam.graph.ir import Graph
from hornbeam.interpreters.capture import capture_body
from hornbeam.ops.convert import as_tensor
from hornbeam.primitive import Spec
from hornbeam.tensor import Tensor
from hornbeam.tree import Structure, flatten, unflatten

__all__ = ["as_tensors", "captured", "inexact", "require_same"]


def as_tensors(tree: Any) -> tuple[list[Tensor], Structure]:
    """The leaves of nested containers as tensors, and the structure."""
    leaves, structure = flatten(tree)
    return [as_tensor(leaf) for leaf in leaves], structure


def captured(
    function: Callable[..., Any], specs: Sequence[Spec], structure: Structure, name: str
) -> tuple[Graph, list[Tensor], Structure]:
    """The graph of a function, the outer tensors that it uses, and the structure of what it returns.

    Args:
        function: a branch, or a loop's condition or body.
        specs: shapes and dtypes of the tensors among its arguments.
        structure: the nesting of its arguments, a tuple.
        name: for prints and errors.
    """
    found: list[Structure] = [None]

    def run(*tensors: Tensor) -> list[Tensor]:
        outputs, found[0] = as_tensors(function(*unflatten(structure, tensors)))
        return outputs

    graph, outer = capture_body(run, specs, name)
    return graph, outer, found[0]


def require_same(
    what: str, found: Sequence[Any], structure: Structure, expected: Sequence[Any], expected_structure: Structure
) -> None:
    """Raise unless a body returned what it has to: the same containers of the same shapes and dtypes.

    Raises:
        InvalidArgumentError: the containers differ.
        ShapeError, DTypeError: a tensor differs.
    """
    if structure != expected_structure:
        raise InvalidArgumentError(f"{what} returned the structure {structure}; expected {expected_structure}")
    for i, (got, want) in enumerate(zip(found, expected, strict=True)):
        if tuple(got.shape) != tuple(want.shape):
            raise ShapeError(f"{what} returned shape {got.shape} at place {i}; expected {want.shape}")
        if got.dtype != want.dtype:
            raise DTypeError(
                f"{what} returned dtype {got.dtype} at place {i}; expected {want.dtype}. Convert with hb.ops.cast."
            )


def inexact(specs: Sequence[Spec | Any]) -> list[int]:
    """Which of them gradients flow through."""
    return [i for i, s in enumerate(specs) if s.dtype.is_inexact]
