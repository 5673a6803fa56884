"""Branches: run one of several functions, chosen by a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.errors import DTypeError, InvalidArgumentError, ShapeError
from hornbeam.graph.ir import Graph
from hornbeam.graph.run import replay
from hornbeam.interpret import bind
from hornbeam.ops.control.bodies import as_tensors, captured, inexact, require_same
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import zeros
from hornbeam.ops.elementwise.cast import cast
from hornbeam.primitive import Spec, primitive, specs_of
from hornbeam.tensor import Tensor
from hornbeam.tree import unflatten

__all__ = ["cond", "switch"]


def _infer(index: Any, *inputs: Any, branches: tuple[Graph, ...], operands: int) -> tuple[Spec, ...]:
    at = operands
    for branch in branches:
        own = len(branch.inputs) - operands
        taken = [*inputs[:operands], *inputs[at : at + own]]
        require_same(f"what {branch.name} takes", taken, None, branch.inputs, None)
        require_same(branch.name, branch.outputs, None, branches[0].outputs, None)
        at += own
    return specs_of(branches[0].outputs)


def _example(t: Any) -> Any:
    from hornbeam.interpreters.capture import capture_specs

    spec = Spec((3,), t.dtype)
    branches = tuple(capture_specs(f, [spec, spec], {}) for f in (lambda x, y: x * y, lambda x, y: x - y * y))
    operands = [t.array((3,)), t.array((3,))]
    return t.case(t.ints("", low=0, high=2), *operands, branches=branches, operands=2)


switch_p = primitive("switch", _infer, cases=_example, multiple=True, uses_backend=True)


@switch_p.kernel
def _(backend: Any, index: Any, *inputs: Any, branches: tuple[Graph, ...], operands: int) -> Any:
    chosen = min(max(int(backend.to_host(index)), 0), len(branches) - 1)
    at = operands + sum(len(b.inputs) - operands for b in branches[:chosen])
    own = len(branches[chosen].inputs) - operands
    return tuple(backend.executable(branches[chosen])([*inputs[:operands], *inputs[at : at + own]]))


@switch_p.vjp("inputs")
def _(cts: Any, saved: Any, branches: tuple[Graph, ...], operands: int) -> Any:
    from hornbeam.autodiff import vjp

    index, *inputs = saved
    wanted = inexact(inputs)

    def pulled(branch: Graph, at: int) -> Callable[[], tuple[Tensor, ...]]:
        own = [*range(operands), *range(at, at + len(branch.inputs) - operands)]
        active = [i for i in own if i in wanted]

        def run(*tensors: Tensor) -> tuple[Tensor, ...]:
            given = dict(zip(active, tensors, strict=True))
            outputs = replay(branch, [given.get(i, inputs[i]) for i in own])
            return tuple(outputs[i] for i in inexact(outputs))

        def of_branch() -> tuple[Tensor, ...]:
            _, pull = vjp(run, *(inputs[i] for i in active))
            found = dict(zip(active, pull(tuple(ct for ct in cts if ct is not None)), strict=True))
            return tuple(found[i] if i in found else zeros(inputs[i].shape, inputs[i].dtype) for i in wanted)

        return of_branch

    at, functions = operands, []
    for branch in branches:
        functions.append(pulled(branch, at))
        at += len(branch.inputs) - operands
    found = dict(zip(wanted, switch(index, functions), strict=True))
    return (None, *(found.get(i) for i in range(len(inputs))))


def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """Run one of several functions, chosen by a number.

    Args:
        index: integer tensor of shape (); below 0 the first branch runs, beyond the last the last.
        branches: functions of `operands` that return equal containers of equal shapes and dtypes. They may use outer tensors.
        *operands: nested containers of tensors.

    Raises:
        InvalidArgumentError, ShapeError, DTypeError: the branches return different things.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.switch(1, [lambda x: x + 1.0, lambda x: x * 10.0], 2.0))
        20.0
    """
    choice = as_tensor(index)
    if choice.shape != () or not choice.dtype.is_integer:
        raise ShapeError(f"switch: the index must be one integer; got shape {choice.shape}, dtype {choice.dtype}")
    if not branches:
        raise InvalidArgumentError("switch: there are no branches")
    if not choice.owner.symbolic:
        chosen = branches[min(max(int(choice), 0), len(branches) - 1)]
        tensors, structure = as_tensors(chosen(*operands))
        return unflatten(structure, tensors)
    flat, nesting = as_tensors(operands)
    found = [captured(b, specs_of(flat), nesting, f"branch_{i}") for i, b in enumerate(branches)]
    for graph, _, structure in found[1:]:
        require_same(f"switch: {graph.name}", graph.outputs, structure, found[0][0].outputs, found[0][2])
    graphs = tuple(graph for graph, _, _ in found)
    outer = [t for _, lifted, _ in found for t in lifted]
    return unflatten(found[0][2], bind(switch_p, choice, *flat, *outer, branches=graphs, operands=len(flat)))


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """`true_fn()` or `false_fn()`, by a truth value that need not be known when a function is captured.

    Args:
        pred: bool tensor of shape ().
        true_fn, false_fn: functions without arguments; they return equal containers of equal shapes and dtypes.

    Raises:
        DTypeError: `pred` is not a bool.

    Example:
        >>> import hornbeam as hb
        >>> step = hb.jit(lambda x: hb.ops.cond(x > 0.0, lambda: x, lambda: x * 0.1))
        >>> float(step(hb.ops.asarray(-2.0))) == float(hb.ops.asarray(-2.0) * 0.1)
        True
    """
    truth = as_tensor(pred)
    if truth.shape != () or truth.dtype != "bool":
        raise DTypeError(f"cond: the condition must be one bool; got shape {truth.shape}, dtype {truth.dtype}")
    return switch(cast(truth, "int32"), [false_fn, true_fn])
