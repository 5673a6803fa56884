"""Single operations on the CUDA backend: every primitive over NumPy held to what CuPy 14.2 has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hornbeam.backends.base import make_backend
from hornbeam.dtypes import as_dtype
from hornbeam.host import native_dtype
from hornbeam.primitive import Composite, primitives
from hornbeam.testing.backends import check_backend, check_transfers
from hornbeam.testing.cases import Cases, case_of
from hornbeam_cuda.library import Convolution, Product
from hypothesis import given
from hypothesis import strategies as st

from tests.cuda.device.cupy_like import HostCuda

PLAIN = sorted(name for name, p in primitives().items() if not isinstance(p, Composite))
WITH, WITHOUT = HostCuda(), HostCuda(libraries=False)


SIZES = ((2, 3, 4), (0, 1, 2), (1, 4, 1), (4, 4, 4))
BOUND = {"scan", "switch", "while"}  # their params hold graphs of float32


def _alike(backend: HostCuda, name: str, inputs: Any, params: Any, tolerance: float) -> None:
    """A primitive on the backend gives what it gives on the NumPy backend."""
    primitive = primitives()[name]
    expected = make_backend("numpy").run(primitive, inputs, params)
    before = [a.copy() for a in inputs]
    got = backend.run(primitive, inputs, params)
    for one, other in zip(got, expected, strict=True) if primitive.multiple else [(got, expected)]:
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        wide = np.complex128 if other.dtype.kind == "c" else np.float64
        np.testing.assert_allclose(one.astype(wide), other.astype(wide), rtol=tolerance, atol=tolerance)
    for one, other in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", PLAIN)
def test_every_primitive_uses_what_cupy_has(name: str) -> None:
    for seed, sizes in enumerate(SIZES):
        for dtype, tolerance in (("float32", 1e-5), ("float64", 1e-12)):
            inputs, params = case_of(primitives()[name], Cases(seed, sizes, dtype))
            _alike(WITH, name, inputs, params, tolerance)


@pytest.mark.parametrize("name", ["dot_general", "conv_general", "conv_input_grad", "conv_kernel_grad", "det", "pinv"])
def test_without_libraries_cupy_computes(name: str) -> None:
    for seed, sizes in enumerate(SIZES):
        inputs, params = case_of(primitives()[name], Cases(seed, sizes, "float32"))
        _alike(WITHOUT, name, inputs, params, 1e-5)


def test_as_the_reference_has_it() -> None:
    for name in ("dot_general", "scatter", "erfinv", "pinv", "conv_kernel_grad"):
        check_backend(WITH, primitives()[name])


def test_transfers() -> None:
    check_transfers(WITH)


WIDE = {"complex", "eig", "fft", "irfft", "rfft"}  # NumPy has them of float32 and wider alone, and these of float16:
FACTORIZATIONS = {"cholesky", "cofactors", "det", "eigh", "pinv", "qr", "qr_complete", "slogdet", "solve", "svd"}


HALVES = [
    (name, dtype)
    for name in sorted(set(PLAIN) - BOUND - WIDE)
    for dtype in ("float16", "bfloat16")
    if dtype == "bfloat16" or name not in FACTORIZATIONS
]


@pytest.mark.parametrize(("name", "dtype"), HALVES)
def test_half_floats(name: str, dtype: str) -> None:
    inputs, params = case_of(primitives()[name], Cases(1, (2, 3, 4), "float32"))
    native = native_dtype(as_dtype(dtype))
    halves = [a.astype(native) if a.dtype == np.float32 else a for a in inputs]
    _alike(WITH, name, halves, params, 2e-2)


@given(
    index=st.lists(st.integers(0, 4), max_size=30),
    mode=st.sampled_from(["set", "add", "max", "min"]),
    dtype=st.sampled_from(["int32", "int8", "float64", "float32", "bool"]),
    rest=st.sampled_from([(), (2,), (0,)]),
)
def test_scatter_is_what_one_after_the_other_gives(
    index: list[int], mode: str, dtype: str, rest: tuple[int, ...]
) -> None:
    if dtype == "bool" and mode != "set":
        dtype = "int64"
    rng = np.random.default_rng(len(index))
    x = rng.integers(-5, 5, (5, *rest)).astype(dtype)
    updates = rng.integers(-5, 5, (len(index), *rest)).astype(dtype)
    where = np.array(index, np.int32)
    expected = make_backend("numpy").run(primitives()["scatter"], [x, where, updates], {"mode": mode})
    got = WITH.run(primitives()["scatter"], [x, where, updates], {"mode": mode})
    np.testing.assert_array_equal(got, expected)


def test_many_equal_indices_are_added_in_pairs() -> None:
    """The error of a sum of n numbers grows with log n; and the bits are the same each time."""
    values = np.full(4097, 0.1, np.float32)
    out = WITH.run(
        primitives()["scatter"], [np.zeros(1, np.float32), np.zeros(4097, np.int32), values], {"mode": "add"}
    )
    assert abs(float(out[0]) - 409.7) < 1e-3


def test_products_and_convolutions_go_to_the_libraries() -> None:
    backend = HostCuda()
    x, kernel = np.ones((1, 5, 5, 2), np.float32), np.ones((3, 3, 2, 4), np.float32)
    how = {"strides": (1, 1), "padding": ((1, 1), (1, 1)), "dilation": (1, 1), "groups": 1}
    backend.run(primitives()["conv_general"], [x, kernel], how)
    backend.run(primitives()["dot_general"], [x[0, 0], x[0, 0].T], {"contracting": ((1,), (0,)), "batch": ((), ())})
    assert [type(c) for c in backend.target.calls] == [Convolution, Product]
    convolution, product = backend.target.calls
    assert convolution.kernel == (4, 3, 3, 2) and convolution.low == (1, 1)
    assert product.left[1:] == (2, 1) and product.right[1:] == (1, 2)  # the transposed operand is not copied


def test_a_batch_of_rows_that_do_not_lie_densely_is_copied() -> None:
    backend = HostCuda()
    x, y = np.ones((3, 8, 8), np.float32)[:, ::2, ::2], np.ones((3, 4, 2), np.float32)
    out = backend.xp.matmul(x, y)
    np.testing.assert_array_equal(out, np.full((3, 4, 2), 4))
    assert backend.target.calls[0].left == (16, 4, 1)


@pytest.mark.parametrize("precision", ["0", "1"])
def test_tf32_is_a_switch(monkeypatch: Any, precision: str) -> None:
    monkeypatch.setenv("HORNBEAM_CUDA_TF32", precision)
    backend = HostCuda()
    backend.xp.matmul(np.ones((4, 4), np.float32), np.ones((4, 4), np.float32))
    backend.xp.matmul(np.ones((4, 4)), np.ones((4, 4)))
    assert [c.precision for c in backend.target.calls] == ["tf32" if precision == "1" else "highest", "highest"]
