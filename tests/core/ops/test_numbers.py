"""Element-wise functions beyond the basic ones against NumPy and SciPy."""

import math

import hornbeam as hb
import numpy as np
import pytest
import scipy.special as sp
from hornbeam import ops
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tests.core.ops.tables import check

UNARY = {
    "cbrt": (np.cbrt, 0.2, 9.0),
    "fabs": (np.fabs, 0.2, 9.0),
    "rad2deg": (np.rad2deg, -9.0, 9.0),
    "sinc": (np.sinc, -4.0, 4.0),
    "exp2": (np.exp2, -4.0, 4.0),
    "erfc": (sp.erfc, -6.0, 26.0),
    "lgamma": (sp.gammaln, 0.1, 60.0),
    "digamma": (sp.digamma, 0.1, 60.0),
    "i0": (sp.i0, -40.0, 40.0),
    "i1": (sp.i1, -40.0, 40.0),
    "nan_to_num": (np.nan_to_num, -9.0, 9.0),
}
BINARY = {
    "divide_no_nan": (np.divide, 1.0, 3.0),
    "fmax": (np.fmax, -3.0, 3.0),
    "fmin": (np.fmin, -3.0, 3.0),
    "fmod": (np.fmod, 1.0, 3.0),
    "heaviside": (np.heaviside, -3.0, 3.0),
}

LIMITS = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 2.0]


def floats(low, high):
    return arrays(np.float64, array_shapes(max_dims=2, max_side=4), elements=st.floats(low, high))


@pytest.mark.parametrize("name", UNARY)
@given(data=st.data())
def test_of_one_tensor(name, data):
    expected, low, high = UNARY[name]
    x = data.draw(floats(low, high))
    check(getattr(ops, name), expected(x), x, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", BINARY)
@given(data=st.data())
def test_of_two_tensors(name, data):
    expected, low, high = BINARY[name]
    x = data.draw(floats(low, high))
    y = x[::-1] + data.draw(arrays(np.float64, x.shape, elements=st.sampled_from([-0.7, 0.25, 1.5])))
    x, y = np.round(x, 1) + 0.01, np.round(y, 1) + 0.02  # neither close to one another nor to 0
    check(getattr(ops, name), expected(x, y), x, y)


@given(x=floats(-9.7, 0.4))
def test_gamma_to_the_left_of_its_poles(x):
    x = np.where(np.abs(x - np.round(x)) < 0.02, x + 0.05, x)
    check(ops.lgamma, sp.gammaln(x), x, rtol=1e-10, atol=1e-10)
    check(ops.digamma, sp.digamma(x), x, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 6])
@given(x=floats(0.05, 50.0))
def test_polygamma(order, x):
    check(lambda t: ops.polygamma(order, t), sp.polygamma(order, x), x, rtol=1e-11)


@pytest.mark.parametrize(("name", "expected"), [("lgamma", sp.gammaln), ("digamma", sp.digamma), ("erfc", sp.erfc)])
def test_single_precision_and_large_arguments(name, expected):
    x = np.array([0.3, 1.0, 2.0, 11.9, 12.1, 300.0, 1e6], np.float32)
    np.testing.assert_allclose(getattr(ops, name)(x).numpy(), expected(x), rtol=3e-6, atol=1e-5)
    x = np.array([1e10, 1e300, np.inf])
    np.testing.assert_allclose(getattr(ops, name)(x).numpy(), expected(x), rtol=1e-13)


def test_what_special_functions_refuse_or_leave_undefined():
    assert np.isnan(ops.polygamma(1, -1.5).numpy())
    np.testing.assert_array_equal(ops.lgamma(np.array([0.0, -1.0, -2.0])).numpy(), np.inf)
    np.testing.assert_array_equal(ops.i0(np.array([-np.inf, np.inf])).numpy(), np.inf)
    np.testing.assert_allclose(ops.i0(np.array([700.0])).numpy(), sp.i0(700.0), rtol=1e-12)
    with pytest.raises(hb.InvalidArgumentError, match="order of a derivative"):
        ops.polygamma(-1, 1.0)


@given(
    x=arrays(np.int32, (3, 1), elements=st.integers(-(2**20), 2**20)),
    y=arrays(np.int32, (1, 4), elements=st.integers(-60, 60)),
)
def test_common_divisors_and_multiples(x, y):
    check(ops.gcd, np.gcd(x, y), x, y, shapes=False)
    check(ops.lcm, np.lcm(x, y), x, y, shapes=False)


@given(
    x=arrays(np.float64, 3, elements=st.floats(-1e30, 1e30)),
    y=arrays(np.float64, 3, elements=st.one_of(st.floats(-9.0, -0.1), st.floats(0.1, 9.0))),
)
def test_remainders_are_exact(x, y):
    np.testing.assert_array_equal(ops.fmod(x, y).numpy(), np.fmod(x, y))
    np.testing.assert_array_equal(ops.exp2(np.arange(-60.0, 60.0)).numpy(), np.exp2(np.arange(-60.0, 60.0)))
    whole, by = np.array([-7, 7, 9], np.int16), np.array([3, -3, 4], np.int16)
    assert ops.fmod(whole, by).numpy().tolist() == np.fmod(whole, by).tolist()


@given(x=floats(-3.0, 3.0), n=st.integers(-1100, 1000))
def test_ldexp_is_exact(x, n):
    exponents = np.full(x.shape, n, np.int32)
    np.testing.assert_array_equal(ops.ldexp(x, exponents).numpy(), np.ldexp(x, exponents))


SPECIAL = arrays(
    np.float64, 5, elements=st.sampled_from([0.0, -0.0, 1.0, 1.0 + 1e-9, -2.0, np.inf, -np.inf, np.nan, 1e300])
)


@given(x=SPECIAL, y=SPECIAL, equal_nan=st.booleans())
def test_closeness_and_infinities(x, y, equal_nan):
    check(
        lambda a, b: ops.isclose(a, b, equal_nan=equal_nan),
        np.isclose(x, y, equal_nan=equal_nan),
        x,
        y,
        gradients=False,
    )
    assert bool(ops.allclose(x, y, equal_nan=equal_nan)) == np.allclose(x, y, equal_nan=equal_nan)
    for name in ("isposinf", "isneginf", "isreal"):
        np.testing.assert_array_equal(getattr(ops, name)(x).numpy(), getattr(np, name)(x))
    np.testing.assert_array_equal(ops.nan_to_num(x, 1.5, 2.5, -2.5).numpy(), np.nan_to_num(x, True, 1.5, 2.5, -2.5))
    np.testing.assert_array_equal(ops.nan_to_num(x).numpy(), np.nan_to_num(x))
    np.testing.assert_array_equal(ops.fmax(x, y).numpy(), np.fmax(x, y))
    np.testing.assert_array_equal(ops.fmin(x, y).numpy(), np.fmin(x, y))
    np.testing.assert_array_equal(ops.heaviside(x, y).numpy(), np.heaviside(x, y))


def test_closeness_of_unsigned_integers_and_complex_numbers():
    assert not ops.isclose(np.array([3], np.uint8), np.array([5], np.uint8)).numpy().any()
    np.testing.assert_array_equal(ops.isreal(np.array([1j, 2 + 0j])).numpy(), [False, True])
    np.testing.assert_array_equal(ops.nan_to_num(np.array([complex(np.nan, 1)])).numpy(), [1j])


def test_nothing_divided_by_nothing():
    x = np.array([1.0, 0.0, -3.0])
    np.testing.assert_array_equal(ops.divide_no_nan(x, np.zeros(3)).numpy(), 0.0)
    assert float(hb.grad(lambda t: ops.divide_no_nan(1.0, t))(0.0)) == 0.0
    assert float(hb.grad(ops.sinc)(0.0)) == 0.0
    np.testing.assert_allclose(float(hb.grad(hb.grad(ops.sinc))(0.0)), -(np.pi**2) / 3, rtol=1e-6)


@pytest.mark.parametrize("name", ["gcd", "lcm"])
def test_divisors_are_of_integers(name):
    with pytest.raises(hb.DTypeError, match="takes integers"):
        getattr(ops, name)(1.5, 2)


@given(
    x=arrays(np.float64, array_shapes(max_dims=2, max_side=3), elements=st.floats(-9, 9) | st.sampled_from(LIMITS)),
    y=st.floats(-3, 3) | st.sampled_from([0.5, -0.5, *LIMITS]),
)
def test_powers_follow_c99_however_the_exponent_is_given(x, y):
    expected = np.array([c99_power(float(v), y) for v in x.ravel()]).reshape(x.shape)
    tensor = ops.asarray(x, dtype="float64")
    full = ops.asarray(np.full(x.shape, y), dtype="float64")
    one = ops.asarray(y, dtype="float64")
    runs = ops.pow(tensor, full), ops.pow(tensor, one), hb.jit(ops.pow)(tensor, one), hb.jit(lambda t: t**y)(tensor)
    for found in runs:
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)
    for v, e in zip(x.ravel(), expected.ravel(), strict=True):
        np.testing.assert_allclose(ops.pow(ops.asarray(v, dtype="float64"), one).numpy(), e, rtol=1e-12)


def c99_power(x, y):
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0 and y % 2 == 1 else math.inf
    except ValueError:
        return math.nan if x else math.copysign(math.inf, x) if y % 2 == 1 else math.inf
