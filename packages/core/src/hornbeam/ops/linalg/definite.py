"""The Cholesky factorization."""

from __future__ import annotations

from typing import Any

from hornbeam.host import solvable
from hornbeam.interpret import bind
from hornbeam.ops.linalg.common import adjoint, conj_of, hermitian, identity_like, lower, matrix, product
from hornbeam.ops.linalg.solving import solve_triangular_p
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["cholesky", "cholesky_inverse"]

cholesky_p = primitive("cholesky", lambda x: Spec(x.shape, x.dtype), cases=lambda t: t.case(t.matrix("b n n")))


@cholesky_p.kernel
def _(xp: Any, x: Any) -> Any:
    other = xp.matrix_transpose(x)
    other = xp.conj(other) if xp.isdtype(x.dtype, "complex floating") else other
    with solvable("cholesky: the matrix is not positive definite, or one of the stack is not"):
        return xp.linalg.cholesky((x + other) * 0.5)


@cholesky_p.vjp("out")
def _(ct: Tensor, out: Tensor) -> Tensor:
    """Sources: Murray 2016, "Differentiation of the Cholesky decomposition", equation 10."""
    inner = product(adjoint(out), conj_of(ct))
    half = (lower(inner) + lower(inner, -1)) * 0.5  # the lower triangle, the diagonal halved
    upper = adjoint(out)
    left = bind(solve_triangular_p, upper, half, lower=False)  # L^-H half
    both = adjoint(bind(solve_triangular_p, upper, adjoint(left), lower=False))  # L^-H half L^-1
    return conj_of(hermitian(both))


def cholesky(x: Any, upper: bool = False) -> Tensor:
    """The lower triangular L with L @ L^H = x, for positive definite matrices.

    Args:
        x: (..., n, n); of a matrix that is not Hermitian, its Hermitian part (x + x^H) / 2 is taken.
        upper: give the upper triangular L^H instead.

    Raises:
        ShapeError: the matrices are not square.
        InvalidArgumentError: one is not positive definite.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.linalg.cholesky([[4.0, 2.0], [2.0, 5.0]]).numpy().tolist()
        [[2.0, 0.0], [1.0, 2.0]]
    """
    out = bind(cholesky_p, matrix(x, "cholesky", square=True))
    return adjoint(out) if upper else out


def cholesky_inverse(x: Any, upper: bool = False) -> Tensor:
    """The inverse of the matrices of which `x` is the Cholesky factor.

    Args:
        x: (..., n, n), triangular.
        upper: whether it is the upper triangular factor.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.cholesky_inverse([[2.0, 0.0], [0.0, 4.0]]).numpy().tolist()
        [[0.25, 0.0], [0.0, 0.0625]]
    """
    t = matrix(x, "cholesky_inverse", square=True)
    half = bind(solve_triangular_p, adjoint(t) if upper else t, identity_like(t), lower=True)
    return product(adjoint(half), half)
