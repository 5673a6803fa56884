"""RematScope: layers made in it keep less for the gradient, and compute it again in the backward pass (gradient checkpointing)."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any

from hornbeam.errors import InvalidArgumentError
from hornbeam.recompute import checkpoint
from hornbeam.symbolic import KerasTensor, output_specs
from hornbeam.tree import flatten

if TYPE_CHECKING:
    from hornbeam.layer import Layer

__all__ = ["RematScope", "remat"]

MODES = (None, "full", "activations", "larger_than", "list_of_layers")
_scope: ContextVar[RematScope | None] = ContextVar("hornbeam_remat", default=None)

remat = checkpoint


class RematScope:
    """A with block; the layers that are made in it trade time for memory when they are trained.

    Args:
        mode: "full": every layer; "activations": the activation functions of layers that have one; "larger_than": layers whose
            output has more elements than `output_size_threshold`; "list_of_layers": those named in `layer_names`; None: none.
        output_size_threshold: elements of one batch's output.
        layer_names: names of layers.

    Raises:
        InvalidArgumentError: an unknown mode, or no names with "list_of_layers".

    Example:
        >>> import hornbeam as hb
        >>> with hb.RematScope("full"):
        ...     layer = hb.Layer()
        >>> layer._remat.mode
        'full'
    """

    def __init__(
        self, mode: str | None = "full", output_size_threshold: int = 1024, layer_names: list[str] | None = None
    ) -> None:
        if mode not in MODES:
            raise InvalidArgumentError(f"RematScope: mode must be one of {MODES}; got {mode!r}")
        if mode == "list_of_layers" and not layer_names:
            raise InvalidArgumentError("RematScope: mode 'list_of_layers' needs layer_names")
        self.mode, self.output_size_threshold = mode, output_size_threshold
        self.layer_names = list(layer_names or [])
        self._tokens: list[Token[RematScope | None]] = []

    def __enter__(self) -> RematScope:
        self._tokens.append(_scope.set(self if self.mode is not None else None))
        return self

    def __exit__(self, *_: object) -> None:
        _scope.reset(self._tokens.pop())

    @staticmethod
    def current() -> RematScope | None:
        """The innermost scope."""
        return _scope.get()

    def call(self, layer: Layer, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A layer's call, as this scope says."""
        if self.mode == "activations":
            plain = getattr(layer, "activation", None)
            if not callable(plain):
                return call(*args, **kwargs)
            layer.activation = checkpoint(plain)  # type: ignore[attr-defined]
            try:
                return call(*args, **kwargs)
            finally:
                layer.activation = plain  # type: ignore[attr-defined]
        if self.mode == "list_of_layers" and layer.name not in self.layer_names:
            return call(*args, **kwargs)
        if self.mode == "larger_than":
            arguments, structure = flatten((args, kwargs))
            like = [KerasTensor(a.shape, a.dtype) if hasattr(a, "shape") else a for a in arguments]
            outputs, _ = output_specs(call, like, structure)
            if sum(math.prod(int(s or 1) for s in out.shape) for out in outputs) <= self.output_size_threshold:
                return call(*args, **kwargs)
        return checkpoint(call)(*args, **kwargs)
