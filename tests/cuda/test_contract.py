"""The contract of backends and engines, on the emulated device."""

from __future__ import annotations

from collections.abc import Iterator

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam.primitive import Primitive, primitives
from hornbeam.testing import check_backend, check_engine, gradient_of, graphs
from hornbeam.testing.graphs import SMOOTH, Sample
from hypothesis import given, settings

from tests.cuda.emulator.backend import EmulatedBackend
from tests.cuda.emulator.device import EmulatedDevice

CUDA = EmulatedBackend()
some = settings(max_examples=max(5, settings().max_examples // 4))


@pytest.fixture
def few() -> Iterator[None]:
    """Each example may be a kernel of its own, which takes a compiler."""
    before = settings.get_current_profile_name()
    examples = max(1, settings().max_examples // 12)
    settings.register_profile("few", parent=settings.get_profile(before), max_examples=examples)
    settings.load_profile("few")
    yield
    settings.load_profile(before)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("primitive", primitives().values(), ids=str)
def test_every_primitive_as_the_reference_has_it(primitive: Primitive) -> None:
    check_backend(CUDA, primitive)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    "name", ["dot_general", "conv_general", "conv_input_grad", "conv_kernel_grad", "attention", "lstm"]
)
def test_products_and_convolutions_without_libraries(name: str) -> None:
    check_backend(EmulatedBackend(EmulatedDevice(libraries=False)), primitives()[name])


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "int64", "uint64"])
def test_products_of_whole_numbers_wrap_as_numpys_do(dtype: str) -> None:
    rng = np.random.default_rng(0)
    limits = np.iinfo(dtype)
    x, y = (rng.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True) for shape in ((5, 7), (7, 3)))
    with using_backend(CUDA):
        found = hb.jit(lambda x, y: hb.ops.matmul(x, y))(x, y).numpy()
    np.testing.assert_array_equal(found, x @ y)


@some
@given(graphs())
def test_the_engine_computes_what_the_reference_computes(sample: Sample) -> None:
    check_engine(CUDA, sample)


@some
@given(graphs(dtype="float64", sizes=(0, 1, 2, 3, 5)))
def test_in_float64_and_with_empty_axes(sample: Sample) -> None:
    check_engine(CUDA, sample)


@some
@given(graphs(sizes=(1, 7, 16, 33), size=15))
def test_larger_arrays(sample: Sample) -> None:
    check_engine(CUDA, sample, oracle="numpy")


@some
@given(graphs(dtype="float64", families=SMOOTH, variables=False))
def test_gradients(sample: Sample) -> None:
    check_engine(CUDA, gradient_of(sample))
