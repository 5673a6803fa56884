"""The functions against double precision (single) and 80 or 30 digits (double); every exponent, every special value, each target.

HORNBEAM_HYPOTHESIS=nightly goes through all numbers of single precision: an hour (SciPy's erfinv would take two more: a part).
"""

import ctypes
import os
import re

import numpy as np
import pytest
import scipy.special
from hornbeam_cpu.llvm.builder import Builder, Module, vector
from hornbeam_cpu.llvm.compiler import Loaded, assembly, compile_ir
from hornbeam_cpu.llvm.mathematics import FUNCTIONS
from hornbeam_cpu.llvm.target import host, restricted

mpmath = pytest.importorskip("mpmath")
mpmath.mp.dps = 30
KINDS = {"float32": "float", "float64": "double"}

# the functions in NumPy's or SciPy's arithmetic, of whatever precision
NIGHTLY = os.environ.get("HORNBEAM_HYPOTHESIS") == "nightly"
UNARY = {
    "exp": np.exp,
    "exp2": np.exp2,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "log2": np.log2,
    "log10": np.log10,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "erf": scipy.special.erf,
    "erfinv": scipy.special.erfinv,
    "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "floor": np.floor,
    "ceil": np.ceil,
    "trunc": np.trunc,
    "round_even": np.round,
}
BINARY = {
    "pow": np.power,
    "atan2": np.arctan2,
    "hypot": np.hypot,
    "logaddexp": np.logaddexp,
    "copysign": np.copysign,
}
SPECIAL = [
    0.0,
    -0.0,
    np.inf,
    -np.inf,
    np.nan,
    1.0,
    -1.0,
    2.0,
    -2.0,
    0.5,
    -0.5,
    3.0,
    -3.0,
    1e-45,
    -1e-45,
    5e-324,
    -5e-324,
    1e300,
    -1e300,
]
EDGES = [88.72283, 88.72284, 89.41598, 89.41599, -87.33655, -87.33654, -103.972, -103.98, -104.1, 709.782712893384,
         709.7827128933841, 710.475860073944, 710.4758600739, -708.4, -745.13, -745.2, 9.01, 19.06, 1024.0, -1074.0, -1075.5,
         0.4201186, -16.635704]  # fmt: skip


def documented(name):
    """The largest error that the docstring promises, in units in the last place; else there is none."""
    found = re.search(r"at most ([\d.]+) ulp", FUNCTIONS[name].__doc__ or "")
    return float(found.group(1)) if found else 0.5 if name == "sqrt" else 0.0


def compiled(name, dtype, arity, target=None, lanes=None):
    """A function of `arity` arrays: the loop over them, in vectors of the target's width or of so many lanes (0: scalars)."""
    target = target or host()
    count = target.lanes(np.dtype(dtype).itemsize) if lanes is None else lanes
    module = Module()
    b = Builder(module, "kernel", tuple((f"p{k}", "ptr") for k in range(arity + 1)) + (("n", "i64"),), noalias=True)
    kind = KINDS[dtype]
    with b.range(0, b.arg("n"), max(count, 1)) as i:
        xs = [b.load(vector(kind, count), b.at(b.arg(f"p{k}"), i, kind)) for k in range(arity)]
        b.store(FUNCTIONS[name](b, *xs), b.at(b.arg(f"p{arity}"), i, kind))
    b.finish()
    loaded = Loaded(compile_ir(str(module), target), target)
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * (arity + 1), ctypes.c_int64)(loaded.address("kernel"))

    def run(*xs):
        size = xs[0].size
        padded = [np.concatenate([x, np.ones(-size % max(count, 1), dtype)]) for x in xs]
        out = np.empty_like(padded[0])
        call(*(x.ctypes.data for x in padded), out.ctypes.data, out.size)
        return out[:size]

    run.loaded = loaded
    return run


def errors(got, want):
    """How far off, in ulp of the right result; infinite where a NaN, an infinity or a zero's sign is wrong."""
    with np.errstate(all="ignore"):
        rounded = want.astype(got.dtype)
        finite = np.isfinite(got) & np.isfinite(rounded)
        wrong = (np.isnan(got) != np.isnan(rounded)) | (~finite & ~np.isnan(rounded) & (got != rounded))
        wrong |= (rounded == 0) & (got == 0) & (np.signbit(rounded) != np.signbit(got))
        ulp = np.spacing(np.abs(np.where(finite, rounded, 1)))
        off = np.abs((np.where(finite, got, 0).astype(want.dtype) - np.where(finite, want, 0)) / ulp)
    return np.where(wrong, np.inf, off.astype(float))


def judge(name, got, want, *xs, slack=0.0):
    """Fail with the worst place."""
    off = errors(got, want)
    if name == "sigmoid":  # documented: no subnormal results
        off = np.where((np.abs(want) < np.finfo(got.dtype).tiny) & (got == 0), 0, off)
    worst = int(np.argmax(off))
    assert off[worst] <= documented(name) + slack, (
        f"{name}{[x[worst] for x in xs]!r}: {got[worst]!r} is not {want[worst]!r} ({off[worst]:.3f} ulp)"
    )


def reference(function, wide, *xs):
    """The right results, in a wider format."""
    with np.errstate(all="ignore"):
        return function(*(x.astype(wide) for x in xs))


def singles(step=4099):
    """Every so many-th of the numbers of single precision, in pieces."""
    extra = np.array([v for v in SPECIAL + EDGES if abs(v) < 1e39 or not np.isfinite(v)], np.float32)
    piece = 2**24 * step
    for start in range(0, 2**32, piece):
        bits = np.arange(start, min(start + piece, 2**32), step, dtype=np.uint64).astype(np.uint32)
        yield np.concatenate([bits.view(np.float32), extra])


def doubles(rng, count):
    """Numbers of double precision: of all exponents, and more where functions have their turns."""
    with np.errstate(all="ignore"):
        parts = [rng.integers(0, 2**64, count, dtype=np.uint64).view(np.float64), 10.0 ** rng.uniform(-20, 20, count)]
    parts += [rng.uniform(-r, r, count) for r in (1.0, 5.0, 750.0)] + [1 - 10.0 ** -rng.uniform(0, 16, count)]
    return np.concatenate([*parts, SPECIAL, EDGES])


@pytest.mark.parametrize("name", UNARY)
def test_single_precision(name):
    run = compiled(name, "float32", 1)
    for x in singles(*([67 if name == "erfinv" else 1] if NIGHTLY else [])):
        if name == "erfinv":
            x = x[(x != 0) | ~np.signbit(x)]  # SciPy's erfinv(-0.0) is +0.0
        judge(name, run(x), reference(UNARY[name], np.float64, x), x)


def _in_digits(function):
    def evaluate(x):
        if np.isnan(x):
            return np.longdouble("nan")
        value = function(mpmath.mpf(float(x)))
        high = float(value)
        return np.longdouble(high) + np.longdouble(float(value - high)) if np.isfinite(high) else np.longdouble(high)

    return lambda xs: np.array([evaluate(x) for x in xs], np.longdouble)


def _erfinv(x):
    return mpmath.sign(x) * mpmath.inf if abs(x) == 1 else mpmath.nan if abs(x) > 1 else mpmath.erfinv(x)


@pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="long double is no wider than double here")
@pytest.mark.parametrize("name", UNARY)
def test_double_precision(name):
    function = UNARY[name]
    special = {"erf": mpmath.erf, "erfinv": _erfinv}
    x = doubles(np.random.default_rng(1), 300 if name in special else 20_000)
    if name in special:
        function, x = _in_digits(special[name]), x[(x != 0) | ~np.signbit(x)]  # mpmath knows no -0.0
    judge(name, compiled(name, "float64", 1)(x), reference(function, np.longdouble, x), x)


def _pairs(dtype, rng, count):
    """Pairs of numbers of all kinds, with every pair of special values."""
    special = np.array(SPECIAL + EDGES, np.float64)
    grid = np.meshgrid(special, special)
    scales = 10.0 ** rng.uniform(-3, 3, (2, count))
    spread = [10.0 ** rng.uniform(-30, 30, count), rng.uniform(-3, 3, count)]
    with np.errstate(all="ignore"):
        return [
            np.concatenate([g.ravel(), rng.normal(size=count) * scales[k], rng.uniform(0, 4, count), spread[k],
                            np.round(rng.uniform(-9, 9, count))]).astype(dtype)
            for k, g in enumerate(grid)
        ]  # fmt: skip


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("name", BINARY)
def test_of_two_numbers(name, dtype):
    x, y = _pairs(dtype, np.random.default_rng(2), 20_000)
    wide = np.float64 if dtype == "float32" else np.longdouble
    want = reference(BINARY[name], wide, x, y)
    got = compiled(name, dtype, 2)(x, y)
    if name == "logaddexp":  # where it cancels, the larger operand's digits are all there is
        larger = np.abs(np.maximum(x, y))
        cancels = np.abs(want) < larger
        assert (np.abs(got[cancels] - want[cancels]) <= documented(name) * np.spacing(larger[cancels])).all()
        got, want, x, y = (v[~cancels] for v in (got, want, x, y))
    judge(name, got, want, x, y)


@pytest.mark.parametrize("dtype", KINDS)
def test_the_next_number_is_numpys(dtype):
    x, y = _pairs(dtype, np.random.default_rng(3), 2_000)
    np.testing.assert_array_equal(compiled("nextafter", dtype, 2)(x, y), np.nextafter(x, y))


def levels():
    """Targets below the host's that it can run, and scalars."""
    mine = host()
    named = {"avx512": ["avx2", "sse"], "avx2": ["sse"]}.get(mine.level, [])
    return [(restricted(level, mine.triple), None) for level in named] + [(mine, 0)]


@pytest.mark.parametrize(("target", "lanes"), levels(), ids=lambda v: getattr(v, "level", str(v)))
@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("name", [*UNARY, *BINARY])
def test_every_target_keeps_the_bounds(name, dtype, target, lanes):
    arity = 1 if name in UNARY else 2
    rng = np.random.default_rng(4)
    if arity == 2:
        xs = [x[-9_000:] for x in _pairs(dtype, rng, 3_000)]
        xs = [x[:6_000] for x in xs] if name == "logaddexp" else xs
    else:
        xs = [next(iter(singles()))[::97] if dtype == "float32" else doubles(rng, 700)]
        if name in ("erf", "erfinv"):
            xs = [xs[0][(xs[0] != 0) & (np.abs(xs[0]) < 0.999)]]  # SciPy is not exact enough at the ends
    wide = np.float64 if dtype == "float32" else np.longdouble
    rough = 2 if dtype == "float64" and name in ("erf", "erfinv") else 0  # SciPy computes these in double precision
    want = reference((UNARY | BINARY)[name], np.float64 if rough else wide, *xs)
    if name == "logaddexp":
        want, xs = want[np.abs(want) > 2], [x[np.abs(want) > 2] for x in xs]
    judge(name, compiled(name, dtype, arity, target, lanes)(*xs), want, *xs, slack=rough)


def test_vectors_and_scalars_give_the_same_bits():
    x = next(iter(singles()))[::31]
    for name in UNARY:
        vectors, scalars = compiled(name, "float32", 1)(x), compiled(name, "float32", 1, lanes=0)(x)
        np.testing.assert_array_equal(vectors, scalars)


def test_hot_functions_are_short():
    """A count of instructions is what one can say about speed without a clock."""
    for name, most in (("tanh", 25), ("sigmoid", 22), ("exp", 26)):
        module = Module()
        b = Builder(module, "kernel", (("x", "ptr"),))
        b.store(FUNCTIONS[name](b, b.load("<16 x float>", b.arg("x"))), b.arg("x"))
        b.finish()
        text = assembly(str(module), restricted("avx512", host().triple)).split("kernel:")[1].split("ret")[0]
        words = [line.split()[0] for line in text.splitlines() if line.strip().startswith("v")]
        assert sum("broadcast" not in word for word in words) <= most, text
