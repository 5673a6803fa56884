"""Random graphs: what the passes and the NumPy plan make of them computes what the reference computes node by node."""

import numpy as np
import pytest
from hornbeam.backends.base import make_backend, using_backend
from hornbeam.graph.ir import Node
from hornbeam.graph.passes import optimize
from hornbeam.primitive import primitives
from hornbeam.testing import check_engine, gradient_of, graphs
from hornbeam.testing.graphs import SMOOTH, Sample
from hypothesis import Phase, given, settings

NUMPY = make_backend("numpy")
many = settings(max_examples=6 * settings().max_examples)


@many
@given(graphs())
def test_numpy_runs_what_the_reference_runs(sample):
    check_engine(NUMPY, sample)


@many
@given(graphs(dtype="float64", sizes=(0, 1, 2, 3, 5)))
def test_in_float64_and_with_empty_axes(sample):
    check_engine(NUMPY, sample)


@settings(max_examples=60)
@given(graphs(sizes=(1, 7, 16, 33), size=15))
def test_larger_arrays(sample):
    check_engine(NUMPY, sample, oracle="numpy")


@many
@given(graphs(dtype="float64", families=SMOOTH, variables=False))
def test_gradients(sample):
    check_engine(NUMPY, gradient_of(sample))


@settings(max_examples=100)
@given(graphs(dtype="float64"))
def test_passes_keep_the_type_and_never_add_nodes_to_their_own_result(sample):
    once = optimize(sample.graph)
    assert [(v.shape, v.dtype) for v in once.outputs] == [(v.shape, v.dtype) for v in sample.graph.outputs]
    assert (once.inputs, once.donated) == (sample.graph.inputs, sample.graph.donated)
    assert len(optimize(once).nodes) <= len(once.nodes)


class Broken(type(NUMPY)):
    """NumPy's backend with a graph that is changed before it is compiled."""

    def __init__(self, change):
        super().__init__()
        self.change = change

    def compile(self, graph):
        return super().compile(self.change(graph))


def _swap(name, other):
    def change(graph):
        nodes = [
            Node(primitives()[other] if n.primitive.name == name else n.primitive, n.inputs, n.params, n.outputs)
            for n in graph.nodes
        ]
        return graph.with_nodes(nodes)

    return change


@pytest.mark.parametrize(
    "change", [_swap("add", "subtract"), _swap("tanh", "sigmoid"), _swap("reduce_sum", "reduce_max")]
)
def test_an_engine_that_computes_something_else_is_found(change):
    @settings(max_examples=500, database=None, phases=[Phase.generate])
    @given(graphs(families=("unary", "binary", "reduce"), variables=False))
    def find(sample):
        check_engine(Broken(change), sample)

    with pytest.raises((AssertionError, ExceptionGroup)):
        find()


class Keeps(type(NUMPY)):
    """Gives away its own memory, changes an input, or remembers the first run."""

    def __init__(self, fault):
        super().__init__()
        self.fault = fault

    def compile(self, graph):
        run, fault, kept = super().compile(graph), self.fault, []

        def call(arrays, donate=()):
            if fault == "changes an input that is not donated":
                arrays[0][...] = 0
            kept.append(run(arrays, donate))
            for mine, new in zip(kept[0], kept[-1], strict=True):
                if fault == "is changed by the next":
                    mine[...] = new
            return kept[0] if fault in ("is changed by the next", "on other numbers") else kept[-1]

        return call


@pytest.mark.parametrize(
    "fault", ["changes an input that is not donated", "is changed by the next", "on other numbers"]
)
def test_an_engine_that_keeps_or_changes_what_is_not_its_own_is_found(fault):
    with using_backend("numpy"):
        from hornbeam import capture, ops

        sample = Sample(capture(lambda x: ops.exp(x), np.ones(3, np.float32)), [np.arange(1, 4, dtype=np.float32)])
    check_engine(NUMPY, sample)
    with pytest.raises(AssertionError, match=fault):
        check_engine(Keeps(fault), sample)
