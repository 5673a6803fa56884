"""How alike tensors are: distances, correlations, covariances, the noise of a signal."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.ops.arranging import atleast_2d
from hornbeam.ops.contraction import matmul
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.convolution import conv
from hornbeam.ops.elementwise.arithmetic import clip, divide, multiply, sqrt, square, subtract
from hornbeam.ops.elementwise.cast import as_float
from hornbeam.ops.elementwise.comparison import equal, where
from hornbeam.ops.elementwise.complex import complex as make_complex
from hornbeam.ops.elementwise.complex import conj, imag, real
from hornbeam.ops.elementwise.exponential import log10
from hornbeam.ops.joining import pad
from hornbeam.ops.movement import expand_dims, flip, matrix_transpose, reshape, transpose
from hornbeam.ops.reduction import mean
from hornbeam.ops.reduction import sum as total
from hornbeam.tensor import Tensor

__all__ = ["cdist", "convolve", "corrcoef", "correlate", "cov", "psnr"]


def cdist(x: Any, y: Any) -> Tensor:
    """The Euclidean distance of each row of `x` from each row of `y`; its gradient at 0 is 0.

    Args:
        x: (..., n, d).
        y: (..., m, d).

    Returns:
        (..., n, m).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.cdist(hb.ops.asarray([[0.0, 0.0]]), hb.ops.asarray([[3.0, 4.0]])).numpy().tolist()
        [[5.0]]
    """
    a, b = (as_float(t) for t in promote_tensors(x, y))
    if a.ndim < 2 or b.ndim < 2 or a.shape[-1] != b.shape[-1]:
        raise ShapeError(f"cdist needs (..., n, d) and (..., m, d); got shapes {a.shape} and {b.shape}")
    squares = total(square(subtract(expand_dims(a, -2), expand_dims(b, -3))), -1)
    zero = equal(squares, 0.0)
    return where(zero, 0.0, sqrt(where(zero, 1.0, squares)))


def psnr(x1: Any, x2: Any, max_val: float) -> Tensor:
    """The peak signal-to-noise ratio of two tensors, in decibels: 20 log10(max_val) - 10 log10(mean((x1 - x2)**2)).

    Example:
        >>> import hornbeam as hb
        >>> round(float(hb.ops.psnr(hb.ops.zeros(4), hb.ops.ones(4), 10.0)), 3)
        20.0
    """
    a, b = (as_float(t) for t in promote_tensors(x1, x2))
    if a.shape != b.shape:
        raise ShapeError(f"psnr compares tensors of one shape; got {a.shape} and {b.shape}")
    peak = log10(as_tensor(max_val, a.dtype))
    return subtract(multiply(20.0, peak), multiply(10.0, log10(mean(square(subtract(a, b))))))


def cov(m: Any, rowvar: bool = True, bias: bool = False, ddof: int | None = None) -> Tensor:
    """The covariances of variables.

    Args:
        m: (variables, observations); the other way round where not `rowvar`. A vector is one variable.
        rowvar: whether each row is a variable.
        bias: divide by the number of observations, rather than by one less.
        ddof: what to subtract from that number; goes before `bias`.

    Returns:
        (variables, variables); without axes for a single one.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.cov(hb.ops.asarray([[0.0, 2.0], [0.0, 4.0]])).numpy().tolist()
        [[2.0, 4.0], [4.0, 8.0]]
    """
    rows = as_float(m)
    if rows.ndim > 2:
        raise ShapeError(f"cov needs a matrix or a vector; got shape {rows.shape}")
    single = rows.ndim < 2
    rows = atleast_2d(rows)
    if not rowvar and not single:
        rows = transpose(rows)
    freedom = rows.shape[1] - ((0 if bias else 1) if ddof is None else ddof)
    centred = subtract(rows, mean(rows, 1, keepdims=True))
    out = multiply(matmul(centred, conj(matrix_transpose(centred))), 1.0 / freedom if freedom > 0 else float("nan"))
    return reshape(out, ()) if out.shape == (1, 1) else out


def corrcoef(x: Any) -> Tensor:
    """The correlation coefficients of variables: their covariances over their standard deviations.

    Args:
        x: (variables, observations). A vector is one variable.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.corrcoef(hb.ops.asarray([[0.0, 1.0, 2.0], [0.0, -2.0, -4.0]])).numpy().round(4).tolist()
        [[1.0, -1.0], [-1.0, 1.0]]
    """
    covariance = cov(x)
    if not covariance.ndim:
        return divide(covariance, covariance)
    from hornbeam.ops.diagonals import diagonal

    deviation = sqrt(real(diagonal(covariance)))
    out = divide(divide(covariance, expand_dims(deviation, 1)), deviation)
    return out if out.dtype.kind == "complex" else clip(out, -1.0, 1.0)


def _sliding(a: Tensor, v: Tensor, mode: str, name: str) -> Tensor:
    """Sums of products of `a` with `v`, which moves along it, by NumPy's three modes."""
    if a.ndim != 1 or v.ndim != 1 or not a.size or not v.size:
        raise ShapeError(f"{name} needs two vectors that are not empty; got shapes {a.shape} and {v.shape}")
    if mode not in ("valid", "same", "full"):
        raise InvalidArgumentError(f"{name}: mode must be 'valid', 'same' or 'full'; got {mode!r}")
    if a.dtype.kind == "complex":
        pairs = [[_sliding(p, q, mode, name) for q in (real(v), imag(v))] for p in (real(a), imag(a))]
        return make_complex(subtract(pairs[0][0], pairs[1][1]), pairs[0][1] + pairs[1][0])
    if a.size < v.size:  # the shorter one moves; the result then runs backwards
        return flip(_sliding(v, a, mode, name))
    short = v.size
    left, right = {"valid": (0, 0), "same": (short // 2, short - short // 2 - 1), "full": (short - 1, short - 1)}[mode]
    return reshape(conv(reshape(pad(a, (left, right)), (1, -1, 1)), reshape(v, (-1, 1, 1))), (-1,))


def correlate(x1: Any, x2: Any, mode: str = "valid") -> Tensor:
    """The cross-correlation of two vectors: at k, the sum of x1[n + k] * conj(x2[n]).

    Args:
        x1, x2: vectors.
        mode: "valid" (where they overlap completely), "same" (as long as the longer one), "full".

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.correlate(hb.ops.asarray([1.0, 2.0, 3.0]), hb.ops.asarray([0.0, 1.0, 0.5])).numpy().tolist()
        [3.5]
    """
    a, v = promote_tensors(x1, x2)
    return _sliding(a, conj(v), mode, "correlate")


def convolve(x1: Any, x2: Any, mode: str = "full") -> Tensor:
    """The convolution of two vectors: at k, the sum of x1[n] * x2[k - n].

    Args:
        x1, x2: vectors.
        mode: as for `correlate`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.convolve(hb.ops.asarray([1.0, 2.0]), hb.ops.asarray([1.0, 3.0])).numpy().tolist()
        [1.0, 5.0, 6.0]
    """
    a, v = promote_tensors(x1, x2)
    a, v = (a, v) if a.size >= v.size else (v, a)
    return _sliding(a, flip(v), mode, "convolve")
