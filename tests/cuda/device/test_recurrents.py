"""Recurrent layers by cuDNN: descriptors and arguments, by a double of the library that computes; and by itself where its wheel is."""

from __future__ import annotations

import ctypes
import math
import os
from itertools import product
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hornbeam.errors import BackendError
from hornbeam_cuda.device import libraries
from hornbeam_cuda.device.recurrents import Recurrents
from hornbeam_cuda.library import Recurrent
from hypothesis import given
from hypothesis import strategies as st

from tests.cuda.device.cudnn_rnn_double import WORKSPACE, FakeRnn, fill
from tests.cuda.emulator import recurrent

CALLS = st.builds(
    Recurrent,
    direction=st.sampled_from(["forward", "data", "weights"]),
    cell=st.sampled_from(["lstm", "gru", "tanh", "relu"]),
    dtype=st.sampled_from(["float32", "float64", "float16", "bfloat16"]),
    sizes=st.tuples(*(st.integers(1, 4),) * 4),
    biases=st.tuples(st.booleans(), st.booleans()),
)


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: Any) -> None:
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")  # so that none is set and left behind


def _arrays(call: Recurrent) -> list[Any]:
    """Numbers for each address of a call; all of what is written is 7, and what is kept for the gradient is small numbers."""
    time, batch, features, units = call.sizes
    kind = np.dtype(ml_dtypes.bfloat16 if call.dtype == "bfloat16" else call.dtype)
    spaces = recurrent.spaces(call)
    x, y, state = (time, batch, features), (time, batch, units), (batch, units)
    weights, two = (spaces.weights // kind.itemsize,), [state] * call.states
    shapes = {
        "forward": [x, *two, weights, y, *two],
        "data": [y, y, *two, *two, weights, x, *two],
        "weights": [x, state, y, weights],
    }[call.direction]
    rng = np.random.default_rng(math.prod(call.sizes))
    found: list[Any] = [rng.uniform(-1, 1, shape).astype(kind) for shape in shapes]
    return [*found, rng.uniform(0.1, 0.9, spaces.reserve // 8)] if call.training else found


def _run(work: Any, arrays: list[Any], library: Any = None) -> list[Any]:
    copies = [a.copy() for a in arrays]
    if library is not None:
        library.rooms = {a.ctypes.data: a.nbytes for a in copies}
    work([a.ctypes.data for a in copies])
    return copies


@given(CALLS)
def test_every_array_arrives_where_it_belongs(call: Recurrent) -> None:
    library = FakeRnn()
    runner = Recurrents(library, fill)
    arrays = _arrays(call)
    expected = _run(lambda at: recurrent.run(call, at), arrays)
    assert runner.supports(call) and runner.spaces(call) == recurrent.spaces(call)
    assert runner.workspace(call) == WORKSPACE + 1
    found = _run(lambda at: runner.run(call, at, 1 << 30, 9), arrays, library)
    for number, (ours, theirs) in enumerate(zip(found, expected, strict=True)):
        if call.direction == "weights" and number == 3:  # what is between the parts was left alone, or set to nothing
            changed = theirs != arrays[number]
            ours, theirs = ours[changed], theirs[changed]
        np.testing.assert_array_equal(ours, theirs)
    assert library.workspaces == {1 << 30} and library.streams == [9]


@given(CALLS)
def test_gradients_of_weights_replace_what_was_there(call: Recurrent) -> None:
    call = Recurrent("weights", call.cell, call.dtype, call.sizes, call.biases)
    runner = Recurrents(FakeRnn(), fill)
    arrays = _arrays(call)
    once = _run(lambda at: runner.run(call, at, 0, 1), arrays)
    again = _run(lambda at: runner.run(call, at, 0, 1), once)
    np.testing.assert_array_equal(again[3], once[3])


def test_in_prediction_nothing_is_kept() -> None:
    call = Recurrent("forward", "lstm", "float32", (3, 2, 4, 5), training=False)
    runner = Recurrents(FakeRnn(), fill)
    assert runner.spaces(call).reserve == 0 and runner.workspace(call) == WORKSPACE
    arrays = _arrays(call)
    expected = _run(lambda at: recurrent.run(call, at), arrays)
    for ours, theirs in zip(_run(lambda at: runner.run(call, at, 0, 1), arrays), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_descriptors_are_made_once_for_all_three_directions() -> None:
    library = FakeRnn()
    runner = Recurrents(library, fill)
    for direction in ("forward", "data", "weights"):
        call = Recurrent(direction, "gru", "float32", (3, 2, 4, 5), (True, True))
        assert runner.supports(call)
        arrays = _arrays(call)
        for stream in (3, 3, 4):
            _run(lambda at, call=call, stream=stream: runner.run(call, at, 0, stream), arrays)
    assert library.calls.count("CreateRNNDescriptor") == 1 and library.calls.count("Create") == 1
    assert library.streams == [3, 4] * 3
    kinds = {"CreateTensorDescriptor": 1, "CreateRNNDataDescriptor": 2}
    for kind, left in kinds.items():
        gone = library.calls.count(kind.replace("Create", "Destroy"))
        assert library.calls.count(kind) - gone == left


@pytest.mark.parametrize(
    ("dtype", "precision", "kind", "wide", "math"),
    [
        ("float32", "highest", 0, 0, 3), ("float32", "tf32", 0, 0, 0), ("float64", "highest", 1, 1, 3),
        ("float16", "highest", 2, 0, 1), ("bfloat16", "highest", 9, 0, 1),
    ],
)  # fmt: skip
def test_a_layer_s_descriptor(dtype: str, precision: str, kind: int, wide: int, math: int) -> None:
    library = FakeRnn()
    call = Recurrent("forward", "lstm", dtype, (3, 2, 4, 5), (True, False), precision=precision)
    about = library.objects[Recurrents(library, fill).describe(call).value]  # type: ignore[index]
    assert about == {
        "algorithm": 0, "cell": 2, "biases": 1, "direction": 0, "input": 0, "kind": kind, "wide": wide, "math": math,
        "features": 4, "units": 5, "projection": 5, "layers": 1, "dropout": None, "flags": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("algorithm", "number"), [("standard", 0), ("persist static", 1), ("persist small", 3)])
def test_algorithms(algorithm: str, number: int) -> None:
    library = FakeRnn()
    call = Recurrent("forward", "gru", "float32", (3, 2, 4, 5))
    about = library.objects[Recurrents(library, fill, algorithm).describe(call).value]  # type: ignore[index]
    assert about["algorithm"] == number


@pytest.mark.parametrize("function", ["Create", "SetRNNDescriptor_v8", "GetRNNTempSpaceSizes", "GetRNNWeightParams"])
def test_what_the_library_refuses_is_not_supported(function: str) -> None:
    runner = Recurrents(FakeRnn(function), fill)
    call = Recurrent("forward", "lstm", "float32", (3, 2, 4, 5))
    assert not runner.supports(call)
    with pytest.raises(BackendError, match="cuDNN does not take"):
        runner.run(call, [0] * 8, 0, 1)
    assert not Recurrents(FakeRnn(), fill).supports(Recurrent("forward", "lstm", "int32", (3, 2, 4, 5)))


def test_an_error_says_which_function_failed() -> None:
    runner = Recurrents(FakeRnn("RNNForward"), fill)
    with pytest.raises(BackendError, match=r"cudnnRNNForward: CUDNN_STATUS_NOT_SUPPORTED \(status 3000\), for .*=own"):
        runner.run(Recurrent("forward", "tanh", "float32", (1, 1, 1, 1)), [0] * 6, 0, 1)


@pytest.mark.parametrize(("switch", "setting"), [("1", ":4096:8"), ("0", None)])
def test_the_same_bits_each_time(monkeypatch: Any, switch: str, setting: Any) -> None:
    monkeypatch.setenv("HORNBEAM_CUDA_DETERMINISTIC", switch)
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG")
    Recurrents(FakeRnn(), fill)
    assert os.environ.get("CUBLAS_WORKSPACE_CONFIG") == setting


# ---- cuDNN itself, which makes descriptors without a GPU


@pytest.fixture
def genuine() -> Any:
    libraries.load.cache_clear()
    try:
        return libraries.load("cudnn")
    except libraries.MissingLibraryError as error:
        pytest.skip(str(error))


def test_cudnn_takes_every_descriptor(genuine: Any) -> None:
    runner = Recurrents(genuine, fill)
    names = (
        "algorithm",
        "cell",
        "biases",
        "direction",
        "input",
        "kind",
        "wide",
        "math",
        "features",
        "units",
        "projection",
    )
    for cell, dtype, biases, precision in product(
        ("lstm", "gru", "tanh", "relu"),
        ("float32", "float64", "float16", "bfloat16"),
        product((False, True), repeat=2),
        ("highest", "tf32"),
    ):
        call = Recurrent("forward", cell, dtype, (7, 3, 5, 6), biases, precision=precision)  # type: ignore[arg-type]
        double = FakeRnn()
        told = double.objects[Recurrents(double, fill).describe(call).value]  # type: ignore[index]
        layer = runner.describe(call)
        found = [ctypes.c_int(-1) for _ in range(12)]
        dropout, flags = ctypes.c_void_p(-1), ctypes.c_uint32(99)
        status = genuine.cudnnGetRNNDescriptor_v8(layer, *map(ctypes.byref, (*found, dropout, flags)))
        assert status == 0 and dropout.value is None and flags.value == 0 and found[-1].value == 1
        assert dict(zip(names, [f.value for f in found], strict=False)) == {name: told[name] for name in names}
        runner._rnn.call("DestroyRNNDescriptor", layer)


def test_cudnn_takes_the_data_it_is_told_of(genuine: Any) -> None:
    rnn = Recurrents(genuine, fill)._rnn
    for dtype, kind in (("float32", 0), ("float64", 1), ("float16", 2), ("bfloat16", 9)):
        data, state = rnn.data(dtype, 7, 3, 5), rnn.state(dtype, 3, 6)
        found, lengths, blank = [ctypes.c_int(-1) for _ in range(5)], (ctypes.c_int * 3)(), ctypes.c_double(-1)
        status = genuine.cudnnGetRNNDataDescriptor(data, *map(ctypes.byref, found), 3, lengths, ctypes.byref(blank))
        assert status == 0 and [f.value for f in found] == [kind, 1, 7, 3, 5] and list(lengths) == [7] * 3
        of, axes = ctypes.c_int(-1), ctypes.c_int(-1)
        sizes, strides = (ctypes.c_int * 3)(), (ctypes.c_int * 3)()
        status = genuine.cudnnGetTensorNdDescriptor(state, 3, ctypes.byref(of), ctypes.byref(axes), sizes, strides)
        assert status == 0 and (of.value, axes.value) == (kind, 3)
        assert list(sizes) == [1, 3, 6] and list(strides) == [18, 6, 1]
        rnn.call("DestroyRNNDataDescriptor", data)
        rnn.call("DestroyTensorDescriptor", state)


def test_without_a_gpu_cudnn_supports_none(genuine: Any) -> None:
    from hornbeam_cuda.device.probe import why_not

    if why_not() is None:
        pytest.skip("there is a GPU")
    assert not Recurrents(genuine, fill).supports(Recurrent("forward", "lstm", "float32", (7, 3, 5, 6)))
