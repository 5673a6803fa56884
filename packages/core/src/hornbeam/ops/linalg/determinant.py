"""Determinants, their logarithms, and cofactors."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam.interpret import bind
from hornbeam.ops.elementwise.complex import complex as make_complex
from hornbeam.ops.elementwise.complex import imag
from hornbeam.ops.linalg.common import identity_like, matrix, product, real_dtype
from hornbeam.ops.linalg.solving import solve_p
from hornbeam.ops.movement import expand_dims, matrix_transpose
from hornbeam.ops.reduction import reduce_sum
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["det", "logdet", "slogdet"]

det_p = primitive("det", lambda x: Spec(x.shape[:-2], x.dtype), cases=lambda t: t.case(t.matrix("b n n")))
det_p.kernel(lambda xp, x: xp.linalg.det(x))


@det_p.vjp("x")
def _(ct: Tensor, x: Tensor) -> Tensor:
    return _wide(ct) * bind(cofactors_p, x)


cofactors_p = primitive("cofactors", lambda x: Spec(x.shape, x.dtype), cases=lambda t: t.case(t.matrix("b n n")))


@cofactors_p.kernel
def _(xp: Any, x: Any) -> Any:
    """The derivative of the determinant, det(x) x^-T, from the singular values: it exists for singular matrices too."""
    if not x.size:
        return x
    u, s, vh = xp.linalg.svd(x)
    n = s.shape[-1]
    rest = xp.where(xp.eye(n, dtype=s.dtype) != 0, xp.ones((), dtype=s.dtype), s[..., None, :])
    others = xp.astype(xp.prod(rest, axis=-1), x.dtype)  # (..., n): the product of the other singular values
    if xp.isdtype(x.dtype, "complex floating"):
        sign = xp.linalg.det(u) * xp.linalg.det(vh)
        u, vh = xp.conj(u), xp.conj(vh)
    else:
        sign = xp.linalg.det(u) * xp.linalg.det(vh)
    return sign[..., None, None] * xp.matmul(u * others[..., None, :], vh)


@cofactors_p.vjp("x out")
def _(ct: Tensor, x: Tensor, out: Tensor) -> Tensor:
    """dC = (tr(C^T dx) C - C dx^T C) / det(x)."""
    two = (ct.ndim - 2, ct.ndim - 1)
    straight = _wide(reduce_sum(ct * out, two)) * out
    return (straight - product(out, matrix_transpose(ct), out)) / _wide(bind(det_p, x))


def _slogdet_infer(x: Any) -> tuple[Spec, Spec]:
    return Spec(x.shape[:-2], x.dtype), Spec(x.shape[:-2], real_dtype(x.dtype))


slogdet_p = primitive("slogdet", _slogdet_infer, multiple=True, cases=lambda t: t.case(t.matrix("b n n")))
slogdet_p.kernel(lambda xp, x: tuple(xp.linalg.slogdet(x)))


@slogdet_p.vjp("x out")
def _(cts: tuple[Tensor, Tensor], x: Tensor, out: tuple[Tensor, Tensor]) -> Tensor:
    """d log|det x| + i d arg det x = tr(x^-1 dx). Sources: Giles 2008, section 2.2.4."""
    inverse = matrix_transpose(bind(solve_p, x, identity_like(x)))
    of_sign, of_log = cts
    weight = make_complex(of_log, imag(of_sign * out[0])) if x.dtype.kind == "complex" else of_log
    return _wide(weight) * inverse


def _wide(x: Tensor) -> Tensor:
    return expand_dims(x, (-2, -1))


def det(x: Any) -> Tensor:
    """The determinant of square matrices (..., n, n).

    The gradient is right for singular matrices too; the second derivative needs a matrix that is not.

    Raises:
        ShapeError: they are not square.

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.linalg.det([[2.0, 1.0], [0.0, 4.0]]))
        8.0
    """
    return bind(det_p, matrix(x, "det", square=True))


class SLogDet(NamedTuple):
    """The sign (for complex matrices: the phase) of determinants, and the logarithm of their absolute value."""

    sign: Tensor
    logabsdet: Tensor


def slogdet(x: Any) -> SLogDet:
    """The sign of the determinant of square matrices and the logarithm of its absolute value, which cannot overflow.

    Returns:
        `sign` and `logabsdet`, both (...,); 0 and minus infinity for a singular matrix.

    Raises:
        ShapeError: the matrices are not square.

    Example:
        >>> import hornbeam as hb
        >>> sign, log = hb.ops.linalg.slogdet([[0.0, 1.0], [1.0, 0.0]])
        >>> float(sign), float(log)
        (-1.0, 0.0)
    """
    return SLogDet(*bind(slogdet_p, matrix(x, "slogdet", square=True)))


def logdet(x: Any) -> Tensor:
    """The logarithm of the determinant of positive definite matrices (..., n, n).

    Example:
        >>> import hornbeam as hb
        >>> float(hb.ops.logdet([[1.0, 0.0], [0.0, 1.0]]))
        0.0
    """
    return slogdet(x).logabsdet
