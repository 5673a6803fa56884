"""Arithmetic: add, subtract, multiply, divide, powers, extremes, rounding."""

from __future__ import annotations

from typing import Any

from hornbeam.interpret import bind
from hornbeam.ops.convert import promote_tensors
from hornbeam.ops.elementwise.comparison import equal, greater, less, where
from hornbeam.ops.elementwise.define import Elementwise, binary, unary
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = [
    "abs", "absolute", "add", "ceil", "clip", "copysign", "divide", "floor", "floor_divide", "fmod", "maximum",
    "minimum", "mod", "multiply", "negative", "nextafter", "positive", "pow", "power", "reciprocal", "remainder",
    "round", "rsqrt", "sign", "sqrt", "square", "subtract", "true_divide", "trunc",
]  # fmt: skip

add: Elementwise = binary("add", "The sum x1 + x2.", takes="any", vjp=lambda ct: (ct, ct))
subtract: Elementwise = binary("subtract", "The difference x1 - x2.", vjp=lambda ct: (ct, lambda: negative(ct)))
multiply: Elementwise = binary(
    "multiply",
    "The product x1 * x2.",
    takes="any",
    saves="x y",
    kernel=lambda xp, x, y: xp.logical_and(x, y) if x.dtype == xp.bool else xp.multiply(x, y),
    vjp=lambda ct, x, y: (lambda: multiply(ct, y), lambda: multiply(ct, x)),
)
divide: Elementwise = binary(
    "divide",
    "The quotient x1 / x2; integers become floats.",
    takes="float",
    low2=0.5,
    high2=3.0,
    saves="y out",
    vjp=lambda ct, y, out: (lambda: divide(ct, y), lambda: negative(divide(multiply(ct, out), y))),
)
true_divide = divide
negative: Elementwise = unary("negative", "The value with the other sign.", takes="number", vjp=lambda ct: negative(ct))
positive = unary("positive", "The value itself.", takes="number", vjp=lambda ct: ct)
abs = unary(  # noqa: A001 - the array API's name
    "abs",
    "The absolute value; its gradient at 0 is 0.",
    takes="number",
    gives="real",
    saves="x",
    low=0.3,
    vjp=lambda ct, x: _abs_vjp(ct, x),
)
absolute = abs
sign: Elementwise = unary(
    "sign",
    "-1, 0 or 1; x / |x| for complex numbers.",
    takes="number",
    saves="x out",
    low=0.3,
    vjp=lambda ct, x, out: _sign_vjp(ct, x, out),
)
sqrt = unary("sqrt", "The square root.", saves="out", low=0.3, vjp=lambda ct, out: divide(ct, multiply(2.0, out)))
rsqrt = unary(
    "rsqrt",
    "The reciprocal of the square root.",
    saves="x out",
    low=0.3,
    kernel=lambda xp, x: 1.0 / xp.sqrt(x),
    vjp=lambda ct, x, out: divide(multiply(multiply(ct, -0.5), out), x),
)
square = unary(
    "square", "The value times itself.", takes="number", saves="x", vjp=lambda ct, x: multiply(ct, multiply(2.0, x))
)
reciprocal = unary(
    "reciprocal",
    "One over the value.",
    saves="out",
    low=0.3,
    kernel=lambda xp, x: 1.0 / x,
    vjp=lambda ct, out: negative(multiply(ct, square(out))),
)
floor = unary("floor", "The largest integer not above the value.", takes="real")
ceil = unary("ceil", "The smallest integer not below the value.", takes="real")
trunc = unary("trunc", "The value without its fraction.", takes="real")
rint = unary(
    "round_even", "The nearest integer; halves go to the even one.", takes="number", kernel=lambda xp, x: xp.round(x)
)


def _floor_quotient(xp: Any, x: Any, y: Any) -> Any:
    below = xp.floor_divide(x, y)
    if not xp.isdtype(x.dtype, "real floating"):
        return below
    return xp.where(xp.isinf(x) | xp.isinf(y), xp.divide(x, y), below)


floor_divide = binary(
    "floor_divide",
    "The quotient rounded down; that of or by an infinity is the quotient, as in the array API standard.",
    takes="real",
    low2=0.5,
    kernel=_floor_quotient,
)
remainder = binary(
    "remainder",
    "What is left of x1 after division by x2, with the sign of x2.",
    takes="real",
    low2=4.0,
    high2=6.0,
    low=0.1,
    saves="x y",
    vjp=lambda ct, x, y: (ct, lambda: negative(multiply(ct, floor_divide(x, y)))),
)
mod = remainder
nextafter = binary("nextafter", "The next number after x1 towards x2.", takes="float", vjp=lambda ct: (ct, None))
copysign: Elementwise = binary(
    "copysign",
    "The size of x1 with the sign of x2.",
    takes="float",
    saves="x y",
    low=0.3,
    vjp=lambda ct, x, y: (multiply(ct, multiply(sign(x), copysign(1.0, y))), None),
)
maximum = binary(
    "maximum",
    "The larger of the two; NaN if either is. Equal values share the gradient.",
    takes="real",
    saves="x y",
    vjp=lambda ct, x, y: (lambda: multiply(ct, _share(x, y)), lambda: multiply(ct, _share(y, x))),
)
minimum = binary(
    "minimum",
    "The smaller of the two; NaN if either is. Equal values share the gradient.",
    takes="real",
    saves="x y",
    vjp=lambda ct, x, y: (lambda: multiply(ct, _share(y, x)), lambda: multiply(ct, _share(x, y))),
)
pow = binary(  # noqa: A001 - the array API's name
    "pow", "x1 to the power of x2.", saves="x y out", low=0.3, vjp=lambda ct, x, y, out: _pow_vjp(ct, x, y, out)
)
power = pow


def _abs_vjp(ct: Tensor, x: Tensor) -> Tensor:
    if x.dtype.kind == "complex":
        from hornbeam.ops.elementwise.complex import conj

        size = abs(x)
        return multiply(ct, conj(divide(x, where(equal(size, 0), 1, size))))
    return multiply(ct, sign(x))


def _sign_vjp(ct: Tensor, x: Tensor, out: Tensor) -> Any:
    """None for real numbers; a complex one turns as x does, at 1 / |x| of its speed."""
    if x.dtype.kind != "complex":
        return None
    from hornbeam.ops.elementwise.complex import complex, conj, imag

    size = abs(x)
    turning = imag(multiply(ct, out))
    across = complex(multiply(turning, 0.0), divide(turning, where(equal(size, 0), 1.0, size)))
    return multiply(across, conj(out))


def _share(x: Tensor, y: Tensor) -> Tensor:
    """1 where x > y, 1/2 where they are equal, 0 elsewhere, in x's dtype."""
    from hornbeam.ops.elementwise.cast import astype

    return add(astype(greater(x, y), x.dtype), multiply(astype(equal(x, y), x.dtype), 0.5))


def _pow_vjp(ct: Tensor, x: Tensor, y: Tensor, out: Tensor) -> Any:
    from hornbeam.ops.elementwise.exponential import log

    def of_base() -> Tensor:
        lower = where(equal(y, 0), 1.0, subtract(y, 1))  # y x^(y-1) is 0 at y = 0, also where x = 0
        return multiply(ct, multiply(y, pow(x, lower)))

    def of_exponent() -> Tensor:
        safe = where(greater(x, 0), x, 1.0)  # log is wanted only where x > 0
        return multiply(ct, multiply(out, log(safe)))

    return of_base, of_exponent


def round(x: Any, decimals: int = 0) -> Tensor:  # noqa: A001 - the array API's name
    """The nearest integer (halves go to the even one), or the nearest multiple of 10**-decimals."""
    if decimals == 0:
        return rint(x)
    scale = 10.0**decimals
    return divide(rint(multiply(x, scale)), scale)


def fmod(x1: Any, x2: Any) -> Tensor:
    """What is left of x1 after division by x2, with the sign of x1.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fmod(hb.ops.asarray([-7, 7]), hb.ops.asarray([3, -3])).numpy().tolist()
        [-1, 1]
    """
    x, y = promote_tensors(x1, x2)
    left = remainder(abs(x), abs(y)) if x.dtype.kind in ("int", "float") else remainder(x, y)
    return where(less(x, 0), negative(left), left) if x.dtype.kind in ("int", "float") else left


clip_p = primitive(
    "clip",
    lambda x, low, high: Spec(x.shape, x.dtype),
    broadcasts=True,
    elementwise=True,
    cases=lambda t: t.case(
        t.floats("n d", low=-3, high=3), t.floats("n d", low=-2, high=-1), t.floats("n d", low=1, high=2)
    ),
)


@clip_p.kernel
def _(xp: Any, x: Any, low: Any, high: Any) -> Any:
    return xp.minimum(xp.maximum(x, low), high)


@clip_p.vjp("x low high")
def _(ct: Tensor, x: Tensor, low: Tensor, high: Tensor) -> Any:
    from hornbeam.ops.elementwise.comparison import logical_or

    below, above = less(x, low), greater(x, high)
    return (
        lambda: where(logical_or(below, above), 0.0, ct),
        lambda: where(below, ct, 0.0),
        lambda: where(above, ct, 0.0),
    )


def clip(
    x: Any,
    /,
    min: Any = None,
    max: Any = None,
    *,
    x_min: Any = None,
    x_max: Any = None,  # noqa: A002 - the array API's names
) -> Tensor:
    """The values limited to [min, max]; gradients pass where they are within.

    Args:
        x: real tensor.
        min: lower limit, a number or a tensor that broadcasts; None: none. Keras's name is `x_min`.
        max: upper limit. Keras's name is `x_max`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.clip(hb.ops.asarray([-2.0, 0.5, 2.0]), -1.0, 1.0).numpy().tolist()
        [-1.0, 0.5, 1.0]
    """
    from hornbeam.ops.convert import as_tensor

    low, high = (x_min if min is None else min), (x_max if max is None else max)
    tensor = as_tensor(x)
    if low is None and high is None:
        return tensor
    if low is None:
        return minimum(tensor, as_tensor(high, dtype=tensor.dtype))
    if high is None:
        return maximum(tensor, as_tensor(low, dtype=tensor.dtype))
    tensors = promote_tensors(tensor, as_tensor(low, dtype=tensor.dtype), as_tensor(high, dtype=tensor.dtype))
    return bind(clip_p, *tensors)
