"""Each rule of simplification: what is left of the graph, and that it computes the same, for NaN, infinities and zeros too."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.backends.base import make_backend, using_backend
from hornbeam.dtypes import as_dtype
from hornbeam.graph.passes import optimize
from hornbeam.graph.passes.rules.logic import holds
from hornbeam.interpret import bind
from hornbeam.ops.contraction import dot_general_p
from hornbeam.ops.movement import pad_p, slice_p
from hornbeam.primitive import Primitive, primitives
from hornbeam.testing import check_engine, graphs
from hypothesis import given, settings
from hypothesis import strategies as st

NUMPY = make_backend("numpy")
many = settings(max_examples=6 * settings().max_examples)
SPECIAL = np.array([[np.nan, np.inf, -np.inf, 0.0], [-0.0, 1.5, -2.0, 1e-30], [3.0, -1e30, 0.5, -1.0]], np.float32)
X = ops.asarray(SPECIAL)
Y = ops.asarray(np.ascontiguousarray(SPECIAL.T.reshape(3, 4)))
N = ops.asarray(np.arange(-6, 6, dtype=np.int32).reshape(3, 4))
B = ops.asarray(SPECIAL > 0)
C = ops.asarray(SPECIAL < 1)
Z = ops.asarray(np.arange(12).reshape(3, 4) * np.complex64(1 + 2j))


def full(value, dtype="float32"):
    return ops.full((3, 4), value, dtype=dtype)


def sliced(x, start, stop, strides=(1, 1)):
    return bind(slice_p, x, start=start, stop=stop, strides=strides)


def padded(x, low, high, interior=(0, 0), value=0.0):
    return bind(pad_p, x, ops.asarray(value, dtype=x.dtype), low=low, high=high, interior=interior)


EXACT = [  # what is left, to the bit the same
    ("", lambda x: x + full(-0.0), X),
    ("", lambda x: x - 0.0, X),
    ("", lambda x: x * 1.0, X),
    ("", lambda x: x / 1.0, X),
    ("", lambda x: x**1.0, X),
    ("", lambda x: ops.negative(ops.negative(x)), X),
    ("", lambda x: ops.positive(ops.copy(hb.stop_gradient(x))), X),
    ("", lambda x: ops.maximum(x, x), X),
    ("", lambda x: ops.maximum(x, -np.inf), X),
    ("", lambda x: ops.minimum(full(np.inf), x), X),
    ("broadcast_to maximum", lambda x: ops.relu(ops.relu(x)), X),
    ("minimum", lambda x, y: ops.minimum(ops.minimum(x, y), y), X, Y),
    ("subtract", lambda x, y: x + (-y), X, Y),
    ("subtract", lambda x, y: (-y) + x, X, Y),
    ("add", lambda x, y: x - (-y), X, Y),
    ("negative", lambda x: x * -1.0, X),
    ("square", lambda x: x * x, X),
    ("multiply", lambda x, y: (-x) * (-y), X, Y),
    ("divide", lambda x, y: (-x) / (-y), X, Y),
    ("broadcast_to multiply", lambda x: (-x) * 3.0, X),
    ("broadcast_to multiply", lambda x: x / 4.0, X),
    ("broadcast_to divide", lambda x: x / 3.0, X),
    ("broadcast_to multiply", lambda x: x * 0.0, X),
    ("reciprocal", lambda x: 1.0 / x, X),
    ("rsqrt", lambda x: 1.0 / ops.sqrt(x), X),
    ("reciprocal reciprocal", lambda x: 1.0 / (1.0 / x), X),
    ("square", lambda x: x**2.0, X),
    ("reciprocal", lambda x: x**-1.0, X),
    ("broadcast_to", lambda x: x**0.0, X),
    ("broadcast_to pow", lambda x: x**0.5, X),
    ("abs", lambda x: ops.abs(ops.abs(-x)), X),
    ("square", lambda x: ops.abs(ops.square(ops.abs(x))), X),
    ("cos", lambda x: ops.cos(-x), X),
    ("broadcast_to", lambda n: n * 0, N),
    ("broadcast_to", lambda n: n - n, N),
    ("subtract", lambda x: x - x, X),
    ("", lambda n: n + 0, N),
    ("square", lambda n: n**2, N),
    ("", lambda b: ops.logical_not(ops.logical_not(b)), B),
    ("", lambda b: ops.logical_and(b, True), B),
    ("broadcast_to", lambda b: ops.logical_and(False, b), B),
    ("", lambda b: ops.logical_or(b, False), B),
    ("broadcast_to", lambda b: ops.logical_or(b, True), B),
    ("", lambda b: ops.logical_or(b, b), B),
    ("", lambda x, y: ops.where(True, x, y), X, Y),
    ("", lambda x, y: ops.where(ops.zeros((3, 4), "bool"), y, x), X, Y),
    ("", lambda b, x: ops.where(b, x, x), B, X),
    ("where", lambda b, x, y: ops.where(ops.logical_not(b), x, y), B, X, Y),
    ("abs where", lambda b, x, y: ops.where(b, ops.where(b, x, y), ops.where(b, x, ops.abs(y))), B, X, Y),
    ("", lambda x: ops.cast(ops.cast(x, "float64"), "float32"), X),
    ("", lambda n: ops.cast(ops.cast(n, "float64"), "int32"), N),
    ("cast cast", lambda n: ops.cast(ops.cast(n, "float32"), "int32"), N),
    ("cast cast", lambda n: ops.cast(ops.cast(n, "int8"), "int32"), N),
    ("cast", lambda b: ops.cast(ops.cast(b, "int32"), "float32"), B),
    ("", lambda b: ops.cast(ops.cast(b, "float32"), "bool"), B),
    ("", lambda x: ops.real(ops.conj(x)), X),
    ("broadcast_to", lambda x: ops.imag(x), X),
    ("", lambda z: ops.conj(ops.conj(z)), Z),
    ("", lambda x: x.reshape((2, 6)).reshape((3, 4)), X),
    ("reshape", lambda x: x.reshape((2, 6)).reshape((12,)), X),
    ("", lambda x: ops.transpose(ops.transpose(x)), X),
    ("reshape", lambda x: ops.transpose(ops.expand_dims(x, 1), (1, 0, 2)), X),
    ("broadcast_to", lambda x: ops.broadcast_to(ops.broadcast_to(x, (2, 3, 4)), (5, 2, 3, 4)), X),
    ("broadcast_to", lambda x: ops.broadcast_to(ops.expand_dims(x, 0), (5, 3, 4)), X),
    ("reshape broadcast_to", lambda x: ops.broadcast_to(ops.expand_dims(x, 1), (3, 5, 4)), X),
    ("", lambda x: sliced(x, (0, 0), (3, 4)), X),
    ("slice", lambda x: sliced(sliced(x, (0, 1), (3, 4), (2, 1)), (0, 0), (2, 3), (1, 2)), X),
    ("slice", lambda x: sliced(sliced(x, (1, 0), (3, 4), (1, 3)), (0, 1), (2, 1)), X),
    ("slice", lambda x, y: sliced(ops.concat([x, y], axis=1), (0, 5), (3, 7)), X, Y),
    ("", lambda x, y: sliced(ops.concat([x, y], axis=1), (0, 4), (3, 8)), X, Y),
    ("concatenate slice", lambda x, y: sliced(ops.concat([x, y], axis=1), (0, 3), (3, 5)), X, Y),
    ("", lambda x: sliced(padded(x, (1, 2), (0, 3)), (1, 2), (4, 6)), X),
    ("pad slice", lambda x: sliced(padded(x, (1, 2), (0, 3)), (0, 2), (4, 6)), X),
    ("", lambda x: padded(x, (0, 0), (0, 0)), X),
    ("pad", lambda x: padded(padded(x, (1, 0), (0, 2)), (0, 1), (3, 0)), X),
    ("pad pad", lambda x: padded(padded(x, (1, 0), (0, 2)), (0, 1), (3, 0), value=1.0), X),
    ("pad pad", lambda x: padded(padded(x, (1, 0), (0, 2)), (-1, 1), (3, 0)), X),
    ("", lambda x: ops.concat([x, ops.zeros((3, 0))], axis=1), X),
    ("", lambda x: ops.concat(ops.split(x, 2, axis=1), axis=1), X),
    ("slice slice concatenate", lambda x: ops.concat(ops.split(x, 2, axis=1)[::-1], axis=1), X),
    ("", lambda x: ops.flip(ops.flip(x, axis=1), axis=1), X),
    ("flip", lambda x: ops.flip(ops.flip(x, axis=(0, 1)), axis=1), X),
    ("reshape", lambda x: ops.flip(ops.expand_dims(x, 0), axis=0), X),
    ("reduce_max", lambda x: ops.max(ops.max(x, 1), 0), X),
    ("reduce_min", lambda x: ops.min(ops.broadcast_to(x, (5, 3, 4)), (0, 1)), X),
    ("reshape", lambda x: ops.cumsum(ops.expand_dims(x, 0), 0), X),
    ("broadcast_to", lambda x: ops.exp(ops.full((3, 4), 2.0)) * ops.zeros((3, 4)), X),
    ("", lambda x: ops.asarray(SPECIAL) @ ops.asarray(SPECIAL.T), X),
    ("gather", lambda x: ops.take(x, ops.asarray([0, -1]), axis=0), X),
    ("broadcast_to", lambda x: ops.transpose(ops.reshape(ops.full((4, 3), 2.0), (2, 6))), X),
]
NEAR = [  # up to rounding, or the sign of a zero
    ("reshape", lambda x: ops.sum(ops.expand_dims(x, 1), 1).reshape((12,)), X),
    ("", lambda x: x + 0.0, X),
    ("negative", lambda x: 0.0 - x, X),
    ("subtract", lambda x, y: -(x - y), X, Y),
    ("broadcast_to multiply", lambda x: (x * 3.0) * 0.5, X),
    ("square multiply", lambda x: x**3.0, X),
    ("square square", lambda x: x**4.0, X),
    ("square reciprocal", lambda x: x**-2.0, X),
    ("broadcast_to pow", lambda x: x**5.0, X),
    ("reduce_sum", lambda x: ops.sum(ops.sum(x, 1), 0), ops.exp(N * 0.3)),
    ("reduce_sum broadcast_to multiply", lambda x: ops.sum(ops.broadcast_to(x, (5, 3, 4)), (0, 1)), X),
    ("multiply", lambda x, y: bind(dot_general_p, x, y, contracting=((), ()), batch=((0, 1), (0, 1))), X, Y),
]  # fmt: skip


def compare(left, function, arrays, exact):
    graph = hb.capture(function, *arrays)
    inputs = [a.value for a in arrays]
    expected = [np.asarray(a) for a in NUMPY.run_graph(graph, inputs)]
    simple = optimize(graph)
    assert " ".join(n.primitive.name for n in simple.nodes) == left, f"{graph}\n{simple}"
    for got, want in zip(NUMPY.run_graph(simple, inputs), expected, strict=True):
        if exact:
            np.testing.assert_array_equal(got, want)
            if want.dtype.kind == "f":
                number = ~np.isnan(want)
                np.testing.assert_array_equal(np.signbit(got)[number], np.signbit(want)[number])
        else:
            np.testing.assert_allclose(got, want, rtol=1e-6)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("exact", "case"), [*((True, c) for c in EXACT), *((False, c) for c in NEAR)])
def test_rule(exact, case):
    left, function, *arrays = case
    with using_backend("numpy"):
        compare(left, function, [ops.asarray(np.asarray(a.numpy())) for a in arrays], exact)


def test_an_index_that_is_out_of_range_is_reported_at_the_run_as_before():
    with using_backend("numpy"):
        graph = optimize(hb.capture(lambda x: ops.take(x, ops.asarray([3]), axis=0), X))
        assert [n.primitive.name for n in graph.nodes] == ["index_within", "gather"]
        with pytest.raises(hb.OutOfRangeError):
            NUMPY.run_graph(graph, [X.value])


def test_a_reduction_that_others_read_is_not_made_again():
    def function(x):
        rows = ops.sum(x, 1)
        return ops.sum(rows), rows

    with using_backend("numpy"):
        graph = optimize(hb.capture(function, N))
    assert [v.shape for n in graph.nodes for v in n.inputs] == [(3, 4), (3,)]


def test_large_constants_are_left_alone():
    with using_backend("numpy"):
        graph = optimize(hb.capture(lambda: ops.exp(ops.asarray(np.ones(5000, np.float32)))))
    assert [n.primitive.name for n in graph.nodes] == ["exp"]


KINDS = ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "float16", "float32", "float64")


@pytest.mark.parametrize("wide", KINDS)
@pytest.mark.parametrize("narrow", KINDS)
def test_a_dtype_holds_another_where_numpy_says_that_the_cast_is_safe(wide, narrow):
    if (narrow, wide) == ("int64", "float64"):
        return  # NumPy calls it safe; 2**53 + 1 says that it is not
    assert holds(as_dtype(wide), as_dtype(narrow)) == np.can_cast(narrow, wide, "safe")


@many
@given(
    graphs(families=("unary", "binary", "kinked", "where", "compare", "movement"), variables=False), st.integers(0, 99)
)
def test_nan_and_infinity_go_through(sample, seed):
    rng = np.random.default_rng(seed)
    for array in sample.arrays:
        if array.dtype.kind == "f":
            special = rng.choice(np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 1e30], array.dtype), array.shape)
            np.copyto(array, special, where=rng.random(array.shape) < 0.4)
    check_engine(NUMPY, sample, oracle="numpy")


@pytest.mark.parametrize(
    "name", sorted(n for n, p in primitives().items() if isinstance(p, Primitive) and p.elementwise)
)
def test_what_is_called_elementwise_is(name):
    from hornbeam.testing.cases import for_cases

    def check(*arrays, **params):
        whole = np.asarray(NUMPY.run(primitives()[name], arrays, params))
        flat = [np.broadcast_to(a, whole.shape).ravel()[::-1] for a in arrays]
        alone = np.asarray(NUMPY.run(primitives()[name], flat, params))
        np.testing.assert_allclose(alone[::-1].reshape(whole.shape), whole, rtol=1e-14)

    for_cases(primitives()[name], check)()
