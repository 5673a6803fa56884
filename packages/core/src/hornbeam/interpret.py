"""bind: the one point through which every operation passes; and the stack of interpreters that decides what it does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import TYPE_CHECKING, Any

from hornbeam.errors import ShapeError
from hornbeam.primitive import Primitive, primitives

if TYPE_CHECKING:
    from hornbeam.tensor import Tensor
    from hornbeam.variable import Variable

__all__ = ["Interpreter", "bind", "capturing", "current", "running", "user_line"]


class Interpreter:
    """Says what an operation does: run it now, record it for the backward pass, or add it to a graph.

    Interpreters are stacked: each hands on to the one `below`; the lowest runs or captures.
    """

    below: Interpreter | None = None
    captures = False  # whether it is the lowest and builds a graph

    def process(self, primitive: Primitive, inputs: tuple[Tensor, ...], params: dict[str, Any]) -> Any:
        """Carry out one operation; returns a tensor, or a tuple of them where `primitive.multiple`."""
        return self._below.process(primitive, inputs, params)

    def call(self, rule: Any, inputs: tuple[Tensor, ...]) -> Any:
        """Carry out a function that has a gradient rule of its own (`custom_vjp`, `checkpoint`)."""
        return self._below.call(rule, inputs)

    def read(self, variable: Variable) -> Tensor:
        """The present value of a variable."""
        return self._below.read(variable)

    def write(self, variable: Variable, tensor: Tensor) -> None:
        """Give a variable a new value."""
        self._below.write(variable, tensor)

    def tracks(self, tensor: Tensor) -> bool:
        """Whether a gradient with respect to `tensor`, or to what it was computed from, may be asked for."""
        return self._below.tracks(tensor)

    def in_place(self, tensor: Tensor) -> None:
        """Raise if `tensor` must not be changed in place here."""
        self._below.in_place(tensor)

    @property
    def _below(self) -> Interpreter:
        assert self.below is not None, "the lowest interpreter answers everything itself"
        return self.below


_current: ContextVar[Interpreter | None] = ContextVar("hornbeam_interpreter", default=None)
_lowest: list[Interpreter] = []


def current() -> Interpreter:
    """The interpreter on top of the stack."""
    top = _current.get()
    return top if top is not None else _lowest[0]


def set_lowest(interpreter: Interpreter) -> None:
    """Install the interpreter that acts where no other does (done once, by interpreters/evaluate.py)."""
    _lowest[:] = [interpreter]


def capturing() -> bool:
    """Whether operations are being captured rather than run."""
    interpreter = current()
    while interpreter.below is not None:
        interpreter = interpreter.below
    return interpreter.captures


@contextmanager
def running(interpreter: Interpreter) -> Iterator[Interpreter]:
    """Put `interpreter` on top of the stack for the duration of a with block, whatever happens inside."""
    token = _current.set(interpreter)
    try:
        yield interpreter
    finally:
        _current.reset(token)


def bind(primitive: Primitive, *inputs: Tensor, **params: Any) -> Any:
    """Apply a primitive to tensors, in whatever way the present interpreter does it.

    Args:
        primitive: what to apply.
        *inputs: tensors; where the primitive broadcasts, they are brought to one shape first.
        **params: static and hashable.

    Returns:
        A tensor, or a tuple of tensors where `primitive.multiple`.

    Raises:
        ShapeError: the inputs' shapes do not fit together.
    """
    if primitive.broadcasts and len(inputs) > 1:
        shape = inputs[0].shape
        for other in inputs:
            if other.shape != shape:
                inputs = _broadcast(primitive, inputs)
                break
    return (_current.get() or _lowest[0]).process(primitive, inputs, params)


def _broadcast(primitive: Primitive, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    wide = {t.shape for t in inputs if t.shape}
    if any(None in shape for shape in wide):
        return inputs  # a KerasTensor of unknown size: broadcast when the model runs
    shape = wide.pop() if len(wide) == 1 else broadcast_shapes(*(t.shape for t in inputs), where=primitive.name)
    repeat = primitives()["broadcast_to"]
    return tuple([t if t.shape == shape else bind(repeat, t, shape=shape) for t in inputs])


def broadcast_shapes(*shapes: tuple[int, ...], where: str = "broadcast") -> tuple[int, ...]:
    """The shape to which all of `shapes` broadcast.

    Example:
        >>> broadcast_shapes((3, 1), (4,))
        (3, 4)
    """
    rank = max(map(len, shapes), default=0)
    result = [1] * rank
    for shape in shapes:
        for axis, size in enumerate(shape, rank - len(shape)):
            if size != 1 and size != result[axis]:
                if result[axis] != 1:
                    raise ShapeError(
                        f"{where}: shapes {' and '.join(map(str, shapes))} do not broadcast: counted from the right, "
                        f"sizes must be equal or 1, but axis {axis - rank} has {result[axis]} and {size}."
                    )
                result[axis] = size
    return tuple(result)


_own: dict[str, bool] = {}  # module -> whether it is Hornbeam's


def user_line() -> str:
    """Where, in code that is not Hornbeam's own, the present operation was called: 'file.py:12 in train'."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        last, module = frame, frame.f_globals.get("__name__", "")
        own = _own.get(module)
        if own is None:
            own = _own[module] = module.partition(".")[0].startswith("hornbeam")
        if not own:
            break
        frame = frame.f_back
    return f"{last.f_code.co_filename}:{last.f_lineno} in {last.f_code.co_name}"
