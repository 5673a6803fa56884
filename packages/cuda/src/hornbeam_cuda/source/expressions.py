"""Element-wise primitives as C expressions: the one table from which every generated loop takes its arithmetic.

Arithmetic is IEEE's: no fast mathematics, subnormal numbers kept, and no contraction into fused multiply-adds (kernels are compiled
with `-fmad=false`), so that a chain of operations gives the same bits fused and one by one. Fused loops wait for memory, not for
arithmetic; products and convolutions ask for `fma` by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from hornbeam_cuda.source.scalars import NARROW, SIZES, computed, is_float, literal
from hornbeam_cuda.source.special import ORDERED, SPECIAL

__all__ = ["expression", "functions", "join", "supported"]

# What takes more than an expression. T is a template's parameter; `U` of a whole type is its unsigned twin, in which sums wrap.
_FUNCTIONS = r"""
template <class T> NEW T floor_quotient(T x, T y) {
  if (y == 0) return 0;
  if (y == (T)-1 && (T)-1 < (T)0) return (T)(0ull - (unsigned long long)x);
  T q = (T)(x / y), rest = (T)(x - q * y);
  return rest != 0 && (rest < 0) != (y < 0) ? (T)(q - 1) : q;
}
template <class T> NEW T remains(T x, T y) {
  if (y == 0 || y == (T)-1 && (T)-1 < (T)0) return 0;
  T rest = (T)(x % y);
  return rest != 0 && (rest < 0) != (y < 0) ? (T)(rest + y) : rest;
}
// NumPy's: (x - fmod(x, y)) / y, brought to the whole number below; x / y by zero and where one is infinite.
#define REAL(T, f) \
NEW T floor_quotient(T x, T y) { \
  if (y == 0 || fabs(x) == (T)INFINITE || fabs(y) == (T)INFINITE) return x / y; \
  T rest = fmod##f(x, y), q = (x - rest) / y; \
  if (rest != 0 && (rest < 0) != (y < 0)) q -= 1; \
  if (q == 0) return copysign##f((T)0, x / y); \
  T whole = floor##f(q); \
  return q - whole > (T)0.5 ? whole + 1 : whole; \
} \
NEW T remains(T x, T y) { \
  T rest = fmod##f(x, y); \
  if (rest == 0) return copysign##f((T)0, y); \
  return rest == rest && (rest < 0) != (y < 0) ? rest + y : rest; \
} \
NEW T log_of_sum(T x, T y) { \
  if (x == y) return x + (T)0.6931471805599453; \
  T d = x - y; \
  return d > 0 ? x + log1p##f(exp##f(-d)) : d <= 0 ? y + log1p##f(exp##f(d)) : d; \
}
REAL(float, f)
REAL(double, )
#undef REAL
template <class T> NEW T whole_power(T x, T n) {
  unsigned long long base = (unsigned long long)x, found = 1, left = (unsigned long long)n;
  if (n < 0) return x == (T)1 ? (T)1 : x == (T)-1 ? (n & 1 ? x : (T)1) : (T)0;
  for (; left; left >>= 1, base *= base) if (left & 1) found *= base;
  return (T)found;
}
template <class T> NEW T moved_left(T x, T by, int bits) {
  return (unsigned long long)by < bits ? (T)((unsigned long long)x << by) : (T)0;
}
template <class T> NEW T moved_right(T x, T by, int bits) {
  return (unsigned long long)by < bits ? (T)(x >> by) : (T)(x < 0 ? -1 : 0);
}
NEW bool negative_sign(float x) { return __float_as_uint(x) >> 31; }
NEW bool negative_sign(double x) { return __double_as_longlong(x) < 0; }
"""

_UNARY = {  # the functions that C has under a name; "f" is appended in single precision
    **{
        name: name
        for name in ("exp", "expm1", "log", "log1p", "log2", "log10", "erf", "erfc", "erfinv", "sqrt", "tanh")
    },
    "positive_lgamma": "lgamma",
    **{name: name for name in ("sin", "cos", "tan", "sinh", "cosh", "asinh", "acosh", "atanh", "asin", "acos", "atan")},
    **{"floor": "floor", "ceil": "ceil", "trunc": "trunc", "round_even": "rint", "abs": "fabs"},
}
_BINARY = {"atan2": "atan2", "hypot": "hypot", "copysign": "copysign", "nextafter": "nextafter", "pow": "pow"}
_FLOAT = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "positive": "{0}",
    "negative": "-{0}",
    "square": "{0} * {0}",
    "reciprocal": "{one} / {0}",
    "rsqrt": "{one} / sqrt{f}({0})",
    "sigmoid": "{half} * tanh{f}({half} * {0}) + {half}",
    "logaddexp": "log_of_sum({0}, {1})",
    "sign": "{0} > 0 ? {one} : {0} < 0 ? -{one} : {0} == 0 ? {zero} : {0}",
    "floor_divide": "floor_quotient({0}, {1})",
    "remainder": "remains({0}, {1})",
    "isnan": "{0} != {0}",
    "isinf": "fabs{f}({0}) == ({T})INFINITE",
    "isfinite": "fabs{f}({0}) < ({T})INFINITE",
    "signbit": "negative_sign({0})",
}
_WHOLE = {
    "add": "({T})(({U}){0} + ({U}){1})",
    "subtract": "({T})(({U}){0} - ({U}){1})",
    "multiply": "({T})(({U}){0} * ({U}){1})",
    "positive": "{0}",
    "negative": "({T})(({U})0 - ({U}){0})",
    "square": "({T})(({U}){0} * ({U}){0})",
    "abs": "{0} < 0 ? ({T})(({U})0 - ({U}){0}) : {0}",
    "sign": "({T})(({0} > 0) - ({0} < 0))",
    "floor_divide": "floor_quotient({0}, {1})",
    "remainder": "remains({0}, {1})",
    "pow": "whole_power({0}, {1})",
    "bitwise_and": "({T})({0} & {1})",
    "bitwise_or": "({T})({0} | {1})",
    "bitwise_xor": "({T})({0} ^ {1})",
    "bitwise_invert": "({T})~{0}",
    "bitwise_left_shift": "moved_left({0}, {1}, {bits})",
    "bitwise_right_shift": "moved_right({0}, {1}, {bits})",
    **dict.fromkeys(("floor", "ceil", "trunc", "round_even"), "{0}"),
    "isnan": "false",
    "isinf": "false",
    "isfinite": "true",
    "signbit": "{0} < 0",
}
_TRUTH = {
    "add": "{0} || {1}",
    "multiply": "{0} && {1}",
    "square": "{0}",
    "abs": "{0}",
    "bitwise_and": "{0} && {1}",
    "bitwise_or": "{0} || {1}",
    "bitwise_xor": "{0} != {1}",
    "bitwise_invert": "!{0}",
    "isnan": "false",
    "isinf": "false",
    "isfinite": "true",
    "signbit": "false",
    **dict.fromkeys(("floor", "ceil", "trunc", "round_even"), "{0}"),
}
_ANY = {
    "equal": "{0} == {1}",
    "not_equal": "{0} != {1}",
    "less": "{0} < {1}",
    "less_equal": "{0} <= {1}",
    "greater": "{0} > {1}",
    "greater_equal": "{0} >= {1}",
    "logical_and": "{0} != 0 && {1} != 0",
    "logical_or": "{0} != 0 || {1} != 0",
    "logical_xor": "({0} != 0) != ({1} != 0)",
    "logical_not": "!({0} != 0)",
    "where": "{0} ? {1} : {2}",
    "maximum": "Max::join({0}, {1})",
    "minimum": "Min::join({0}, {1})",
    "clip": "Min::join(Max::join({0}, {1}), {2})",
    **dict.fromkeys(("identity", "stop_gradient"), "{0}"),
}
_JOINS = {"reduce_sum": "Sum", "reduce_any": "Sum", "reduce_prod": "Prod", "reduce_all": "Prod"}
_BEGIN = {"reduce_sum": 0, "reduce_any": 0, "reduce_prod": 1, "reduce_all": 1}


def functions(ops: Iterable[str]) -> str:
    """What the text of a loop with such operations begins with."""
    return _FUNCTIONS + SPECIAL if any(op.startswith(ORDERED) for op in ops) else _FUNCTIONS


def _form(op: str, dtype: str) -> str | Callable[..., str] | None:
    name, _, order = op.rpartition("_")
    if name in ORDERED:
        return f"({{T}}){name}<{order}>({{0}})" if is_float(dtype) else None
    if is_float(dtype):
        if op in _UNARY:
            return f"{_UNARY[op]}{{f}}({{0}})"
        if op in _BINARY:
            return None if dtype in NARROW and op == "nextafter" else f"{_BINARY[op]}{{f}}({{0}}, {{1}})"
        return _FLOAT.get(op) or _ANY.get(op)
    return (_TRUTH if dtype == "bool" else _WHOLE).get(op) or _ANY.get(op)


def supported(op: str, dtype: str) -> bool:
    """Whether there is an expression for a primitive on operands of that dtype; of an order as in "polygamma_2"."""
    return dtype in SIZES and (op == "cast" or _form(op, dtype) is not None)


def expression(op: str, xs: Sequence[str], before: str, after: str) -> str:
    """The result of a primitive, as C text.

    Args:
        op: the primitive's name.
        xs: what it takes: names of variables.
        before: dtype of the (last) operand.
        after: dtype of the result.

    Example:
        >>> expression("add", ["x", "y"], "float32", "float32")
        'x + y'
    """
    if op == "cast":
        return _cast(xs[0], before, after)
    form = _form(op, before)
    assert isinstance(form, str), f"there is no expression for {op} on {before}"
    kind = computed(before)
    names = {"T": kind, "f": "f" if kind == "float" else "", "bits": 8 * SIZES[before]}
    if is_float(before):
        names |= {name: literal(before, number) for name, number in (("zero", 0.0), ("one", 1.0), ("half", 0.5))}
    names["U"] = "unsigned long long" if SIZES[before] == 8 else "unsigned"
    return form.format(*xs, **names)


def _cast(x: str, before: str, after: str) -> str:
    """A number of another dtype, as NumPy's astype gives it for numbers that fit."""
    kind = computed(after)
    if before == after:
        return x
    if after == "bool":
        return f"{x} != 0"
    if after in NARROW:
        near = f"to_odd({x})" if before == "float64" else f"(float){x}"
        if before in ("int64", "uint64", "int32", "uint32"):
            near = f"to_odd((double){x})"
        return f"widened({'as_half' if after == 'float16' else 'as_bfloat'}({near}))"
    if is_float(before) and not is_float(after) and SIZES[after] < 8:  # small ones by way of a wider one, as in NumPy
        return f"({kind})({'long long' if after == 'uint32' else 'int'}){x}"
    return f"({kind}){x}"


def join(op: str, dtype: str) -> tuple[str, str]:
    """How a reduction joins two values (a structure of the prelude), and what it begins with."""
    if op in _BEGIN:
        return _JOINS[op], literal(dtype, _BEGIN[op])
    low = op == "reduce_max"
    if is_float(dtype):
        begin = literal(dtype, float("-inf" if low else "inf"))
    elif dtype == "bool":
        begin = literal(dtype, 0 if low else 1)
    elif dtype[0] == "u":
        begin = literal(dtype, 0 if low else 2 ** (8 * SIZES[dtype]) - 1)
    else:
        bits = 8 * SIZES[dtype]
        begin = f"({computed(dtype)})({-(2 ** (bits - 1)) + 1}ll - 1)" if low else literal(dtype, 2 ** (bits - 1) - 1)
    return "Max" if low else "Min", begin
