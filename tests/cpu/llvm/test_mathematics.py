"""Mathematical functions: the documented error over the whole range of floats, and IEEE's special values."""

import ctypes
import functools
import re

import numpy as np
import pytest
import scipy.special
from hornbeam_cpu.kernels.scalars import computed
from hornbeam_cpu.llvm.builder import Builder, Module, vector
from hornbeam_cpu.llvm.compiler import Loaded, compile_ir
from hornbeam_cpu.llvm.mathematics import FUNCTIONS
from hornbeam_cpu.llvm.target import host, restricted

mpmath = pytest.importorskip("mpmath")

LEVELS = {"avx512": ("avx512", "avx2", "sse"), "avx2": ("avx2", "sse"), "sse": ("sse",)}
TRUTH = {  # in double precision, or better by longdouble; for float32 inputs the double result is exact enough
    **{n: getattr(np, n) for n in ("exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "tanh", "sinh", "cosh")},
    **{"sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan},
    **{"asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh, "erf": scipy.special.erf},
    **{"erfinv": scipy.special.erfinv, "sigmoid": scipy.special.expit, "sqrt": np.sqrt},
}
UNARY = sorted(name for name in TRUTH if name in FUNCTIONS)
EXACT = {"exp2": lambda x: 2**x, "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)), "log2": lambda x: mpmath.log(x, 2)}


def documented(name):
    """The largest error that the docstring promises, in units in the last place."""
    found = re.search(r"at most ([\d.]+) ulp", FUNCTIONS[name].__doc__ or "")
    return float(found.group(1)) if found else 0.5


@functools.cache
def compiled(name, dtype, level, arity=1):
    """`function(*inputs, out, count)`, in vectors with a scalar rest."""
    target = host() if level == host().level else restricted(level, host().triple)
    module, kind = Module(), computed(dtype)
    names = tuple((f"x{i}", "ptr") for i in range(arity))
    b = Builder(module, "apply", (*names, ("out", "ptr"), ("n", "i64")))
    lanes = target.lanes(np.dtype(dtype).itemsize)
    whole = b.mul(b.div(b.arg("n"), b.i64(lanes)), b.i64(lanes))
    for first, last, count in ((b.i64(0), whole, lanes), (whole, b.arg("n"), 0)):
        with b.range(first, last, count or 1) as i:
            xs = [b.load(vector(kind, count), b.at(b.arg(n), i, kind)) for n, _ in names]
            b.store(FUNCTIONS[name](b, *xs), b.at(b.arg("out"), i, kind))
    b.finish()
    loaded = Loaded(compile_ir(str(module), target), target)
    pointers = [ctypes.c_void_p] * (arity + 1)
    call = ctypes.CFUNCTYPE(None, *pointers, ctypes.c_int64)(loaded.address("apply"))
    call.keep = loaded
    return call


def apply(name, *xs, level=None):
    """The function of arrays."""
    xs = [np.ascontiguousarray(x) for x in xs]
    out = np.empty_like(xs[0])
    call = compiled(name, str(xs[0].dtype), level or host().level, len(xs))
    call(*(x.ctypes.data for x in xs), out.ctypes.data, out.size)
    return out


def ulps(found, truth):
    """How far off, in units in the last place of the result's dtype; subnormal results count in the smallest unit."""
    with np.errstate(all="ignore"):
        nearest = truth.astype(found.dtype)
        same = (found == nearest) | (np.isnan(found) & np.isnan(nearest))
        error = np.abs(found.astype(truth.dtype) - truth) / np.spacing(np.abs(nearest)).astype(truth.dtype)
    return np.where(same, 0, error)


@functools.cache
def every_kind_of_float32():
    """Each exponent and sign with hundreds of mantissas, and all special values."""
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**32, 400_000, dtype=np.uint64).astype(np.uint32)
    special = np.array(
        [0, -0.0, 1, -1, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 1e-38, 88.72, 89, -87.4, -104, 3e38], "f4"
    )
    near = rng.uniform(-20, 20, 200_000).astype("f4")
    return np.concatenate([bits.view("f4"), special, near, np.nextafter(np.float32(1), np.float32([0, 2])), near / 20])


@pytest.mark.parametrize("name", UNARY)
def test_float32_over_the_whole_range(name):
    x = every_kind_of_float32()
    with np.errstate(all="ignore"):
        truth = TRUTH[name](x.astype("f8"))
    found = apply(name, x)
    normal = (np.abs(truth) >= 2.0**-126) | (truth == 0) | (name != "sigmoid")
    error = np.where(normal, ulps(found, truth), 0)
    assert error.max() <= documented(name), (name, x[error.argmax()], found[error.argmax()], truth[error.argmax()])


@pytest.mark.parametrize("level", LEVELS.get(host().level, ()))
@pytest.mark.parametrize("name", ["exp", "log", "tanh", "sigmoid", "sin", "erf"])
def test_narrower_machines_compute_as_well(name, level):
    x = every_kind_of_float32()[:50_000]
    with np.errstate(all="ignore"):
        truth = TRUTH[name](x.astype("f8"))
    normal = (np.abs(truth) >= 2.0**-126) | (truth == 0) | (name != "sigmoid")
    assert np.where(normal, ulps(apply(name, x, level=level), truth), 0).max() <= documented(name)


@pytest.mark.parametrize("name", UNARY)
def test_float64_on_samples(name):
    """Against 40 digits, at places over the function's whole domain."""
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.uniform(-1, 1, 150), rng.uniform(-30, 30, 150), np.exp(rng.uniform(-300, 300, 100))])
    with np.errstate(all="ignore"):
        x = x[np.isfinite(TRUTH[name](x))]
    with mpmath.workdps(40):
        exact = EXACT.get(name) or getattr(mpmath, name)
        truth = np.array([float(exact(mpmath.mpf(v))) for v in x])
    error = np.abs(apply(name, x) - truth) / np.spacing(np.abs(truth))
    far = np.abs(truth) >= 2.0**-1022
    assert error[far].max() <= documented(name) + 0.5, (name, x[far][error[far].argmax()])  # the truth is rounded, too


@pytest.mark.parametrize("name", UNARY)
def test_special_values_in_float64(name):
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 1e308, -1e308, 709.9, 710.0, 711.0, -746.0])
    with np.errstate(all="ignore"):
        truth = TRUTH[name](x)
    found = apply(name, x)
    assert np.array_equal(np.isnan(found), np.isnan(truth))
    assert np.array_equal(np.isinf(found), np.isinf(truth)), (found, truth)
    zero = (truth == 0) & (name != "erfinv")  # SciPy's erfinv(-0.0) is +0.0; ours keeps the sign, as odd functions do
    assert np.array_equal(np.signbit(found[zero]), np.signbit(truth[zero]))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_pow(dtype):
    rng = np.random.default_rng(2)
    x, y = np.exp(rng.uniform(-20, 20, 20_000)).astype(dtype), rng.uniform(-8, 8, 20_000).astype(dtype)
    truth = np.power(x.astype(np.longdouble), y.astype(np.longdouble))
    inside = (truth > np.finfo(dtype).tiny) & (truth < np.finfo(dtype).max)
    error = ulps(apply("pow", x, y), truth)
    assert error[inside].max() <= documented("pow")
    special = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0], dtype)
    a, c = (g.ravel().copy() for g in np.meshgrid(special, special))
    with np.errstate(all="ignore"):
        expected = np.power(a, c)
    found = apply("pow", a, c)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-6 if dtype == "f4" else 1e-15)


@pytest.mark.parametrize("name", ["atan2", "hypot", "logaddexp"])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_functions_of_two(name, dtype):
    truth = {"atan2": np.arctan2, "hypot": np.hypot, "logaddexp": np.logaddexp}[name]
    if name not in FUNCTIONS:
        pytest.skip(f"{name} is made of others")
    rng = np.random.default_rng(3)
    x, y = (rng.normal(size=20_000).astype(dtype) * 10 for _ in range(2))
    wide = truth(x.astype(np.longdouble), y.astype(np.longdouble))
    found = apply(name, x, y)
    error = ulps(found, wide)
    if name == "logaddexp":  # where the logarithm cancels the larger operand, that operand's digits are all there is
        error = np.abs(found - wide) / np.spacing(np.maximum(np.abs(wide), np.abs(np.maximum(x, y))).astype(dtype))
    assert error.max() <= documented(name)
    special = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan], dtype)
    a, c = (g.ravel().copy() for g in np.meshgrid(special, special))
    with np.errstate(all="ignore"):
        expected = truth(a, c)
    np.testing.assert_allclose(apply(name, a, c), expected, rtol=1e-6)
