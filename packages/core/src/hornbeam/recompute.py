"""checkpoint: the inside of a function is computed again in the backward pass instead of being kept."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from hornbeam.interpret import bind, current, running
from hornbeam.interpreters.tape import Tape
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.movement import identity
from hornbeam.primitive import primitive
from hornbeam.tensor import Tensor
from hornbeam.tree import Structure, flatten, unflatten
from hornbeam.variable import Variable

__all__ = ["checkpoint"]

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
        self.values: dict[Variable, Tensor] = {}  # of variables that were read, before the function changed them
        self.changed: set[Variable] = set()

    def process(self, primitive: Any, inputs: tuple[Tensor, ...], params: dict[str, Any]) -> Any:
        self.used.update((t.uid, t) for t in inputs if t.uid in self.tape.tracked)
        return self._below.process(primitive, inputs, params)

    def read(self, variable: Variable) -> Tensor:
        tensor = self.tape.read(variable)
        if variable not in self.changed:
            self.values.setdefault(variable, tensor)
        return tensor

    def write(self, variable: Variable, tensor: Tensor) -> None:
        self.changed.add(variable)
        self.tape.write(variable, tensor)


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
            with running(_Replay(again, outside.values)):
                redone = self.forward(*inputs)
            redone = tuple(again.substitutes.get(t.uid, t) for t in redone)
            return tuple(again.pull_back(redone, cts, [again.substitutes[t.uid] for t in used]))

        tape.record("checkpoint", used, outputs, True, pull)
        return outputs


class _Replay(Tape):
    """Runs a function again on a tape: variables have the values that they had, and what is assigned stays in here."""

    def __init__(self, again: Tape, values: dict[Variable, Tensor]) -> None:
        super().__init__(again)
        self.values = dict(values)

    def read(self, variable: Variable) -> Tensor:
        return self.values[variable]

    def write(self, variable: Variable, tensor: Tensor) -> None:
        self.values[variable] = tensor
