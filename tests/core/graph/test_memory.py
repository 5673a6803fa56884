"""Memory plans: nothing is overwritten while it is needed, and little memory is used. The oracle plays the run byte by byte."""

import itertools

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.graph.memory import ALIGNMENT, Block, assign, plan_memory
from hornbeam.testing import graphs
from hypothesis import given, settings
from hypothesis import strategies as st

many = settings(max_examples=6 * settings().max_examples)
blocks = st.lists(
    st.builds(
        lambda size, first, length: Block(size, first, first + length),
        st.integers(0, 400) | st.sampled_from([64, 128, 4096]),
        st.integers(0, 20),
        st.integers(0, 8),
    ),
    max_size=30,
)


@many
@given(blocks)
def test_blocks_in_use_at_the_same_step_do_not_overlap(wanted):
    arena = assign(wanted)
    taken = [range(o, o + b.size) for o, b in zip(arena.offsets, wanted, strict=True)]
    for (a, x), (b, y) in itertools.combinations(list(zip(wanted, taken, strict=True)), 2):
        if set(range(a.first, a.last + 1)) & set(range(b.first, b.last + 1)):
            assert not set(x) & set(y), (a, x, b, y)
    assert all(o % ALIGNMENT == 0 for o in arena.offsets)
    rounded = [-(-b.size // ALIGNMENT) * ALIGNMENT for b in wanted]
    live = [sum(s for b, s in zip(wanted, rounded, strict=True) if b.first <= t <= b.last) for t in range(30)]
    assert arena.least == max(live)
    assert arena.least <= arena.size <= sum(rounded)
    assert all(o + s <= arena.size for o, s in zip(arena.offsets, rounded, strict=True))


@given(st.integers(1, 4096), st.integers(2, 40))
def test_a_chain_of_equal_blocks_needs_two(size, count):
    arena = assign([Block(size, i, i + 1) for i in range(count)])
    assert arena.size == arena.least == 2 * -(-size // ALIGNMENT) * ALIGNMENT


@pytest.mark.parametrize(
    "wanted",
    [
        [Block(64, 1, 3), Block(192, 3, 4), Block(128, 4, 6), Block(192, 0, 2), Block(64, 3, 5)],  # by time: 448
        [Block(192, 4, 6), Block(128, 1, 3), Block(64, 1, 3), Block(192, 2, 2), Block(64, 3, 4)],  # by size: 448
    ],
)
def test_the_better_of_two_orders_is_taken(wanted):
    assert assign(wanted).size == 384


VIEWS = {"reshape", "transpose", "broadcast_to", "slice", "identity", "flip"}


def play(graph, plan, views, allowed):
    """Run a graph on memory in which each byte says whose it is; a value that is read must still be there."""
    owner = np.zeros(plan.size, dtype=object)
    place = {v: slice(o, o + v.nbytes) for v, o in plan.offsets.items()}

    def whole(value):
        while value in views:
            value = views[value]
        return value

    for node in graph.nodes:
        for value in map(whole, node.inputs):
            if value in place:
                assert all(o is value for o in owner[place[value]]), f"{plan}\n{graph}"
        for value in node.outputs:
            if value not in place:
                continue
            for operand in node.inputs:
                if whole(operand) in place and {*owner[place[value]]} & {whole(operand)}:
                    assert operand in allowed[value], f"{plan}\n{graph}"
                    assert place[value] == place[whole(operand)]
            owner[place[value]] = value


@many
@given(graphs(size=16), st.booleans())
def test_no_value_is_overwritten_before_it_is_read_for_the_last_time(sample, sharing):
    graph = sample.graph
    views = {n.output: n.inputs[0] for n in graph.nodes if n.primitive.name in VIEWS}
    same = {
        out: [v for v in n.inputs if (v.shape, v.dtype) == (out.shape, out.dtype) and v not in views and sharing]
        for n in graph.nodes
        for out in n.outputs
    }
    plan = plan_memory(graph, views, same)
    play(graph, plan, views, same)
    outside = {*graph.inputs, *graph.constants, *graph.outputs}
    assert not {*plan.offsets} & {*outside, *views}
    assert {*plan.offsets} | {*outside, *views} >= {
        v for n in graph.nodes for v in n.outputs if n.outputs[0] not in views
    } - {views_root(views, o) for o in graph.outputs}
    assert plan.least <= plan.size <= plan.unshared
    assert bool(plan.overwrites) <= sharing


def views_root(views, value):
    while value in views:
        value = views[value]
    return value


def step(x, w):
    h = ops.tanh(x @ w)
    return ops.sum(ops.exp(h * 2.0) - h)


def test_the_plan_can_be_printed(monkeypatch, capsys):
    monkeypatch.setenv("HORNBEAM_DEBUG", "memory")
    with hb.backends.base.using_backend("numpy"):
        x, w = np.ones((8, 16), np.float32), np.ones((16, 4), np.float32)
        found = float(hb.jit(step)(x, w))
    h = np.tanh(x @ w)
    np.testing.assert_allclose(found, np.sum(np.exp(2 * h) - h), rtol=1e-6)
    text = capsys.readouterr().err
    assert "memory of step: 256 bytes, at least 256, side by side 640" in text
    assert text.count(" over ") == 3  # tanh over the product, exp over the double, the difference over one of the two
