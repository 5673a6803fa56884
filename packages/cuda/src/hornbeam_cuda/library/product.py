"""A product of matrices, as cuBLASLt computes it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Product"]


@dataclass(frozen=True)
class Product:
    """out[b, i, j] = sum over p of left[b, i, p] * right[b, p, j], and what is added, in float32 (float64 for float64).

    Addresses: left, right, out; bias or sums where the epilogue has them; addend where there is one.

    Attributes:
        dtype: of both operands: "float32", "float64", "float16", "bfloat16".
        result: of the result: that of the operands, or "float32".
        sizes: batch, m, n, k.
        left: strides of the batch, m and k, in elements; that of m or k is 1 (or its size is).
        right: strides of the batch, k and n; that of k or n is 1 (or its size is).
        out: strides of the batch and m; that of n is 1.
        epilogue: "none"; "bias": n numbers of the result's dtype are added to each row; "left sums", "right sums": the sums of one
            operand over p are written, too: m or n numbers of the result's dtype, of a single matrix.
        addend: whether numbers that lie like the result are added; they may be those whose place it takes.
        precision: "highest", or "tf32" where float32 may be rounded to TF32 first.
    """

    dtype: str
    result: str
    sizes: tuple[int, int, int, int]
    left: tuple[int, int, int]
    right: tuple[int, int, int]
    out: tuple[int, int]
    epilogue: str = "none"
    addend: bool = False
    precision: str = "highest"

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        batch, m, n, k = self.sizes
        return 2 * batch * m * n * k
