"""KerasTensor: a tensor of the Functional API, of which shape, dtype and history are known, and whose batch size may not be."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

from hornbeam.dtypes import as_dtype, string
from hornbeam.errors import CaptureError, ShapeError
from hornbeam.interpret import running, user_line
from hornbeam.naming import unique_name
from hornbeam.primitive import Primitive, Spec
from hornbeam.tensor import Tensor
from hornbeam.tree import Structure, flatten, unflatten

__all__ = [
    "OPERATIONS", "KerasHistory", "KerasTensor", "Node", "OpNode", "drawing", "is_symbolic", "output_specs", "sources", "symbolic_call",
]  # fmt: skip

# Two sizes tried in the place of None: sizes of an output that differ between the two depend on it. They can be halved five
# times and divided by 3 and 5, as models do, and are larger than the windows of convolutions.
PROBES = (480, 960)
NO_VALUES = (
    "{what} needs the value of a KerasTensor of the Functional API, which has none, at {line}. Build a Model from it and call "
    "that, or put the computation into the call() of a layer."
)


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
        """Call the operation with values in the place of the KerasTensors; `extra` holds what the call did not say itself."""
        given = iter(values)
        args, kwargs = unflatten(
            self.structure, [next(given) if isinstance(a, KerasTensor) else a for a in self.arguments]
        )
        return self.operation(*args, **{**extra, **kwargs})


class _Symbolic:
    """The owner of every KerasTensor: what operations that do not draw find in the place of a backend."""

    symbolic = True
    device = "symbolic"

    def receive(self, receiver: Any, primitive: Primitive | None, inputs: tuple[Tensor, ...], params: Any) -> NoReturn:
        """Refuse a primitive that was applied to a KerasTensor by other means than a function of `hb.ops` or a layer."""
        what = "a captured function" if primitive is None else f"the operation {primitive.name!r}"
        raise CaptureError(
            f"a KerasTensor of the Functional API, which has no value, reached {what} at {user_line()}. Only layers and "
            "functions of hb.ops draw a model: use those, or put the computation into the call() of a layer."
        )

    def to_host(self, value: Any) -> NoReturn:
        """A KerasTensor has no values."""
        raise CaptureError(NO_VALUES.format(what="This", line=user_line()))


OWNER = _Symbolic()


class KerasTensor(Tensor):
    """A place in a Functional model: shape (sizes may be None), dtype, and the call that makes it.

    Args:
        shape: sizes; None where they are not known yet, as usually the batch's.
        dtype: data type of the values to come; "string" for arrays of strings.
        name: for summaries.
    """

    __slots__ = ("history", "name")

    def __init__(self, shape: Sequence[int | None], dtype: Any = None, name: str = "") -> None:
        super().__init__(self, tuple(shape), string if dtype == "string" else as_dtype(dtype), OWNER)  # type: ignore[arg-type]
        self.name = name
        self.history: KerasHistory | None = None

    def __hash__(self) -> int:
        """By identity: places in a model are keys."""
        return id(self)

    def __getitem__(self, key: Any) -> Tensor:
        """Part of the tensor to come."""
        return draw("get_item", (self, key), {})

    @property
    def size(self) -> Any:
        """Number of elements; None where a size is not known."""
        return None if None in self.shape else math.prod(self.shape)

    def __len__(self) -> int:
        """Size of the first axis.

        Raises:
            ShapeError: it is not known.
        """
        if self.shape and self.shape[0] is None:
            raise ShapeError(
                f"the first size of {self!r} is not known before the model gets data: it cannot be iterated over, unpacked or "
                "measured by len(). Use hb.ops, or a layer."
            )
        return super().__len__()

    def __setitem__(self, key: Any, value: Any) -> None:
        """A place in a model cannot be written to."""
        raise CaptureError(f"{self!r} cannot be changed in place; use hb.ops.where or hb.ops.slice_update.")

    def _concrete(self, what: str) -> Any:
        raise CaptureError(NO_VALUES.format(what=what, line=user_line()))

    def __repr__(self) -> str:
        """Shape, dtype, name."""
        return f"<KerasTensor shape={self.shape} dtype={self.dtype} name={self.name}>"


class OpNode:
    """A function of `hb.ops`, as an operation of a Functional model.

    Args:
        function_name: its name in `hb.ops`, such as "mean" or "linalg.qr".
        name: of this call; default: the function's, numbered.
    """

    def __init__(self, function_name: str, name: str | None = None) -> None:
        self.function_name = function_name
        self.function = OPERATIONS[function_name]
        self.name = name or unique_name(function_name.replace(".", "_"))
        self.inbound_nodes: list[Node] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self.function(*args, **kwargs)


OPERATIONS: dict[str, Callable[..., Any]] = {}  # the functions of hb.ops that draw, by name


def draw(function_name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Record a call of a function of `hb.ops` on KerasTensors."""
    return symbolic_call(OpNode(function_name), args, kwargs)


def drawing(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The function, which records its call where a KerasTensor is among its arguments, and runs otherwise."""
    OPERATIONS[name] = function

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for value in args:
            if type(value) in _NESTED and _draws(value):
                return draw(name, args, kwargs)
        if kwargs:
            for value in kwargs.values():
                if type(value) in _NESTED and _draws(value):
                    return draw(name, args, kwargs)
            return function(*args, **kwargs)
        return function(*args)

    return call


_NESTED = frozenset({KerasTensor, list, tuple, dict})


def _draws(value: Any) -> bool:
    """Whether a KerasTensor is inside; of long lists of numbers only the first level is looked at."""
    if type(value) is KerasTensor:
        return True
    return any(type(v) in _NESTED and _draws(v) for v in (value.values() if type(value) is dict else value))


def is_symbolic(*trees: Any) -> bool:
    """Whether a KerasTensor is among the leaves."""
    return any(isinstance(leaf, KerasTensor) for leaf in flatten(trees)[0])


def output_specs(
    function: Callable[..., Any], arguments: list[Any], structure: Structure
) -> tuple[list[Spec], Structure]:
    """Shapes and dtypes that a call would give, with None for sizes that depend on an unknown size.

    The call is captured (nothing is computed) for two sizes in the place of the unknown ones.
    """
    places = [i for i, a in enumerate(arguments) if isinstance(a, KerasTensor)]
    shapes = [arguments[i].shape for i in places]
    if not any(None in shape for shape in shapes):
        specs, out_structure = _capture(function, arguments, structure, dict(zip(places, shapes, strict=True)))
        return specs, out_structure
    problem = None
    aligned = _aligned(shapes, [tuple(a.shape) for a in arguments if hasattr(a, "shape")])
    for attempt in (shapes, aligned):
        try:
            return _probe(function, arguments, structure, places, attempt)
        except ShapeError as error:
            problem = problem or error
    raise ShapeError(str(problem).replace(str(PROBES[0]), "None")) from None


def _aligned(shapes: list[Any], all_shapes: list[Any]) -> list[Any]:
    """The shapes, in which an unknown size is that of the other shapes, counted from the right, where one has a size there."""
    known: dict[int, int] = {}
    for shape in all_shapes:
        known.update({axis - len(shape): s for axis, s in enumerate(shape) if s is not None and s != 1})
    return [tuple(known.get(a - len(shape)) if s is None else s for a, s in enumerate(shape)) for shape in shapes]


def _capture(
    function: Callable[..., Any], arguments: list[Any], structure: Structure, shapes: dict[int, tuple[int, ...]]
) -> tuple[list[Spec], Structure]:
    """What comes out for the given shapes of the arguments at some places."""
    from hornbeam.interpreters.capture import Capture

    capture = Capture(getattr(function, "name", getattr(function, "__name__", "operation")))
    with running(capture):
        values = [_stand_in(capture, shapes[i], a.dtype) if i in shapes else a for i, a in enumerate(arguments)]
        args, kwargs = unflatten(structure, values)
        found, out_structure = flatten(function(*args, **kwargs))
    capture.ended = True
    return [Spec(t.shape, t.dtype) for t in found], out_structure


def _stand_in(capture: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """What stands for a tensor, or for strings, of that shape."""
    from hornbeam.host_calls import Text

    return Text(capture, -1, shape) if dtype is string else capture.input(Spec(shape, dtype))


def _probe(
    function: Callable[..., Any], arguments: list[Any], structure: Structure, places: list[int], shapes: list[Any]
) -> tuple[list[Spec], Structure]:
    found: list[list[Spec]] = []
    out_structure: Structure = None
    for probe in PROBES:
        tried = [tuple(probe if s is None else s for s in shape) for shape in shapes]
        specs, out_structure = _capture(function, arguments, structure, dict(zip(places, tried, strict=True)))
        found.append(specs)
    merged = []
    for one, other in zip(*found, strict=True):
        if len(one.shape) != len(other.shape):
            raise ShapeError(
                f"the number of axes of an output depends on a size that is not known: {one.shape}, {other.shape}"
            )
        sizes: Any = tuple(a if a == b else None for a, b in zip(one.shape, other.shape, strict=True))
        merged.append(Spec(sizes, one.dtype))
    return merged, out_structure


def symbolic_call(
    operation: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    function: Callable[..., Any] | None = None,
    specs: list[Any] | None = None,
) -> Any:
    """Record a call of `operation` on KerasTensors.

    Args:
        operation: a layer or an OpNode; its list `inbound_nodes` gets the new node.
        args, kwargs: its arguments.
        function: what to run for the shapes of the outputs; default: the operation.
        specs: shapes and dtypes of a list of outputs, or of the only one, where they are known without that.

    Returns:
        KerasTensors in the structure of the operation's output.
    """
    arguments, structure = flatten((args, kwargs))
    node = Node(operation, arguments, structure)
    if specs is None:
        specs, node.output_structure = output_specs(function or operation, arguments, structure)
    else:
        node.output_structure = flatten(specs[0] if len(specs) == 1 else specs)[1]
    operation.inbound_nodes.append(node)
    index = len(operation.inbound_nodes) - 1
    for i, spec in enumerate(specs):
        out = KerasTensor(spec.shape, spec.dtype, name=f"{operation.name}_output")
        out.history = KerasHistory(operation, index, i)
        node.outputs.append(out)
    return unflatten(node.output_structure, node.outputs)


def sources(tensor: KerasTensor, stop: Sequence[KerasTensor] = ()) -> list[KerasTensor]:
    """The KerasTensors without a maker, such as Inputs, that one was computed from.

    Args:
        tensor: where the search begins.
        stop: others that it does not go behind; they are not among what is found.
    """
    found: list[KerasTensor] = []
    seen = {id(one) for one in stop}
    waiting = [tensor]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        made = None if one.history is None else one.history.operation.inbound_nodes[one.history.node_index]
        if made is None or not made.inputs:
            found.append(one)
        else:
            waiting.extend(reversed(made.inputs))
    return found
