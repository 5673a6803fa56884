"""Which nodes of a graph become one loop."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.graph.fusion import fuse
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
