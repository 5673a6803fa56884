"""Input: the start of a Functional model, or the shape of a Sequential one."""

from __future__ import annotations

from typing import Any

from hornbeam import KerasTensor, Layer
from hornbeam.errors import InvalidArgumentError
from hornbeam.symbolic import KerasHistory, Node

__all__ = ["Input", "InputLayer"]


class InputLayer(Layer):
    """The place where a model's data come in.

    Args:
        shape: sizes without the batch's; None for unknown ones.
        batch_size: the batch's size; default: unknown.
        dtype: data type; default: the default float. "string": arrays of strings, for layers that take such.
        batch_shape: sizes with the batch's, instead of `shape` and `batch_size`.
        name: of the input, by which dictionaries of data address it.

    Raises:
        InvalidArgumentError: neither or both shapes are given, or a size is negative.
    """

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        batch_shape: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name, dtype=None if dtype == "string" else dtype)
        if (shape is None) == (batch_shape is None):
            raise InvalidArgumentError("Input takes either shape (without the batch's size) or batch_shape (with it)")
        sizes = (
            (batch_size, *((shape,) if isinstance(shape, int) else shape))
            if batch_shape is None
            else tuple(batch_shape)
        )
        if any(s is not None and (not isinstance(s, int) or s < 0) for s in sizes):
            raise InvalidArgumentError(f"Input {self.name!r}: sizes must be non-negative integers or None; got {sizes}")
        self.batch_shape = sizes
        self.built = True
        output = KerasTensor(sizes, "string" if dtype == "string" else self.dtype, name=self.name)
        output.history = KerasHistory(self, 0, 0)
        node = Node(self, [], None)
        node.outputs, node.output_structure = [output], "*"
        self.inbound_nodes.append(node)

    def call(self, inputs: Any) -> Any:
        """The data themselves."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"batch_shape": list(self.batch_shape), "dtype": str(self.output.dtype), "name": self.name}


def Input(  # noqa: N802 - Keras's name
    shape: Any = None,
    batch_size: int | None = None,
    dtype: Any = None,
    batch_shape: Any = None,
    name: str | None = None,
) -> KerasTensor:
    """The tensor from which a Functional model starts; arguments as for `InputLayer`.

    Example:
        >>> Input((28, 28, 1)).shape
        (None, 28, 28, 1)
    """
    return InputLayer(shape, batch_size, dtype, batch_shape, name).output
