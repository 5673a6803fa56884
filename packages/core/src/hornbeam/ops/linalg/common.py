"""What every function of matrices needs: checked operands, adjoints, and gradient rules that complex numbers obey too.

A cotangent here pairs with a change as the real part of sum(ct * dx), without a conjugate. Rules from the literature are written
for its conjugate, so they begin with `conj_of(ct)` and end with `conj_of(...)`; for real matrices both do nothing.
"""

from __future__ import annotations

from typing import Any

from hornbeam.dtypes import DType, float32, float64
from hornbeam.errors import DTypeError, ShapeError
from hornbeam.ops.contraction import matmul
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import eye, tri
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import equal, where
from hornbeam.ops.elementwise.complex import conj, real
from hornbeam.ops.movement import broadcast_to, matrix_transpose, reshape
from hornbeam.tensor import Tensor

__all__ = ["adjoint", "conj_of", "hermitian", "lower", "matrix", "on_diagonal", "product", "real_dtype", "safe_inverse"]


def matrix(x: Any, name: str, square: bool = False) -> Tensor:
    """`x` as a stack of matrices of float32, float64 or complex numbers; integers become the default float.

    Raises:
        ShapeError: it has fewer than two axes, or the matrices must be square and are not.
        DTypeError: it is of a narrower float.
    """
    t = as_float(as_tensor(x))
    if t.ndim < 2 or (square and t.shape[-1] != t.shape[-2]):
        kind = "a square matrix (..., n, n)" if square else "a matrix (..., m, n)"
        raise ShapeError(f"{name} needs {kind}, or a stack of them; got shape {t.shape}")
    if t.dtype.itemsize < 4:
        raise DTypeError(f"{name} takes float32, float64 and complex dtypes; got {t.dtype}. Cast to float32 first.")
    return t


def real_dtype(dtype: DType) -> DType:
    """The dtype of the real part."""
    if dtype.kind != "complex":
        return dtype
    return float32 if dtype == "complex64" else float64


def conj_of(x: Tensor) -> Tensor:
    """The complex conjugate; real tensors pass."""
    return conj(x) if x.dtype.kind == "complex" else x


def adjoint(x: Tensor) -> Tensor:
    """The conjugate transpose of each matrix."""
    return conj_of(matrix_transpose(x))


def hermitian(x: Tensor) -> Tensor:
    """The Hermitian (for real matrices: symmetric) part, (x + x^H) / 2."""
    return (x + adjoint(x)) * 0.5


def product(first: Tensor, *others: Tensor) -> Tensor:
    """Matrix products from left to right; real factors of complex ones are converted."""
    for other in others:
        first = matmul(first, other)
    return first


def lower(x: Tensor, k: int = 0) -> Tensor:
    """The part of each matrix on and below its k-th diagonal; zeros above."""
    return where(astype(tri(x.shape[-2], x.shape[-1], k, "int32"), "bool"), x, 0)


def on_diagonal(x: Tensor) -> Tensor:
    """Diagonal matrices (..., n, n) of vectors (..., n)."""
    n = x.shape[-1]
    return reshape(x, (*x.shape, 1)) * eye(n, dtype=x.dtype)


def identity_like(x: Tensor) -> Tensor:
    """A stack of identity matrices of the shape and dtype of the square matrices `x`."""
    return broadcast_to(eye(x.shape[-1], dtype=x.dtype), x.shape)


def real_part(x: Tensor) -> Tensor:
    """The real part; real tensors pass."""
    return real(x) if x.dtype.kind == "complex" else x


def safe_inverse(x: Tensor) -> Tensor:
    """1 / x, and 0 where x is 0."""
    zero = equal(x, 0)
    return where(zero, 0, 1 / where(zero, 1, x))


def diagonal_part(x: Tensor) -> Tensor:
    """Square matrices with their diagonals, and zeros elsewhere."""
    return x * eye(x.shape[-1], dtype=x.dtype)
