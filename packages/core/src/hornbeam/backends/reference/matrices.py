"""Linear algebra matrix by matrix, in plain Python: what elimination gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from hornbeam.backends.reference.array import RefArray, size_of, store
from hornbeam.dtypes import DType, float32, float64, int32
from hornbeam.errors import InvalidArgumentError

__all__ = ["KERNELS"]  # and what spectra.py shares

Matrix = list[list[Any]]


def matrices(x: RefArray) -> list[Matrix]:
    """The matrices of a stack as lists of rows."""
    *lead, m, n = x.shape
    starts = range(0, size_of(lead) * m * n, m * n) if m * n else [0] * size_of(lead)
    return [[x.data[s + i * n : s + (i + 1) * n] for i in range(m)] for s in starts]


def stack(x: RefArray, found: list[Matrix], m: int, n: int) -> RefArray:
    """Matrices (m, n) in the place of those of `x`."""
    return RefArray((*x.shape[:-2], m, n), [store(v, x.dtype) for a in found for row in a for v in row], x.dtype)


def vectors(x: RefArray, found: list[list[Any]], n: int, dtype: DType) -> RefArray:
    """A vector of n elements in the place of each matrix of `x`."""
    return RefArray((*x.shape[:-2], n), [store(v, dtype) for vector in found for v in vector], dtype)


def scalars(x: RefArray, values: list[Any], dtype: DType) -> RefArray:
    """A number in the place of each matrix of `x`."""
    return RefArray(x.shape[:-2], [store(v, dtype) for v in values], dtype)


def real_dtype(dtype: DType) -> DType:
    """The dtype of the real part."""
    return {"complex64": float32, "complex128": float64}.get(dtype, dtype)


def conj(value: Any) -> Any:
    """The complex conjugate of a Python number."""
    return value.conjugate()


def identity(n: int) -> Matrix:
    """The identity matrix."""
    return [[1.0 if i == j else 0.0 for j in range(n)] for i in range(n)]


def adjoint(a: Matrix, n: int) -> Matrix:
    """The conjugate transpose of a matrix of n columns."""
    return [[conj(row[j]) for row in a] for j in range(n)]


def product(a: Matrix, b: Matrix, n: int) -> Matrix:
    """The product with a matrix of n columns."""
    return [[sum(row[k] * b[k][j] for k in range(len(b))) for j in range(n)] for row in a]


def hermitian(a: Matrix) -> Matrix:
    """The Hermitian part."""
    n = len(a)
    return [[(a[i][j] + conj(a[j][i])) / 2 for j in range(n)] for i in range(n)]


# ---- elimination


def eliminate(a: Matrix, n: int) -> tuple[Matrix, list[int]]:
    """LU in one matrix, and the row that each row changed places with."""
    a, pivots = [list(row) for row in a], []
    for k in range(min(len(a), n)):
        best = max(range(k, len(a)), key=lambda i: abs(a[i][k].real) + abs(a[i][k].imag))
        pivots.append(best)
        a[k], a[best] = a[best], a[k]
        for row in a[k + 1 :]:
            row[k] = row[k] / a[k][k] if a[k][k] else 0.0 * row[k]
            for j in range(k + 1, n):
                row[j] -= row[k] * a[k][j]
    return a, pivots


def solve_one(a: Matrix, b: Matrix, n: int) -> Matrix:
    """The x with a x = b, where b has n columns.

    Raises:
        InvalidArgumentError: `a` is singular.
    """
    lu, pivots = eliminate(a, len(a))
    x = [list(row) for row in b]
    for k, pivot in enumerate(pivots):
        x[k], x[pivot] = x[pivot], x[k]
    for i in range(len(a)):
        for k in range(i):
            x[i] = [u - lu[i][k] * v for u, v in zip(x[i], x[k], strict=True)]
    for i in reversed(range(len(a))):
        for k in range(i + 1, len(a)):
            x[i] = [u - lu[i][k] * v for u, v in zip(x[i], x[k], strict=True)]
        if not lu[i][i]:
            raise InvalidArgumentError("solve: the matrix is singular, or one of the stack is")
        x[i] = [u / lu[i][i] for u in x[i]]
    return x


def determinant(a: Matrix) -> Any:
    """The product of the pivots, with the sign of the exchanges."""
    lu, pivots = eliminate(a, len(a))
    value: Any = 1.0
    for k, pivot in enumerate(pivots):
        value *= lu[k][k] if pivot == k else -lu[k][k]
    return value


def solve(a: RefArray, b: RefArray) -> RefArray:
    """Elimination with pivots, then substitution."""
    n, k = b.shape[-2:]
    return stack(b, [solve_one(p, q, k) for p, q in zip(matrices(a), matrices(b), strict=True)], n, k)


def lu(x: RefArray) -> tuple[RefArray, RefArray]:
    """Elimination with pivots."""
    m, n = x.shape[-2:]
    found = [eliminate(a, n) for a in matrices(x)]
    return stack(x, [f[0] for f in found], m, n), vectors(x, [f[1] for f in found], min(m, n), int32)


def det(x: RefArray) -> RefArray:
    """By elimination."""
    return scalars(x, [determinant(a) for a in matrices(x)], x.dtype)


def slogdet(x: RefArray) -> tuple[RefArray, RefArray]:
    """Phase, and logarithm of the size, of the determinant."""
    values = [determinant(a) for a in matrices(x)]
    signs = scalars(x, [v / abs(v) if v else v for v in values], x.dtype)
    return signs, scalars(x, [math.log(abs(v)) if v else -math.inf for v in values], real_dtype(x.dtype))


def cofactors(x: RefArray) -> RefArray:
    """The determinants of what is left without one row and one column, with alternating signs."""
    n = x.shape[-1]

    def cofactor(a: Matrix, i: int, j: int) -> Any:
        minor = [[v for c, v in enumerate(row) if c != j] for k, row in enumerate(a) if k != i]
        return determinant(minor) * (-1) ** (i + j)

    return stack(x, [[[cofactor(a, i, j) for j in range(n)] for i in range(n)] for a in matrices(x)], n, n)


def cholesky(x: RefArray) -> RefArray:
    """Row by row."""
    n = x.shape[-1]
    found = []
    for a in map(hermitian, matrices(x)):
        out = [[0.0 * v for v in row] for row in a]
        for i in range(n):
            for j in range(i + 1):
                left = a[i][j] - sum(out[i][k] * conj(out[j][k]) for k in range(j))
                if i == j and not left.real > 0:
                    raise InvalidArgumentError(
                        "cholesky: the matrix is not positive definite, or one of the stack is not"
                    )
                out[i][j] = math.sqrt(left.real) if i == j else left / out[j][j]
        found.append(out)
    return stack(x, found, n, n)


KERNELS: dict[str, Callable[..., Any]] = {
    "cholesky": cholesky,
    "cofactors": cofactors,
    "det": det,
    "lu": lu,
    "slogdet": slogdet,
    "solve": solve,
}
