"""TerminateOnNaN: stop, and say where the first number that was not finite came from."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from hornbeam import Layer, Tensor
from hornbeam.interpret import Interpreter, current, running
from hornbeam.tree import leaves

from hornbeam_models.callbacks.base import Callback

__all__ = ["TerminateOnNaN"]


class TerminateOnNaN(Callback):
    """Stops training when the loss is NaN or infinite, and prints the layer and the operation that was not finite first.

    The step is run again for it, one operation at a time, from the weights before it, which are kept from step to step (without
    a copy, but the step cannot overwrite their memory).

    Attributes:
        found: what was printed; None as long as everything is finite.
    """

    def __init__(self) -> None:
        self.found: str | None = None
        self._before: list[tuple[Any, Any]] = []

    def on_train_begin(self, logs: Any = None) -> None:
        """Start anew."""
        self.found = None

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Keep the state."""
        self._before = [(v, v.expose()) for v in (*self.model.variables, *self.model.optimizer.variables)]

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss")
        if loss is None or np.isfinite(loss):
            return
        self.found = f"batch {batch}: the loss is {loss}, and training stops. {self._locate()}"
        print(self.found)
        self.model.stop_training = True

    def _locate(self) -> str:
        for variable, tensor in self._before:
            if not np.isfinite(_numbers(tensor)).all():
                return f"The weight {variable.path!r} was not finite before this step: an earlier update was too large."
        after = [(variable, variable.expose()) for variable, _ in self._before]
        for variable, tensor in self._before:
            variable.store(tensor)
        watch = _Watch(current())
        try:
            with running(watch):
                self.model.train_step(self.model.last_batch)
        except _NotFinite as found:
            return str(found)
        finally:
            for variable, tensor in after:
                variable.store(tensor)
        return "Run operation by operation, the step is finite: the batches before it made the running mean what it is."

    def on_train_end(self, logs: Any = None) -> None:
        """Let go of the state."""
        self._before = []


class _NotFinite(Exception):
    """Where the first number that is not finite came out."""


class _Watch(Interpreter):
    """Runs operations, and looks at what comes out."""

    def __init__(self, below: Interpreter) -> None:
        self.below = below

    def process(self, primitive: Any, inputs: tuple[Tensor, ...], params: dict[str, Any]) -> Any:
        with running(self._below):
            out = self._below.process(primitive, inputs, params)
        if not all(np.isfinite(_numbers(t)).all() for t in leaves(out)) and all(
            np.isfinite(_numbers(t)).all() for t in inputs
        ):
            sizes = ", ".join(f"{tuple(t.shape)}" for t in inputs)
            raise _NotFinite(f"First not finite: operation {primitive.name!r} of arrays of shapes {sizes}, {_where()}.")
        return out


def _numbers(tensor: Any) -> Any:
    array = tensor.numpy()
    return (
        array.astype(np.float32)
        if array.dtype.name == "bfloat16"
        else array
        if array.dtype.kind in "fc"
        else np.zeros(1)
    )


def _where() -> str:
    """The innermost layer that is being called, or the part of the step."""
    frame = sys._getframe(1)
    part = "in the forward pass"
    while frame is not None:
        owner, name = frame.f_locals.get("self"), frame.f_code.co_name
        if name == "pull_back":
            part = "in the backward pass"
        elif name == "apply" and owner is not None and hasattr(owner, "iterations"):
            part = f"in the update by {type(owner).__name__}"
        elif name == "compute_loss":
            return f"{part}, in the loss"
        elif name == "_compute" and isinstance(owner, Layer) and not hasattr(owner, "train_step"):
            return f"{part}, in layer {owner.name!r} ({type(owner).__name__})"
        frame = frame.f_back  # type: ignore[assignment]
    return part
