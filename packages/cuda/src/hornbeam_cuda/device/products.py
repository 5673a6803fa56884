"""Products by cuBLASLt: a plan for each description and alignment, found once."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import byref, c_int32, c_uint32, c_uint64, c_void_p
from typing import Any

from hornbeam.errors import BackendError

from hornbeam_cuda.device import cublaslt
from hornbeam_cuda.device.cublaslt import Attribute, CublasLt, Heuristic, Preference
from hornbeam_cuda.device.tuning import CANDIDATES, Clock, Tuning, wanted
from hornbeam_cuda.library.product import Product
from hornbeam_cuda.precision import deterministic
from hornbeam_cuda.source.scalars import SIZES

__all__ = ["WORKSPACE", "Products"]

WORKSPACE = 32 << 20
"""Bytes of workspace: what Hopper's kernels want (NVIDIA's advice; older GPUs need less)."""


class _Plan:
    """Descriptors of a product, the algorithms that the library suggests, and which of them is taken, once that is known."""

    def __init__(self, description: c_void_p, layouts: tuple[c_void_p, ...], heuristics: list[Heuristic]) -> None:
        self.description = description
        self.layouts = layouts
        self.heuristics = heuristics
        self.choice: int | None = None


class Products:
    """Runs `Product` calls on one device.

    Args:
        library: cuBLASLt, loaded.
        device: where the fastest algorithm is found by measuring; None: the library's first suggestion is taken.
        name: of the device, on which choices depend.
    """

    def __init__(self, library: Any, device: Clock | None = None, name: str = "") -> None:
        self._lt = CublasLt(library)
        self._tuning = Tuning(device, "cublasLt", self._lt.version, name) if device is not None else None
        self._handle: c_void_p | None = None
        self._plans: dict[tuple[Product, tuple[int, ...]], _Plan | None] = {}

    def workspace(self, call: Product) -> int:
        """Bytes that a product may use beside its arrays."""
        return WORKSPACE

    def supports(self, call: Product) -> bool:
        """Whether the library has an algorithm for a product whose arrays are well aligned."""
        return call.dtype in cublaslt.DATA_TYPES and self._plan(call, (256,) * 4) is not None

    def run(self, call: Product, addresses: Sequence[int], workspace: int, stream: int) -> None:
        """Launch a product; see `Product` for the addresses.

        Raises:
            BackendError: the library has no algorithm for it, or failed.
        """
        left, right, out = addresses[:3]
        addend = addresses[-1] if call.addend else out
        alignments = tuple(_alignment(a) for a in (left, right, addend, out))
        plan = self._plan(call, alignments)
        if plan is None:
            raise BackendError(f"cuBLASLt has no algorithm for {call}")
        if call.epilogue != "none":
            self._lt.set("MatmulDesc", plan.description, Attribute.BIAS_POINTER, c_void_p(addresses[3]))
        if plan.choice is None:
            plan.choice = self._chosen(call, plan, addresses, alignments, workspace, stream)
        try:
            self._launch(call, plan, plan.choice or 0, addresses, workspace, stream)
        except BackendError as error:
            if call.epilogue == "none" and not call.addend:
                raise
            raise BackendError(
                f"{error}, in a product that does more than multiply: {call}. HORNBEAM_CUDA_EPILOGUES=0 leaves what is added to "
                "products, and the gradients of biases, to kernels of their own."
            ) from error

    def _launch(
        self, call: Product, plan: _Plan, number: int, addresses: Sequence[int], workspace: int, stream: int
    ) -> None:
        left, right, out = addresses[:3]
        addend = addresses[-1] if call.addend else out
        one, beta = cublaslt.scalar(call.dtype, 1.0), cublaslt.scalar(call.dtype, float(call.addend))
        a, b, d = plan.layouts
        # the transposed product (n, m) = right^T left^T, since the library's matrices are column after column
        self._lt.call(
            "Matmul", self._handle, plan.description, byref(one), right, a, left, b, byref(beta), addend, d, out, d,
            byref(plan.heuristics[number].algorithm), workspace, WORKSPACE, stream,
        )  # fmt: skip

    def _chosen(
        self, call: Product, plan: _Plan, addresses: Sequence[int], alignments: Any, workspace: int, stream: int
    ) -> int | None:
        """The number of the fastest algorithm; results go elsewhere meanwhile where they would change what is added."""
        tuning, scratch = self._tuning, None
        if tuning is None or not tuning.pays(call, len(plan.heuristics)):
            return 0

        def run(number: int) -> None:
            nonlocal scratch
            left, right, out, *more = addresses
            if call.addend and out == more[-1]:
                scratch = scratch or tuning.memory(_bytes(call))
                out = scratch.address
            self._launch(call, plan, number, (left, right, out, *more), workspace, stream)

        return tuning.choice(call, alignments, len(plan.heuristics), run)

    def _plan(self, call: Product, alignments: tuple[int, ...]) -> _Plan | None:
        key = (call, alignments)
        if key not in self._plans:
            if self._handle is None:
                self._handle = self._lt.made("")
            self._plans[key] = self._search(call, alignments)
        return self._plans[key]

    def _search(self, call: Product, alignments: tuple[int, ...]) -> _Plan | None:
        description, layouts = self.describe(call)
        preference = self._lt.made("MatmulPreference")
        left, right, addend, out = alignments
        try:
            self._lt.set("MatmulPreference", preference, Preference.WORKSPACE, c_uint64(WORKSPACE))
            if call.result in ("float16", "bfloat16") or deterministic():  # partial sums are neither rounded to 16 bits
                # nor added up in the order in which they come
                reductions = c_uint32(cublaslt.REDUCE_IN_COMPUTE_TYPE)
                self._lt.set("MatmulPreference", preference, Preference.REDUCTIONS, reductions)
            for attribute, bytes_ in zip(Preference.ALIGNMENTS, (right, left, addend, out), strict=True):
                self._lt.set("MatmulPreference", preference, attribute, c_uint32(bytes_))
            a, b, d = layouts
            most = CANDIDATES if self._tuning is not None and wanted() else 1
            found = self._lt.heuristics(self._handle, description, (a, b, d, d), preference, most)  # type: ignore[arg-type]
        finally:
            self._lt.call("MatmulPreferenceDestroy", preference)
        return _Plan(description, layouts, found) if found else None

    def describe(self, call: Product) -> tuple[c_void_p, tuple[c_void_p, ...]]:
        """The descriptors of a product: of itself, and of its three matrices in the library's order."""
        batch, m, n, k = call.sizes
        compute = cublaslt.COMPUTE_64F if call.dtype == "float64" else cublaslt.COMPUTE_32F
        if call.precision == "tf32" and call.dtype == "float32":
            compute = cublaslt.COMPUTE_32F_FAST_TF32
        scale = cublaslt.DATA_TYPES["float64" if call.dtype == "float64" else "float32"]
        description = self._lt.made("MatmulDesc", compute, scale)
        turned_a, a = self._operand(call.dtype, (n, k), (call.right[2], call.right[1]), batch, call.right[0])
        turned_b, b = self._operand(call.dtype, (k, m), (call.left[2], call.left[1]), batch, call.left[0])
        _, d = self._operand(call.result, (n, m), (1, call.out[1]), batch, call.out[0])
        self._lt.set("MatmulDesc", description, Attribute.TRANSA, c_int32(turned_a))
        self._lt.set("MatmulDesc", description, Attribute.TRANSB, c_int32(turned_b))
        self._lt.set("MatmulDesc", description, Attribute.EPILOGUE, c_int32(cublaslt.EPILOGUES[call.epilogue]))
        if call.epilogue != "none":
            self._lt.set("MatmulDesc", description, Attribute.BIAS_DATA_TYPE, c_int32(cublaslt.DATA_TYPES[call.result]))
        return description, (a, b, d)

    def _operand(
        self, dtype: str, sizes: tuple[int, int], strides: tuple[int, int], batch: int, apart: int
    ) -> tuple[int, c_void_p]:
        """A matrix in the library's sense, and whether it is the transpose of what lies in memory column after column."""
        rows, columns = sizes
        if strides[0] == 1 or rows == 1:  # a column's elements lie side by side
            leading = max(strides[1], rows) if columns > 1 else rows
            return 0, self._lt.layout(dtype, rows, columns, leading, batch, apart)
        leading = max(strides[0], columns)
        return 1, self._lt.layout(dtype, columns, rows, leading, batch, apart)


def _bytes(call: Product) -> int:
    """From the first element of the result to behind the last."""
    batch, m, n, _ = call.sizes
    return ((batch - 1) * call.out[0] + (m - 1) * call.out[1] + n) * SIZES[call.result]


def _alignment(address: int) -> int:
    """The largest power of two that divides an address, up to 256."""
    return min(256, address & -address) if address else 256
