"""Complex numbers: parts, conjugate, angle."""

from __future__ import annotations

from typing import Any

from hornbeam import dtypes
from hornbeam.errors import DTypeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.elementwise.define import Elementwise, unary
from hornbeam.ops.elementwise.trigonometric import atan2
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["angle", "complex", "conj", "conjugate", "imag", "real"]


def _complex_infer(real: Any, imag: Any) -> Spec:
    if real.dtype != imag.dtype or real.dtype not in ("float32", "float64"):
        raise DTypeError(f"a complex tensor is made of two float32 or two float64 tensors; got {real!r} and {imag!r}")
    return Spec(real.shape, dtypes.complex64 if real.dtype == "float32" else dtypes.complex128)


complex_p = primitive(
    "complex",
    _complex_infer,
    broadcasts=True,
    elementwise=True,
    cases=lambda t: t.case(t.floats("n d"), t.floats("n d")),
)


@complex_p.kernel
def _(xp: Any, real: Any, imag: Any) -> Any:
    return real + imag * (1j if real.dtype == xp.float64 else xp.asarray(1j, dtype=xp.complex64))


@complex_p.vjp()
def _(ct: Tensor) -> Any:
    from hornbeam.ops.elementwise.arithmetic import negative

    return lambda: real(ct), lambda: negative(imag(ct))  # gradients are conjugated, as in JAX


def complex(real: Any, imag: Any) -> Tensor:  # noqa: A001 - the field's name
    """The complex tensor real + i imag."""
    return bind(complex_p, *promote_tensors(real, imag))


conj: Elementwise = unary("conj", "The complex conjugate.", takes="number", vjp=lambda ct: conj(ct),
             kernel=lambda xp, x: xp.conj(x) if xp.isdtype(x.dtype, "complex floating") else x)  # fmt: skip
_real = unary("real", "The real part.", takes="number", gives="real", saves="x.spec",
              kernel=lambda xp, x: xp.real(x) if xp.isdtype(x.dtype, "complex floating") else x,
              vjp=lambda ct, x: complex(ct, 0.0) if x.dtype.kind == "complex" else ct)  # fmt: skip
_imag = unary("imag", "The imaginary part.", takes="number", gives="real", saves="x.spec",
              kernel=lambda xp, x: xp.imag(x) if xp.isdtype(x.dtype, "complex floating") else xp.zeros_like(x),
              vjp=lambda ct, x: complex(_zeros(ct), -ct) if x.dtype.kind == "complex" else _zeros(ct))  # fmt: skip
real, imag, conjugate = _real, _imag, conj


def _zeros(ct: Tensor) -> Tensor:
    from hornbeam.ops.creation import zeros

    return zeros(ct.shape, ct.dtype)


def angle(x: Any) -> Tensor:
    """The argument of complex numbers, in radians."""
    tensor = as_tensor(x)
    return atan2(imag(tensor), real(tensor))
