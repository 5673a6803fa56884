"""Linear algebra matrix by matrix, in plain Python: Householder reflections, Jacobi rotations, QR steps."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any

from hornbeam.backends.reference.array import RefArray
from hornbeam.backends.reference.matrices import (
    Matrix,
    adjoint,
    conj,
    hermitian,
    identity,
    matrices,
    product,
    real_dtype,
    solve_one,
    stack,
    vectors,
)
from hornbeam.dtypes import complex64, complex128

__all__ = ["KERNELS"]


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
    found = [reflect(a, n) for a in matrices(x)]
    k = min(m, n)
    return stack(x, [[row[:k] for row in q] for q, _ in found], m, k), stack(x, [r[:k] for _, r in found], k, n)


def qr_complete(x: RefArray) -> tuple[RefArray, RefArray]:
    """The whole of Q and R."""
    m, n = x.shape[-2:]
    found = [reflect(a, n) for a in matrices(x)]
    return stack(x, [q for q, _ in found], m, m), stack(x, [r for _, r in found], m, n)


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
    found = [decompose(a, n) for a in matrices(x)]
    u = [[[column[i] for column in left] for i in range(m)] for left, _, _ in found]
    vh = [[[conj(v) for v in column] for column in right] for _, _, right in found]
    return stack(x, u, m, k), vectors(x, [s for _, s, _ in found], k, real_dtype(x.dtype)), stack(x, vh, k, n)


def pinv(x: RefArray, rtol: RefArray) -> RefArray:
    """The sum over singular values that count of right vector times left vector, divided by the value."""
    m, n = x.shape[-2:]
    found = []
    for a, limit in zip(matrices(x), rtol.data, strict=True):
        left, s, right = decompose(a, n)
        terms = [t for t in zip(left, s, right, strict=True) if t[1] > limit * max(s)]
        found.append([[sum(v[j] * conj(u[i]) / w for u, w, v in terms) for i in range(m)] for j in range(n)])
    return stack(x, found, n, m)


def eigh(x: RefArray) -> tuple[RefArray, RefArray]:
    """Shifted to be positive definite, a matrix has its eigenvalues as singular values: one-sided Jacobi rotations again."""
    n = x.shape[-1]
    values, bases = [], []
    for a in map(hermitian, matrices(x)):
        shift = 2 * max((sum(map(abs, row)) for row in a), default=0.0) + 1.0
        shifted = [[v + shift if i == j else v for j, v in enumerate(row)] for i, row in enumerate(a)]
        left, s, _ = decompose(shifted, n)
        values.append([w - shift for w in reversed(s)])
        bases.append([[column[i] for column in reversed(left)] for i in range(n)])
    return vectors(x, values, n, real_dtype(x.dtype)), stack(x, bases, n, n)


def _spectrum(a: Matrix) -> list[complex]:
    """The eigenvalues: QR steps with Wilkinson's shift, until the last row has nothing left beside the diagonal."""
    a = [[complex(v) for v in row] for row in a]
    found = []
    while len(a) > 1:
        n = len(a)
        scale = max(abs(v) for row in a for v in row) or 1.0
        for step in range(300):
            if max(map(abs, a[-1][:-1])) <= 1e-16 * scale:
                break
            p, q, r, s = a[-2][-2], a[-2][-1], a[-1][-2], a[-1][-1]
            root = cmath.sqrt((p - s) ** 2 / 4 + q * r)
            shift = min((p + s) / 2 + root, (p + s) / 2 - root, key=lambda v: abs(v - s))
            shift += scale if step % 30 == 29 else 0.0  # out of a cycle
            q_, r_ = reflect([[v - shift if i == j else v for j, v in enumerate(row)] for i, row in enumerate(a)], n)
            a = [[v + shift if i == j else v for j, v in enumerate(row)] for i, row in enumerate(product(r_, q_, n))]
        found.append(a[-1][-1])
        a = [row[:-1] for row in a[:-1]]
    return [*found, *(row[0] for row in a)]


def _in_order(values: list[complex], scale: float) -> list[complex]:
    """By real part, which conjugates have in common but for rounding, then by imaginary part."""

    def place(value: complex) -> tuple[float, float]:
        return round(value.real / scale, 12), value.imag

    return sorted(values, key=place)


def _eigenvector(a: Matrix, value: complex, scale: float) -> list[Any]:
    """By inverse iteration, from a value that is a little wrong."""
    n = len(a)
    near = value + 1e-10 * (1 + 0.3j) * scale
    shifted = [[v - near if i == j else v for j, v in enumerate(row)] for i, row in enumerate(a)]
    x = [[1.0 + 0.1 * i] for i in range(n)]
    for _ in range(3):
        x = solve_one(shifted, x, 1)
        size = math.sqrt(sum(abs(v) ** 2 for (v,) in x))
        x = [[v / size] for (v,) in x]
    return [v for (v,) in x]


def eig(x: RefArray) -> tuple[RefArray, RefArray]:
    """QR steps for the eigenvalues, inverse iteration for the vectors."""
    n, dtype = x.shape[-1], complex64 if x.dtype in ("float32", "complex64") else complex128
    out = RefArray(x.shape, [], dtype)
    values, bases = [], []
    for a in matrices(x):
        scale = max((abs(v) for row in a for v in row), default=1.0) or 1.0
        found = _in_order(_spectrum(a), scale)
        columns = [_eigenvector(a, v, scale) for v in found]
        _unphased(columns)
        values.append(found)
        bases.append([[column[i] for column in columns] for i in range(n)])
    return vectors(x, values, n, dtype), stack(out, bases, n, n)


KERNELS: dict[str, Callable[..., Any]] = {
    "eig": eig,
    "eigh": eigh,
    "pinv": pinv,
    "qr": qr,
    "qr_complete": qr_complete,
    "svd": svd,
}
