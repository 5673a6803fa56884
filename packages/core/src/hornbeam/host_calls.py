"""Calls on the host, as of layers that work on strings: run at once, or, in a captured function, before each run of its graph.

Strings are NumPy arrays of objects; no tensor holds them. In a captured function a `Text` stands for such an array.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from hornbeam.dtypes import DType, string
from hornbeam.errors import CaptureError
from hornbeam.host import is_strings
from hornbeam.interpret import current, running, user_line
from hornbeam.interpreters.capture import Capture
from hornbeam.interpreters.evaluate import Evaluate
from hornbeam.tensor import Tensor
from hornbeam.tree import Structure, flatten, unflatten

if TYPE_CHECKING:
    from hornbeam.symbolic import KerasTensor

__all__ = ["HostPart", "Text", "host_call", "is_text"]


class Text:
    """An array of strings of a captured function: of its values nothing is known, for each run has others.

    Attributes:
        owner: the capture.
        source: which of the run's arrays of strings it is; -1: no run will come.
        shape: sizes.
    """

    __slots__ = ("owner", "shape", "source")
    dtype: DType = string

    def __init__(self, owner: Capture, source: int, shape: Sequence[int]) -> None:
        self.owner, self.source, self.shape = owner, source, tuple(shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def reshape(self, shape: Sequence[int]) -> Text:
        """The same strings in another shape of as many elements."""
        return Text(self.owner, self.source, shape)

    def __len__(self) -> int:
        """Size of the first axis."""
        return self.shape[0]

    def _no_values(self, *_: Any, **__: Any) -> NoReturn:
        raise CaptureError(
            f"the values of strings are asked for while {self.owner.name!r} is captured, at {user_line()}: each run has others. "
            "Layers such as TextVectorization, StringLookup and Hashing take them as they are; for anything else encode them "
            "before the model, or compile with run_eagerly=True."
        )

    __array__ = __iter__ = __getitem__ = __eq__ = __bool__ = _no_values
    __hash__ = object.__hash__


def is_text(value: Any) -> bool:
    """Whether something is an array of strings, known or not."""
    return isinstance(value, Text) or getattr(value, "dtype", None) is string or is_strings(value)


def host_call(function: Callable[..., Any], specs: Callable[..., KerasTensor], *args: Any, **kwargs: Any) -> Any:
    """`function(*args, **kwargs)`, which works on values on the host: strings, numbers.

    In a captured function it is called before each run of the graph, on the values of that run.

    Args:
        function: takes tensors and arrays of strings in nested containers, and returns a tensor or an array of strings.
        specs: gives shape and dtype of the result for arguments of which nothing else is known.

    Raises:
        CaptureError: it is in the body of a loop or a branch.
    """
    lowest = current()
    while lowest.below is not None:
        lowest = lowest.below
    if not isinstance(lowest, Capture):
        return function(*args, **kwargs)
    if lowest.outer is not None:
        raise CaptureError(
            f"{getattr(function, '__name__', 'a function')} works on the host and cannot be in the body of a loop or branch "
            f"({lowest.name}), at {user_line()}: call it before."
        )
    leaves, structure = flatten((args, kwargs))
    if lowest.host is not None:
        return lowest.host.call(function, leaves, structure)
    found = specs(*args, **kwargs)
    shape = [
        leaves[0].shape[0] if size is None else size for size in found.shape
    ]  # None: it is like no size that is known
    return Text(lowest, -1, shape) if found.dtype is string else lowest.input(found.__class__(shape, found.dtype))


class _Known(NamedTuple):
    """An argument that is the same in each run."""

    value: Any

    def of(self, run: Run) -> Any:
        return self.value


class _Strings(NamedTuple):
    """An argument that is one of the run's arrays of strings."""

    source: int
    shape: tuple[int, ...]

    def of(self, run: Run) -> Any:
        return run.texts[self.source].reshape(self.shape)


class _Numbers(NamedTuple):
    """An argument that a compiled graph makes of the run's tensors."""

    compiled: Callable[[list[Tensor]], Any]

    def of(self, run: Run) -> Any:
        return self.compiled(run.tensors[: len(self.compiled.arguments)])  # type: ignore[attr-defined]


class Run(NamedTuple):
    """The arguments of one run, to which host calls add their results."""

    tensors: list[Tensor]
    texts: list[Any]

    def add(self, result: Any) -> None:
        """Keep the result of a host call."""
        (self.tensors if isinstance(result, Tensor) else self.texts).append(result)


class _Call(NamedTuple):
    function: Callable[..., Any]
    arguments: list[Any]
    structure: Structure

    def __call__(self, run: Run) -> Any:
        args, kwargs = unflatten(self.structure, [argument.of(run) for argument in self.arguments])
        with running(Evaluate()):
            return self.function(*args, **kwargs)


class HostPart:
    """The host calls of a captured function, in order.

    Args:
        capture: of the function.
        tensors, texts: its arguments at capture, which say what the calls return then.
        compiled: compiles what has been captured so far as the function that gives one tensor.
    """

    def __init__(
        self, capture: Capture, tensors: list[Tensor], texts: list[Any], compiled: Callable[[Tensor], Any]
    ) -> None:
        self.capture, self.compiled = capture, compiled
        self.first = Run([*tensors], [*texts])
        self.calls: list[_Call] = []

    def call(self, function: Callable[..., Any], leaves: list[Any], structure: Structure) -> Any:
        """Call at once, to know shapes, and in each run."""
        call = _Call(function, [self._argument(leaf) for leaf in leaves], structure)
        result = call(self.first)
        if all(isinstance(argument, _Known) for argument in call.arguments):
            return result
        self.calls.append(call)
        self.first.add(result)
        if isinstance(result, Tensor):
            return self.capture.input(result)
        return Text(self.capture, len(self.first.texts) - 1, result.shape)

    def _argument(self, leaf: Any) -> Any:
        if isinstance(leaf, Text):
            return _Strings(leaf.source, leaf.shape)
        if isinstance(leaf, Tensor) and leaf.owner is self.capture:
            return _Numbers(self.compiled(leaf))
        return _Known(leaf)

    def settle(self) -> Any:
        """Forget the arguments at capture; the signature of what the calls made of them."""
        found = self.signature(self.first)
        self.first = Run([], [])
        return found

    def signature(self, run: Run) -> Any:
        """Shapes and dtypes of a run, on which the graph depends."""
        return tuple((t.shape, t.dtype) for t in run.tensors), tuple(t.shape for t in run.texts)

    def run(self, tensors: list[Tensor], texts: list[Any]) -> Run:
        """The arguments of a run, and the results of all calls."""
        run = Run(list(tensors), list(texts))
        for call in self.calls:
            run.add(call(run))
        return run
