"""What tapes see instead of what runs: custom_vjp gives a rule of its own, stop_gradient and no_grad nothing at all."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hornbeam.errors import DifferentiationError, ShapeError
from hornbeam.interpret import bind, current, running
from hornbeam.interpreters.tape import Tape
from hornbeam.naming import name_of
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.movement import identity
from hornbeam.primitive import primitive
from hornbeam.tensor import Tensor
from hornbeam.tree import Structure, flatten, map_structure, unflatten

__all__ = ["custom_vjp", "no_grad", "stop_gradient"]


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
                f"{name_of(self.function)} is a custom_vjp without a rule: call defvjp(forward, backward)"
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
        rule, name = self.rule, name_of(self.rule.function)
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
