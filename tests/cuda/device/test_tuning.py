"""The fastest algorithm is found by measuring, on doubles that tell how long each takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hornbeam.folders import cache_folder
from hornbeam_cuda.device import tuning
from hornbeam_cuda.device.cupy import CupyDevice
from hornbeam_cuda.library import Convolution, Product
from hypothesis import given
from hypothesis import strategies as st

from tests.cuda.device.cublaslt_double import FakeLt
from tests.cuda.device.cudnn_double import FakeCudnn
from tests.cuda.device.cupy_double import FakeCupy

CALL = Product("float32", "float32", (1, 8, 4, 16), (128, 16, 1), (64, 4, 1), (32, 4))


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path))
    monkeypatch.setattr(tuning, "LEAST", CALL.flops)  # below it is nothing


class Process:
    """A process: a device, and a library whose algorithms take so long."""

    def __init__(self, costs: Sequence[float], seed: int = 0) -> None:
        self.cupy = FakeCupy(seed)
        self.library = FakeLt(costs=costs, cupy=self.cupy)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("hornbeam_cuda.device.libraries.load", lambda name: self.library)
            self.device = CupyDevice(0, self.cupy)
            assert self.device.supports(CALL)
        rng = np.random.default_rng(0)
        self.host = [rng.normal(size=shape).astype(np.float32) for shape in ((8, 16), (16, 4), (8, 4))]
        self.arrays = [self.device.upload(a) for a in self.host]

    def run(self, call: Product = CALL) -> int:
        """Compute a product once, which has to be right; the algorithm that did it."""
        places = [self.device.address(a) for a in self.arrays]
        before = self.device.download(self.arrays[2])
        self.device.library(call, [*places, *places[2:] * call.addend], 0)
        expected = self.host[0] @ self.host[1] + (before if call.addend else 0)
        np.testing.assert_allclose(self.device.download(self.arrays[2]), expected, rtol=1e-5, atol=1e-5)
        return self.library.taken[-1]


@given(costs=st.lists(st.integers(1, 1000).map(float), min_size=2, max_size=12), seed=st.integers(0, 100))
def test_the_fastest_is_taken(costs: list[float], seed: int) -> None:
    for path in cache_folder("kernels").glob("*"):
        path.unlink()
    process = Process(costs, seed)
    first = process.run()
    tried = process.library.taken[:]
    offered = costs[: tuning.CANDIDATES]
    assert costs[first] == min(offered) and set(tried) == set(range(len(offered)))
    assert process.run() == first and len(process.library.taken) == len(tried) + 1  # measured once
    later = Process(costs[::-1])
    assert later.run() == first and len(later.library.taken) == 1  # by another process not at all


def test_what_a_product_adds_to_is_not_changed_by_measuring() -> None:
    process = Process((3.0, 1.0, 2.0))
    assert process.run(replace(CALL, addend=True)) == 1


def test_nothing_is_measured_while_a_graph_is_recorded() -> None:
    process = Process((3.0, 1.0))
    places = [process.device.address(a) for a in process.arrays]
    with process.device.capture() as recorded:
        process.device.library(CALL, places, 0)
    assert process.library.taken == [0]
    recorded.replay()
    assert process.run() == 1
    with process.device.capture():
        process.device.library(CALL, places, 0)
    assert process.library.taken[-1] == 1


def test_an_algorithm_that_fails_is_not_taken() -> None:
    assert Process((0.0, 2.0, 1.0)).run() == 2


def test_a_damaged_choice_is_made_again() -> None:
    assert Process((2.0, 1.0)).run() == 1
    (path,) = cache_folder("kernels").glob("*.o")
    for damage in (b"", b"nonsense", path.read_bytes()[:-1] + b"7"):
        path.write_bytes(damage)
        assert Process((1.0, 2.0)).run() == 0
        path.unlink()
        assert Process((2.0, 1.0)).run() == 1


@pytest.mark.parametrize("why", ["the switch", "a small product"])
def test_where_nothing_is_measured(monkeypatch: Any, why: str) -> None:
    if why == "the switch":
        monkeypatch.setenv("HORNBEAM_CUDA_AUTOTUNE", "0")
    else:
        monkeypatch.setattr(tuning, "LEAST", CALL.flops + 1)
    process = Process((2.0, 1.0))
    assert process.run() == 0 and process.library.taken == [0]


def test_choices_are_of_one_library_device_and_way_of_adding_up(monkeypatch: Any) -> None:
    assert Process((2.0, 1.0)).run() == 1
    monkeypatch.setenv("HORNBEAM_CUDA_DETERMINISTIC", "0")
    assert Process((1.0, 2.0)).run() == 0
    monkeypatch.delenv("HORNBEAM_CUDA_DETERMINISTIC")
    monkeypatch.setattr(CupyDevice, "_model", "another GPU")
    assert Process((1.0, 2.0)).run() == 0


class Planner:
    """A process that runs a convolution."""

    call = Convolution("forward", "float32", (1, 8, 8, 4), (8, 3, 3, 4), (1, 6, 6, 8), (1, 1), (0, 0), (0, 0), (1, 1))

    def __init__(self, costs: Sequence[float]) -> None:
        self.cupy = FakeCupy()
        self.cudnn = FakeCudnn(costs=costs, cupy=self.cupy)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("hornbeam_cuda.device.cudnn.frontend", lambda: self.cudnn)
            self.device = CupyDevice(0, self.cupy)
            assert self.device.supports(self.call)
        self.graph = self.cudnn.graphs[-1]

    def run(self) -> int:
        """The engine that is taken."""
        self.device.library(self.call, [256, 512, 768], 1024)
        return int(self.graph.engines[-1])


@pytest.mark.parametrize(
    ("costs", "best"),
    [((3.0, 1.0, 2.0), 1), ((0.0, 2.0, 1.0), 2), ((2.0, -1.0, 1.0), 2), ((1.0,), 0), ((5.0,) * 12, 0)],
)
def test_the_fastest_engine_of_a_convolution(costs: Sequence[float], best: int) -> None:
    first = Planner(costs)
    tried = [i for i in range(min(len(costs), tuning.CANDIDATES)) if costs[i]]
    assert first.device.workspace(first.call) == (max(tried) << 20 if len(tried) > 1 else 4096)
    assert first.run() == best and first.run() == best
    assert set(first.graph.engines) == set(tried)
    later = Planner(costs[::-1])
    assert later.device.workspace(later.call) == 4096
    assert later.run() == best and later.graph.engines == [best]


def test_engines_are_not_measured_while_a_graph_is_recorded() -> None:
    planner = Planner((3.0, 1.0))
    with planner.device.capture():
        assert planner.run() == 0
    assert planner.run() == 1


def test_engines_are_not_measured_where_it_is_switched_off(monkeypatch: Any) -> None:
    monkeypatch.setenv("HORNBEAM_CUDA_AUTOTUNE", "0")
    assert Planner((3.0, 1.0)).run() == 0
    monkeypatch.delenv("HORNBEAM_CUDA_AUTOTUNE")
    assert Planner((3.0, 1.0)).run() == 1  # what was stored without measuring is another plan
