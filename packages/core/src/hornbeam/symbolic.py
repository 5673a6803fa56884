"""KerasTensor: a tensor of the Functional API, of which shape, dtype and history are known, and whose batch size may not be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hornbeam.dtypes import as_dtype
from hornbeam.errors import CaptureError, ShapeError
from hornbeam.interpret import running
from hornbeam.primitive import Primitive, Spec
from hornbeam.tensor import Tensor
from hornbeam.tree import Structure, flatten, unflatten

__all__ = ["KerasHistory", "KerasTensor", "Node", "OpNode", "is_symbolic", "output_specs", "symbolic_call"]

PROBES = (3, 5)  # two batch sizes tried in the place of None: sizes that differ between the two depend on it


class KerasHistory(NamedTuple):
    """Which call of which operation made a KerasTensor."""

    operation: Any
    node_index: int
    tensor_index: int


class Node:
    """One call of an operation (a layer or an OpNode) on KerasTensors.

    Attributes:
        operation: what was called.
        arguments: `(args, kwargs)` flattened: KerasTensors and other values.
        structure: their nesting.
        outputs: the KerasTensors that came out, flattened.
        output_structure: their nesting.
    """

    def __init__(self, operation: Any, arguments: list[Any], structure: Structure) -> None:
        self.operation = operation
        self.arguments = arguments
        self.structure = structure
        self.outputs: list[KerasTensor] = []
        self.output_structure: Structure = None

    @property
    def inputs(self) -> list[KerasTensor]:
        """The KerasTensors among the arguments."""
        return [a for a in self.arguments if isinstance(a, KerasTensor)]

    def call_with(self, values: Sequence[Any], **extra: Any) -> Any:
        """Call the operation with values in the place of the KerasTensors."""
        given = iter(values)
        args, kwargs = unflatten(
            self.structure, [next(given) if isinstance(a, KerasTensor) else a for a in self.arguments]
        )
        return self.operation(*args, **{**kwargs, **extra})


class _Symbolic:
    """The owner of every KerasTensor: an operation on one becomes a node of the model being drawn."""

    symbolic = True
    device = "symbolic"

    def receive(self, receiver: Any, primitive: Primitive, inputs: tuple[Tensor, ...], params: dict[str, Any]) -> Any:
        """Record a primitive that was applied to a KerasTensor."""
        if primitive is None:
            raise CaptureError(
                "a KerasTensor of the Functional API is used inside a captured function; it has no value there."
            )
        return symbolic_call(OpNode(primitive, params), tuple(inputs), {})

    def to_host(self, value: Any) -> Any:
        """A KerasTensor has no values."""
        raise CaptureError("a KerasTensor of the Functional API has no values: build a Model from it and call that.")


OWNER = _Symbolic()


class KerasTensor(Tensor):
    """A place in a Functional model: shape (sizes may be None), dtype, and the call that makes it.

    Args:
        shape: sizes; None where they are not known yet, as usually the batch's.
        dtype: data type of the values to come.
        name: for summaries.
    """

    __slots__ = ("history", "name")

    def __init__(self, shape: Sequence[int | None], dtype: Any = None, name: str = "") -> None:
        super().__init__(self, tuple(shape), as_dtype(dtype), OWNER)  # type: ignore[arg-type]
        self.name = name
        self.history: KerasHistory | None = None

    def __hash__(self) -> int:
        """By identity: places in a model are keys."""
        return id(self)

    def __repr__(self) -> str:
        """Shape, dtype, name."""
        return f"<KerasTensor shape={self.shape} dtype={self.dtype} name={self.name}>"


class OpNode:
    """A primitive with its parameters, as an operation of a Functional model."""

    def __init__(self, primitive: Primitive, params: dict[str, Any]) -> None:
        self.primitive = primitive
        self.params = params
        self.name = primitive.name
        self.inbound_nodes: list[Node] = []

    def __call__(self, *tensors: Tensor) -> Any:
        """Apply the primitive; a batch size among the parameters follows the tensors."""
        from hornbeam.interpret import bind

        params = self.params
        if "shape" in params and None in params["shape"]:
            params = {**params, "shape": tuple(tensors[0].shape[0] if s is None else s for s in params["shape"])}
        return bind(self.primitive, *tensors, **params)


def is_symbolic(*trees: Any) -> bool:
    """Whether a KerasTensor is among the leaves."""
    return any(isinstance(leaf, KerasTensor) for leaf in flatten(trees)[0])


def output_specs(
    function: Callable[..., Any], arguments: list[Any], structure: Structure
) -> tuple[list[Spec], Structure]:
    """Shapes and dtypes that a call would give, with None for sizes that depend on an unknown size.

    The call is captured (nothing is computed) for two batch sizes.
    """
    from hornbeam.interpreters.capture import Capture

    found: list[list[Spec]] = []
    out_structure: Structure = None
    unknown = any(isinstance(a, KerasTensor) and None in a.shape for a in arguments)
    for probe in PROBES if unknown else PROBES[:1]:
        capture = Capture(getattr(function, "name", getattr(function, "__name__", "operation")))
        with running(capture):
            values = [
                capture.input(Spec(tuple(probe if s is None else s for s in a.shape), a.dtype))
                if isinstance(a, KerasTensor)
                else a
                for a in arguments
            ]
            args, kwargs = unflatten(structure, values)
            leaves, out_structure = flatten(function(*args, **kwargs))
        found.append([Spec(t.shape, t.dtype) for t in leaves])
        capture.ended = True
    merged = []
    for specs in zip(*found, strict=True):
        if len({len(s.shape) for s in specs}) != 1:
            raise ShapeError(f"the number of axes of an output depends on the batch size: {[s.shape for s in specs]}")
        sizes = zip(*(s.shape for s in specs), strict=True)
        merged.append(Spec(tuple(group[0] if len(set(group)) == 1 else None for group in sizes), specs[0].dtype))  # type: ignore[misc]
    return merged, out_structure


def symbolic_call(
    operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any], function: Callable[..., Any] | None = None
) -> Any:
    """Record a call of `operation` on KerasTensors.

    Args:
        operation: a layer or an OpNode; its list `inbound_nodes` gets the new node.
        args, kwargs: its arguments.
        function: what to run for the shapes of the outputs; default: the operation.

    Returns:
        KerasTensors in the structure of the operation's output.
    """
    arguments, structure = flatten((args, kwargs))
    node = Node(operation, arguments, structure)
    specs, node.output_structure = output_specs(function or operation, arguments, structure)
    operation.inbound_nodes.append(node)
    index = len(operation.inbound_nodes) - 1
    for i, spec in enumerate(specs):
        out = KerasTensor(spec.shape, spec.dtype, name=f"{operation.name}_output")
        out.history = KerasHistory(operation, index, i)
        node.outputs.append(out)
    return unflatten(node.output_structure, node.outputs)
