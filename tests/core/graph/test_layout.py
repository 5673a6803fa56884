"""Transposes and reshapes: what is left of them, and that the numbers are the same."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.backends.base import make_backend, using_backend
from hornbeam.graph.passes import optimize
from hornbeam.interpret import bind
from hornbeam.ops.contraction import dot_general_p
from hornbeam.ops.indexing import gather_p, scatter_p
from hornbeam.testing import check_engine, graphs
from hypothesis import given, settings
from hypothesis import strategies as st

NUMPY = make_backend("numpy")
many = settings(max_examples=6 * settings().max_examples)
T = ops.permute_dims
RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 3, 4)).astype(np.float32)
Y = RNG.normal(size=(4, 2, 3)).astype(np.float32)
W = RNG.normal(size=(3, 5)).astype(np.float32)
ROW = RNG.normal(size=(2,)).astype(np.float32)


def product(x, y, contracting, batch=((), ())):
    return bind(dot_general_p, x, y, contracting=contracting, batch=batch)


@pytest.mark.parametrize(
    ("left", "function", "arrays"),
    [
        ("exp", lambda x: T(ops.exp(T(x, (2, 0, 1))), (1, 2, 0)), [X]),
        ("add", lambda x, y: T(T(x, (2, 0, 1)) + T(y, (2, 0, 1)), (1, 2, 0)), [X, X * 2]),
        ("transpose multiply", lambda x, y: T(x, (2, 0, 1)) * y, [X, Y]),  # one of the two is needed
        ("exp add transpose", lambda x: T(x, (2, 0, 1)) + T(ops.exp(x), (2, 0, 1)), [X]),
        (
            "broadcast_to greater where",
            lambda x: T(ops.where(T(x, (1, 0, 2)) > 0, T(x, (1, 0, 2)), 0.0), (1, 0, 2)),
            [X],
        ),
        ("reshape broadcast_to add", lambda x, r: T(T(x, (2, 1, 0)) + r, (2, 1, 0)), [X, ROW]),
        ("reduce_sum", lambda x: ops.sum(T(x, (2, 0, 1)), (0, 2)), [X]),
        ("reduce_max", lambda x: ops.max(T(x, (2, 1, 0)), None), [X]),
        ("reduce_min transpose", lambda x: ops.min(T(x, (2, 1, 0)), 1), [X]),
        ("argmax", lambda x: ops.argmax(T(x, (2, 0, 1)), axis=0), [X]),
        ("cumulative_sum", lambda x: T(ops.cumsum(T(x, (2, 0, 1)), 0), (1, 2, 0)), [X]),
        ("slice", lambda x: T(T(x, (2, 0, 1))[1:, :, ::2], (1, 2, 0)), [X]),
        ("pad", lambda x: T(ops.pad(T(x, (2, 0, 1)), ((1, 0), (0, 2), (0, 0))), (1, 2, 0)), [X]),
        ("flip", lambda x: T(ops.flip(T(x, (2, 0, 1)), axis=(0, 1)), (1, 2, 0)), [X]),
        ("concatenate", lambda x: T(ops.concat([T(x, (2, 0, 1)), T(x, (2, 0, 1))], axis=0), (1, 2, 0)), [X]),
        ("dot_general", lambda x, w: product(T(x, (0, 2, 1)), w, ((2,), (0,))), [X, W]),
        ("dot_general", lambda w: ops.transpose(w) @ w, [W]),
        ("dot_general", lambda w: ops.transpose(ops.transpose(w) @ w), [W]),
        ("dot_general", lambda x, y: product(T(x, (1, 2, 0)), T(y, (1, 0, 2)), ((2,), (1,)), ((0,), (0,))), [X, X]),
        ("dot_general", lambda x, y: T(product(x, y, ((2,), (2,)), ((0,), (0,))), (0, 2, 1)), [X, X[:, ::-1] * 2]),
        ("dot_general", lambda x, y: T(product(x, y, ((2,), (2,)), ((0, 1), (0, 1))), (1, 0)), [X, X[:, ::-1] * 2]),
        ("transpose dot_general", lambda x, w: product(T(x, (2, 0, 1)), w, ((2,), (0,))), [X, W]),
        ("exp", lambda x: ops.exp(x.reshape((6, 4))).reshape(x.shape), [X]),
        ("exp add", lambda x: (ops.exp(x.reshape((6, 4))) + x.reshape((6, 4))).reshape(x.shape), [X]),
        ("exp reshape", lambda x: ops.exp(x.reshape((6, 4))), [X]),
        ("reshape add", lambda x, y: x.reshape((6, 4)) + y, [X, Y.reshape(6, 4)]),
        ("exp reshape", lambda x: T(ops.expand_dims(T(ops.exp(x), (1, 0, 2)), 1), (2, 0, 1, 3)), [X]),
    ],
)
def test_rule(left, function, arrays):
    with using_backend("numpy"):
        graph = hb.capture(function, *arrays)
        simple = optimize(graph)
        assert " ".join(n.primitive.name for n in simple.nodes) == left, f"{graph}\n{simple}"
        for got, want in zip(NUMPY.run_graph(simple, arrays), NUMPY.run_graph(graph, arrays), strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


def picked(table, index):
    return bind(gather_p, table, index)


def added(table, index, updates):
    return bind(scatter_p, table, index.reshape((-1,)), T(updates, (1, 0, 2)).reshape((-1, 5)), mode="add")


INDEX = RNG.integers(0, 3, (4, 2))


@pytest.mark.parametrize(
    ("left", "function", "arrays"),
    [
        ("transpose gather", lambda t, i: T(picked(t, i), (1, 0, 2)), [W, INDEX]),
        ("gather transpose", lambda t, i: T(picked(t, i), (1, 2, 0)), [W, INDEX]),  # not the rows alone change places
        ("transpose reshape reshape scatter", added, [W, INDEX, RNG.normal(size=(2, 4, 5))]),
    ],
)
def test_rows_in_the_order_that_is_wanted(left, function, arrays):
    arrays = [a if a.dtype.kind == "i" else a.astype(np.float32) for a in arrays]
    test_rule(left, function, arrays)


def test_rows_that_are_also_read_as_they_were_are_picked_once():
    with using_backend("numpy"):
        graph = optimize(hb.capture(lambda t, i: (picked(t, i), T(picked(t, i), (1, 0, 2))), W, INDEX))
    assert [n.primitive.name for n in graph.nodes].count("gather") == 1


def test_a_product_that_others_read_is_not_made_twice():
    with using_backend("numpy"):
        graph = optimize(hb.capture(lambda w: (w.T @ w, ops.exp(ops.transpose(w.T @ w))), W))
    assert [n.primitive.name for n in graph.nodes].count("dot_general") == 1


def channels_first(x, k1, k2, scale):
    x = ops.relu(ops.conv(x, k1, padding="same", data_format="channels_first"))
    mean = ops.mean(x, (0, 2, 3), keepdims=True)
    x = (x - mean) * ops.rsqrt(ops.var(x, (0, 2, 3), keepdims=True) + 1e-3) * scale.reshape((1, -1, 1, 1))
    x = ops.max_pool(x, 2, data_format="channels_first")
    x = x + ops.relu(ops.conv(x, k2, padding="same", data_format="channels_first"))
    return ops.softmax(ops.mean(x, (2, 3)) * 3.0)


def test_between_convolutions_with_the_channels_first_no_transpose_is_left():
    x = RNG.normal(size=(2, 3, 8, 6)).astype(np.float32)
    k1, k2 = (RNG.normal(size=s).astype(np.float32) * 0.3 for s in ((3, 3, 3, 4), (3, 3, 4, 4)))
    scale = RNG.normal(size=4).astype(np.float32)
    with using_backend("numpy"):
        graph = hb.capture(channels_first, x, k1, k2, scale)
        simple = optimize(graph)
        turned = [n for n in simple.nodes if n.primitive.name == "transpose"]
        assert [n.inputs[0] for n in turned] == [simple.inputs[0]]  # the images themselves
        expected = NUMPY.run_graph(graph, [x, k1, k2, scale])[0]
        np.testing.assert_allclose(NUMPY.run_graph(simple, [x, k1, k2, scale])[0], expected, rtol=1e-5)

        def loss(*weights):
            return ops.sum(ops.square(channels_first(x, *weights)))

        gradients = hb.capture(lambda *w: hb.grad(loss, (0, 1, 2))(*w), k1, k2, scale)
        left = [n for n in optimize(gradients).nodes if n.primitive.name == "transpose"]
        assert not left
        for got, want in zip(
            NUMPY.run_graph(optimize(gradients), [k1, k2, scale]),
            NUMPY.run_graph(gradients, [k1, k2, scale]),
            strict=True,
        ):
            np.testing.assert_allclose(got, want, rtol=1e-3, atol=1e-6)


@many
@given(graphs(families=("movement", "movement", "binary", "unary", "reduce", "product", "extremes", "running")))
def test_random_graphs_with_much_movement(sample):
    check_engine(NUMPY, sample, oracle="numpy")


@many
@given(st.data())
def test_numpy_takes_the_axes_of_a_product_in_any_order(data):
    axes = data.draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6, unique=True))
    kinds = {a: data.draw(st.sampled_from(("batch", "contracted", "left", "right"))) for a in axes}
    size = {a: data.draw(st.integers(1, 3)) for a in axes}
    left = data.draw(st.permutations([a for a in axes if kinds[a] != "right"]))
    right = data.draw(st.permutations([a for a in axes if kinds[a] != "left"]))
    x, y = (RNG.normal(size=[size[a] for a in names]) for names in (left, right))
    batch, contracted = ([a for a in axes if kinds[a] == k] for k in ("batch", "contracted"))
    out = [*batch, *(a for a in left if kinds[a] == "left"), *(a for a in right if kinds[a] == "right")]
    found = product(
        ops.asarray(x),
        ops.asarray(y),
        tuple(tuple(names.index(a) for a in contracted) for names in (left, right)),
        tuple(tuple(names.index(a) for a in batch) for names in (left, right)),
    )
    expected = np.einsum(f"{''.join(left)},{''.join(right)}->{''.join(out)}", x, y)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12, atol=1e-12)
