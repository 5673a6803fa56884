"""Every element-wise primitive as C, on every dtype, against the NumPy kernels."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hornbeam.backends.numpy import NumpyBackend
from hornbeam.dtypes import as_dtype
from hornbeam.primitive import primitives
from hornbeam_cuda.source.described import Loops, Operation, Strided
from hornbeam_cuda.source.expressions import supported
from hornbeam_cuda.source.regions import region
from hornbeam_cuda.source.scalars import NARROW
from hornbeam_cuda.source.special import ORDERED
from scipy import special

from tests.cuda.emulator import COMPILER
from tests.cuda.source.harness import DTYPES, Bench, numpy_dtype

pytestmark = pytest.mark.skipif(COMPILER is None, reason="the emulated device needs g++")

NUMPY = NumpyBackend()
ARITY = {"where": 3, "clip": 3}
# 4 units in the last place, as CUDA's own functions have; those that are computed here otherwise, or cancel, by more
LOOSE = {"erfinv": 200, "erfc": 400, "logaddexp": 8, "remainder": 4, "sigmoid": 8, "rsqrt": 4}
NAMES = [
    name
    for name, p in primitives().items()
    if p.elementwise and name not in ("cast", "complex", "conj", "real", "imag", *ORDERED)
]


def numbers(dtype: str) -> np.ndarray[Any, Any]:
    """What primitives are tried on: everyday numbers and edges."""
    kind = numpy_dtype(dtype)
    if dtype == "bool":
        return np.array([False, True])
    if "float" in dtype:
        top = {"float64": 1e300, "float16": 6e4}.get(dtype, 1e38)
        edges = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, top, -top, 1e-7, 0.5, 2.5, -2.5, 3.0]
        return np.array([*edges, *np.linspace(-3.3, 3.3, 9), 7.7, -11.3, 25.1]).astype(kind)
    low, high = np.iinfo(kind).min, np.iinfo(kind).max
    return np.array([0, 1, 2, 3, 7, 31, 100, low, low + 1, high - 1, high, *([-1, -2, -7] if low else [])], kind)


def operands(dtype: str, arity: int) -> list[np.ndarray[Any, Any]]:
    """Every number with every other one."""
    grid = np.array(list(itertools.product(numbers(dtype), repeat=min(arity, 2))), numpy_dtype(dtype))
    found = [np.ascontiguousarray(grid[:, i]) for i in range(min(arity, 2))]
    return found if arity < 3 else [*found, found[0][::-1].copy()]


def truth(name: str, xs: list[Any]) -> Any:
    """NumPy's result, from double precision for floating-point numbers."""
    if name in ("round_even", "floor", "ceil", "trunc"):
        return xs[0] if xs[0].dtype.kind in "biu" else {"round_even": np.rint}.get(name, getattr(np, name, None))(xs[0])
    if name == "pow" and xs[0].dtype.kind in "biu":
        xs = [xs[0], np.where(xs[1] < 0, 0, xs[1]).astype(xs[0].dtype)]  # NumPy refuses negative ones
    if name == "stop_gradient" or name == "identity":
        return xs[0]
    with np.errstate(all="ignore"):
        return NUMPY.run(primitives()[name], xs, {})


def skipped(name: str, dtype: str, xs: list[Any]) -> Any:
    """Where NumPy has no answer, or one that depends on the processor."""
    if name == "pow" and "float" not in dtype:
        return xs[1] < 0
    if name in ("floor_divide", "remainder") and "int" in dtype:
        return (xs[1] == 0) | ((xs[1] == -1) if dtype[0] == "i" else False)
    if name == "clip":
        low, high = (x.astype(np.float64) if "float" in dtype else x for x in xs[1:])
        return ~(low <= high)
    if name == "positive_lgamma":
        return ~(xs[0].astype(np.float64) > 0)
    if name.endswith("_shift"):
        return (xs[1] < 0) | (xs[1] >= 8 * xs[0].itemsize)
    if name in ("floor_divide", "remainder", "sin", "cos", "tan"):  # their errors grow with the number
        return np.any([np.isfinite(x) & (np.abs(x) > 1e4) for x in xs], axis=0)
    return np.zeros(xs[0].shape, bool)


@pytest.mark.parametrize("dtype", DTYPES)
def test_primitives(dtype: str) -> None:
    bench = Bench()
    calls, checks = [], []
    for arity in (1, 2, 3):
        names = []
        for name in NAMES:
            takes = ARITY.get(name, len(primitives()[name].input_names))
            if takes == arity and supported(name, dtype):
                names.append(name)
        xs = operands(dtype, arity)
        count = xs[0].size
        if arity == 3:
            xs.append(np.arange(count) % 3 == 0)
        reads = tuple(Strided(x.dtype.name, (1,)) for x in xs)
        steps, kinds = [], []
        for name in names:
            p = primitives()[name]
            inputs = [3, 0, 1] if name == "where" else list(range(arity))
            specs = [np.empty(1, xs[i].dtype) for i in inputs]
            kinds.append(
                "bool"
                if truth(name, [s.astype("f8") if dtype in NARROW else s for s in specs]).dtype == bool
                else dtype
            )
            steps.append(Operation(name, tuple(inputs), kinds[-1]))
            assert p.elementwise
        writes = tuple((Strided(kind, (1,)), len(reads) + i) for i, kind in enumerate(kinds))
        ats = [bench.given(x) for x in xs]
        outs = [bench.room(count * 8) for _ in names]
        calls += region(Loops((count,), (0, 0, 1), reads, (), tuple(steps), writes), ats, outs, bench.room)
        checks += [
            (name, kind, out, [xs[i] for i in s.operands])
            for name, kind, out, s in zip(names, kinds, outs, steps, strict=True)
        ]
    assert checks
    bench.run(calls)
    for name, kind, out, xs in checks:
        got = bench.seen(out, xs[0].shape, kind)
        wide = [x.astype(np.float64) if "float" in dtype and x.dtype != bool and name != "nextafter" else x for x in xs]
        with np.errstate(all="ignore"):
            expected = truth(name, wide).astype(numpy_dtype(kind))
        keep = ~skipped(name, dtype, xs)
        if kind == "bool" or "int" in kind:
            np.testing.assert_array_equal(got[keep], expected[keep], err_msg=name)
        else:
            unit = {"float64": 2.0**-52, "float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}[dtype]
            tiny = 1e-6 if dtype == "float16" else float(np.finfo(np.float32).tiny) if dtype != "float64" else 0.0
            close = {
                "rtol": LOOSE.get(name, 4) * unit,
                "atol": tiny + (64 * unit if name in ("sigmoid", "positive_lgamma") else 0),
            }
            np.testing.assert_allclose(got[keep].astype("f8"), expected[keep].astype("f8"), err_msg=name, **close)


def test_every_elementwise_primitive_has_an_expression() -> None:
    missing = [n for n in NAMES if not supported(n, "float32")]
    integers = {n for n in NAMES if n.startswith("bitwise")}
    assert set(missing) <= integers
    assert all(supported(n, "int32") for n in integers)


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_special_functions_are_scipys(dtype: str) -> None:
    """Those that have an order, and the logarithm of the gamma function, whose argument is made positive before."""
    bench = Bench()
    x = np.array(
        [1e-3, 0.05, 0.5, 1.0, 1.46, 2.0, 7.3, 11.9, 12.1, 19.9, 20.1, 30.0, 60.0, 1e4, np.inf, np.nan, -25.3, -0.7]
    )
    x = x.astype(numpy_dtype(dtype))
    wide = x.astype(np.float64)
    right = np.where(wide < 0, np.nan, wide)
    expected = {f"polygamma_{n}": special.polygamma(n, right) for n in (0, 1, 2, 5)}
    for name, values in {
        "bessel_i_0": special.i0(wide),
        "bessel_i_1": special.i1(wide),
        "bessel_i_3": special.iv(3, wide),
    }.items():
        expected[name] = np.where(np.isinf(wide), wide, values)  # SciPy has no value there
    expected["positive_lgamma"] = special.gammaln(np.abs(wide))
    steps = tuple(Operation(name, (1 if name == "positive_lgamma" else 0,), dtype) for name in expected)
    outs = [bench.room(x.size * 8) for _ in steps]
    writes = tuple((Strided(dtype, (1,)), 2 + i) for i in range(len(steps)))
    nest = Loops((x.size,), (0, 0, 1), (Strided(dtype, (1,)), Strided(dtype, (1,))), (), steps, writes)
    bench.run(region(nest, [bench.given(x), bench.given(np.abs(x))], outs, bench.room))
    unit = {"float64": 1e-13, "float32": 4e-7, "bfloat16": 2.0**-7}[dtype]
    for (name, truth), out in zip(expected.items(), outs, strict=True):
        with np.errstate(over="ignore"):
            goal = truth.astype(numpy_dtype(dtype)).astype(np.float64)
        got = bench.seen(out, x.shape, dtype).astype(np.float64)
        np.testing.assert_allclose(got, goal, rtol=unit, atol=unit, err_msg=name)


@pytest.mark.parametrize("before", DTYPES)
def test_casts(before: str) -> None:
    bench = Bench()
    x = numbers(before)
    if "float" in before:
        x = x[np.abs(x.astype(np.float64)) < 100]
    goals = [d for d in DTYPES if d != before]
    steps = tuple(Operation("cast", (0,), d) for d in goals)
    writes = tuple((Strided(d, (1,)), 1 + i) for i, d in enumerate(goals))
    outs = [bench.room(x.size * 8) for _ in goals]
    bench.run(
        region(
            Loops((x.size,), (0, 0, 1), (Strided(before, (1,)),), (), steps, writes), [bench.given(x)], outs, bench.room
        )
    )
    for after, out in zip(goals, outs, strict=True):
        with np.errstate(all="ignore"):
            cast = primitives()["cast"]
            expected = NUMPY.run(cast, [x], {"dtype": as_dtype(after)})
        if "float" in before and after[0] == "u":  # a negative one has no unsigned value
            keep = x >= 0
        else:
            keep = np.ones(x.shape, bool)
        np.testing.assert_array_equal(bench.seen(out, x.shape, after)[keep], expected[keep], err_msg=after)


def test_half_floats_are_rounded_to_the_nearest() -> None:
    bench = Bench()
    rng = np.random.default_rng(0)
    x = np.concatenate(
        [
            rng.integers(0, 2**32, 20000, dtype=np.uint32).view(np.float32),
            np.float32([2.0**-25, 6e-8, 65519.0, 65520.0]),
        ]
    )
    for dtype in ("float16", "bfloat16"):
        out = bench.room(x.size * 2)
        nest = Loops(
            (x.size,),
            (0, 0, 1),
            (Strided("float32", (1,)),),
            (),
            (Operation("identity", (0,), "float32"),),
            ((Strided(dtype, (1,)), 1),),
        )
        bench.run(region(nest, [bench.given(x)], [out], bench.room))
        with np.errstate(all="ignore"):
            expected = x.astype(numpy_dtype(dtype))
        np.testing.assert_array_equal(bench.seen(out, x.shape, dtype).astype("f4"), expected.astype("f4"))
