"""Products by cuBLASLt: descriptors, layouts and attributes, carried out by a double of the library on the host."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest
from hornbeam.errors import BackendError
from hornbeam_cuda.device import cublaslt
from hornbeam_cuda.device.products import WORKSPACE, Products
from hornbeam_cuda.library.product import Product
from hypothesis import given
from hypothesis import strategies as st

from tests.cuda.device.cublaslt_double import FakeLt


def test_structures_have_the_sizes_of_the_header() -> None:
    assert ctypes.sizeof(cublaslt.Heuristic) == 96 and ctypes.sizeof(cublaslt.Algorithm) == 64
    assert cublaslt.Heuristic.workspace.offset == 64 and cublaslt.Heuristic.waves.offset == 76


def _operand(rng: Any, shape: tuple[int, int, int], dtype: str, swapped: bool, shared: bool, gap: int) -> Any:
    """A (batch, rows, columns) view: rows or columns side by side, one matrix for the whole batch or one each, with gaps."""
    batch, rows, columns = shape
    inner = (columns, rows + gap) if swapped else (rows, columns + gap)
    stored = rng.uniform(-1, 1, (1 if shared else batch, *inner)).astype(dtype)
    view = stored[:, :, :rows].transpose(0, 2, 1) if swapped else stored[:, :, :columns]
    return np.broadcast_to(view, shape)


def _strides(view: Any) -> tuple[int, ...]:
    return tuple(s // view.itemsize for s in view.strides)


@given(
    sizes=st.tuples(*(st.integers(1, 5),) * 4),
    dtype=st.sampled_from(["float32", "float64", "float16"]),
    swapped=st.tuples(st.booleans(), st.booleans()),
    shared=st.tuples(st.booleans(), st.booleans()),
    gaps=st.tuples(*(st.integers(0, 3),) * 3),
    epilogue=st.sampled_from(["none", "bias", "left sums", "right sums"]),
    added=st.sampled_from(["nothing", "what is there", "another"]),
    seed=st.integers(0, 1000),
)
def test_every_layout_gives_the_product(
    sizes: Any, dtype: str, swapped: Any, shared: Any, gaps: Any, epilogue: str, added: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    if "sums" in epilogue:
        sizes = (1, *sizes[1:])
    batch, m, n, k = sizes
    left = _operand(rng, (batch, m, k), dtype, swapped[0], shared[0], gaps[0])
    right = _operand(rng, (batch, k, n), dtype, swapped[1], shared[1], gaps[1])
    out = rng.uniform(-1, 1, (batch, m, n + gaps[2])).astype(dtype)[:, :, :n]
    other = out if added == "what is there" else rng.uniform(-1, 1, (batch, m, n + gaps[2])).astype(dtype)
    vector = rng.uniform(-1, 1, m if epilogue == "left sums" else n).astype(dtype)
    expected = left.astype("float64") @ right.astype("float64") + (vector if epilogue == "bias" else 0)
    expected = expected + (other[:, :, :n].astype("float64") if added != "nothing" else 0)
    sums = {"left sums": left[0].astype("float64").sum(1), "right sums": right[0].astype("float64").sum(0)}
    (lb, lm, lk), (rb, rk, rn), (ob, om, _) = _strides(left), _strides(right), _strides(out)
    call = Product(dtype, dtype, sizes, (lb, lm, lk), (rb, rk, rn), (ob, om), epilogue, added != "nothing")
    arrays = [left, right, out, *[vector] * (epilogue != "none"), *[other] * (added != "nothing")]
    Products(FakeLt()).run(call, [a.ctypes.data for a in arrays], 0, 7)
    tolerance = {"float16": 1e-2, "float32": 1e-5, "float64": 1e-12}[dtype]
    np.testing.assert_allclose(out, expected, rtol=tolerance, atol=tolerance)
    if epilogue in sums:
        np.testing.assert_allclose(vector, sums[epilogue], rtol=tolerance, atol=tolerance)


def _call(**changed: Any) -> Product:
    about: dict[str, Any] = {
        "dtype": "float32", "result": "float32", "sizes": (1, 4, 8, 16), "left": (64, 16, 1), "right": (128, 8, 1),
        "out": (32, 8),
    } | changed  # fmt: skip
    return Product(**about)


def _described(call: Product) -> tuple[FakeLt, dict[Any, Any]]:
    library = FakeLt()
    description, _ = Products(library).describe(call)
    return library, library.objects[description.value or 0]


@pytest.mark.parametrize(
    ("dtype", "precision", "compute", "scale"),
    [
        ("float32", "highest", 68, 0),
        ("float32", "tf32", 77, 0),
        ("float64", "highest", 70, 1),
        ("bfloat16", "highest", 68, 0),
        ("float16", "tf32", 68, 0),
    ],
)
def test_what_sums_are_computed_in(dtype: str, precision: str, compute: int, scale: int) -> None:
    _, about = _described(_call(dtype=dtype, result=dtype, precision=precision))
    assert (about["compute"], about["scale"]) == (compute, scale)


def test_sums_of_half_floats_can_be_kept_in_float32() -> None:
    library, about = _described(_call(dtype="bfloat16", result="float32", epilogue="bias"))
    assert [o["kind"] for o in library.objects.values() if "kind" in o] == [14, 14, 0]
    assert about[cublaslt.Attribute.BIAS_DATA_TYPE] == 0


def test_a_plan_is_found_once_for_a_call_and_its_alignments() -> None:
    library = FakeLt()
    products = Products(library)
    memory = np.zeros(4096, np.float32)
    start = memory.ctypes.data + -memory.ctypes.data % 256
    places = [start, start + 1024, start + 2048]
    for _ in range(3):
        products.run(_call(), places, 0, 0)
    assert library.calls.count("MatmulAlgoGetHeuristic") == 1 and library.calls.count("Create") == 1
    assert library.preferences[0] == {1: WORKSPACE, 3: 2, 5: 256, 6: 256, 7: 256, 8: 256}
    products.run(_call(), [start + 16, start + 1024, start + 2048 + 4], 0, 0)
    assert library.calls.count("MatmulAlgoGetHeuristic") == 2
    assert library.preferences[1] == {1: WORKSPACE, 3: 2, 5: 256, 6: 16, 7: 4, 8: 4}  # A is the right operand


@pytest.mark.parametrize(
    ("dtype", "switch", "schemes"), [("float32", "1", 2), ("float32", "0", None), ("float16", "0", 2)]
)
def test_partial_sums_are_added_up_in_one_order(monkeypatch: Any, dtype: str, switch: str, schemes: int | None) -> None:
    monkeypatch.setenv("HORNBEAM_CUDA_DETERMINISTIC", switch)
    library = FakeLt()
    assert Products(library).supports(_call(dtype=dtype, result=dtype))
    assert library.preferences[0].get(3) == schemes


def test_a_product_that_the_library_refuses() -> None:
    products = Products(FakeLt(refuse=True))
    assert not products.supports(_call())
    assert not products.supports(_call(dtype="int32"))
    with pytest.raises(BackendError, match="no algorithm for Product"):
        products.run(_call(), [256, 512, 768], 0, 0)


def test_an_epilogue_that_fails_says_how_to_do_without() -> None:
    memory = np.zeros(256, np.float32)
    places = [memory.ctypes.data] * 4
    for call, hint in ((_call(epilogue="bias"), True), (_call(addend=True), True), (_call(), False)):
        with pytest.raises(BackendError, match="execution failed") as caught:
            Products(FakeLt(costs=(0.0,))).run(call, places, 0, 0)
        assert ("HORNBEAM_CUDA_EPILOGUES=0" in str(caught.value)) is hint


def test_a_status_is_said_in_words() -> None:
    library = FakeLt()
    library._call = lambda name, arguments: 13  # type: ignore[method-assign]
    with pytest.raises(BackendError, match=r"cublasLtCreate: execution failed \(status 13\)"):
        Products(library).supports(_call())
