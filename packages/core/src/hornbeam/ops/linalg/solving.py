"""Linear systems, inverses and the LU factorization."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam import dtypes
from hornbeam.errors import ShapeError
from hornbeam.host import solvable
from hornbeam.interpret import bind, broadcast_shapes
from hornbeam.ops.convert import promote_tensors
from hornbeam.ops.creation import arange, eye
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.elementwise.comparison import equal, where
from hornbeam.ops.joining import pad
from hornbeam.ops.linalg.common import identity_like, lower, matrix, product
from hornbeam.ops.movement import broadcast_to, expand_dims, matrix_transpose, squeeze, static_slice
from hornbeam.ops.reduction import sum as total
from hornbeam.primitive import Spec, composite, primitive
from hornbeam.tensor import Tensor

__all__ = ["inv", "lu_factor", "solve", "solve_triangular"]

solve_p = primitive(
    "solve", lambda a, b: Spec(b.shape, b.dtype), cases=lambda t: t.case(t.matrix("b n n"), t.floats("b n k"))
)


@solve_p.kernel
def _(xp: Any, a: Any, b: Any) -> Any:
    with solvable("solve: the matrix is singular, or one of the stack is"):
        return xp.linalg.solve(a, b)


@solve_p.vjp("a out")
def _(ct: Tensor, a: Tensor, out: Tensor) -> Any:
    """d(A^-1 B) = A^-1 (dB - dA X). Sources: Giles 2008, section 2.2.3."""
    of_b = bind(solve_p, matrix_transpose(a), ct)
    return lambda: -product(of_b, matrix_transpose(out)), of_b


@composite("solve_triangular", cases=lambda t: t.case(t.matrix("b n n"), t.floats("b n k"), lower=True))
def solve_triangular_p(a: Tensor, b: Tensor, *, lower: bool) -> Tensor:
    """x such that the triangle of `a` times x is `b`; what is on the other side of the diagonal is not looked at."""
    return bind(solve_p, _triangle(a, lower), b)


@solve_triangular_p.vjp("a out")
def _(ct: Tensor, a: Tensor, out: Tensor, lower: bool) -> Any:
    of_b = bind(solve_triangular_p, matrix_transpose(a), ct, lower=not lower)
    return lambda: -_triangle(product(of_b, matrix_transpose(out)), lower), of_b


def _triangle(x: Tensor, is_lower: bool) -> Tensor:
    return lower(x) if is_lower else matrix_transpose(lower(matrix_transpose(x)))


def _system(a: Any, b: Any, name: str) -> tuple[Tensor, Tensor, bool]:
    """Square matrices and columns with common leading axes, and whether the right-hand side was one vector."""
    left, right = promote_tensors(matrix(a, name, square=True), b)
    vector = right.ndim == 1
    right = expand_dims(right, 1) if vector else right
    if right.shape[-2:-1] != left.shape[-1:]:
        raise ShapeError(
            f"{name}: matrices of shape {left.shape} need right-hand sides of {left.shape[-1]} rows; got shape "
            f"{right.shape[:-1] if vector else right.shape}"
        )
    lead = broadcast_shapes(left.shape[:-2], right.shape[:-2], where=name)
    return broadcast_to(left, lead + left.shape[-2:]), broadcast_to(right, lead + right.shape[-2:]), vector


def solve(a: Any, b: Any) -> Tensor:
    """The solution x of the linear systems a @ x = b.

    Args:
        a: (..., n, n), of full rank.
        b: (..., n, k), or (n,) for one right-hand side; leading axes broadcast.

    Returns:
        (..., n, k), or (..., n) for a vector.

    Raises:
        ShapeError: the shapes do not fit together.
        InvalidArgumentError: a matrix is singular.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.linalg.solve([[2.0, 0.0], [0.0, 4.0]], [2.0, 8.0]).numpy().tolist()
        [1.0, 2.0]
    """
    left, right, vector = _system(a, b, "solve")
    out = bind(solve_p, left, right)
    return squeeze(out, axis=-1) if vector else out


def solve_triangular(a: Any, b: Any, lower: bool = False) -> Tensor:
    """The solution x of a @ x = b, where `a` is triangular; its other triangle is not looked at.

    Args:
        a: (..., n, n).
        b: (..., n, k), or (n,).
        lower: which triangle of `a` counts.

    Raises:
        ShapeError: the shapes do not fit together.
        InvalidArgumentError: a diagonal holds a zero.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.solve_triangular([[2.0, 9.0], [1.0, 1.0]], [2.0, 3.0], lower=True).numpy().tolist()
        [1.0, 2.0]
    """
    left, right, vector = _system(a, b, "solve_triangular")
    out = bind(solve_triangular_p, left, right, lower=bool(lower))
    return squeeze(out, axis=-1) if vector else out


def inv(x: Any) -> Tensor:
    """The inverse of square matrices (..., n, n).

    Raises:
        ShapeError: they are not square.
        InvalidArgumentError: one is singular.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.linalg.inv([[2.0, 0.0], [0.0, 4.0]]).numpy().tolist()
        [[0.5, 0.0], [0.0, 0.25]]
    """
    t = matrix(x, "inv", square=True)
    return bind(solve_p, t, identity_like(t))


# ---- LU


def _lu_infer(x: Any) -> tuple[Spec, Spec]:
    return Spec(x.shape, x.dtype), Spec((*x.shape[:-2], min(x.shape[-2:])), dtypes.int32)


lu_p = primitive("lu", _lu_infer, multiple=True, cases=lambda t: t.case(t.matrix("b m n")))


@lu_p.kernel
def _(xp: Any, x: Any) -> Any:
    """Gaussian elimination, column by column, for all matrices at once; the largest element of a column is its pivot.

    Complex numbers are measured as LAPACK does, by |real| + |imag|.
    """
    is_complex = xp.isdtype(x.dtype, "complex floating")
    *lead, m, n = x.shape
    stack = xp.reshape(xp.asarray(x, copy=True), (-1, m, n)) if x.size else xp.zeros((0, m, n), dtype=x.dtype)
    count = stack.shape[0]
    pivots = []
    for k in range(min(m, n) if count else 0):
        column = stack[:, k:, k]
        sizes = xp.abs(xp.real(column)) + xp.abs(xp.imag(column)) if is_complex else xp.abs(column)
        row = xp.argmax(sizes, axis=1) + k  # (b,)
        pivots.append(row)
        at = xp.arange(m)[None, :]
        order = xp.where(
            at == k, row[:, None], xp.where(at == row[:, None], xp.asarray(k), at)
        )  # rows k and row change places
        stack = xp.take_along_axis(stack, xp.broadcast_to(order[:, :, None], stack.shape), axis=1)
        head = stack[:, k : k + 1, k : k + 1]
        factors = stack[:, k + 1 :, k : k + 1] / xp.where(head == 0, xp.ones_like(head), head)
        stack[:, k + 1 :, k : k + 1] = factors
        stack[:, k + 1 :, k + 1 :] = stack[:, k + 1 :, k + 1 :] - factors * stack[:, k : k + 1, k + 1 :]
    found = xp.stack(pivots, axis=1) if pivots else xp.zeros((count, min(m, n)))
    return xp.reshape(stack, x.shape), xp.astype(xp.reshape(found, (*lead, min(m, n))), xp.int32)


@lu_p.vjp("out")
def _(cts: tuple[Tensor, Tensor], out: tuple[Tensor, Tensor]) -> Tensor:
    """With L and U made square by an identity in the corner, d(P A) = dL U + L dU splits at the diagonal of L^-1 d(P A) U^-1."""
    packed, ct = out[0], cts[0]
    *lead, m, n = packed.shape
    size = max(m, n)
    below, beside = [(0, 0)] * len(lead) + [(0, size - m), (0, size - n)], size - min(m, n)
    corner = pad(eye(beside, dtype=packed.dtype), [(size - beside, 0)] * 2)
    square, g = pad(packed, below) + corner, pad(ct, below)
    low = lower(square, -1) + eye(size, dtype=packed.dtype)
    up = square - lower(square, -1)
    inner = lower(product(matrix_transpose(low), lower(g, -1)), -1)
    g_up = g - lower(g, -1)
    outer = product(g_up, matrix_transpose(up))
    inner = inner + outer - lower(outer, -1)
    left = bind(solve_triangular_p, matrix_transpose(low), inner, lower=False)  # L^-T inner
    right = matrix_transpose(bind(solve_triangular_p, up, matrix_transpose(left), lower=False))  # ... U^-T
    permuted = static_slice(right, (0,) * right.ndim, (*lead, m, n))
    return product(matrix_transpose(_permutation(out[1], m, packed.dtype)), permuted)


def _permutation(pivots: Tensor, m: int, dtype: Any) -> Tensor:
    """The matrices P (..., m, m) that carry the exchanges of rows out, the first one first."""
    at = arange(m, dtype="int32")
    order = broadcast_to(at, (*pivots.shape[:-1], m))
    for k in range(pivots.shape[-1]):
        there = equal(at, expand_dims(pivots[..., k], -1))
        found = total(where(there, order, 0), -1, keepdims=True)
        order = where(equal(at, k), found, where(there, order[..., k : k + 1], order))
    return astype(equal(expand_dims(order, -1), at), dtype)


class LU(NamedTuple):
    """L below the diagonal (its own is all ones) and U on and above it, in one matrix; and the row each row changed places with."""

    lu: Tensor
    pivots: Tensor


def lu_factor(x: Any) -> LU:
    """The factorization P @ x = L @ U of matrices, with the largest element of each column as its pivot.

    Args:
        x: (..., m, n).

    Returns:
        `lu` (..., m, n) holds U on and above the diagonal, L below it; `pivots` (..., min(m, n)), int32: row i changed places
        with row pivots[i], one after the other.

    Example:
        >>> import hornbeam as hb
        >>> lu, pivots = hb.ops.lu_factor([[1.0, 2.0], [4.0, 4.0]])
        >>> lu.numpy().tolist(), pivots.numpy().tolist()
        ([[4.0, 4.0], [0.25, 1.0]], [1, 1])
    """
    return LU(*bind(lu_p, matrix(x, "lu_factor")))
