"""The shapes backend: an array is its shape and dtype; an operation infers them. Builds big models in no time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from hornbeam.backends.base import Backend, Executable
from hornbeam.dtypes import DType
from hornbeam.errors import BackendError
from hornbeam.primitive import Primitive, Spec, specs_of

__all__ = ["ShapesBackend"]


class _Every(dict[str, Any]):
    """A kernel table that has every name: composites are inferred whole (and remembered), not taken apart."""

    def __contains__(self, name: object) -> bool:
        return True


class ShapesBackend(Backend):
    """Finds wrong shapes and dtypes, and counts parameters, without computing anything.

    Example:
        >>> import hornbeam as hb
        >>> from hornbeam.backends.base import using_backend
        >>> with using_backend("shapes"):
        ...     hb.ops.matmul(hb.ops.zeros((10**6, 10**5)), hb.ops.zeros((10**5, 3))).shape
        (1000000, 3)
    """

    name = "shapes"

    def __init__(self) -> None:
        super().__init__()
        self.kernels = _Every()

    def from_host(self, array: Any, dtype: DType) -> Spec:
        """Shape and dtype."""
        return Spec(tuple(array.shape), dtype)

    def to_host(self, array: Spec) -> NoReturn:
        """There are no values to give.

        Raises:
            BackendError: always.
        """
        raise BackendError(
            f"the shapes backend computes shapes and dtypes only; this tensor of shape {array.shape}, dtype "
            f'{array.dtype} has no values. Choose another backend, such as hb.set_backend("numpy"), to compute them.'
        )

    def native(self, dtype: DType) -> DType:
        """Dtypes are Hornbeam's own."""
        return dtype

    def dlpack(self, array: Spec, **options: Any) -> NoReturn:
        """There are no values to share."""
        self.to_host(array)

    def dlpack_device(self, array: Spec) -> tuple[int, int]:
        """The host's main memory, in which it would be."""
        return (1, 0)

    def run(self, primitive: Primitive, arrays: Sequence[Any], params: dict[str, Any]) -> Any:
        """Infer one operation."""
        return primitive.infer(*arrays, **params)

    def run_graph(self, graph: Any, arrays: Sequence[Any]) -> list[Any]:
        """The specs of the outputs, which the graph already holds."""
        return list(specs_of(graph.outputs))

    def compile(self, graph: Any) -> Executable:
        """Nothing to compile."""
        return Executable(graph, self)
