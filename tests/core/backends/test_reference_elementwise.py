"""The reference backend's element-wise kernels against NumPy and SciPy, special values included."""

import numpy as np
import pytest
import scipy.special
from hornbeam.dtypes import as_dtype
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, -2.5, 3.7, 1e300, -1e300, 1e-300, np.inf, -np.inf, np.nan]
NUMPY = {
    "abs": np.abs, "negative": np.negative, "positive": np.positive, "sign": np.sign, "square": np.square,
    "sqrt": np.sqrt, "rsqrt": lambda x: 1 / np.sqrt(x), "reciprocal": lambda x: 1 / x, "floor": np.floor,
    "ceil": np.ceil, "trunc": np.trunc,
    "round_even": np.round, "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p, "log2": np.log2,
    "log10": np.log10, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos,
    "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh, "acosh": np.arccosh,
    "atanh": np.arctanh, "erf": scipy.special.erf, "erfinv": scipy.special.erfinv, "sigmoid": scipy.special.expit,
    "isnan": np.isnan, "isinf": np.isinf, "isfinite": np.isfinite, "signbit": np.signbit, "logical_not": np.logical_not,
    "conj": np.conj, "real": np.real, "imag": np.imag,
}  # fmt: skip
BINARY = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "pow": np.power,
    "floor_divide": np.floor_divide, "remainder": np.remainder, "maximum": np.maximum, "minimum": np.minimum,
    "atan2": np.arctan2, "hypot": np.hypot, "logaddexp": np.logaddexp, "copysign": np.copysign,
    "nextafter": np.nextafter, "equal": np.equal, "not_equal": np.not_equal, "less": np.less,
    "less_equal": np.less_equal, "greater": np.greater, "greater_equal": np.greater_equal,
    "logical_and": np.logical_and, "logical_or": np.logical_or, "logical_xor": np.logical_xor,
}  # fmt: skip
INTEGER_UNARY = {
    "abs",
    "negative",
    "positive",
    "sign",
    "square",
    "isnan",
    "isinf",
    "isfinite",
    "logical_not",
    "conj",
    "real",
}
INTEGER_BINARY = {"add", "subtract", "multiply", "maximum", "minimum", "equal", "not_equal", "less", "greater_equal",
                  "floor_divide", "remainder", "logical_and", "logical_xor"}  # fmt: skip
BITS = {"bitwise_and": np.bitwise_and, "bitwise_or": np.bitwise_or, "bitwise_xor": np.bitwise_xor}
COMPLEX = ["negative", "square", "reciprocal", "sqrt", "rsqrt", "exp", "expm1", "log", "log1p", "log2", "log10",
           "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "abs",
           "sign", "conj", "real", "imag", "isnan", "isfinite", "round_even"]  # fmt: skip
DTYPES = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]


@pytest.mark.parametrize("name", NUMPY)
def test_unary_of_special_values(check, name):
    x = np.array(SPECIAL)
    with np.errstate(all="ignore"):
        expected = NUMPY[name](x)
    atol = 0 if name not in ("tan", "sin", "cos") else 1e-12
    check(name, expected, x, signs=expected.dtype.kind == "f" and name != "erfinv", atol=atol)


@pytest.mark.parametrize("name", NUMPY)
@given(x=arrays(np.float64, st.integers(0, 5), elements=st.floats(-30, 30)))
def test_unary_of_ordinary_values(check, name, x):
    with np.errstate(all="ignore"):
        expected = NUMPY[name](x)
    check(name, expected, x, rtol=1e-11)


@pytest.mark.parametrize("name", BINARY)
def test_binary_of_special_values(check, name):
    x, y = (v.ravel() for v in np.meshgrid(SPECIAL, SPECIAL))
    with np.errstate(all="ignore"):
        expected = BINARY[name](x, y)
        if name == "floor_divide":  # the array API standard's; NumPy's infinities are Python's here
            expected = np.where(np.isinf(x) | np.isinf(y), x / y, expected)
    if name == "remainder":  # where the quotient overflows, NumPy and Python round the remainder differently
        with np.errstate(all="ignore"):
            keep = ~(np.abs(x / y) > 1e15) | np.isinf(x) | (y == 0)
        x, y, expected = x[keep], y[keep], expected[keep]
    check(name, expected, x, y, signs=expected.dtype.kind == "f" and name not in ("maximum", "minimum"))


@pytest.mark.parametrize("name", sorted(INTEGER_UNARY))
@pytest.mark.parametrize("dtype", DTYPES)
def test_integers_wrap_around_unary(check, name, dtype):
    info = np.iinfo(dtype)
    x = np.array([info.min, info.max, 0, 1, 5, info.max - 1], dtype)
    with np.errstate(all="ignore"):
        check(name, NUMPY[name](x), x)


@pytest.mark.parametrize("name", sorted(INTEGER_BINARY))
@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data())
def test_integers_wrap_around_binary(check, name, dtype, data):
    info = np.iinfo(dtype)
    whole = st.integers(info.min, info.max)
    x = data.draw(arrays(dtype, 4, elements=whole))
    y = data.draw(arrays(dtype, 4, elements=whole.filter(bool) if name in ("floor_divide", "remainder") else whole))
    with np.errstate(all="ignore"):
        check(name, BINARY[name](x, y), x, y)


@pytest.mark.parametrize("dtype", ["bool", *DTYPES])
@given(data=st.data())
def test_bits(check, dtype, data):
    x, y = (data.draw(arrays(dtype, 5)) for _ in range(2))
    for name, function in BITS.items():
        check(name, function(x, y), x, y)
    check("bitwise_invert", np.invert(x), x)
    if dtype != "bool":
        shift = data.draw(arrays(dtype, 5, elements=st.integers(0, np.dtype(dtype).itemsize * 8 - 1)))
        check("bitwise_left_shift", np.left_shift(x, shift), x, shift)
        check("bitwise_right_shift", np.right_shift(x, shift), x, shift)


@given(x=arrays(np.int32, 4, elements=st.integers(-5, 5)), y=arrays(np.int32, 4, elements=st.integers(0, 13)))
def test_integer_powers(check, x, y):
    check("pow", np.power(x, y), x, y)


@pytest.mark.parametrize("name", COMPLEX)
@given(x=arrays(np.complex128, 4, elements=st.complex_numbers(max_magnitude=20, min_magnitude=1e-3)))
def test_complex(run, name, x):
    with np.errstate(all="ignore"):
        expected = NUMPY[name](x)
    got = run(name, x)
    assert got.dtype == expected.dtype
    if got.dtype == bool:
        return np.testing.assert_array_equal(got, expected)
    close = np.isclose(got, expected, rtol=1e-9, atol=1e-9, equal_nan=True)
    turned = np.isclose(np.conj(got), expected, rtol=1e-9, atol=1e-9) | np.isclose(-got, expected, rtol=1e-9, atol=1e-9)
    on_cut = (np.abs(x.imag) < 1e-9) | (np.abs(x.real) < 1e-9)  # either side of a branch cut
    assert np.all(close | (turned & on_cut)), (name, x, got, expected)


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide", "pow", "equal"])
@given(data=st.data())
def test_complex_binary(check, name, data):
    elements = st.complex_numbers(max_magnitude=5, min_magnitude=0.1)
    x, y = (data.draw(arrays(np.complex128, 3, elements=elements)) for _ in range(2))
    check(name, BINARY[name](x, y), x, y, rtol=1e-8, atol=1e-8)


def test_complex_at_zero_and_on_overflow(run):
    np.testing.assert_array_equal(run("log", np.array([0j])).real, [-np.inf])
    assert np.isnan(run("divide", np.array([0j]), np.array([0j])))[0]
    assert np.isinf(run("divide", np.array([1 + 1j]), np.array([0j])).real)[0]
    assert np.isinf(run("exp", np.array([1000 + 1j])))[0]
    np.testing.assert_array_equal(run("pow", np.array([0j, 0j]), np.array([0j, 2 + 0j])), [1, 0])
    np.testing.assert_array_equal(run("sign", np.array([0j])), [0])


def test_choices_and_parts(run, check):
    x, y = np.array([1.0, 2.0]), np.array([3.0, np.nan])
    check("where", [1.0, np.nan], np.array([True, False]), x, y)
    check("clip", np.clip(x, 1.5, 1.8), x, np.full(2, 1.5), np.full(2, 1.8))
    check("complex", x + 1j * np.array([3.0, 4.0]), x, np.array([3.0, 4.0]))
    small = run("complex", x.astype(np.float32), x.astype(np.float32))
    assert small.dtype == np.complex64


def test_next_after_steps_in_the_width_of_the_label(check):
    x = np.array([0.0, 1.0, -1.0, 0.0], np.float32)
    y = np.array([1.0, 2.0, 0.0, 0.0], np.float32)
    check("nextafter", np.nextafter(x, y), x, y, rtol=0, atol=0)


@pytest.mark.parametrize("target", ["bool", *DTYPES, "float16", "float32", "float64", "complex64", "complex128"])
@pytest.mark.parametrize("source", ["bool", "int8", "uint16", "int64", "float32", "float64"])
def test_casts(check, source, target):
    x = np.array([0, 1, 100, 0], source) if source == "bool" else np.array([0, 1, 100, 3], source)
    check("cast", x.astype(target), x, dtype=as_dtype(target))
    if np.dtype(source).kind == "f":
        check("cast", np.array([1.7, 2.2], source).astype(target), np.array([1.7, 2.2], source), dtype=as_dtype(target))
    wide = np.array([300, -1, 70000], np.int64)
    if np.dtype(target).kind in "iu":
        check("cast", wide.astype(target), wide, dtype=as_dtype(target))


def test_floats_stay_float64_under_a_narrow_label(run):
    tiny = np.array([1e-9], np.float32)
    one = run("add", np.array([1.0], np.float32), tiny)
    assert one.dtype == np.float32
    wide = run("cast", np.array([1.0 + 1e-12]), dtype=as_dtype("float32"))
    assert wide[0] == 1.0
