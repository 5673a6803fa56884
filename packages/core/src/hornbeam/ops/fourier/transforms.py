"""The discrete Fourier transform as three primitives, none of which scales."""

from __future__ import annotations

from typing import Any

from hornbeam.dtypes import DType, complex64, complex128, float32, float64
from hornbeam.errors import DTypeError, ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import arange
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.elementwise.comparison import equal, where
from hornbeam.ops.elementwise.complex import conj, real
from hornbeam.ops.movement import pad_p, reshape
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["fft_p", "irfft_p", "rfft_p"]

_COMPLEX = {"float32": complex64, "float64": complex128, "complex64": complex64, "complex128": complex128}
_REAL = {"float32": float32, "float64": float64, "complex64": float32, "complex128": float64}


def _dtype(x: Any, table: dict[str, DType], name: str) -> DType:
    if x.dtype not in table:
        raise DTypeError(f"{name} takes float32, float64 and complex dtypes; got {x.dtype}. Cast to float32 first.")
    return table[x.dtype]


def _wide(xp: Any, x: Any) -> Any:
    """As complex numbers: the standard's transforms take no others."""
    if xp.isdtype(x.dtype, "complex floating"):
        return x
    return xp.astype(x, xp.complex64 if x.dtype == xp.float32 else xp.complex128)


def _fft_infer(x: Any, axes: tuple[int, ...], inverse: bool) -> Spec:
    if any(x.shape[a] == 0 for a in axes):
        raise ShapeError(f"fft: there is nothing to transform along axes {axes} of shape {x.shape}")
    return Spec(x.shape, _dtype(x, _COMPLEX, "fft"))


fft_p = primitive("fft", _fft_infer, cases=lambda t: t.case(t.floats("n 4 3"), axes=(2, 1), inverse=False))


@fft_p.kernel
def _(xp: Any, x: Any, *, axes: tuple[int, ...], inverse: bool) -> Any:
    """Over each axis of n elements: y_k = sum over j of x_j exp(-2 pi i j k / n); inverse: without the minus."""
    if inverse:
        return xp.fft.ifftn(_wide(xp, x), axes=axes, norm="forward")
    return xp.fft.fftn(_wide(xp, x), axes=axes)


@fft_p.vjp("x.spec")
def _(ct: Tensor, x: Spec, axes: tuple[int, ...], inverse: bool) -> Tensor:
    out = bind(fft_p, ct, axes=axes, inverse=inverse)  # the matrix of the transform is symmetric
    return out if x.dtype.kind == "complex" else real(out)


def _rfft_infer(x: Any, axis: int) -> Spec:
    if x.dtype not in ("float32", "float64"):
        raise DTypeError(f"rfft takes float32 and float64; got {x.dtype}")
    if not x.shape[axis]:
        raise ShapeError(f"rfft: there is nothing to transform along axis {axis} of shape {x.shape}")
    return Spec((*x.shape[:axis], x.shape[axis] // 2 + 1, *x.shape[axis + 1 :]), _COMPLEX[x.dtype])


rfft_p = primitive("rfft", _rfft_infer, cases=lambda t: t.case(t.floats("n 5 d"), axis=1))
rfft_p.kernel(lambda xp, x, *, axis: xp.fft.rfft(x, axis=axis))


@rfft_p.vjp("x.spec")
def _(ct: Tensor, x: Spec, axis: int) -> Tensor:
    n = x.shape[axis]
    wide = bind(
        pad_p, ct, as_tensor(0, ct.dtype), low=(0,) * ct.ndim,
        high=tuple(n - ct.shape[axis] if a == axis else 0 for a in range(ct.ndim)), interior=(0,) * ct.ndim,
    )  # fmt: skip
    return real(bind(fft_p, wide, axes=(axis,), inverse=False))


def _irfft_infer(x: Any, n: int, axis: int) -> Spec:
    if n < 1 or x.shape[axis] != n // 2 + 1:
        raise ShapeError(f"irfft of {n} elements needs {n // 2 + 1} along axis {axis}; got shape {x.shape}")
    return Spec((*x.shape[:axis], n, *x.shape[axis + 1 :]), _dtype(x, _REAL, "irfft"))


irfft_p = primitive("irfft", _irfft_infer, cases=lambda t: t.case(t.floats("n 3 d"), n=4, axis=1))


@irfft_p.kernel
def _(xp: Any, x: Any, *, n: int, axis: int) -> Any:
    """The inverse transform of what `x` and its conjugate mirror image make together; the imaginary part of its ends is not seen."""
    return xp.fft.irfft(_wide(xp, x), n=n, axis=axis, norm="forward")


@irfft_p.vjp("x.spec")
def _(ct: Tensor, x: Spec, n: int, axis: int) -> Tensor:
    k = arange(x.shape[axis], dtype="int32")
    alone = equal(k, 0) | equal(2 * k, n)  # every other element stands for its mirror image too
    weights = reshape(where(alone, 1, 2), (-1, *(1,) * (len(x.shape) - 1 - axis)))
    half = conj(bind(rfft_p, ct, axis=axis))
    if x.dtype.kind != "complex":
        half = real(half)
    return half * astype(weights, half.dtype)
