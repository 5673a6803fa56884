"""Differentiation of functions: grad, value_and_grad, vjp, jvp, custom_vjp, checkpoint, no_grad, stop_gradient."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hornbeam.errors import DifferentiationError, InvalidArgumentError, ShapeError
from hornbeam.interpret import bind, current, running
from hornbeam.interpreters.tape import Tape
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import zeros
from hornbeam.ops.movement import identity
from hornbeam.primitive import primitive
from hornbeam.tensor import Tensor
from hornbeam.tree import Structure, flatten, map_structure, unflatten
from hornbeam.variable import Variable

__all__ = ["checkpoint", "custom_vjp", "grad", "jvp", "no_grad", "stop_gradient", "value_and_grad", "vjp"]


def vjp(function: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The value of a function, and its vector-Jacobian product: what reverse mode computes.

    Args:
        function: takes tensors (in nested containers) and returns tensors (in nested containers).
        *primals: its arguments.
        has_aux: whether it returns a pair (output, auxiliary data that is not differentiated).

    Returns:
        `(output, pullback)` or `(output, pullback, aux)`. `pullback(cotangent)`, with a cotangent of the output's structure
        and shapes, gives a tuple of the cotangents of the primals. It can be called many times, and is differentiable.

    Raises:
        DifferentiationError: a primal is not of floating-point dtype.

    Example:
        >>> import hornbeam as hb
        >>> y, pull = hb.vjp(lambda x: x * x, 3.0)
        >>> float(y), float(pull(1.0)[0])
        (9.0, 6.0)
    """
    flat, structure = flatten(primals)
    inputs = [_fresh(x, f"argument {i} of {_name(function)}") for i, x in enumerate(flat)]
    tape, out, aux = _record(function, unflatten(structure, inputs), inputs, (), has_aux)
    pull = _pullback(tape, out, inputs, structure)
    output = map_structure(_convert, out)
    return (output, pull, aux) if has_aux else (output, pull)


def _record(
    function: Callable[..., Any],
    args: Sequence[Any],
    inputs: Sequence[Tensor],
    variables: Sequence[Variable],
    has_aux: bool,
) -> tuple[Tape, Any, Any]:
    """Run `function` on a new tape that watches `inputs` and `variables`."""
    tape = Tape(current())
    for tensor in inputs:
        tape.watch(tensor)
    for variable in variables:
        tape.variables[variable] = _fresh(variable, f"variable {variable.path!r}")
        tape.watched.append(tape.variables[variable])  # a later assignment replaces the entry of `variables`
        tape.watch(tape.variables[variable])
    with running(tape):
        out = function(*args)
        aux = None
        if has_aux:
            if not isinstance(out, tuple) or len(out) != 2:
                raise InvalidArgumentError(
                    f"{_name(function)} must return (output, aux) because has_aux=True; got {type(out)}"
                )
            out, aux = out
    return tape, out, aux


def _pullback(tape: Tape, out: Any, inputs: Sequence[Tensor], structure: Structure) -> Callable[[Any], Any]:
    outputs, out_structure = flatten(map_structure(_convert, out))

    def pull(cotangent: Any) -> Any:
        cts, ct_structure = flatten(cotangent)
        if ct_structure != out_structure:
            raise InvalidArgumentError(
                f"the cotangent has structure {ct_structure}, but the output has {out_structure}"
            )
        ready = [_cotangent(ct, o) for ct, o in zip(cts, outputs, strict=True)]
        found = tape.pull_back(outputs, ready, inputs)
        return unflatten(
            structure, [zeros(t.shape, t.dtype) if g is None else g for g, t in zip(found, inputs, strict=True)]
        )

    return pull


def _cotangent(ct: Any, output: Tensor) -> Tensor:
    tensor = as_tensor(ct, like=output.dtype)
    if tensor.shape != output.shape:
        raise ShapeError(f"the cotangent has shape {tensor.shape}, but the output has {output.shape}")
    return tensor


def value_and_grad(
    function: Callable[..., Any],
    argnums: int | Sequence[int] = 0,
    *,
    variables: Sequence[Variable] | None = None,
    has_aux: bool = False,
) -> Callable[..., Any]:
    """A function that computes the value and the gradient of a scalar function together.

    Args:
        function: returns one number (a tensor of shape ()), or with `has_aux` a pair (number, anything).
        argnums: which positional arguments to differentiate; each may be a nested container of floating-point tensors.
        variables: differentiate with respect to these variables instead of arguments.
        has_aux: whether `function` returns auxiliary data beside the number.

    Returns:
        A function of the same arguments that returns `(value, gradient)`, or `((value, aux), gradient)`. The gradient has
        the structure of the argument (a tuple for several `argnums`, a list for `variables`).

    Raises:
        DifferentiationError: an argument is not of floating-point dtype, or the value is not a single number.

    Example:
        >>> import hornbeam as hb
        >>> value, g = hb.value_and_grad(lambda w: (w * w).sum())(hb.ops.asarray([1.0, 2.0]))
        >>> float(value), g.numpy().tolist()
        (5.0, [2.0, 4.0])
    """

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        numbers: tuple[int, ...] = (
            () if variables is not None else (argnums,) if isinstance(argnums, int) else tuple(argnums)
        )
        for n in numbers:
            if not -len(args) <= n < len(args):
                raise InvalidArgumentError(
                    f"argnums has {n}, but {_name(function)} was called with {len(args)} arguments"
                )
        chosen, structure = flatten(tuple(args[n] for n in numbers))
        inputs = [_fresh(x, f"argument {numbers[0] if numbers else 0} of {_name(function)}") for x in chosen]
        new_args = list(args)
        for n, value in zip(numbers, unflatten(structure, inputs), strict=True):
            new_args[n] = value
        watched = list(variables or ())
        tape, out, aux = _record(lambda *a: function(*a, **kwargs), new_args, inputs, watched, has_aux)
        value = _convert(out)
        if value.shape != () or not value.dtype.is_floating:
            raise DifferentiationError(
                f"grad needs a function that returns one real number; {_name(function)} returned shape {value.shape}, dtype "
                f"{value.dtype}. Reduce it with .mean() or .sum(), or use hb.vjp."
            )
        sources = inputs + tape.watched
        ones = as_tensor(1.0, dtype=value.dtype)
        found = tape.pull_back([value], [ones], sources)
        grads = [zeros(t.shape, t.dtype) if g is None else g for g, t in zip(found, sources, strict=True)]
        if variables is not None:
            gradient: Any = grads
        else:
            gradient = unflatten(structure, grads)
            gradient = gradient[0] if isinstance(argnums, int) else gradient
        return ((value, aux), gradient) if has_aux else (value, gradient)

    return wrapped


def grad(
    function: Callable[..., Any],
    argnums: int | Sequence[int] = 0,
    *,
    variables: Sequence[Variable] | None = None,
    has_aux: bool = False,
) -> Callable[..., Any]:
    """A function that computes the gradient of a scalar function; arguments as for `value_and_grad`.

    Returns:
        A function that returns the gradient, or `(gradient, aux)` with `has_aux`.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.grad(hb.grad(hb.ops.sin))(0.5)) == -float(hb.ops.sin(0.5))
        True
    """
    both = value_and_grad(function, argnums, variables=variables, has_aux=has_aux)

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        value, gradient = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return wrapped


def jvp(function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The value of a function and its directional derivative (Jacobian-vector product).

    It is the vjp of the vjp, which is linear in the cotangent, so every primitive needs one rule only.

    Args:
        function: takes and returns tensors in nested containers.
        primals: its arguments.
        tangents: a direction, of the same structure and shapes.

    Returns:
        `(output, tangent of the output)`.

    Example:
        >>> import hornbeam as hb
        >>> y, t = hb.jvp(lambda x: x * x, (3.0,), (2.0,))
        >>> float(y), float(t)
        (9.0, 12.0)
    """
    flat, structure = flatten(tuple(primals))
    directions, found = flatten(tuple(tangents))
    if found != structure:
        raise InvalidArgumentError(f"tangents have structure {found}, but primals have {structure}")
    out, pull = vjp(function, *primals)
    outputs, _ = flatten(out)
    probes = map_structure(lambda t: zeros(t.shape, t.dtype if t.dtype.is_inexact else "float32"), out)
    _, push = vjp(
        lambda u: pull(map_structure(lambda a, o: a if o.dtype.is_inexact else _zero_like(o), u, out)), probes
    )
    del flat, outputs
    (tangent,) = push(tuple(unflatten(structure, [as_tensor(d) for d in directions])))
    return out, tangent


def _zero_like(tensor: Tensor) -> Tensor:
    return zeros(tensor.shape, tensor.dtype)


class custom_vjp:  # noqa: N801 - used as a decorator
    """Decorator: give a function a gradient of your own.

    Define it with `defvjp(forward, backward)`: `forward(*args)` returns `(output, residuals)`; `backward(residuals,
    cotangent)` returns one cotangent per argument (None for none), written in ops.

    Example:
        >>> import hornbeam as hb
        >>> @hb.custom_vjp
        ... def clip_gradient(x): return x
        >>> clip_gradient.defvjp(lambda x: (x, None), lambda _, ct: (hb.ops.clip(ct, -1.0, 1.0),))
        >>> float(hb.grad(lambda x: 5.0 * clip_gradient(x))(2.0))
        1.0
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.forward_rule: Callable[..., Any] | None = None
        self.backward_rule: Callable[..., Any] | None = None
        functools.update_wrapper(self, function)

    def defvjp(self, forward: Callable[..., Any], backward: Callable[..., Any]) -> None:
        """Set the two halves of the gradient rule."""
        self.forward_rule, self.backward_rule = forward, backward

    def __call__(self, *args: Any) -> Any:
        """The function's value; tapes see the rule instead of its inside."""
        if self.forward_rule is None or self.backward_rule is None:
            raise DifferentiationError(
                f"{_name(self.function)} is a custom_vjp without a rule: call defvjp(forward, backward)"
            )
        flat, structure = flatten(args)
        call = _CustomCall(self, structure)
        return current().call(call, tuple(as_tensor(x) for x in flat))


class _CustomCall:
    """One call of a custom_vjp function."""

    def __init__(self, rule: custom_vjp, structure: Structure) -> None:
        self.rule = rule
        self.structure = structure

    def forward(self, *inputs: Tensor) -> Any:
        return self.rule.function(*unflatten(self.structure, inputs))

    def on_tape(self, tape: Tape, inputs: tuple[Tensor, ...]) -> Any:
        """Run the forward half below the tape, and record the backward half."""
        below = tape.below
        assert below is not None
        if not any(t.uid in tape.tracked for t in inputs):
            return below.call(self, inputs)
        rule, name = self.rule, _name(self.rule.function)
        assert rule.forward_rule is not None and rule.backward_rule is not None
        with running(below):
            result = rule.forward_rule(*unflatten(self.structure, inputs))
            if not isinstance(result, tuple) or len(result) != 2:
                raise DifferentiationError(f"the forward rule of {name} must return (output, residuals)")
            flat, out_structure = flatten(result[0])
            outputs = tuple(identity(as_tensor(o)) for o in flat)

        def pull(cts: tuple[Tensor, ...]) -> tuple[Any, ...]:
            assert rule.backward_rule is not None
            found = rule.backward_rule(result[1], unflatten(out_structure, cts))
            found = found if isinstance(found, tuple) else (found,)
            return _match(found, self.structure, inputs, name)

        tape.record(name, inputs, outputs, True, pull)
        return unflatten(out_structure, outputs)


def _match(found: tuple[Any, ...], structure: Structure, inputs: Sequence[Tensor], name: str) -> tuple[Any, ...]:
    """Flatten the cotangents that a backward rule returned, one per argument, and check their shapes."""
    if len(found) != len(structure[1]):
        raise DifferentiationError(
            f"the backward rule of {name} returned {len(found)} cotangents, expected {len(structure[1])}"
        )
    flat: list[Any] = []
    for ct, part in zip(found, structure[1], strict=True):
        count = len(flatten(unflatten(part, [0] * _leaf_count(part)))[0])
        flat += [None] * count if ct is None else flatten(ct)[0]
    for ct, tensor in zip(flat, inputs, strict=True):
        if ct is not None and as_tensor(ct).shape != tensor.shape:
            raise ShapeError(
                f"the backward rule of {name} returned shape {ct.shape} for an argument of shape {tensor.shape}"
            )
    return tuple(None if ct is None else as_tensor(ct, like=t.dtype) for ct, t in zip(flat, inputs, strict=True))


def _leaf_count(structure: Structure) -> int:
    if structure is None:
        return 0
    if structure == "*":
        return 1
    return sum(_leaf_count(s) for s in structure[-1])


barrier_p = primitive("barrier", lambda x: x, cases=lambda t: t.floats("n d"))


@barrier_p.kernel
def _barrier(xp: Any, x: Any) -> Any:
    return x


@barrier_p.vjp()
def _barrier_vjp(ct: Tensor) -> Tensor:
    return ct


def checkpoint(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the same value whose inside is not kept for the gradient, but computed again in the backward pass.

    It trades time for memory: only the inputs (and outer tensors and variables that it uses) are kept.

    Source: Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost".

    Example:
        >>> import hornbeam as hb
        >>> float(hb.grad(hb.checkpoint(lambda x: hb.ops.sin(x) * x))(0.0))
        0.0
    """

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        flat, structure = flatten(args)
        out: list[Structure] = [None]

        def run(*inputs: Tensor) -> tuple[Tensor, ...]:
            results, out[0] = flatten(function(*unflatten(structure, inputs), **kwargs))
            return tuple(as_tensor(r) for r in results)

        results = current().call(_Recompute(run), tuple(as_tensor(x) for x in flat))
        return unflatten(out[0], results)

    return wrapped


class _Outside(Tape):
    """Notes which tensors tracked by `tape` a function uses, and carries everything out below that tape."""

    def __init__(self, tape: Tape) -> None:
        super().__init__(tape._below)
        self.tape = tape
        self.used: dict[int, Tensor] = {}

    def process(self, primitive: Any, inputs: tuple[Tensor, ...], params: dict[str, Any]) -> Any:
        self.used.update((t.uid, t) for t in inputs if t.uid in self.tape.tracked)
        return self._below.process(primitive, inputs, params)

    def read(self, variable: Variable) -> Tensor:
        return self.tape.read(variable)


class _Recompute:
    """One call of a checkpointed function."""

    def __init__(self, function: Callable[..., tuple[Tensor, ...]]) -> None:
        self.forward = function

    def on_tape(self, tape: Tape, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Run below the tape; record that the backward pass runs it again on a tape of its own."""
        outside = _Outside(tape)
        with running(outside):
            results = self.forward(*inputs)
            outputs = tuple(identity(r) for r in results)
        used = tuple(outside.used.values())
        if not used:
            return outputs

        def pull(cts: tuple[Tensor, ...]) -> tuple[Any, ...]:
            again = Tape(current())
            for tensor in used:
                again.substitutes[tensor.uid] = bind(barrier_p, tensor)
                again.watch(again.substitutes[tensor.uid])
            with running(_Replay(again, tape)):
                redone = self.forward(*inputs)
            redone = tuple(again.substitutes.get(t.uid, t) for t in redone)
            return tuple(again.pull_back(redone, cts, [again.substitutes[t.uid] for t in used]))

        tape.record("checkpoint", used, outputs, True, pull)
        return outputs


class _Replay(Tape):
    """Runs a function again on a tape, reading variables as they were on the first one."""

    def __init__(self, again: Tape, first: Tape) -> None:
        super().__init__(again)
        self.first = first

    def read(self, variable: Variable) -> Tensor:
        return self.first.read(variable)


@contextmanager
def no_grad() -> Iterator[None]:
    """A with block (or decorator) whose operations are not recorded for gradients.

    Example:
        >>> import hornbeam as hb
        >>> def f(x):
        ...     with hb.no_grad():
        ...         scale = x * 2.0
        ...     return scale * x
        >>> float(hb.grad(f)(3.0))
        6.0
    """
    interpreter = current()
    while isinstance(interpreter, Tape):
        interpreter = interpreter._below
    with running(interpreter):
        yield


stop_gradient_p = primitive(
    "stop_gradient", lambda x: x, elementwise=True, zero_gradient=True, cases=lambda t: t.floats("n d")
)


@stop_gradient_p.kernel
def _stop_gradient(xp: Any, x: Any) -> Any:
    return x


def stop_gradient(variable: Any) -> Any:
    """The same values, through which no gradient flows; nested containers are taken leaf by leaf."""
    return map_structure(lambda t: bind(stop_gradient_p, as_tensor(t)), variable)


def _fresh(x: Any, what: str) -> Tensor:
    tensor = as_tensor(x)
    if not tensor.dtype.is_inexact:
        raise DifferentiationError(
            f"{what} has dtype {tensor.dtype}: only floating-point tensors can be differentiated. "
            'Convert it with hb.ops.cast(x, "float32").'
        )
    return identity(tensor)


def _convert(x: Any) -> Tensor:
    return as_tensor(x)


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", type(function).__name__)
