"""hornbeam.ops against the Python array API standard 2024.12: array_api_strict, called the same way, is the truth.

Dtypes, shapes, values, signed zeros and special values are compared, with each library's own default dtypes taken
into account (ours: float32, int32, complex64). HORNBEAM_ARRAY_API_MODULE names another namespace to check.
"""

import importlib
import inspect
import math
import operator
import os

import array_api_strict as ref
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from hypothesis.extra.array_api import make_strategies_namespace

pytestmark = pytest.mark.filterwarnings("ignore")  # overflow and division by zero are drawn on purpose
xp = importlib.import_module(os.environ.get("HORNBEAM_ARRAY_API_MODULE", "hornbeam.ops"))
xps = make_strategies_namespace(xp, api_version="2024.12")

INTS = ["int8", "int16", "int32", "int64"]
UINTS = ["uint8", "uint16", "uint32", "uint64"]
REALS = ["float32", "float64"]
COMPLEX = ["complex64", "complex128"]
FLOATS = REALS + COMPLEX
REAL = INTS + UINTS + REALS
NUMERIC = REAL + COMPLEX
ALL = ["bool"] + NUMERIC
BITS = ["bool"] + INTS + UINTS

UNARY = {
    **dict.fromkeys(["isfinite", "isinf", "isnan", "abs", "sign", "square", "positive"], NUMERIC),
    **dict.fromkeys(["ceil", "floor", "trunc"], REAL), "round": NUMERIC,
    "negative": INTS + FLOATS, "reciprocal": FLOATS, "sqrt": FLOATS,
    **dict.fromkeys(["acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "expm1", "log", "log1p",
                     "log2", "log10", "sin", "sinh", "tan", "tanh"], FLOATS),
    "bitwise_invert": BITS, "logical_not": ["bool"], "signbit": REALS,
    "real": COMPLEX, "imag": COMPLEX, "conj": COMPLEX,
}  # fmt: skip
BINARY = {
    **dict.fromkeys(["add", "subtract", "multiply"], NUMERIC),
    **dict.fromkeys(["equal", "not_equal"], ALL),
    **dict.fromkeys(["greater", "greater_equal", "less", "less_equal", "maximum", "minimum"], REAL),
    "divide": FLOATS, "pow": NUMERIC, "floor_divide": REAL, "remainder": REAL,
    **dict.fromkeys(["atan2", "hypot", "copysign", "nextafter", "logaddexp"], REALS),
    **dict.fromkeys(["logical_and", "logical_or", "logical_xor"], ["bool"]),
    **dict.fromkeys(["bitwise_and", "bitwise_or", "bitwise_xor"], BITS),
    **dict.fromkeys(["bitwise_left_shift", "bitwise_right_shift"], INTS + UINTS),
}  # fmt: skip
OPERATORS = {
    "__add__": "add", "__sub__": "subtract", "__mul__": "multiply", "__truediv__": "divide", "__pow__": "pow",
    "__floordiv__": "floor_divide", "__mod__": "remainder", "__and__": "bitwise_and", "__or__": "bitwise_or",
    "__xor__": "bitwise_xor", "__lshift__": "bitwise_left_shift", "__rshift__": "bitwise_right_shift",
    "__eq__": "equal", "__ne__": "not_equal", "__lt__": "less", "__le__": "less_equal", "__gt__": "greater",
    "__ge__": "greater_equal",
}  # fmt: skip
KINDS = [["bool"], INTS, UINTS, INTS + UINTS, REALS, COMPLEX]
OURS = {"int": str(xp.asarray(0).dtype).split(".")[-1], "float": str(xp.asarray(0.0).dtype).split(".")[-1]}
DEFAULT = {"int64": OURS["int"], "uint64": "u" + OURS["int"], "float64": OURS["float"],
           "complex128": {"float32": "complex64", "float64": "complex128"}[OURS["float"]]}  # fmt: skip
linear_algebra = pytest.mark.skipif(not hasattr(xp, "linalg"), reason="the standard's optional linalg extension")
NAMES = [n for n in dir(ref) if n[0].islower() and inspect.isfunction(getattr(ref, n))
         and "strict" not in n and n not in ("broadcast_shapes", "isin")]  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def _version():
    with ref.ArrayAPIStrictFlags(api_version="2024.12"):
        yield


def dt(module, name):
    return getattr(module, name)


def name_of(x):
    return next(n for n in ALL if getattr(xp if not isinstance(x, ref.zeros(()).__class__) else ref, n) == x.dtype)


def host(x):
    return np.from_dlpack(x).copy() if isinstance(x, type(ref.zeros(()))) else np.asarray(x)


def elements(dtype, *, finite=False, small=False):
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return st.booleans()
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        lo, hi = (max(info.min, -8), 8) if small else (info.min, info.max)
        return st.integers(lo, hi)
    width = dtype.itemsize * 8 // (2 if dtype.kind == "c" else 1)
    bounds = {"min_value": -8, "max_value": 8, "width": width} if small else {"width": width}
    special = {} if small else {"allow_nan": not finite, "allow_infinity": not finite}
    real = st.floats(**bounds, **special, allow_subnormal=False)
    if not finite and not small:
        real = real | st.sampled_from([0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 0.5, 2.0])
    return st.builds(complex, real, real) if dtype.kind == "c" else real


@st.composite
def arrays(draw, dtypes, shape=None, min_dims=0, max_dims=3, min_side=0, max_side=4, **how):
    dtype = draw(st.sampled_from(dtypes))
    shape = draw(hnp.array_shapes(min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=max_side)
                 if shape is None else shape if isinstance(shape, st.SearchStrategy) else st.just(shape))  # fmt: skip
    return draw(hnp.arrays(dtype, shape, elements=elements(dtype, **how)))


@st.composite
def pairs(draw, allowed, **how):
    """Two arrays with broadcastable shapes and dtypes that the standard promotes."""
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3, min_side=0))
    kinds = [[d for d in k if d in allowed] for k in KINDS]
    kinds = [k for k in kinds if k]
    kind = draw(st.sampled_from(kinds))
    first, second = draw(st.sampled_from(kind)), draw(st.sampled_from(kind))
    if "uint64" in (first, second) and {first, second} & set(INTS):
        second = first
    a, b = (draw(hnp.arrays(d, s, elements=elements(d, **how)))
            for d, s in zip((first, second), shapes.input_shapes, strict=True))  # fmt: skip
    return a, b


def both(call, *operands):
    """Run `call(module, *arrays)` in the reference namespace and in ours."""
    return call(ref, *(ref.asarray(a) for a in operands)), call(xp, *(xp.asarray(a) for a in operands))


def same(expected, got, *, rtol=None, default=False, signs=False, dtype=True):
    """Compare two results: dtype, shape and values (NaN equal NaN); `default`: the dtype is a default one."""
    e, g = host(expected), host(got)
    assert tuple(got.shape) == e.shape, f"shape {got.shape}, should be {e.shape}"
    if dtype:
        want = name_of(expected)
        want = DEFAULT.get(want, want) if default else want
        assert getattr(xp, want) == got.dtype, f"dtype {got.dtype}, should be {want}"
    tight = g.dtype.itemsize // (2 if g.dtype.kind == "c" else 1) > 4 and e.dtype.itemsize > 4
    rtol = rtol or (1e-9 if tight else 2e-5)
    if e.dtype.kind in "fc" and g.dtype.kind in "fc":
        np.testing.assert_allclose(g, e.astype(g.dtype), rtol=rtol, atol=rtol)
    else:
        np.testing.assert_array_equal(g, e.astype(g.dtype))
    if signs and e.dtype.kind == "f":
        ok = (e != 0) | (np.signbit(e) == np.signbit(g))
        assert ok.all(), f"signed zeros differ: {g} and {e}"


@pytest.mark.parametrize("name", NAMES)
def test_names_and_signatures(name):
    """Every function is there, and takes the standard's arguments, of the same kinds, names and order."""
    empty = inspect.Parameter.empty
    ours = list(inspect.signature(getattr(xp, name)).parameters.values())
    named = {p.name: p for p in ours}
    for i, p in enumerate(inspect.signature(getattr(ref, name)).parameters.values()):
        if p.kind is p.KEYWORD_ONLY:
            found = named.get(p.name)
            assert found is not None and found.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD), f"no {p.name}="
        else:
            found = ours[i]
            assert found.kind in (p.kind, p.POSITIONAL_OR_KEYWORD), (
                f"{name}(): {found} should be {p.kind.description} {p}"
            )
            assert p.kind is p.POSITIONAL_ONLY or found.name == p.name, f"{name}(): {found} should be {p}"
        assert p.default is empty or found.default is not empty, f"{name}(): {found} needs a default, as in {p}"


@pytest.mark.parametrize("name", ["e", "inf", "nan", "pi", "newaxis"])
def test_constants(name):
    assert str(getattr(xp, name)) == str(getattr(ref, name)) and type(getattr(xp, name)) in (float, type(None))


@pytest.mark.parametrize("name", ALL)
@given(data=st.data())
def test_hypothesis_builds_arrays_through_the_standard_alone(name, data):
    x = data.draw(xps.arrays(dt(xp, name), shape=xps.array_shapes(min_dims=0, min_side=0, max_side=3)))
    assert x.dtype == dt(xp, name)
    key = data.draw(xps.indices(x.shape, allow_newaxis=True))
    assert x[key].dtype == x.dtype


@pytest.mark.parametrize("name", UNARY)
@given(data=st.data())
def test_unary(name, data):
    a = data.draw(arrays(UNARY[name]))
    if a.dtype.kind == "c" and name not in ("real", "imag", "conj", "isnan", "isinf", "isfinite"):
        a = data.draw(arrays([a.dtype.name], small=True))  # infinities in complex numbers are left to the library
        if name == "sign":
            a = a + (abs(a) < 1e-6)
    e, g = both(lambda m, x: getattr(m, name)(x), a)
    same(e, g, signs=a.dtype.kind == "f", rtol=1e-4 if a.dtype.kind == "c" else None)


@pytest.mark.parametrize("name", BINARY)
@given(data=st.data())
def test_binary(name, data):
    shift, power = "shift" in name, name == "pow"
    a, b = data.draw(pairs(BINARY[name]))
    if shift or (power and b.dtype.kind in "iu"):
        b = np.abs(b.astype(np.int64) % 7).astype(b.dtype)  # outside 0..width-1 the result is undefined
    if name in ("floor_divide", "remainder") and b.dtype.kind in "iu":
        b = np.where((b == 0) | (b == np.array(-1).astype(b.dtype)), np.array(3, b.dtype), b)
    if name == "floor_divide" and a.dtype.kind == "f":  # NumPy's infinities are Python's here, not the standard's
        a, b = (np.where(np.isinf(x), x.dtype.type(7), x) for x in (a, b))
    if "c" in (a.dtype.kind, b.dtype.kind):
        a, b = (data.draw(arrays([x.dtype.name], shape=x.shape, small=True)) for x in (a, b))
        if name == "divide":
            b = b + np.where(abs(b) < 0.1, 1, 0).astype(b.dtype)
        if power:
            a = a + np.where(abs(a) < 0.1, 1, 0).astype(a.dtype)
    e, g = both(lambda m, x, y: getattr(m, name)(x, y), a, b)
    if (
        power and b.dtype.kind == "f"
    ):  # one exponent 0.5 for a row is a square root to NumPy, against C99 at -inf and -0
        x, y = np.broadcast_arrays(a, b)
        e = ref.asarray(np.where((y == 0.5) & ((x == 0) | np.isneginf(x)), np.abs(x), host(e)).astype(host(e).dtype))
    same(e, g, signs=True, rtol=1e-3 if power else None)
    if name in OPERATORS.values():
        special = next(k for k, v in OPERATORS.items() if v == name)
        same(e, getattr(xp.asarray(a), special)(xp.asarray(b)), rtol=1e-3 if power else None)


@pytest.mark.parametrize("special", OPERATORS)
@given(data=st.data())
def test_python_scalars_do_not_promote(special, data):
    a = data.draw(arrays([d for d in BINARY[OPERATORS[special]]], small=True, min_side=1))
    scalar = {"b": True, "i": 3, "u": 3, "f": 2.5, "c": 1 + 2j}[a.dtype.kind]
    if special == "__pow__":
        a = np.abs(a).astype(a.dtype) if a.dtype.kind == "f" else a + (a == 0).astype(a.dtype)
        scalar = 2 if a.dtype.kind in "iu" else scalar
    e, g = both(lambda m, x: getattr(x, special)(scalar), a)
    same(e, g, rtol=1e-3)
    reflected = "__r" + special[2:]
    if hasattr(ref.zeros(1), reflected) and special not in ("__lshift__", "__rshift__", "__pow__"):
        nonzero = np.where(a == 0, np.ones((), a.dtype), a)
        e, g = both(lambda m, x: getattr(x, reflected)(scalar), nonzero)
        same(e, g, rtol=1e-3)


@given(a=arrays(NUMERIC, small=True, min_side=1))
def test_in_place_operators_rebind_and_keep_the_dtype(a):
    for op in (operator.iadd, operator.isub, operator.imul):
        x = y = xp.asarray(a)
        x = op(x, 2)
        e = op(ref.asarray(a), 2)
        same(e, x)
        assert y.shape == a.shape


@given(data=st.data())
def test_clip(data):
    a = data.draw(arrays(REAL))
    bound = st.none() | elements(a.dtype, finite=True)
    lo, hi = data.draw(bound), data.draw(bound)
    if lo is not None and hi is not None:
        lo, hi = min(lo, hi), max(lo, hi)
    e, g = both(lambda m, x: m.clip(x, lo, hi), a)
    same(e, g)


AXES = st.integers(0, 2)


@st.composite
def axis_args(draw, ndim, many=True):
    one = st.integers(-ndim, ndim - 1) if ndim else st.none()
    several = st.lists(st.integers(0, ndim - 1), unique=True, max_size=ndim).map(tuple) if ndim and many else st.none()
    return {"axis": draw(st.none() | one | several), "keepdims": draw(st.booleans())}


@pytest.mark.parametrize("name", ["sum", "prod", "max", "min", "mean", "std", "var", "all", "any", "count_nonzero"])
@given(data=st.data())
def test_reductions(name, data):
    allowed = {"sum": NUMERIC, "prod": NUMERIC, "max": REAL, "min": REAL, "mean": FLOATS, "std": REALS, "var": REALS}
    least = 1 if name in ("max", "min", "mean", "std", "var") else 0
    a = data.draw(arrays(allowed.get(name, ALL), min_side=least, max_side=3, small=name not in ("max", "min")))
    kw = data.draw(axis_args(a.ndim))
    if name in ("std", "var") and data.draw(st.booleans()):
        kw["correction"] = data.draw(st.sampled_from([0, 0.0]))
    if name in ("sum", "prod") and data.draw(st.booleans()):
        kw["dtype"] = data.draw(st.sampled_from([d for d in NUMERIC if np.can_cast(a.dtype, d)]))
    resolve = lambda m: {k: dt(m, v) if k == "dtype" else v for k, v in kw.items()}  # noqa: E731
    e, g = both(lambda m, x: getattr(m, name)(x, **resolve(m)), a)
    integral = a.dtype.kind in "iu" and name in ("sum", "prod") and "dtype" not in kw
    if integral and a.dtype.itemsize * 8 < 64:
        same(e, g, default=True)
    else:
        same(e, g, default=name == "count_nonzero", rtol=1e-3 if name == "prod" else 1e-4)


@pytest.mark.parametrize("name", ["cumulative_sum", "cumulative_prod"])
@given(data=st.data())
def test_cumulative(name, data):
    a = data.draw(arrays(NUMERIC, min_dims=1, small=True, max_side=3))
    axis = data.draw(st.integers(-a.ndim, a.ndim - 1))
    initial = data.draw(st.booleans())
    e, g = both(lambda m, x: getattr(m, name)(x, axis=axis, include_initial=initial), a)
    same(e, g, default=a.dtype.kind in "iu" and a.dtype.itemsize < 8, rtol=1e-3)


@pytest.mark.parametrize("name", ["argmax", "argmin"])
@given(data=st.data())
def test_arg_reductions(name, data):
    a = data.draw(arrays(REAL, min_side=1, finite=True))
    kw = data.draw(axis_args(a.ndim, many=False))
    e, g = both(lambda m, x: getattr(m, name)(x, **kw), a)
    same(e, g, default=True)


@pytest.mark.parametrize("name", ["sort", "argsort"])
@given(data=st.data())
def test_sorting(name, data):
    a = data.draw(arrays(REAL, min_dims=1, min_side=1, finite=True))
    kw = {"axis": data.draw(st.integers(-a.ndim, a.ndim - 1)), "descending": data.draw(st.booleans())}
    e, g = both(lambda m, x: getattr(m, name)(x, stable=True, **kw), a)
    same(e, g, default=name == "argsort")


@given(a=arrays(ALL, small=True))
def test_sets(a):
    e, g = both(lambda m, x: m.unique_all(x), a)
    assert g._fields == e._fields
    for field in e._fields:
        same(getattr(e, field), getattr(g, field), default=field != "values")
    same(ref.unique_values(ref.asarray(a)), xp.unique_values(xp.asarray(a)))
    assert xp.unique_counts(xp.asarray(a))._fields == ("values", "counts")
    assert xp.unique_inverse(xp.asarray(a))._fields == ("values", "inverse_indices")


@given(data=st.data())
def test_searching(data):
    a = data.draw(arrays(ALL, min_dims=1, small=True))
    e, g = both(lambda m, x: m.nonzero(x), a)
    assert isinstance(g, tuple)
    for x, y in zip(e, g, strict=True):
        same(x, y, default=True)
    b = data.draw(hnp.arrays(a.dtype, a.shape, elements=elements(a.dtype, small=True)))
    same(*both(lambda m, x, y: m.where(m.not_equal(x, m.zeros_like(x)), x, y), a, b))
    keys = data.draw(arrays(REALS + INTS, min_dims=1, max_dims=1, min_side=1, small=True))
    keys.sort()
    values = data.draw(hnp.arrays(keys.dtype, (2, 3), elements=elements(keys.dtype, small=True)))
    side = data.draw(st.sampled_from(["left", "right"]))
    e, g = both(lambda m, x, y: m.searchsorted(x, y, side=side), keys, values)
    same(e, g, default=True)


@given(data=st.data())
def test_movement(data):
    a = data.draw(arrays(ALL, min_dims=1, small=True))
    axis = data.draw(st.integers(-a.ndim, a.ndim - 1))
    perm = tuple(data.draw(st.permutations(range(a.ndim))))
    shift = data.draw(st.integers(-5, 5))
    count = data.draw(st.integers(0, 3))
    calls = [
        lambda m, x: m.permute_dims(x, perm), lambda m, x: m.flip(x, axis=axis), lambda m, x: m.flip(x),
        lambda m, x: m.roll(x, shift), lambda m, x: m.roll(x, shift, axis=axis),
        lambda m, x: m.roll(x, (shift, 1), axis=(axis, 0)),
        lambda m, x: m.expand_dims(x, axis=axis), lambda m, x: m.squeeze(m.expand_dims(x, axis=0), axis=0),
        lambda m, x: m.reshape(x, (-1,)) if a.size else x, lambda m, x: m.reshape(x, a.shape[::-1], copy=True),
        lambda m, x: m.concat([x, x], axis=axis), lambda m, x: m.concat([x, x], axis=None),
        lambda m, x: m.stack([x, x], axis=axis), lambda m, x: m.tile(x, (2, 1)), lambda m, x: m.repeat(x, 2, axis=axis),
        lambda m, x: m.repeat(x, count), lambda m, x: m.moveaxis(x, axis, 0),
        lambda m, x: m.broadcast_to(x, (2, *a.shape)), lambda m, x: m.broadcast_arrays(x, m.zeros(()))[0],
        lambda m, x: x.T if a.ndim == 2 else x, lambda m, x: x.mT if a.ndim >= 2 else x,
        lambda m, x: m.tril(x, k=shift) if a.ndim >= 2 else x, lambda m, x: m.triu(x, k=shift) if a.ndim >= 2 else x,
        lambda m, x: m.diff(x, axis=axis) if a.dtype.kind in "iuf" and a.shape[axis] else x,
    ]  # fmt: skip
    for call in calls:
        same(*both(call, a))
    for x, y in zip(*both(lambda m, x: m.unstack(x, axis=axis), a), strict=True):
        same(x, y)
    if a.shape[axis]:
        index = data.draw(hnp.arrays(np.int64, 3, elements=st.integers(0, a.shape[axis] - 1)))
        same(*both(lambda m, x, i: m.take(x, i, axis=axis), a, index))
        along = data.draw(hnp.arrays(np.int64, a.shape, elements=st.integers(0, a.shape[axis] - 1)))
        same(*both(lambda m, x, i: m.take_along_axis(x, i, axis=axis), a, along))


@given(data=st.data())
def test_indexing(data):
    a = data.draw(arrays(ALL, small=True, max_side=4))
    key = data.draw(hnp.basic_indices(a.shape, allow_newaxis=True))
    full = key if isinstance(key, tuple) else (key,)
    key = full if Ellipsis in full else (*full, ...)
    same(*both(lambda m, x: x[key], a))
    mask = data.draw(hnp.arrays(bool, a.shape))
    same(*both(lambda m, x, k: x[k], a, mask))
    value = data.draw(elements(a.dtype, small=True))

    def assign(m, x, k):
        x = m.asarray(x, copy=True)
        x[k] = value
        return x

    same(*both(assign, a, mask))

    def assign_slice(m, x):
        x = m.asarray(x, copy=True)
        x[tuple(k for k in key if k is not None)] = m.asarray(value, dtype=x.dtype)
        return x

    same(*both(assign_slice, a))
    if a.ndim and all(a.shape):
        picks = [data.draw(hnp.arrays(np.int64, 2, elements=st.integers(-n, n - 1))) for n in a.shape]
        same(*both(lambda m, x, *k: x[k], a, *picks))


@pytest.mark.parametrize("call", [
    lambda m: m.arange(5), lambda m: m.arange(2, 10, 3), lambda m: m.arange(5, 0, -2), lambda m: m.arange(0.0, 1.0, 0.25),
    lambda m: m.arange(0), lambda m: m.arange(3, dtype=m.uint8), lambda m: m.linspace(0, 1, 5),
    lambda m: m.linspace(0, 1, num=4, endpoint=False), lambda m: m.linspace(0, 1, 0), lambda m: m.linspace(3, 3, 1),
    lambda m: m.linspace(0, 1j, 3), lambda m: m.zeros(3), lambda m: m.zeros((2, 0)), lambda m: m.ones((), dtype=m.bool),
    lambda m: m.full((2,), 3), lambda m: m.full((2,), 3.0), lambda m: m.full((2,), True), lambda m: m.full(2, 1j),
    lambda m: m.eye(3), lambda m: m.eye(2, 4, k=1), lambda m: m.eye(3, k=-5, dtype=m.int8), lambda m: m.eye(0, 2),
    lambda m: m.zeros_like(m.ones(2, dtype=m.int16)), lambda m: m.full_like(m.ones(2, dtype=m.float64), 7),
    lambda m: m.asarray(3), lambda m: m.asarray(3.0), lambda m: m.asarray(True), lambda m: m.asarray([1, 2.5]),
    lambda m: m.asarray([[1], [2]]), lambda m: m.asarray([]), lambda m: m.asarray([True, False]), lambda m: m.asarray(2j),
    lambda m: m.tril(m.ones((3, 3))), *[lambda m, i=i: m.meshgrid(m.asarray([1.0, 2.0]), m.asarray([3.0, 4.0, 5.0]),
                                                                 indexing=i)[1] for i in ("xy", "ij")],
])  # fmt: skip
def test_creation(call):
    e, g = call(ref), call(xp)
    same(e, g, default=not ("like" in inspect.getsource(call) or name_of(e) not in DEFAULT))


def test_linspace_ends_exactly():
    for stop in (0.1, 1e30, 7.0):
        out = xp.linspace(-1.0, stop, 7, dtype=xp.float64)
        assert float(out[0]) == -1.0 and float(out[-1]) == stop


@pytest.mark.parametrize("first", ALL)
def test_promotion_and_inspection(first):
    for second in ALL:
        try:
            want = ref.result_type(dt(ref, first), dt(ref, second))
        except TypeError:
            continue
        want = next(n for n in ALL if getattr(ref, n) == want)
        got = xp.result_type(xp.ones(1, dtype=dt(xp, first)), dt(xp, second))
        assert got == dt(xp, want)
        cast = xp.can_cast(dt(xp, first), dt(xp, second))
        assert isinstance(cast, bool) and (cast or not ref.can_cast(dt(ref, first), dt(ref, second)))
    for kind in ("bool", "signed integer", "unsigned integer", "integral", "real floating", "complex floating",
                 "numeric", ("bool", "integral")):  # fmt: skip
        out = xp.isdtype(dt(xp, first), kind)
        assert isinstance(out, bool) and out == ref.isdtype(dt(ref, first), kind)
    assert xp.isdtype(dt(xp, first), (dt(xp, first), "complex floating")) is True
    if first in FLOATS:
        ours, theirs = xp.finfo(dt(xp, first)), ref.finfo(dt(ref, first))
        for field in ("eps", "max", "min", "smallest_normal"):
            assert type(getattr(ours, field)) is float and getattr(ours, field) == float(getattr(theirs, field)), field
        assert (
            ours.bits == theirs.bits
            and type(ours.bits) is int
            and ours.dtype == xp.finfo(xp.ones(1, dtype=ours.dtype)).dtype
        )
    elif first != "bool":
        ours, theirs = xp.iinfo(dt(xp, first)), ref.iinfo(dt(ref, first))
        assert (ours.bits, ours.max, ours.min) == (theirs.bits, theirs.max, theirs.min)
        assert type(ours.max) is int and ours.dtype == dt(xp, first)


@given(data=st.data())
def test_astype(data):
    a = data.draw(arrays(ALL, small=True))
    to = data.draw(st.sampled_from(ALL))
    if a.dtype.kind == "c" and np.dtype(to).kind != "c":
        to = "complex64"
    if np.dtype(to).kind == "u":
        a = np.abs(a).astype(a.dtype)
    same(*both(lambda m, x: m.astype(x, dt(m, to)), a))


def test_namespace_info():
    info = xp.__array_namespace_info__()
    capabilities = info.capabilities()
    assert isinstance(capabilities["boolean indexing"], bool) and isinstance(
        capabilities["data-dependent shapes"], bool
    )
    assert isinstance(capabilities["max dimensions"], int) and capabilities["max dimensions"] > 0
    assert info.default_device() is None or info.default_device() in info.devices()
    assert isinstance(info.devices(), list)
    for device in info.devices():
        defaults = info.default_dtypes(device=device)
        assert {"real floating", "complex floating", "integral", "indexing"} <= set(defaults)
        if xp is not ref:  # whose devices have default dtypes of their own
            assert defaults["integral"] == xp.asarray(0).dtype and defaults["real floating"] == xp.asarray(0.0).dtype
        assert xp.empty(1, device=device).device == device
    for kind in (None, "bool", "signed integer", "unsigned integer", "integral", "real floating", "complex floating",
                 "numeric", ("bool", "real floating")):  # fmt: skip
        found = info.dtypes(kind=kind)
        assert isinstance(found, dict) and set(found) == set(ref.__array_namespace_info__().dtypes(kind=kind))
    assert xp.__array_api_version__ == "2024.12"


def test_array_object():
    x = xp.asarray([[1.0, 2.0, 3.0]])
    assert (x.ndim, x.size, x.shape) == (2, 3, (1, 3)) and isinstance(x.shape, tuple)
    assert x.__array_namespace__() is xp and x.__array_namespace__(api_version="2024.12") is xp
    assert isinstance(x.__dlpack_device__(), tuple) and np.from_dlpack(x).shape == (1, 3)
    same(ref.asarray([[1.0, 2.0, 3.0]]), xp.from_dlpack(x), dtype=False)
    assert x.to_device(x.device).shape == x.shape
    scalar = xp.asarray(3)
    assert int(scalar) == 3 and float(scalar) == 3.0 and complex(scalar) == 3 and operator.index(scalar) == 3
    assert bool(scalar) is True and type(int(xp.asarray(2.0))) is int and type(bool(xp.asarray(0.0))) is bool
    assert [float(v) for v in x[0, :]] == [1.0, 2.0, 3.0]
    with pytest.raises((TypeError, ValueError)):
        bool(x)
    with pytest.raises(TypeError):
        operator.index(xp.asarray(2.0))
    with pytest.raises((TypeError, ValueError)):
        float(x)
    with pytest.raises(IndexError):
        x[0, 9]


@given(data=st.data())
def test_products(data):
    kind = data.draw(st.sampled_from([INTS[2:], REALS, COMPLEX]))
    n, k, m_ = (data.draw(st.integers(1, 3)) for _ in range(3))
    batch = data.draw(st.sampled_from([(), (2,), (1, 2)]))
    a = data.draw(arrays(kind, shape=(*batch, n, k), small=True))
    b = data.draw(arrays(kind, shape=(k, m_), small=True))
    v = data.draw(arrays(kind, shape=(k,), small=True))
    for call in (lambda m, x, y, z: m.matmul(x, y), lambda m, x, y, z: x @ y, lambda m, x, y, z: m.matmul(x, z),
                 lambda m, x, y, z: m.vecdot(x, z), lambda m, x, y, z: m.tensordot(x, y, axes=1),
                 lambda m, x, y, z: m.tensordot(x, y, axes=0), lambda m, x, y, z: m.tensordot(x, y, axes=((-1,), (0,))),
                 lambda m, x, y, z: m.matrix_transpose(x)):  # fmt: skip
        same(*both(call, a, b, v), rtol=1e-4)


@linear_algebra
def test_linalg_names():
    for name in ref.linalg.__all__ if hasattr(ref.linalg, "__all__") else []:
        assert hasattr(xp.linalg, name), name


@linear_algebra
@given(data=st.data())
def test_linalg(data):
    kind = data.draw(st.sampled_from(REALS))
    n = data.draw(st.integers(1, 4))
    batch = data.draw(st.sampled_from([(), (2,)]))
    a = data.draw(arrays([kind], shape=(*batch, n, n), small=True)) / 8 + 6 * np.eye(
        n, dtype=kind
    )  # 4 x 4 at most: the diagonal dominates
    b = data.draw(arrays([kind], shape=(*batch, n, 2), small=True))
    s = (a @ np.swapaxes(a, -1, -2)).astype(kind)
    t = {"rtol": 1e-3 if kind == "float32" else 1e-8}
    same(*both(lambda m, x: m.linalg.outer(x[..., 0, 0], x[..., 0, 0]) if x.ndim > 2 else x, a), **t)
    for call in (lambda m, x: m.linalg.matmul(x, x), lambda m, x: m.linalg.vecdot(x, x),
                 lambda m, x: m.linalg.det(x), lambda m, x: m.linalg.inv(x), lambda m, x: m.linalg.trace(x),
                 lambda m, x: m.linalg.diagonal(x), lambda m, x: m.linalg.matrix_norm(x),
                 lambda m, x: m.linalg.matrix_norm(x, ord=1, keepdims=True), lambda m, x: m.linalg.matrix_norm(x, ord=2),
                 lambda m, x: m.linalg.matrix_power(x, 3), lambda m, x: m.linalg.matrix_power(x, -1),
                 lambda m, x: m.linalg.matrix_power(x, 0), lambda m, x: m.linalg.svdvals(x), lambda m, x: m.linalg.pinv(x),
                 lambda m, x: m.linalg.vector_norm(x), lambda m, x: m.linalg.vector_norm(x, axis=-1, ord=1),
                 lambda m, x: m.linalg.vector_norm(x, axis=0, ord=m.inf, keepdims=True),
                 lambda m, x: m.linalg.slogdet(x).logabsdet, lambda m, x: m.linalg.slogdet(x)[0]):  # fmt: skip
        same(*both(call, a), **t)
    e, g = both(lambda m, x: m.linalg.matrix_rank(x), a)
    same(e, g, default=True)
    same(*both(lambda m, x, y: m.linalg.solve(x, y), a, b), **t)
    same(*both(lambda m, x, y: m.linalg.solve(x, y[..., 0]) if x.ndim == 2 else x, a, b), **t)
    for call in (lambda m, x: m.linalg.cholesky(x), lambda m, x: m.linalg.eigvalsh(x),
                 lambda m, x: m.linalg.eigh(x).eigenvalues):  # fmt: skip
        same(*both(call, s), **t)
    same(*both(lambda m, x: m.matrix_transpose(m.linalg.cholesky(x, upper=True)), s), **t)
    values, vectors = (host(v) for v in xp.linalg.eigh(xp.asarray(s)))
    np.testing.assert_allclose(vectors * values[..., None, :] @ np.swapaxes(vectors, -1, -2), s, rtol=1e-2, atol=1e-2)
    for mode in ("reduced", "complete"):
        q, r = (host(v) for v in xp.linalg.qr(xp.asarray(a), mode=mode))
        np.testing.assert_allclose(q @ r, a, rtol=1e-3, atol=1e-3)
    u, values, vh = (host(v) for v in xp.linalg.svd(xp.asarray(a), full_matrices=False))
    np.testing.assert_allclose(u * values[..., None, :] @ vh, a, rtol=1e-3, atol=1e-3)
    assert xp.linalg.qr(xp.asarray(a))._fields == ("Q", "R") and xp.linalg.svd(xp.asarray(a))._fields == (
        "U",
        "S",
        "Vh",
    )
    assert xp.linalg.slogdet(xp.asarray(a))._fields == ("sign", "logabsdet")
    c = data.draw(arrays([kind], shape=(2, 3), small=True))
    same(*both(lambda m, x: m.linalg.cross(x, x + 1.0), c), **t)
