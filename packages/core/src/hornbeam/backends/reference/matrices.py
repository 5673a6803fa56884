"""Linear algebra matrix by matrix, in plain Python: elimination, Householder reflections, Jacobi rotations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from hornbeam.backends.reference.array import RefArray, size_of, store
from hornbeam.dtypes import DType, float32, float64, int32
from hornbeam.errors import InvalidArgumentError

__all__ = ["KERNELS"]

Matrix = list[list[Any]]


def _matrices(x: RefArray) -> list[Matrix]:
    """The matrices of a stack as lists of rows."""
    *lead, m, n = x.shape
    starts = range(0, size_of(lead) * m * n, m * n) if m * n else [0] * size_of(lead)
    return [[x.data[s + i * n : s + (i + 1) * n] for i in range(m)] for s in starts]


def _stack(x: RefArray, matrices: list[Matrix], m: int, n: int) -> RefArray:
    return RefArray((*x.shape[:-2], m, n), [store(v, x.dtype) for a in matrices for row in a for v in row], x.dtype)


def _vectors(x: RefArray, vectors: list[list[Any]], n: int, dtype: DType) -> RefArray:
    return RefArray((*x.shape[:-2], n), [store(v, dtype) for vector in vectors for v in vector], dtype)


def _scalars(x: RefArray, values: list[Any], dtype: DType) -> RefArray:
    return RefArray(x.shape[:-2], [store(v, dtype) for v in values], dtype)


def _real(dtype: DType) -> DType:
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
    return _stack(b, [solve_one(p, q, k) for p, q in zip(_matrices(a), _matrices(b), strict=True)], n, k)


def lu(x: RefArray) -> tuple[RefArray, RefArray]:
    """Elimination with pivots."""
    m, n = x.shape[-2:]
    found = [eliminate(a, n) for a in _matrices(x)]
    return _stack(x, [f[0] for f in found], m, n), _vectors(x, [f[1] for f in found], min(m, n), int32)


def det(x: RefArray) -> RefArray:
    """By elimination."""
    return _scalars(x, [determinant(a) for a in _matrices(x)], x.dtype)


def slogdet(x: RefArray) -> tuple[RefArray, RefArray]:
    """Phase, and logarithm of the size, of the determinant."""
    values = [determinant(a) for a in _matrices(x)]
    signs = _scalars(x, [v / abs(v) if v else v for v in values], x.dtype)
    return signs, _scalars(x, [math.log(abs(v)) if v else -math.inf for v in values], _real(x.dtype))


def cofactors(x: RefArray) -> RefArray:
    """The determinants of what is left without one row and one column, with alternating signs."""
    n = x.shape[-1]

    def cofactor(a: Matrix, i: int, j: int) -> Any:
        minor = [[v for c, v in enumerate(row) if c != j] for k, row in enumerate(a) if k != i]
        return determinant(minor) * (-1) ** (i + j)

    return _stack(x, [[[cofactor(a, i, j) for j in range(n)] for i in range(n)] for a in _matrices(x)], n, n)


def cholesky(x: RefArray) -> RefArray:
    """Row by row."""
    n = x.shape[-1]
    found = []
    for a in map(hermitian, _matrices(x)):
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
    return _stack(x, found, n, n)


# ---- reflections and rotations


def reflect(a: Matrix, n: int) -> tuple[Matrix, Matrix]:
    """Q (m, m) and R (m, n) by Householder reflections; as in LAPACK, a reflected column has the sign opposite to its head."""
    m = len(a)
    r, q = [list(row) for row in a], identity(m)
    for k in range(min(m, n)):
        column = [row[k] for row in r[k:]]
        size = math.sqrt(sum(abs(v) ** 2 for v in column))
        if len(column) == 1 and not getattr(column[0], "imag", 0.0) or not any(column[1:]) and not column[0].imag:
            continue
        target = -math.copysign(size, column[0].real)
        v = [column[0] - target, *column[1:]]
        scale = (target - column[0]) / target / abs(v[0]) ** 2  # LAPACK's tau, for v not divided by its head
        for j in range(n):  # H^H = I - conj(scale) v v^H
            w = conj(scale) * sum(conj(v[i]) * r[k + i][j] for i in range(len(v)))
            for i in range(len(v)):
                r[k + i][j] -= w * v[i]
        for row in q:  # Q H
            w = scale * sum(row[k + i] * v[i] for i in range(len(v)))
            for i in range(len(v)):
                row[k + i] -= w * conj(v[i])
        for i in range(k + 1, m):
            r[i][k] = 0.0 * r[i][k]
    return q, r


def qr(x: RefArray) -> tuple[RefArray, RefArray]:
    """The first columns of Q and the first rows of R."""
    m, n = x.shape[-2:]
    found = [reflect(a, n) for a in _matrices(x)]
    k = min(m, n)
    return _stack(x, [[row[:k] for row in q] for q, _ in found], m, k), _stack(x, [r[:k] for _, r in found], k, n)


def qr_complete(x: RefArray) -> tuple[RefArray, RefArray]:
    """The whole of Q and R."""
    m, n = x.shape[-2:]
    found = [reflect(a, n) for a in _matrices(x)]
    return _stack(x, [q for q, _ in found], m, m), _stack(x, [r for _, r in found], m, n)


def rotate(columns: list[list[Any]], others: list[list[Any]]) -> None:
    """Make columns orthogonal by rotating pairs of them (one-sided Jacobi, Hestenes 1958); `others` rotate along."""
    n = len(columns)
    for _ in range(60):
        moved = False
        for p in range(n):
            for q in range(p + 1, n):
                a = sum(abs(v) ** 2 for v in columns[p])
                b = sum(abs(v) ** 2 for v in columns[q])
                c = sum(conj(u) * v for u, v in zip(columns[p], columns[q], strict=True))
                if abs(c) <= 1e-15 * math.sqrt(a * b):
                    continue
                moved = True
                phase = c / abs(c)
                zeta = (b - a) / (2 * abs(c))
                t = math.copysign(1.0, zeta) / (abs(zeta) + math.hypot(1.0, zeta))
                cos = 1 / math.hypot(1.0, t)
                for group in (columns, others):
                    pairs = list(zip(group[p], group[q], strict=True))
                    group[p] = [cos * u - cos * t * conj(phase) * v for u, v in pairs]
                    group[q] = [cos * t * phase * u + cos * v for u, v in pairs]
        if not moved:
            return


def _unphased(columns: list[list[Any]], *partners: list[list[Any]]) -> None:
    """Make the largest element of each column positive; partners turn with it."""
    for j, column in enumerate(columns):
        largest = max(column, key=abs, default=0.0)
        phase = largest / abs(largest) if largest else 1.0
        for group in (columns, *partners):
            group[j] = [v / phase for v in group[j]]


def singular(a: Matrix, n: int) -> tuple[list[list[Any]], list[float], list[list[Any]]]:
    """Left vectors, values in descending order, right vectors, of a matrix of n columns at most as many as its rows."""
    columns = [[row[j] for row in a] for j in range(n)]
    right = identity(n)
    rotate(columns, right)
    sizes = [math.sqrt(sum(abs(v) ** 2 for v in c)) for c in columns]
    order = sorted(range(n), key=lambda j: -sizes[j])
    left = [[v / sizes[j] if sizes[j] else 0.0 * v for v in columns[j]] for j in order]
    return left, [sizes[j] for j in order], [right[j] for j in order]


def decompose(a: Matrix, n: int) -> tuple[list[list[Any]], list[float], list[list[Any]]]:
    """Left vectors, values, right vectors of any matrix of n columns."""
    if len(a) >= n:
        left, s, right = singular(a, n)
    else:
        right, s, left = singular(adjoint(a, n), len(a))
    _unphased(left, right)
    return left, s, right


def svd(x: RefArray) -> tuple[RefArray, RefArray, RefArray]:
    """One-sided Jacobi rotations."""
    m, n = x.shape[-2:]
    k = min(m, n)
    found = [decompose(a, n) for a in _matrices(x)]
    u = [[[column[i] for column in left] for i in range(m)] for left, _, _ in found]
    vh = [[[conj(v) for v in column] for column in right] for _, _, right in found]
    return _stack(x, u, m, k), _vectors(x, [s for _, s, _ in found], k, _real(x.dtype)), _stack(x, vh, k, n)


def pinv(x: RefArray, rtol: RefArray) -> RefArray:
    """The sum over singular values that count of right vector times left vector, divided by the value."""
    m, n = x.shape[-2:]
    found = []
    for a, limit in zip(_matrices(x), rtol.data, strict=True):
        left, s, right = decompose(a, n)
        terms = [t for t in zip(left, s, right, strict=True) if t[1] > limit * max(s)]
        found.append([[sum(v[j] * conj(u[i]) / w for u, w, v in terms) for i in range(m)] for j in range(n)])
    return _stack(x, found, n, m)


def eigh(x: RefArray) -> tuple[RefArray, RefArray]:
    """Shifted to be positive definite, a matrix has its eigenvalues as singular values: one-sided Jacobi rotations again."""
    n = x.shape[-1]
    values, vectors = [], []
    for a in map(hermitian, _matrices(x)):
        shift = 2 * max((sum(map(abs, row)) for row in a), default=0.0) + 1.0
        shifted = [[v + shift if i == j else v for j, v in enumerate(row)] for i, row in enumerate(a)]
        left, s, _ = decompose(shifted, n)
        values.append([w - shift for w in reversed(s)])
        vectors.append([[column[i] for column in reversed(left)] for i in range(n)])
    return _vectors(x, values, n, _real(x.dtype)), _stack(x, vectors, n, n)


KERNELS: dict[str, Callable[..., Any]] = {
    "cholesky": cholesky,
    "cofactors": cofactors,
    "det": det,
    "eigh": eigh,
    "lu": lu,
    "pinv": pinv,
    "qr": qr,
    "qr_complete": qr_complete,
    "slogdet": slogdet,
    "solve": solve,
    "svd": svd,
}
