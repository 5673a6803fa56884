"""Eigenvalues of Hermitian matrices, and singular values."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam.host import solvable
from hornbeam.interpret import bind
from hornbeam.ops.elementwise.arithmetic import square
from hornbeam.ops.elementwise.complex import complex as make_complex
from hornbeam.ops.elementwise.complex import imag
from hornbeam.ops.joining import concat
from hornbeam.ops.linalg.common import (
    adjoint,
    conj_of,
    diagonal_part,
    hermitian,
    matrix,
    on_diagonal,
    product,
    real_dtype,
    safe_inverse,
)
from hornbeam.ops.linalg.orthogonal import qr_complete_p
from hornbeam.ops.linalg.phases import conj, phases
from hornbeam.ops.movement import expand_dims
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["eigh", "eigvalsh", "svd", "svdvals"]


def _eigh_infer(x: Any) -> tuple[Spec, Spec]:
    return Spec(x.shape[:-1], real_dtype(x.dtype)), Spec(x.shape, x.dtype)


eigh_p = primitive("eigh", _eigh_infer, multiple=True, cases=lambda t: t.case(t.matrix("b n n")))


@eigh_p.kernel
def _(xp: Any, x: Any) -> Any:
    with solvable("eigh: no convergence; does the matrix hold NaN or infinity?"):
        values, vectors = xp.linalg.eigh((x + conj(xp, xp.matrix_transpose(x))) * 0.5)
    return values, vectors / phases(xp, vectors)


@eigh_p.vjp("out")
def _(cts: tuple[Tensor, Tensor], out: tuple[Tensor, Tensor]) -> Tensor:
    """Sources: Giles 2008, section 3.1."""
    (values, vectors), (of_values, of_vectors) = out, map(conj_of, cts)
    apart = safe_inverse(expand_dims(values, -2) - expand_dims(values, -1))  # 1 / (w_j - w_i); 0 for equal ones
    inner = on_diagonal(of_values) + apart * product(adjoint(vectors), of_vectors)
    return conj_of(hermitian(product(vectors, inner, adjoint(vectors))))


class EigH(NamedTuple):
    """Eigenvalues in ascending order, and a column with the eigenvector of each."""

    eigenvalues: Tensor
    eigenvectors: Tensor


def eigh(x: Any) -> EigH:
    """The eigenvalues and eigenvectors of Hermitian (real: symmetric) matrices.

    Args:
        x: (..., n, n); of a matrix that is not Hermitian, its Hermitian part (x + x^H) / 2 is taken.

    Returns:
        Eigenvalues (..., n), real, in ascending order; eigenvectors (..., n, n), one in each column, of length 1, with a
        positive largest element. Gradients hold for distinct eigenvalues, and for complex vectors where the result does not
        depend on their phases.

    Raises:
        ShapeError: the matrices are not square.

    Example:
        >>> import hornbeam as hb
        >>> values, vectors = hb.ops.linalg.eigh([[3.0, 0.0], [0.0, 1.0]])
        >>> values.numpy().tolist(), vectors.numpy().tolist()
        ([1.0, 3.0], [[0.0, 1.0], [1.0, 0.0]])
    """
    return EigH(*bind(eigh_p, matrix(x, "eigh", square=True)))


def eigvalsh(x: Any, /) -> Tensor:
    """The eigenvalues of Hermitian matrices, in ascending order: the first part of `eigh`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.linalg.eigvalsh([[3.0, 0.0], [0.0, 1.0]]).numpy().tolist()
        [1.0, 3.0]
    """
    return eigh(x).eigenvalues


def _svd_infer(x: Any) -> tuple[Spec, Spec, Spec]:
    *lead, m, n = x.shape
    k = min(m, n)
    return (
        Spec((*lead, m, k), x.dtype),
        Spec((*lead, k), real_dtype(x.dtype)),
        Spec((*lead, k, n), x.dtype),
    )


svd_p = primitive("svd", _svd_infer, multiple=True, cases=lambda t: t.case(t.matrix("b m n")))


@svd_p.kernel
def _(xp: Any, x: Any) -> Any:
    with solvable("svd: no convergence; does the matrix hold NaN or infinity?"):
        u, s, vh = xp.linalg.svd(x, full_matrices=False)
    turn = phases(xp, u)
    return u / turn, s, vh * xp.matrix_transpose(turn)


@svd_p.vjp("out")
def _(cts: tuple[Tensor, Tensor, Tensor], out: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """Sources: Townsend 2016, "Differentiating the singular value decomposition"; for complex matrices Wan & Zhang 2019."""
    (u, s, vh), (of_u, of_s, of_vh) = out, map(conj_of, cts)
    of_v = adjoint(of_vh)
    columns, rows = expand_dims(s, -2), expand_dims(s, -1)
    apart = safe_inverse(square(columns) - square(rows))  # 1 / (s_j^2 - s_i^2); 0 for equal ones
    left, right = product(adjoint(u), of_u), product(vh, of_v)
    inner = apart * (left - adjoint(left)) * columns + rows * (apart * (right - adjoint(right))) + on_diagonal(of_s)
    inverse = safe_inverse(s)
    if u.dtype.kind == "complex":  # the phases that u and v share are open; their difference is not
        inner = inner + diagonal_part(make_complex(0.0, imag(left))) * expand_dims(inverse, -2)
    out_u = (of_u - product(u, left)) * expand_dims(inverse, -2)  # in the space that u leaves out
    out_v = expand_dims(inverse, -1) * (of_vh - product(adjoint(right), vh))
    return conj_of(product(product(u, inner) + out_u, vh) + product(u, out_v))


class SVD(NamedTuple):
    """Left singular vectors in columns, singular values in descending order, right singular vectors in rows."""

    U: Tensor
    S: Tensor
    Vh: Tensor


def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """The singular value decomposition x = U @ diag(S) @ Vh.

    Args:
        x: (..., m, n).
        full_matrices: complete U to (..., m, m) and Vh to (..., n, n); else (..., m, k) and (..., k, n) with k = min(m, n).
        compute_uv: False: give S alone.

    Returns:
        U, S and Vh; S (..., k) is real and in descending order, the largest element of each column of U is positive.
        Gradients hold for distinct singular values, and for complex matrices where the result does not depend on phases.

    Raises:
        DifferentiationError: the gradient of completed vectors is wanted: they are not unique.

    Example:
        >>> import hornbeam as hb
        >>> u, s, vh = hb.ops.linalg.svd([[0.0, 2.0], [3.0, 0.0]])
        >>> s.numpy().tolist(), hb.ops.matmul(u * s, vh).numpy().tolist()
        ([3.0, 2.0], [[0.0, 2.0], [3.0, 0.0]])
    """
    u, s, vh = bind(svd_p, matrix(x, "svd"))
    if not compute_uv:
        return s
    if full_matrices:
        u, vh = _completed(u), adjoint(_completed(adjoint(vh)))
    return SVD(u, s, vh)


def _completed(columns: Tensor) -> Tensor:
    """Orthonormal columns (..., m, k) and others that make them a basis: (..., m, m)."""
    m, k = columns.shape[-2:]
    return columns if k == m else concat([columns, bind(qr_complete_p, columns)[0][..., k:]], axis=-1)


def svdvals(x: Any, /) -> Tensor:
    """The singular values of matrices, in descending order.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.linalg.svdvals([[0.0, 2.0], [3.0, 0.0]]).numpy().tolist()
        [3.0, 2.0]
    """
    return svd(x, compute_uv=False)
