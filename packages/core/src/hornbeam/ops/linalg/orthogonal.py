"""The QR factorization."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam.errors import InvalidArgumentError
from hornbeam.interpret import bind
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.joining import concat
from hornbeam.ops.linalg.common import adjoint, conj_of, diagonal_part, lower, matrix, product, real_part
from hornbeam.ops.linalg.solving import solve_triangular_p
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["qr"]


def _qr_infer(x: Any) -> tuple[Spec, Spec]:
    k = min(x.shape[-2:])
    return Spec((*x.shape[:-1], k), x.dtype), Spec((*x.shape[:-2], k, x.shape[-1]), x.dtype)


def _tall(t: Any) -> Any:
    x = t.matrix("b m n")
    return t.case(x if x.shape[-2] >= x.shape[-1] else x.swapaxes(-1, -2))


qr_p = primitive("qr", _qr_infer, multiple=True, cases=_tall)
qr_p.kernel(lambda xp, x: tuple(xp.linalg.qr(x, mode="reduced")))


@qr_p.vjp("out")
def _(cts: tuple[Tensor, Tensor], out: tuple[Tensor, Tensor]) -> Tensor:
    """For matrices that are at least as high as wide.

    Sources: Walter & Lehmann 2010, "Algorithmic differentiation of linear algebra functions", section 3.2.
    """
    (q, r), (of_q, of_r) = out, map(conj_of, cts)
    inner = product(of_r, adjoint(r)) - product(adjoint(q), of_q)
    above = inner - lower(inner)
    middle = above + adjoint(above) + diagonal_part(astype(real_part(inner), inner.dtype))
    return conj_of(adjoint(bind(solve_triangular_p, r, adjoint(of_q + product(q, middle)), lower=False)))


def _complete_infer(x: Any) -> tuple[Spec, Spec]:
    m = x.shape[-2]
    return Spec((*x.shape[:-2], m, m), x.dtype), Spec(x.shape, x.dtype)


qr_complete_p = primitive(
    "qr_complete",
    _complete_infer,
    multiple=True,
    no_gradient="the columns of Q beyond those of the matrix are any that complete the basis; use mode='reduced'",
    cases=lambda t: t.case(t.matrix("b m n")),
)
qr_complete_p.kernel(lambda xp, x: tuple(xp.linalg.qr(x, mode="complete")))


class QR(NamedTuple):
    """Orthonormal columns, and an upper triangular matrix."""

    Q: Tensor
    R: Tensor


def qr(x: Any, mode: str = "reduced") -> QR:
    """The factorization x = Q @ R into orthonormal columns and an upper triangular matrix.

    Args:
        x: (..., m, n).
        mode: "reduced": Q (..., m, k) and R (..., k, n), where k = min(m, n); "complete": Q (..., m, m), R (..., m, n).

    Raises:
        InvalidArgumentError: the mode is another.
        DifferentiationError: the gradient of a complete Q that is higher than `x` is wide is wanted: it is not unique.

    Example:
        >>> import hornbeam as hb
        >>> q, r = hb.ops.linalg.qr([[3.0, 1.0], [4.0, 2.0]])
        >>> hb.ops.matmul(q, r).numpy().round(4).tolist()
        [[3.0, 1.0], [4.0, 2.0]]
    """
    if mode not in ("reduced", "complete"):
        raise InvalidArgumentError(f"qr: mode must be 'reduced' or 'complete'; got {mode!r}")
    t = matrix(x, "qr")
    m, n = t.shape[-2:]
    if m > n:
        return QR(*bind(qr_p if mode == "reduced" else qr_complete_p, t))
    q, r = bind(qr_p, t[..., :m])
    return QR(q, concat([r, product(adjoint(q), t[..., m:])], axis=-1) if n > m else r)
