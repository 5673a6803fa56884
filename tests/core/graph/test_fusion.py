"""Which nodes of a graph become one loop."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.graph import fusion
from hornbeam.graph.alike import Remembered
from hornbeam.graph.fusion import fuse
from hornbeam.graph.passes import optimize
from hornbeam.graph.region import REDUCTIONS, SOURCES, Makers, Region, alone
from hornbeam.interpret import bind
from hornbeam.interpreters.capture import capture_specs
from hornbeam.primitive import Spec, primitives
from hornbeam.testing.cases import for_cases


@pytest.mark.parametrize("name", sorted(n for n, p in primitives().items() if p.elementwise))
def test_an_element_of_an_elementwise_result_depends_on_that_element_of_the_inputs(name):
    moved = 0

    def check(*inputs, **params):
        nonlocal moved
        whole = [np.broadcast_to(a, np.broadcast_shapes(*(a.shape for a in inputs))) for a in inputs]
        order = np.random.default_rng(0).permutation(whole[0].size)
        once = bind(primitives()[name], *(ops.asarray(a.reshape(-1)) for a in whole), **params).numpy()
        again = bind(primitives()[name], *(ops.asarray(a.reshape(-1)[order]) for a in whole), **params).numpy()
        np.testing.assert_array_equal(again, once[order])
        moved += order.size > 1

    for_cases(primitives()[name], check)()
    assert moved and name not in REDUCTIONS and name not in SOURCES


@pytest.mark.parametrize("name", ["add", "where", "cast", "clip", "identity", "stop_gradient", "erfc", "real"])
def test_these_are_loops(name):
    assert primitives()[name].elementwise


def _graph():
    spec = Spec((3, 4), hb.dtypes.float32)
    return capture_specs(lambda x: ops.exp(ops.erfc(ops.exp(x))), [spec], {})


def test_a_chain_is_one_region():
    (region,) = fuse(_graph())
    assert isinstance(region, Region)
    assert [str(n.primitive) for n in region.nodes] == ["exp", "erfc", "exp"]


def test_what_an_engine_does_not_take_stays_a_node():
    graph = _graph()
    found = fuse(graph, lambda node: node.primitive.name != "erfc")
    assert [type(item) is Region for item in found] == [True, False, True]
    assert found[1].primitive.name == "erfc" and alone(found[1], Makers(graph)) is not None


def described(groups, graph):
    """Regions and nodes without the objects of one graph."""
    names = graph.names()
    node = {n: i for i, n in enumerate(graph.nodes)}

    def table(found, of):
        return [(of[k], v) for k, v in found.items()]

    return [
        node[g]
        if not isinstance(g, Region)
        else (
            [node[n] for n in g.nodes], table(g.axes, names), table(g.walks, node), table(g.reads, names), g.extents,
            table(g.reductions, node), g.parallel, g.serial, g.inner, [names[v] for v in g.outputs],
            sorted((names[v], node[n]) for v, n in g.makers.items()),
        )
        for g in groups
    ]  # fmt: skip


def _network(x, w, mask):
    hidden = ops.maximum(x @ w, 0.0)
    mean = ops.mean(hidden, axis=1, keepdims=True)
    scaled = (hidden - mean) * ops.rsqrt(ops.mean((hidden - mean) ** 2, axis=1, keepdims=True) + 0.1)
    kept = ops.where(mask, scaled, 0.0)
    return ops.sum(kept * kept), ops.sum(kept, axis=0), ops.transpose(kept) @ x, ops.softmax(ops.sum(kept, axis=1))


def test_a_graph_of_other_sizes_has_the_regions_that_it_has_by_itself():
    remembered = fusion._remembered
    found = []
    for sizes in [
        (4, 6, 5),
        (7, 6, 5),
        (6, 6, 5),
        (5, 6, 5),
        (1, 6, 5),
        (900, 6, 5),
        (5000, 6, 5),
        (2, 6, 1),
        (9, 4, 4),
    ]:
        batch, width, out = sizes
        specs = [Spec((batch, width), hb.dtypes.float32), Spec((width, out), hb.dtypes.float32)]
        specs.append(Spec((batch, out), hb.dtypes.bool))
        for function in (_network, hb.grad(lambda w, x, mask: _network(x, w, mask)[0])):
            graph = capture_specs(function, specs if function is _network else [specs[i] for i in (1, 0, 2)], {})
            found.append(described(fuse(graph), graph))
            assert found[-1] == described(fusion._Fusion(graph, fusion._any).schedule(), graph)
            known = len(remembered.known)
            assert described(fuse(graph), graph) == found[-1] and len(remembered.known) == known
    assert len({str(f) for f in found}) > 4  # some sizes do make a difference


def test_sizes_alone_are_not_fused_anew(monkeypatch):
    monkeypatch.setattr(fusion, "_remembered", Remembered())
    once = fusion._Fusion
    fused = []
    monkeypatch.setattr(fusion, "_Fusion", lambda *args: fused.append(1) or once(*args))
    for batch in (50, 60, 70):
        specs = [Spec(s, hb.dtypes.float32) for s in ((batch, 6), (6, 5))] + [Spec((batch, 5), hb.dtypes.bool)]
        fuse(capture_specs(_network, specs, {}))
    assert len(fused) == 1


def test_a_batch_of_a_power_of_two_has_the_graph_of_others(monkeypatch):
    monkeypatch.setattr(fusion, "_remembered", Remembered())

    def loss(w, x):
        return ops.sum(ops.square(x @ w)) / float(x.shape[0])

    for batch in (128, 96):
        specs = [Spec(s, hb.dtypes.float32) for s in ((6, 5), (batch, 6))]
        for function in (loss, hb.grad(loss)):
            fuse(optimize(capture_specs(function, specs, {})))
    assert len(fusion._remembered.known) == 2


def test_what_is_repeated_over_rows_is_computed_before():
    def shifted(x, scale, bias):  # as in a normalisation over the batch
        return x * ops.rsqrt(scale + 1.0) + ops.exp(bias), ops.sum(x * ops.exp(bias), axis=0)

    specs = [Spec(s, hb.dtypes.float32) for s in ((50, 8), (8,), (8,))]
    regions = [g for g in fuse(capture_specs(shifted, specs, {})) if isinstance(g, Region)]
    for region in regions:
        assert len({len(region.walks[n]) for n in region.nodes}) == 1  # none of (50, 8) and of (8,)
        assert 0 not in region.inner or len(region.extents) == 1  # no loop runs across rows
