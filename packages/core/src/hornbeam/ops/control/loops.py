"""Loops whose number of rounds depends on values, and loops over a range of numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam import dtypes
from hornbeam.errors import DifferentiationError, DTypeError
from hornbeam.graph.ir import Graph
from hornbeam.graph.run import replay
from hornbeam.interpret import bind, capturing, running
from hornbeam.interpreters.tape import Tape
from hornbeam.ops.control.bodies import as_tensors, captured, require_same
from hornbeam.ops.control.branches import cond as branch
from hornbeam.ops.control.scan import scan
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import arange
from hornbeam.primitive import Spec, primitive, specs_of
from hornbeam.tensor import Tensor
from hornbeam.tree import unflatten

__all__ = ["fori_loop", "while_loop"]


def _infer(*inputs: Any, cond: Graph, body: Graph, state: int, maximum: int | None) -> tuple[Spec, ...]:
    outer = len(cond.inputs) - state
    require_same("what the condition takes", inputs[: state + outer], None, cond.inputs, None)
    require_same("what the body takes", [*inputs[:state], *inputs[state + outer :]], None, body.inputs, None)
    require_same("the loop's body", body.outputs, None, body.inputs[:state], None)
    require_same("the loop's condition", cond.outputs, None, [Spec((), dtypes.bool)], None)
    return specs_of(body.outputs)


def _example(t: Any) -> Any:
    from hornbeam.interpreters.capture import capture_specs

    number, array = Spec((), dtypes.int32), Spec((3,), t.dtype)
    cond = capture_specs(lambda i, x: i < 4, [number, array], {})
    body = capture_specs(lambda i, x: (i + 1, x * x - 0.5), [number, array], {})
    first = t.ints("", low=0, high=4)
    return t.case(first, t.array((3,), low=-1.0, high=1.0), cond=cond, body=body, state=2, maximum=6)


while_p = primitive("while", _infer, cases=_example, multiple=True, uses_backend=True)


@while_p.kernel
def _(backend: Any, *inputs: Any, cond: Graph, body: Graph, state: int, maximum: int | None) -> Any:
    """Rounds of `body` while `cond` holds; the outer tensors of `cond` come before those of `body`."""
    split = len(cond.inputs)
    values, of_cond, of_body = [backend.copy(a) for a in inputs[:state]], inputs[state:split], inputs[split:]
    test, step = backend.executable(cond), backend.executable(body)
    rounds = 0
    while (maximum is None or rounds < maximum) and bool(backend.to_host(test([*values, *of_cond])[0])):
        values = step([*values, *of_body])
        rounds += 1
    return tuple(values)


@while_p.on_tape
def _(tape: Tape, *inputs: Tensor, cond: Graph, body: Graph, state: int, maximum: int | None) -> tuple[Tensor, ...]:
    """Differentiated as a scan over `maximum` rounds, each of which does nothing once the condition has failed."""
    if maximum is None:
        raise DifferentiationError(
            "while_loop cannot be differentiated: how much to keep for the gradient is not known. Give maximum_iterations, "
            "or use hb.ops.scan or hb.ops.fori_loop with a fixed number of rounds."
        )
    split = len(cond.inputs)

    def step(values: tuple[Tensor, ...], _: None) -> tuple[tuple[Tensor, ...], None]:
        go = replay(cond, [*values, *inputs[state:split]])[0]
        return branch(go, lambda: tuple(replay(body, [*values, *inputs[split:]])), lambda: values), None

    with running(tape):
        return scan(step, inputs[:state], length=maximum)[0]


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    maximum_iterations: int | None = None,
) -> Any:
    """Repeat `loop_vars = body(*loop_vars)` while `cond(*loop_vars)`.

    Args:
        cond: gives one bool.
        body: returns containers of the same structure, shapes and dtypes as it takes.
        loop_vars: tuple or list of (containers of) tensors; or a single tensor.
        maximum_iterations: stop after so many rounds. A captured loop can be differentiated only with it, and keeps what
            that many rounds need.

    Returns:
        The final `loop_vars`.

    Raises:
        InvalidArgumentError, ShapeError, DTypeError: the body returns something else than it took, or `cond` no single bool.

    Example:
        >>> import hornbeam as hb
        >>> i, total = hb.ops.while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s + i), (0, 0))
        >>> int(total)
        10
    """
    single = not isinstance(loop_vars, (tuple, list))
    flat, structure = as_tensors((loop_vars,) if single else tuple(loop_vars))

    def arguments(tensors: Any) -> tuple[Any, ...]:
        return unflatten(structure, tensors)

    def step(*values: Any) -> Any:
        out = body(*values)
        return (out,) if single or not isinstance(out, (tuple, list)) else tuple(out)

    if not capturing():
        rounds = 0
        while (maximum_iterations is None or rounds < maximum_iterations) and _truth(cond(*arguments(flat))):
            new, found = as_tensors(step(*arguments(flat)))
            require_same("while_loop: the body", new, found, flat, structure)
            flat, rounds = new, rounds + 1
        results = flat
    else:
        test, of_test, _ = captured(lambda *v: _one_bool(cond(*v)), specs_of(flat), structure, "condition")
        round_, of_round, found = captured(step, specs_of(flat), structure, "body")
        require_same("while_loop: the body", round_.outputs, found, flat, structure)
        results = bind(
            while_p,
            *flat,
            *of_test,
            *of_round,
            cond=test,
            body=round_,
            state=len(flat),
            maximum=maximum_iterations,
        )
    out = arguments(results)
    return out[0] if single else type(loop_vars)(out) if isinstance(loop_vars, list) else out


def _one_bool(x: Any) -> Tensor:
    truth = as_tensor(x)
    if truth.shape != () or truth.dtype != "bool":
        raise DTypeError(f"while_loop: the condition must give one bool; got shape {truth.shape}, dtype {truth.dtype}")
    return truth


def _truth(x: Any) -> bool:
    return bool(_one_bool(x))


def fori_loop(lower: Any, upper: Any, body_fun: Callable[[Any, Any], Any], init_val: Any) -> Any:
    """`val = body_fun(i, val)` for i from `lower` up to, without, `upper`.

    Args:
        lower, upper: integers, or integer tensors of shape (). With Python integers the loop can be differentiated when
            captured.
        body_fun: `(i, val) -> val`, of the same structure, shapes and dtypes.
        init_val: nested containers of tensors.

    Example:
        >>> import hornbeam as hb
        >>> int(hb.ops.fori_loop(0, 5, lambda i, s: s + i, 0))
        10
    """
    if isinstance(lower, int) and isinstance(upper, int):
        numbers = arange(lower, max(lower, upper), dtype="int32")
        return scan(lambda val, i: (body_fun(i, val), None), init_val, numbers)[0]
    last = as_tensor(upper)
    return while_loop(
        lambda i, val: i < last, lambda i, val: (i + 1, body_fun(i, val)), (as_tensor(lower, last.dtype), init_val)
    )[1]
