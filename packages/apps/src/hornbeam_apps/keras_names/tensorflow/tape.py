"""tf.GradientTape: what happens in its with block is recorded, and walked backwards afterwards."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import hornbeam as hb
from hornbeam import ops
from hornbeam.errors import InvalidArgumentError
from hornbeam.interpret import Interpreter, current, running
from hornbeam.interpreters.tape import Tape
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.movement import identity
from hornbeam.tree import flatten, map_structure, unflatten

__all__ = ["GradientTape", "UnconnectedGradients"]


class UnconnectedGradients:
    """What stands for the gradient of something that the target does not depend on."""

    NONE, ZERO = "none", "zero"


class GradientTape:
    """Records operations, to differentiate them. Trainable variables that are read are watched by themselves.

    Tapes stack: a gradient that is computed within another tape's block can be differentiated again.

    Args:
        persistent: whether `gradient` may be called more than once.
        watch_accessed_variables: whether trainable variables are watched when they are read.

    Example:
        >>> v = hb.Variable(3.0)
        >>> with GradientTape() as tape:
        ...     y = v * v
        >>> float(tape.gradient(y, v))
        6.0
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent, self._automatic = persistent, watch_accessed_variables
        self._tape: _Recording | None = None
        self._block = ExitStack()
        self._used = False

    def __enter__(self) -> GradientTape:
        """Begin."""
        if self._tape is None:
            self._tape = _Recording(current(), self._automatic)
        self._block.enter_context(running(self._tape))
        return self

    def __exit__(self, *error: Any) -> None:
        """End."""
        self._block.close()

    def _recording(self) -> _Recording:
        if self._tape is None:
            raise InvalidArgumentError("this GradientTape has recorded nothing yet: it records in its with block")
        return self._tape

    def watch(self, tensor: Any) -> None:
        """Make a tensor, or several, something that can be differentiated with respect to."""
        for leaf in flatten(tensor)[0]:
            if isinstance(leaf, hb.Variable):
                self._recording().watch_variable(leaf)
            elif isinstance(leaf, hb.Tensor):
                self._recording().watch(leaf)
            else:
                raise InvalidArgumentError(
                    f"tape.watch takes tensors and variables; got a {type(leaf).__name__}. Make it one by tf.constant."
                )

    def watched_variables(self) -> tuple[Any, ...]:
        """The variables that were watched so far."""
        return tuple(self._recording().first)

    def reset(self) -> None:
        """Forget what was recorded."""
        below = self._recording().below
        assert below is not None
        self._block.close()
        self._tape = None
        self.__enter__()

    def stop_recording(self) -> Any:
        """A with block within the tape's in which nothing is recorded."""
        below = self._recording().below
        assert below is not None
        return running(below)

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: str = UnconnectedGradients.NONE,
    ) -> Any:
        """The gradient of the sum of everything in `target`, in the structure of `sources`.

        Args:
            target: tensors computed in the with block.
            sources: watched tensors and variables.
            output_gradients: factors of the target's values.
            unconnected_gradients: "none" or "zero": what stands where the target does not depend on a source.

        Raises:
            InvalidArgumentError: the tape was used up, or a source is no tensor.
        """
        if self._used and not self._persistent:
            raise InvalidArgumentError(
                "a GradientTape gives gradients once, and then lets go of what it recorded: GradientTape(persistent=True)"
            )
        self._used, recording = True, self._recording()
        targets = [as_tensor(t) for t in flatten(target)[0]]
        given = [None] * len(targets) if output_gradients is None else flatten(output_gradients)[0]
        cts = [
            ops.ones_like(t) if g is None else ops.cast(ops.broadcast_to(g, t.shape), t.dtype)
            for t, g in zip(targets, given, strict=True)
        ]
        flat, structure = flatten(sources)
        found = recording.pull_back(targets, cts, [recording.source(s) for s in flat])
        if not self._persistent:
            self._tape = None if current() is not recording else recording
        if unconnected_gradients == UnconnectedGradients.ZERO:
            found = [ops.zeros_like(s) if g is None else g for g, s in zip(found, flat, strict=True)]
        return unflatten(structure, found)

    def jacobian(self, target: Any, sources: Any, **options: Any) -> Any:
        """The gradient of each value of `target`, along its axes in front of those of the source. The tape must be persistent."""
        if not self._persistent:
            raise InvalidArgumentError(
                "tape.jacobian walks the tape once for each value: GradientTape(persistent=True)"
            )
        target = as_tensor(target)
        rows = []
        for i in range(target.size):
            one = ops.reshape(ops.one_hot(i, target.size, dtype=target.dtype), target.shape)
            rows.append(self.gradient(target, sources, one, UnconnectedGradients.ZERO))
        return map_structure(lambda *parts: ops.reshape(ops.stack(parts), (*target.shape, *parts[0].shape)), *rows)


class _Recording(Tape):
    """A tape that watches every trainable variable from its first read on."""

    def __init__(self, below: Interpreter, automatic: bool) -> None:
        super().__init__(below)
        self.automatic = automatic
        self.first: dict[Any, Any] = {}  # variable -> what was read first: later assignments change `variables`

    def watch_variable(self, variable: Any) -> None:
        """Read it as a tensor of its own from now on."""
        if variable not in self.first:
            with running(self._below):
                self.first[variable] = self.variables[variable] = identity(self._below.read(variable))
            self.watch(self.first[variable])

    def read(self, variable: Any) -> Any:
        """Watch it, if that is to be done."""
        if self.automatic and variable.trainable and variable.dtype.is_inexact:
            self.watch_variable(variable)
        return super().read(variable)

    def source(self, given: Any) -> Any:
        """The tensor that stands for something that gradients are asked for."""
        if isinstance(given, hb.Variable):
            found = self.first.get(given)
            return as_tensor(0.0) if found is None else found  # nothing depends on that
        if not isinstance(given, hb.Tensor):
            raise InvalidArgumentError(
                f"gradients are with respect to tensors and variables; got a {type(given).__name__}"
            )
        return given
