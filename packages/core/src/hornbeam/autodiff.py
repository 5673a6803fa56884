"""Differentiation of functions: grad, value_and_grad, vjp, jvp."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.errors import DifferentiationError, InvalidArgumentError, ShapeError
from hornbeam.interpret import current, running
from hornbeam.interpreters.tape import Tape
from hornbeam.naming import name_of
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import zeros
from hornbeam.ops.movement import identity
from hornbeam.tensor import Tensor
from hornbeam.tree import Structure, flatten, map_structure, unflatten
from hornbeam.variable import Variable

__all__ = ["grad", "jvp", "value_and_grad", "vjp"]


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
    inputs = [_fresh(x, f"argument {i} of {name_of(function)}") for i, x in enumerate(flat)]
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
                    f"{name_of(function)} must return (output, aux) because has_aux=True; got {type(out)}"
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
                    f"argnums has {n}, but {name_of(function)} was called with {len(args)} arguments"
                )
        chosen, structure = flatten(tuple(args[n] for n in numbers))
        inputs = [_fresh(x, f"argument {numbers[0] if numbers else 0} of {name_of(function)}") for x in chosen]
        new_args = list(args)
        for n, value in zip(numbers, unflatten(structure, inputs), strict=True):
            new_args[n] = value
        watched = list(variables or ())
        tape, out, aux = _record(lambda *a: function(*a, **kwargs), new_args, inputs, watched, has_aux)
        value = _convert(out)
        if value.shape != () or not value.dtype.is_floating:
            raise DifferentiationError(
                f"grad needs a function that returns one real number; {name_of(function)} returned shape {value.shape}, dtype "
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
    _, structure = flatten(tuple(primals))
    directions, found = flatten(tuple(tangents))
    if found != structure:
        raise InvalidArgumentError(f"tangents have structure {found}, but primals have {structure}")
    out, pull = vjp(function, *primals)
    probes = map_structure(lambda t: zeros(t.shape, t.dtype if t.dtype.is_inexact else "float32"), out)
    _, push = vjp(
        lambda u: pull(map_structure(lambda a, o: a if o.dtype.is_inexact else _zero_like(o), u, out)), probes
    )
    (tangent,) = push(tuple(unflatten(structure, [as_tensor(d) for d in directions])))
    return out, tangent


def _zero_like(tensor: Tensor) -> Tensor:
    return zeros(tensor.shape, tensor.dtype)


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
