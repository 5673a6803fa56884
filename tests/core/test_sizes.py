"""A batch of one sample among others: planned as they are, and computed as on its own."""

import math

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.graph.alike import Remembered
from hornbeam.graph.fusion import fuse
from hornbeam.graph.passes import optimize
from hornbeam.graph.region import Region
from hornbeam.graph.views import contiguous
from hornbeam.interpret import broadcast_shapes
from hornbeam.interpreters.capture import capture_specs
from hornbeam.primitive import Spec
from hornbeam.sizes import Lone, alike, exact, is_lone, product, single
from hypothesis import given
from hypothesis import strategies as st

SIZE = st.one_of(st.integers(1, 4), st.just(Lone(1)))


def rows(x, w):
    """A dense layer and a softmax."""
    return hb.ops.softmax(hb.ops.maximum(x @ w, 0.0) + 1.0, axis=-1)


def loss(x, w):
    """The mean of squares, and its gradient with respect to the weights."""
    return hb.value_and_grad(lambda v: hb.ops.mean((x @ v) ** 2))(w)


def whole(x, w):
    """What looks across the batch: statistics, products of samples, running sums, sorting, joining, choosing."""
    centered = (x - x.mean(0, keepdims=True)) / (x.std(axis=0) + 0.5)
    return {
        "gram": x @ x.T,
        "other gram": x.T @ x,
        "sums": hb.ops.cumsum(x, axis=0),
        "sorted": hb.ops.sort(x, axis=0),
        "best": hb.ops.argmax(x, axis=0),
        "joined": hb.ops.concatenate([x, centered], axis=0),
        "flat": x.reshape((-1,)),
        "turned": hb.ops.flip(x, 0).T,
        "padded": hb.ops.pad(x, ((1, 0), (0, 2)))[1:],
        "share": x.sum() / x.shape[0] + x.shape[0] * x[0] + len(x),
        "integers": hb.ops.asarray(x.shape[0]) + hb.ops.astype(x[:, 0], "int8") * x.shape[0],
        "parts": x[:1].reshape((-1, 2, 3)) + x.reshape((-1, 2, 3, 1)).sum((0, 3)),
        "columns": (x.reshape((x.shape[0], -1, 2)) * w[0, 0]).sum((0, 2)),
    }


def arrays(count):
    rng = np.random.default_rng(count)
    return rng.normal(size=(count, 6)).astype(np.float32), rng.normal(size=(6, 3)).astype(np.float32)


@pytest.mark.parametrize("function", [rows, loss, whole])
def test_one_sample_among_batches_gives_what_it_gives_alone(function):
    compiled = hb.jit(function)
    for count in (5, 1, 2):
        expected, structure = hb.tree.flatten(function(*map(hb.ops.asarray, arrays(count))))
        found, same = hb.tree.flatten(compiled(*arrays(count)))
        assert same == structure
        for one, other in zip(found, expected, strict=True):
            assert (one.shape, one.dtype) == (other.shape, other.dtype)
            assert not is_lone(one.shape)
            np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=2e-5, atol=2e-5)


def lone(function):
    """The optimised graph of one sample by chance."""
    return optimize(capture_specs(function, [Spec((Lone(1), 6), hb.float32), Spec((6, 3), hb.float32)], {}))


def of(function, count):
    """The optimised graph of so many samples."""
    return optimize(capture_specs(function, [Spec((count, 6), hb.float32), Spec((6, 3), hb.float32)], {}))


def described(graph):
    """The operations, and the axes that are neither left out nor 1."""
    nodes = [(n.primitive.name, [[not single(s) for s in v.shape] for v in n.outputs]) for n in graph.nodes]
    regions = [(r.parallel, r.serial, r.inner, len(r.nodes)) for r in fuse(graph) if isinstance(r, Region)]
    return nodes, regions


@pytest.mark.parametrize("function", [rows, loss])
def test_its_graph_is_that_of_other_batches(function):
    assert described(lone(function)) == described(of(function, 7))
    assert described(of(function, 1)) != described(of(function, 7))  # on its own it is simpler


def test_what_is_known_of_a_grouping_is_told_apart_from_that_of_one_sample_alone():
    known, asked = Remembered(), []
    for graph in (of(rows, 1), lone(rows), of(rows, 7), lone(rows)):
        known.grouped(graph, bool, lambda graph=graph: asked.append(graph) or fuse(graph))
    assert len(asked) == 2  # of seven, and of one by chance, it is the same


@given(st.lists(SIZE, max_size=4), st.data())
def test_sizes_are_numbers(shape, data):
    plain = tuple(map(int, shape))
    assert tuple(shape) == plain and hash(tuple(shape)) == hash(plain) and str(shape) == str(list(plain))
    total = product(shape)
    assert total == math.prod(plain) and single(total) == (total == 1 and not is_lone(shape))
    assert contiguous(tuple(shape)) == contiguous(plain)
    assert alike(tuple(shape), tuple(shape)) and alike(tuple(shape), plain) == (not is_lone(shape))
    other = data.draw(st.permutations([1] * len(shape)))
    found = broadcast_shapes(tuple(shape), tuple(other))
    assert found == plain and is_lone(found) == is_lone(shape)
    assert [type(exact(np.int64(s))) for s in shape] == [int] * len(shape)
