"""Eigenvalues of any square matrix, which are complex."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam import dtypes
from hornbeam.host import solvable
from hornbeam.interpret import bind
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.elementwise.complex import real
from hornbeam.ops.linalg.common import adjoint, conj_of, diagonal_part, matrix, on_diagonal, product, safe_inverse
from hornbeam.ops.linalg.phases import phases
from hornbeam.ops.linalg.solving import solve_p
from hornbeam.ops.movement import expand_dims
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["eig", "eigvals"]


def _infer(x: Any) -> tuple[Spec, Spec]:
    dtype = dtypes.complex64 if x.dtype in ("float32", "complex64") else dtypes.complex128
    return Spec(x.shape[:-1], dtype), Spec(x.shape, dtype)


eig_p = primitive("eig", _infer, multiple=True, cases=lambda t: t.case(t.matrix("b n n")))


@eig_p.kernel
def _(xp: Any, x: Any) -> Any:
    """Sorted by real part, then by imaginary part."""
    with solvable("eig: no convergence; does the matrix hold NaN or infinity?"):
        values, vectors = xp.linalg.eig(x)
    dtype = xp.complex64 if x.dtype in (xp.float32, xp.complex64) else xp.complex128
    values, vectors = xp.astype(values, dtype), xp.astype(vectors, dtype)
    vectors = vectors / phases(xp, vectors)
    for part in (xp.imag, xp.real):
        order = xp.argsort(part(values), axis=-1, stable=True)
        values = xp.take_along_axis(values, order, axis=-1)
        vectors = xp.take_along_axis(vectors, xp.broadcast_to(order[..., None, :], vectors.shape), axis=-1)
    return values, vectors


@eig_p.vjp("x.spec out")
def _(cts: tuple[Tensor, Tensor], x: Spec, out: tuple[Tensor, Tensor]) -> Tensor:
    """Sources: Boeddeker et al. 2017, "On the computation of complex-valued gradients", equation 4.77, for vectors of length 1."""
    (values, vectors), (of_values, of_vectors) = out, map(conj_of, cts)
    back = adjoint(vectors)
    inner = product(back, of_vectors)
    length = astype(real(diagonal_part(inner)), inner.dtype)  # a vector keeps its length
    inner = inner - product(back, vectors, length)
    apart = conj_of(safe_inverse(expand_dims(values, -2) - expand_dims(values, -1)))  # 0 for equal ones
    found = conj_of(bind(solve_p, back, product(on_diagonal(of_values) + apart * inner, back)))
    return found if x.dtype.kind == "complex" else real(found)


class Eig(NamedTuple):
    """Eigenvalues, and a column with the eigenvector of each."""

    eigenvalues: Tensor
    eigenvectors: Tensor


def eig(x: Any) -> Eig:
    """The eigenvalues and eigenvectors of square matrices; for Hermitian ones use `eigh`.

    Args:
        x: (..., n, n).

    Returns:
        Eigenvalues (..., n), complex, by real part, then by imaginary part; eigenvectors (..., n, n), one in each column, of
        length 1, with a positive largest element. Gradients hold for distinct eigenvalues, and where the result does not
        depend on the phases of complex vectors.

    Raises:
        ShapeError: the matrices are not square.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.eig([[0.0, 1.0], [-1.0, 0.0]]).eigenvalues.numpy().tolist()
        [-1j, 1j]
    """
    return Eig(*bind(eig_p, matrix(x, "eig", square=True)))


def eigvals(x: Any, /) -> Tensor:
    """The eigenvalues of square matrices: the first part of `eig`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.linalg.eigvals([[2.0, 0.0], [0.0, 1.0]]).numpy().tolist()
        [(1+0j), (2+0j)]
    """
    return eig(x).eigenvalues
