"""Convolutions and attention by cuDNN's frontend: what its graphs are told, by a double; and by itself where its wheels are."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from hornbeam_cuda.device import attentions, convolutions
from hornbeam_cuda.device.cudnn import Cudnn, frontend
from hornbeam_cuda.device.libraries import MissingLibraryError
from hornbeam_cuda.library import Attention, Convolution
from hypothesis import given
from hypothesis import strategies as st

from tests.cuda.device.cudnn_double import FakeCudnn


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: Any, tmp_path: Any) -> None:
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path))


def _convolution(direction: str = "forward", **changed: Any) -> Convolution:
    about: dict[str, Any] = {
        "dtype": "bfloat16", "x": (8, 15, 16, 6), "kernel": (4, 3, 2, 3), "y": (8, 7, 16, 4), "strides": (2, 1),
        "low": (0, 0), "high": (0, 1), "dilation": (1, 1), "groups": 2,
    } | changed  # fmt: skip
    return Convolution(direction, **about)


def _graph(call: Any, build: Any = convolutions.build) -> Any:
    cudnn = FakeCudnn()
    runner = Cudnn(cudnn, build, "H100")
    assert runner.supports(call)
    return cudnn.graphs[-1]


def _inside(tensor: Any) -> list[int]:
    """The dims of a tensor in the order of its strides, longest first: how it lies in memory."""
    order = sorted(range(len(tensor["dim"])), key=lambda a: (-tensor["stride"][a], tensor["dim"][a] == 1))
    return [tensor["dim"][a] for a in order]


@pytest.mark.parametrize(
    ("direction", "operation", "roles", "written"),
    [
        ("forward", "conv_fprop", {"image": "x", "weight": "kernel"}, "y"),
        ("input", "conv_dgrad", {"loss": "y", "filter": "kernel"}, "x"),
        ("kernel", "conv_wgrad", {"image": "x", "loss": "y"}, "kernel"),
    ],
)
def test_convolutions(direction: str, operation: str, roles: Any, written: str) -> None:
    call = _convolution(direction)
    graph = _graph(call)
    name, how = graph.operation
    padding = {"pre_padding": [0, 0], "post_padding": [0, 1], "stride": [2, 1], "dilation": [1, 1]}
    assert (name, how) == (operation, roles | padding)
    order = {"forward": "x kernel y", "input": "kernel y x", "kernel": "x y kernel"}[direction].split()
    assert [graph.inputs[uid]["name"] for uid in (1, 2)] == order[:2] and order[2] == written
    (out,) = graph.outputs
    assert out["uid"] == 3 and out["output"] is True and out["data_type"] == "BFLOAT16"
    for tensor, role in zip((graph.inputs[1], graph.inputs[2], out), order, strict=True):
        shape = getattr(call, role)
        assert tensor["dim"] == [shape[0], shape[-1], *shape[1:-1]]
        assert _inside(tensor) == list(shape)  # channels last, without gaps
    assert graph.how == {
        "io_data_type": "BFLOAT16", "intermediate_data_type": "FLOAT", "compute_data_type": "FLOAT", "handle": 77,
    }  # fmt: skip
    assert [step[0] for step in graph.life] == [
        "validate", "build_operation_graph", "create_execution_plans", "deselect_numeric_notes", "check_support",
        "build_plans",
    ]  # fmt: skip


@given(space=st.lists(st.integers(1, 5), min_size=1, max_size=3), n=st.integers(1, 4), c=st.integers(1, 4))
def test_strides_are_those_of_channels_last(space: list[int], n: int, c: int) -> None:
    dims, strides = convolutions.laid((n, *space, c))
    assert len(dims) == max(4, len(space) + 2) and math.prod(dims) == n * c * math.prod(space)
    assert 1 + sum((d - 1) * s for d, s in zip(dims, strides, strict=True)) == n * c * math.prod(space)
    assert strides[1] == 1 and strides[2:] == sorted(strides[2:], reverse=True)


def test_one_spatial_axis_becomes_two() -> None:
    call = _convolution(
        x=(2, 9, 4), kernel=(8, 3, 4), y=(2, 4, 8), strides=(2,), low=(1,), high=(0,), dilation=(1,), groups=1
    )
    graph = _graph(call)
    assert graph.inputs[1]["dim"] == [2, 4, 1, 9] and graph.inputs[2]["dim"] == [8, 4, 1, 3]
    how = graph.operation[1]
    assert (how["stride"], how["pre_padding"], how["dilation"]) == ([1, 2], [0, 1], [1, 1])


@pytest.mark.parametrize(
    ("dtype", "precision", "switch", "notes"),
    [
        ("float32", "highest", "1", {"TENSOR_CORE", "NONDETERMINISTIC"}),
        ("float32", "tf32", "1", {"NONDETERMINISTIC"}),
        ("bfloat16", "highest", "0", set()),
    ],
)
def test_engines_that_are_not_wanted(monkeypatch: Any, dtype: str, precision: str, switch: str, notes: Any) -> None:
    monkeypatch.setenv("HORNBEAM_CUDA_DETERMINISTIC", switch)
    graph = _graph(_convolution(dtype=dtype, precision=precision))
    (refused,) = [step[1] for step in graph.life if step[0] == "deselect_numeric_notes"]
    assert set(refused) == notes | {"DOWN_CONVERT_INPUTS", "REDUCED_PRECISION_REDUCTION"}


def test_attention() -> None:
    call = Attention(False, "float16", (2, 5, 7, 3, 8, 16), 0.25, causal=True)
    graph = _graph(call, attentions.build)
    assert graph.operation == (
        "sdpa",
        {"q": "q", "k": "k", "v": "v", "is_inference": False, "attn_scale": 0.25, "use_causal_mask": True},
    )
    shapes = {1: (2, 5, 3, 8), 2: (2, 7, 3, 8), 3: (2, 7, 3, 16), 4: (2, 5, 3, 16)}
    tensors = graph.inputs | {t["uid"]: t for t in graph.outputs}
    for uid, (b, length, heads, dim) in shapes.items():
        assert tensors[uid]["dim"] == [b, heads, length, dim] and _inside(tensors[uid]) == [b, length, heads, dim]
    assert tensors[5]["dim"] == [2, 3, 5, 1] and tensors[5]["stride"] == [15, 5, 1, 1]
    assert tensors[5]["data_type"] == "FLOAT" and tensors[4]["data_type"] == "HALF"


@pytest.mark.parametrize("switch", ["0", "1"])
def test_gradient_of_attention(monkeypatch: Any, switch: str) -> None:
    monkeypatch.setenv("HORNBEAM_CUDA_DETERMINISTIC", switch)
    graph = _graph(Attention(True, "bfloat16", (2, 5, 7, 3, 8, 16), 0.25), attentions.build)
    name, how = graph.operation
    assert name == "sdpa_backward" and how["use_deterministic_algorithm"] is (switch == "1")
    assert {k: how[k] for k in ("q", "k", "v", "o", "dO", "stats")} == {
        "q": "q", "k": "k", "v": "v", "o": "o", "dO": "o", "stats": "logsumexp",
    }  # fmt: skip
    assert sorted(graph.inputs) == [1, 2, 3, 4, 5, 6]
    for made, uid in zip(graph.outputs, (7, 8, 9), strict=True):
        assert made["uid"] == uid and made["dim"] == graph.inputs[uid - 6]["dim"]


def test_what_cudnn_has_not() -> None:
    assert not Cudnn(FakeCudnn(), attentions.build, "").supports(Attention(False, "float32", (1, 8, 8, 1, 8, 8), 1.0))
    assert not Cudnn(FakeCudnn(), convolutions.build, "").supports(_convolution(dtype="float64"))
    for step in ("validate", "build_operation_graph", "create_execution_plans", "check_support", "build_plans"):
        assert not Cudnn(FakeCudnn(step), convolutions.build, "").supports(_convolution())


def test_a_plan_is_made_once_and_run_by_address() -> None:
    cudnn = FakeCudnn()
    runner = Cudnn(cudnn, convolutions.build, "H100")
    call = _convolution()
    assert runner.supports(call) and runner.workspace(call) == 4096
    for stream in (5, 5, 6):
        runner.run(call, [256, 512, 1024], 2048, stream)
    assert len(cudnn.graphs) == 1 and cudnn.handles == 1 and cudnn.streams == [(77, 5), (77, 6)]
    assert cudnn.graphs[0].executed == [({1: 256, 2: 512, 3: 1024}, 2048, 77)] * 3


def test_plans_outlive_the_process() -> None:
    assert Cudnn(FakeCudnn(), convolutions.build, "H100").supports(_convolution())
    later = FakeCudnn()
    runner = Cudnn(later, convolutions.build, "H100")
    assert runner.supports(_convolution())
    assert [step[0] for step in later.graphs[0].life] == ["deserialize"]
    runner.run(_convolution(), [1, 2, 3], 0, 1)
    another = FakeCudnn()
    assert Cudnn(another, convolutions.build, "H200").supports(_convolution())  # another GPU has plans of its own
    assert another.graphs[0].life[0] == ("validate",)
    newer = FakeCudnn("deserialize")
    assert Cudnn(newer, convolutions.build, "H100").supports(_convolution())  # refused: planned anew
    assert newer.graphs[-1].life[0] == ("validate",)


def test_without_the_frontend(monkeypatch: Any) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cudnn", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'nvidia-cudnn-frontend>=1.18,<1.25'"):
        frontend()


# ---- cuDNN itself, which plans for a GPU that is only described to it

H100 = {
    "deviceName": "NVIDIA H100 80GB HBM3", "cudaDeviceId": 0, "deviceVer": 900, "driverVer": 13000, "isTccDriver": 0,
    "l2CacheSize": 52428800, "maxBlockSize": [1024, 1024, 64], "maxCtasPerSM": 32, "pciDeviceId": 0,
    "maxGridSize": [2147483647, 65535, 65535], "maxRegistersPerSM": 65536, "maxSharedMemoryPerBlock": 49152,
    "maxSharedMemoryPerBlockOptin": 232448, "maxThreadsPerBlock": 1024, "maxThreadsPerSM": 2048, "warpSize": 32,
    "memClockRateKHz": 2619000, "multiProcessorCount": 132, "regsPerBlock": 65536, "smClockRateKHz": 1980000,
    "reservedSharedMemoryPerBlock": 1024, "supportCoopLaunch": 1, "totalGlobalMem": 85000000000,
}  # fmt: skip


@pytest.fixture
def deviceless() -> Iterator[Cudnn]:
    try:
        cudnn = frontend()
    except MissingLibraryError as error:
        pytest.skip(str(error))
    described = cudnn.create_device_properties(json.dumps(H100))
    yield Cudnn(cudnn, convolutions.build, "H100", {"device_property": described, "sm_version": 90, "sm_count": 132})


@pytest.mark.parametrize("direction", ["forward", "input", "kernel"])
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_cudnn_plans_every_kind_of_convolution(deviceless: Cudnn, direction: str, dtype: str) -> None:
    plain = {"strides": (1, 1), "low": (1, 1), "high": (1, 1), "dilation": (1, 1), "groups": 1}
    for shapes, changed in [
        (((8, 16, 16, 32), (64, 3, 3, 32), (8, 16, 16, 64)), {}),
        (((8, 56, 56, 64), (256, 1, 1, 64), (8, 56, 56, 256)), {"low": (0, 0), "high": (0, 0)}),
        (((8, 224, 224, 3), (64, 7, 7, 3), (8, 112, 112, 64)), {"strides": (2, 2), "low": (3, 3), "high": (3, 3)}),
        (((8, 16, 16, 32), (32, 3, 3, 1), (8, 16, 16, 32)), {"groups": 32}),
        (((8, 16, 16, 32), (64, 3, 3, 8), (8, 16, 16, 64)), {"groups": 4, "low": (0, 1), "high": (2, 1)}),
        (((8, 16, 16, 32), (64, 3, 3, 32), (8, 12, 12, 64)), {"dilation": (2, 2), "low": (0, 0), "high": (0, 0)}),
        (((4, 100, 16), (32, 3, 16), (4, 98, 32)), {"strides": (1,), "low": (0,), "high": (0,), "dilation": (1,)}),
        (
            ((4, 8, 8, 8, 4), (8, 3, 3, 3, 4), (4, 8, 8, 8, 8)),
            {"strides": (1,) * 3, "low": (1,) * 3, "high": (1,) * 3, "dilation": (1,) * 3},
        ),
    ]:
        about: dict[str, Any] = plain | changed
        for precision in ("highest", "tf32") if dtype == "float32" else ("highest",):
            call = Convolution(direction, dtype, *shapes, **about, precision=precision)
            assert deviceless.supports(call), call
