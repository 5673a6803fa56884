"""Random graphs: what the engine makes of them computes what the reference computes node by node."""

from hornbeam.backends.base import make_backend
from hornbeam.testing import check_engine, gradient_of, graphs
from hornbeam.testing.graphs import SMOOTH
from hypothesis import given, settings

CPU = make_backend("cpu")
many = settings(max_examples=6 * settings().max_examples)


@many
@given(graphs())
def test_the_engine_computes_what_the_reference_computes(sample):
    check_engine(CPU, sample)


@many
@given(graphs(dtype="float64", sizes=(0, 1, 2, 3, 5)))
def test_in_float64_and_with_empty_axes(sample):
    check_engine(CPU, sample)


@settings(max_examples=60)
@given(graphs(sizes=(1, 7, 16, 33), size=15))
def test_larger_arrays(sample):
    check_engine(CPU, sample, oracle="numpy")


@many
@given(graphs(dtype="float64", families=SMOOTH, variables=False))
def test_gradients(sample):
    check_engine(CPU, gradient_of(sample))
