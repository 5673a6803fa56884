"""Every primitive and composite keeps its contract, and every backend agrees with the reference."""

import array_api_strict
import pytest
from hornbeam.backends.array_api import ArrayAPIBackend
from hornbeam.backends.base import make_backend
from hornbeam.primitive import Composite, Primitive, primitives
from hornbeam.testing import check_backend, check_primitive
from hornbeam.testing.backends import check_transfers

BACKENDS = {
    "numpy": lambda: make_backend("numpy"),
    "array_api_strict": lambda: ArrayAPIBackend("array_api_strict", array_api_strict),
}
NAMES = sorted(primitives())


@pytest.mark.parametrize("name", NAMES)
def test_primitive(name):
    check_primitive(primitives()[name])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", NAMES)
def test_backends_agree(name, backend):
    check_backend(BACKENDS[backend](), primitives()[name])


@pytest.mark.parametrize("backend", [*BACKENDS, "reference"])
def test_transfers(backend):
    check_transfers(BACKENDS.get(backend, lambda: make_backend("reference"))())


def test_every_composite_runs_by_its_decomposition():
    for primitive in primitives().values():
        if isinstance(primitive, Composite):
            assert primitive.name not in BACKENDS["array_api_strict"]().kernels


def test_what_an_engine_makes_for_its_own_graphs_is_nobody_else_s():
    made = Primitive("of_a_test", lambda x: x, registered=False)
    assert made.name == "of_a_test" and "of_a_test" not in primitives()
