"""Evaluate: run each operation now, on the current backend. The interpreter that acts where no other does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hornbeam.backends.base import current_backend
from hornbeam.interpret import Interpreter, running, set_lowest
from hornbeam.primitive import Composite, Primitive
from hornbeam.tensor import Tensor

if TYPE_CHECKING:
    from hornbeam.variable import Variable

__all__ = ["Evaluate"]


class Evaluate(Interpreter):
    """Runs kernels of the current backend."""

    def process(self, primitive: Primitive, inputs: tuple[Tensor, ...], params: dict[str, Any]) -> Any:
        """Infer shapes and dtypes (which finds misfits), then run the kernel."""
        backend = current_backend()
        for tensor in inputs:
            if tensor.owner is not backend:
                foreign = tensor.owner.receive(backend, primitive, inputs, params)
                if foreign is not None:
                    return foreign
        if isinstance(primitive, Composite) and primitive.name not in backend.kernels:
            with running(self):
                return primitive.decomposition(*inputs, **params)
        spec = primitive.infer(*inputs, **params)
        out = backend.run(primitive, [adopt(t, backend) for t in inputs], params)
        if not primitive.multiple:
            return Tensor(out, spec.shape, spec.dtype, backend)
        return tuple(Tensor(o, s.shape, s.dtype, backend) for o, s in zip(out, spec, strict=True))

    def call(self, rule: Any, inputs: tuple[Tensor, ...]) -> Any:
        """No gradient is wanted: just call the function."""
        with running(self):
            return rule.forward(*inputs)

    def read(self, variable: Variable) -> Tensor:
        """The variable's tensor; from now on it may be held elsewhere, so the next step must not overwrite it."""
        return variable.expose()

    def write(self, variable: Variable, tensor: Tensor) -> None:
        """Store the tensor."""
        variable.store(tensor)

    def tracks(self, tensor: Tensor) -> bool:
        """No gradient starts here."""
        return False

    def in_place(self, tensor: Tensor) -> None:
        """Nothing forbids it here."""


def adopt(tensor: Tensor, backend: Any) -> Any:
    """The tensor's value as an array of `backend`, moved through the host if it lives elsewhere."""
    if tensor.owner is backend:
        return tensor.value
    return backend.from_host(tensor.owner.to_host(tensor.value), tensor.dtype)


set_lowest(Evaluate())
