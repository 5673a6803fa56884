"""Capture: each operation becomes a node of a Graph instead of running."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from hornbeam.errors import CaptureError, InPlaceError, LeakError
from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.interpret import Interpreter, current, running, user_line
from hornbeam.primitive import Primitive, Spec
from hornbeam.tensor import Tensor

if TYPE_CHECKING:
    from hornbeam.host_calls import HostPart
    from hornbeam.variable import Variable

__all__ = ["Capture", "capture_body", "capture_specs"]


class Capture(Interpreter):
    """Builds a graph. It is the lowest interpreter of its stack, and the owner of the tensors that it makes.

    Args:
        name: the function's name, for prints and errors.
        outer: what acts outside; given for bodies of loops and branches, whose free tensors become inputs (`lifted`).
            Without it, concrete tensors from outside become constants, and variables inputs and outputs.
        line: the user's line, where all that is captured belongs to one.
    """

    symbolic = True
    captures = True
    device = "captured"

    def __init__(self, name: str, outer: Interpreter | None = None, line: str = "") -> None:
        self.name = name
        self.line = line
        self.outer = outer
        self.inputs: list[Value] = []
        self.arguments: set[int] = set()
        self.nodes: list[Node] = []
        self.constants: dict[int, tuple[Value, Tensor]] = {}
        self.lifted: list[Tensor] = []
        self.reads: dict[Variable, Value] = {}
        self.state: dict[Variable, Tensor] = {}
        self.assigned: dict[Variable, None] = {}  # in order
        self.host: HostPart | None = None  # what is called on the host; without it, of strings only shapes are known
        self.ended = False
        self.where = line or user_line()

    def input(self, spec: Any, name: str = "") -> Tensor:
        """Add an input, and give the tensor that stands for it."""
        value = Value(spec.shape, spec.dtype, name)
        self.inputs.append(value)
        self.arguments.add(id(value))
        return self._tensor(value)

    def process(self, primitive: Primitive, inputs: tuple[Tensor, ...], params: dict[str, Any]) -> Any:
        """Infer shapes and dtypes (which finds misfits), and add a node."""
        operands = tuple([t.value if t.owner is self else self.value_of(t) for t in inputs])
        inferred = primitive.infer(*operands, **params)
        specs = inferred if primitive.multiple else (inferred,)
        outputs = tuple([Value(s.shape, s.dtype) for s in specs])
        self.nodes.append(Node(primitive, operands, params, outputs, self.line or user_line()))
        return tuple(map(self._tensor, outputs)) if primitive.multiple else self._tensor(outputs[0])

    def call(self, rule: Any, inputs: tuple[Tensor, ...]) -> Any:
        """No gradient is wanted: capture the function itself."""
        with running(self):
            return rule.forward(*inputs)

    def read(self, variable: Variable) -> Tensor:
        """The variable's tensor in this graph; the first read makes it an input."""
        if self.outer is not None:
            return self.outer.read(variable)
        if variable not in self.state:
            tensor = self.input(variable, variable.path)
            self.reads[variable] = tensor.value
            self.state[variable] = tensor
        return self.state[variable]

    def write(self, variable: Variable, tensor: Tensor) -> None:
        """The variable's new tensor becomes an output of the graph."""
        if self.outer is not None:
            raise CaptureError(
                f"variable {variable.path!r} is assigned inside the body of a loop or branch ({self.name}) at {user_line()}. "
                "Return the new value from the body and assign it afterwards."
            )
        self.read(variable)
        self.assigned[variable] = None
        self.state[variable] = tensor

    def in_place(self, tensor: Tensor) -> None:
        """Only tensors made inside may change: a change of an argument or an outer tensor would be lost."""
        if tensor.owner is not self:
            raise InPlaceError(
                f"a tensor from outside the captured function {self.name!r} is changed in place at {user_line()}: the change "
                "would happen once, at capture, and not in each run. Use hb.Variable for state, or change a copy."
            )
        if id(tensor.value) in self.arguments:
            raise InPlaceError(
                f"an argument of the captured function {self.name!r} is changed in place at {user_line()}: the caller would "
                "not see it. Change a copy (hb.ops.copy) and return it."
            )

    def value_of(self, tensor: Tensor) -> Value:
        """The graph value of a tensor of this capture, or of one from outside."""
        if tensor.owner is self:
            return tensor.value
        if tensor.uid in self.constants:
            return self.constants[tensor.uid][0]
        if tensor.owner.symbolic and self.outer is None:
            tensor.owner.receive(self, None, (tensor,), {})
        number = not tensor.shape and not tensor.owner.symbolic and not self.tracks(tensor)
        lift = self.outer is not None and not number  # a plain number is better known inside than handed in
        value = Value(tensor.shape, tensor.dtype, data=None if lift else tensor)
        self.constants[tensor.uid] = (value, tensor)  # holding the tensor keeps its uid from meaning another
        if lift:
            self.lifted.append(tensor)
        return value

    def tracks(self, tensor: Tensor) -> bool:
        """Whether it is followed by a tape around the body that is being captured."""
        return self.outer is not None and self.outer.tracks(tensor)

    def finish(self, outputs: Sequence[Tensor]) -> Graph:
        """End the capture; tensors that leaked out of it are refused from now on."""
        results = [self.value_of(t) for t in outputs]
        known = [v for v, _ in self.constants.values() if v.data is not None]
        self.ended = True
        if self.outer is not None:
            outer = [v for v, _ in self.constants.values() if v.data is None]
            return Graph([*self.inputs, *outer], known, self.nodes, results, self.name)
        donated = {}
        places = {value: place for place, value in enumerate(self.inputs)}
        for variable in self.assigned:
            donated[len(results)] = places[self.reads[variable]]
            results.append(self.value_of(self.state[variable]))
        return Graph(self.inputs, known, self.nodes, results, self.name, donated)

    def graph_of(self, tensor: Tensor) -> Graph:
        """The graph, so far, of one tensor."""
        value = self.value_of(tensor)
        return Graph(self.inputs, [v for v, _ in self.constants.values()], self.nodes, [value], self.name)

    def receive(self, receiver: Any, primitive: Any, inputs: Any, params: Any) -> None:
        """A tensor of this capture is used elsewhere: say how it got out."""
        state = "has ended" if self.ended else "is not the one that runs now"
        raise LeakError(
            f"a tensor captured in {self.name!r} (at {self.where}) is used at {user_line()}, but that capture {state}. It leaked "
            "through a global, an attribute or a closure: return it from the function, or keep state in an hb.Variable."
        )

    def to_host(self, value: Any) -> Any:
        """A captured tensor has no values."""
        self.receive(None, None, (), {})

    def _tensor(self, value: Value) -> Tensor:
        return Tensor(value, value.shape, value.dtype, self)


def capture_specs(function: Callable[..., Any], specs: Sequence[Spec], params: dict[str, Any], line: str = "") -> Graph:
    """The graph of `function(*tensors, **params)` for tensors of those shapes and dtypes; `line`: the user's, if it is known."""
    capture = Capture(getattr(function, "__name__", "function"), line=line)
    with running(capture):
        out = function(*(capture.input(s) for s in specs), **params)
    return capture.finish(out if isinstance(out, tuple) else (out,))


def capture_body(function: Callable[..., Any], specs: Sequence[Any], name: str) -> tuple[Graph, list[Tensor]]:
    """The graph of a loop's or branch's body, and the outer tensors that it uses.

    Args:
        function: takes tensors, one per spec, and returns a list of tensors.
        specs: shape and dtype of each argument.
        name: for prints and errors.

    Returns:
        The graph, whose inputs are the arguments followed by the outer tensors; and those outer tensors.
    """
    capture = Capture(name, outer=current())
    with running(capture):
        outputs = function(*(capture.input(s) for s in specs))
    return capture.finish(outputs), capture.lifted
