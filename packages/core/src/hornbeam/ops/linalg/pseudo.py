"""Pseudo-inverses, least squares and ranks."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.host import float_limits, solvable
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.elementwise.comparison import greater
from hornbeam.ops.linalg.common import adjoint, conj_of, matrix, product, real_dtype
from hornbeam.ops.linalg.spectral import svdvals
from hornbeam.ops.movement import broadcast_to, expand_dims, squeeze
from hornbeam.ops.reduction import max as largest
from hornbeam.ops.reduction import sum as total
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["lstsq", "matrix_rank", "pinv"]

pinv_p = primitive(
    "pinv",
    lambda x, rtol: Spec((*x.shape[:-2], x.shape[-1], x.shape[-2]), x.dtype),
    cases=lambda t: t.case(t.matrix("b m n"), t.floats("b", low=0.001, high=0.01)),
)


@pinv_p.kernel
def _(xp: Any, x: Any, rtol: Any) -> Any:
    if not x.size:
        return xp.zeros((*x.shape[:-2], x.shape[-1], x.shape[-2]), dtype=x.dtype)
    with solvable("pinv: no convergence; does the matrix hold NaN or infinity?"):
        return xp.linalg.pinv(x, rtol=rtol)


@pinv_p.vjp("x out")
def _(ct: Tensor, x: Tensor, out: Tensor) -> Any:
    """For matrices whose neighbours have the same rank. Sources: Golub & Pereyra 1973, equation 4.12."""
    p, ph, g = out, adjoint(out), conj_of(ct)
    gh = adjoint(g)
    rows = product(gh - product(x, p, gh), p, ph)  # (I - x p) g^H p p^H
    columns = product(ph, p, gh - product(gh, p, x))  # p^H p g^H (I - p x)
    return conj_of(rows + columns - product(ph, g, ph)), None


def _tolerance(x: Tensor, relative: Any) -> Tensor:
    """Which part of the largest singular value counts as nothing, for each matrix; None: eps times the larger size."""
    kind = real_dtype(x.dtype)
    if relative is None:
        relative = float_limits(kind)[0] * max(x.shape[-2:])
    return broadcast_to(astype(as_tensor(relative), kind), x.shape[:-2])


def _one(name: str, first: Any, second: Any, names: str) -> Any:
    if first is not None and second is not None:
        raise InvalidArgumentError(f"{name}: give one of {names}; got both")
    return first if second is None else second


def pinv(x: Any, rcond: Any = None, *, rtol: Any = None) -> Tensor:
    """The Moore-Penrose pseudo-inverse of matrices.

    Args:
        x: (..., m, n).
        rcond: singular values below this part of the largest count as 0; a number or (...). Default: eps times max(m, n).
        rtol: the array API's name of `rcond`.

    Returns:
        (..., n, m). Its gradient is that among matrices of the same rank.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.linalg.pinv([[2.0, 0.0], [0.0, 0.0]]).numpy().tolist()
        [[0.5, 0.0], [0.0, 0.0]]
    """
    t = matrix(x, "pinv")
    return bind(pinv_p, t, _tolerance(t, _one("pinv", rcond, rtol, "rcond and rtol")))


def lstsq(a: Any, b: Any, rcond: Any = None) -> Tensor:
    """The x for which a @ x is nearest to `b`; the shortest where there are several.

    Args:
        a: (..., m, n).
        b: (..., m, k), or (m,).
        rcond: see `pinv`.

    Returns:
        (..., n, k), or (n,).

    Raises:
        ShapeError: `b` has another number of rows than `a`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.lstsq([[1.0], [1.0]], [1.0, 3.0]).numpy().round(4).tolist()
        [2.0]
    """
    left, right = promote_tensors(matrix(a, "lstsq"), b)
    vector = right.ndim == 1
    right = expand_dims(right, 1) if vector else right
    if right.shape[-2:-1] != left.shape[-2:-1]:
        raise ShapeError(
            f"lstsq: `a` of shape {left.shape} needs a `b` of as many rows; got shape {as_tensor(b).shape}"
        )
    out = product(pinv(left, rcond), right)
    return squeeze(out, axis=-1) if vector else out


def matrix_rank(x: Any, tol: Any = None, *, rtol: Any = None) -> Tensor:
    """How many singular values of matrices are not 0, as int32.

    Args:
        x: (..., m, n).
        tol: those up to this size count as 0; a number or (...).
        rtol: those up to this part of the largest count as 0; default: eps times max(m, n).

    Example:
        >>> import hornbeam as hb
        >>> int(hb.ops.linalg.matrix_rank([[1.0, 2.0], [2.0, 4.0]]))
        1
    """
    t = matrix(x, "matrix_rank")
    _one("matrix_rank", tol, rtol, "tol and rtol")
    s = svdvals(t)
    if not s.shape[-1]:
        return total(astype(s, "int32"), -1)
    limit = _tolerance(t, rtol) * largest(s, -1) if tol is None else broadcast_to(as_tensor(tol, s.dtype), s.shape[:-1])
    return total(astype(greater(s, expand_dims(limit, -1)), "int32"), -1)
