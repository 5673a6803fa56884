"""Tape: record the operations that depend on the tensors being differentiated, then walk them backwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hornbeam.errors import DifferentiationError, GraphError, InPlaceError
from hornbeam.interpret import Interpreter, running
from hornbeam.primitive import Composite, Primitive, Spec
from hornbeam.tensor import Tensor

if TYPE_CHECKING:
    from hornbeam.variable import Variable

__all__ = ["Tape"]


class Record(NamedTuple):
    """One operation on the tape: which tensors went in and came out, and how to pull a cotangent back through it."""

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[tuple[int, Spec], ...]
    multiple: bool
    pull: Callable[[Any], Any]
    partial: bool  # whether `pull` takes None for the cotangent of an output on which nothing depends


class Saved(NamedTuple):
    """A tensor kept for the backward pass, and the identity it had: a change in place is found by comparing them."""

    tensor: Tensor
    uid: int
    name: str

    def get(self) -> Tensor:
        """The tensor, if it is still what it was."""
        if self.tensor.uid != self.uid:
            raise InPlaceError(
                f"a tensor of shape {self.tensor.shape} that {self.name} needs for its gradient was changed in place at "
                f"{self.tensor.changed}. Change a copy (hb.ops.copy), or make the change before the tensor is used."
            )
        return self.tensor


class Tape(Interpreter):
    """Records what depends on the tracked tensors; everything is still carried out by the interpreter below.

    Tapes stack: the backward walk of one is itself recorded by those below it, which gives any order of differentiation.
    """

    def __init__(self, below: Interpreter) -> None:
        self.below = below
        self.tracked: set[int] = set()
        self.records: list[Record] = []
        self.substitutes: dict[int, Tensor] = {}
        self.variables: dict[Variable, Tensor] = {}
        self.watched: list[Tensor] = []

    def watch(self, tensor: Tensor) -> None:
        """Track a tensor: gradients can be asked for with respect to it."""
        self.tracked.add(tensor.uid)

    def process(self, primitive: Primitive, inputs: tuple[Tensor, ...], params: dict[str, Any]) -> Any:
        """Let the interpreter below do it, and record it if it depends on a tracked tensor."""
        if self.substitutes:
            inputs = tuple(self.substitutes.get(t.uid, t) for t in inputs)
        tracked = self.tracked
        if not any(t.uid in tracked for t in inputs) or primitive.zero_gradient:
            return self._below.process(primitive, inputs, params)
        if primitive.tape_rule is not None:
            return primitive.tape_rule(self, *inputs, **params)
        rule = primitive.vjp_rule
        if rule is None:
            if isinstance(primitive, Composite):
                with running(self):
                    return primitive.decomposition(*inputs, **params)
            reason = primitive.no_gradient or "no gradient rule is written for it"
            raise DifferentiationError(f"{primitive.name} cannot be differentiated: {reason}.")
        result = self._below.process(primitive, inputs, params)
        outputs = result if primitive.multiple else (result,)
        saved = [_save(primitive, what, index, inputs, outputs) for what, index in primitive.saves]

        def pull(ct: Any) -> Any:
            return rule(ct, *(_restore(s) for s in saved), **params)

        self.record(primitive.name, inputs, outputs, primitive.multiple, pull, primitive.partial_cts)
        return result

    def record(
        self,
        name: str,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        multiple: bool,
        pull: Callable[[Any], Any],
        partial: bool = False,
    ) -> None:
        """Add an operation to the tape."""
        outs = tuple((t.uid, Spec(t.shape, t.dtype)) for t in outputs)
        self.records.append(Record(name, tuple(t.uid for t in inputs), outs, multiple, pull, partial))
        self.tracked.update(t.uid for t in outputs if t.dtype.is_inexact)

    def call(self, rule: Any, inputs: tuple[Tensor, ...]) -> Any:
        """Record a function by its own gradient rule."""
        if self.substitutes:
            inputs = tuple(self.substitutes.get(t.uid, t) for t in inputs)
        return rule.on_tape(self, inputs)

    def read(self, variable: Variable) -> Tensor:
        """The tracked tensor of a watched variable."""
        found = self.variables.get(variable)
        return self._below.read(variable) if found is None else found

    def tracks(self, tensor: Tensor) -> bool:
        """Whether this tape or one below it follows the tensor."""
        return tensor.uid in self.tracked or tensor.uid in self.substitutes or self._below.tracks(tensor)

    def write(self, variable: Variable, tensor: Tensor) -> None:
        """Remember the new value here too: later reads depend on it."""
        if variable in self.variables:
            self.variables[variable] = tensor
        self._below.write(variable, tensor)

    def pull_back(
        self, outputs: Sequence[Tensor], cts: Sequence[Tensor], inputs: Sequence[Tensor]
    ) -> list[Tensor | None]:
        """Walk the tape backwards.

        Args:
            outputs: tensors computed on this tape.
            cts: the cotangent of each output, of the same shape.
            inputs: watched tensors.

        Returns:
            The cotangent of each input; None where no output depends on it.
        """
        from hornbeam.ops.creation import zeros
        from hornbeam.ops.elementwise.arithmetic import add

        cotangents: dict[int, Tensor] = {}

        def accumulate(uid: int, ct: Tensor) -> None:
            cotangents[uid] = ct if uid not in cotangents else add(cotangents[uid], ct)

        for tensor, ct in zip(outputs, cts, strict=True):
            if tensor.uid in self.tracked:
                accumulate(tensor.uid, ct)
        keep = {t.uid for t in inputs}
        for record in reversed(self.records):
            found = [cotangents.get(uid) if uid in keep else cotangents.pop(uid, None) for uid, _ in record.outputs]
            if all(ct is None for ct in found):
                continue
            ready = [
                zeros(s.shape, s.dtype) if ct is None and s.dtype.is_inexact and not record.partial else ct
                for ct, (_, s) in zip(found, record.outputs, strict=True)
            ]
            pulled = record.pull(tuple(ready) if record.multiple else ready[0])
            pulled = pulled if isinstance(pulled, tuple) else (pulled,)
            if len(pulled) != len(record.inputs):
                raise GraphError(
                    f"the gradient rule of {record.name} returned {len(pulled)} cotangents for {len(record.inputs)} inputs"
                )
            for uid, ct in zip(record.inputs, pulled, strict=True):
                if ct is not None and uid in self.tracked:
                    accumulate(uid, ct() if callable(ct) else ct)
        return [cotangents.get(t.uid) for t in inputs]


def _save(primitive: Primitive, what: str, index: int | None, inputs: Any, outputs: Any) -> Any:
    if index is not None:
        chosen = inputs[index]
        return Spec(chosen.shape, chosen.dtype) if what == "spec" else Saved(chosen, chosen.uid, primitive.name)
    group = outputs if what.startswith("out") else inputs
    if what.endswith(".spec"):
        kept: tuple[Any, ...] = tuple(Spec(t.shape, t.dtype) for t in group)
    else:
        kept = tuple(Saved(t, t.uid, primitive.name) for t in group)
    return kept[0] if what.startswith("out") and not primitive.multiple else kept


def _restore(saved: Any) -> Any:
    if type(saved) is Saved:
        return saved.get()
    if type(saved) is tuple:
        return tuple(_restore(s) for s in saved)
    return saved
