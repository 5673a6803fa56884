"""Whether there is a GPU: each reason, from a driver that answers as it is told."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import Any

import pytest
from hornbeam_cuda.device import probe


class Driver:
    """libcuda as far as the probe asks it."""

    def __init__(self, *, start: int = 0, version: int = 13000, capabilities: tuple[tuple[int, int], ...] = ((9, 0),)):
        self.start, self.version, self.capabilities = start, version, capabilities

    def cuInit(self, flags: int) -> int:  # noqa: N802 - CUDA's names
        assert flags == 0
        return self.start

    def cuDriverGetVersion(self, found: Any) -> int:  # noqa: N802
        found._obj.value = self.version
        return 0

    def cuDeviceGetCount(self, found: Any) -> int:  # noqa: N802
        found._obj.value = len(self.capabilities)
        return 0

    def cuDeviceGetAttribute(self, found: Any, attribute: int, number: int) -> int:  # noqa: N802
        found._obj.value = self.capabilities[number][{75: 0, 76: 1}[attribute]]
        return 0


def examined(driver: Any) -> probe.Finding:
    def loader(name: str) -> Any:
        assert name == "libcuda.so.1"
        if driver is None:
            raise OSError("cannot open shared object file")
        return driver

    return probe.examine(loader)


@pytest.mark.parametrize(
    ("driver", "says"),
    [
        (None, "no NVIDIA driver"),
        (Driver(start=100), "finds no GPU"),
        (Driver(start=803), "cuInit: error 803"),
        (Driver(capabilities=()), "finds no GPU"),
        (Driver(version=11080), "supports CUDA 11.8; 12.0 is needed"),
        (Driver(capabilities=((7, 5), (6, 1))), "compute capability 7.5; 8.0"),
    ],
)
def test_why_there_is_no_gpu(driver: Any, says: str) -> None:
    problem = examined(driver).problem
    assert problem is not None and says in problem


def test_a_gpu_that_can_be_used() -> None:
    found = examined(Driver(capabilities=((7, 0), (9, 0))))
    assert found.problem is None and found.driver == 13000 and found.capabilities == ((7, 0), (9, 0))


@pytest.mark.parametrize(("version", "extra"), [(0, "cuda13"), (13000, "cuda13"), (12080, "cuda12")])
def test_without_cupy_the_line_to_run_fits_the_driver(monkeypatch: Any, version: int, extra: str) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *_: None)
    monkeypatch.setattr(probe, "_finding", lambda: examined(Driver(version=version)))
    assert probe.why_not() == f"CuPy is not installed: pip install 'hornbeam-cuda[{extra}]'"


def test_cupy_for_a_newer_driver_than_there_is(monkeypatch: Any) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *_: object())
    monkeypatch.setattr(probe, "_finding", lambda: examined(Driver(version=12040)))
    monkeypatch.setattr(probe, "_installed", lambda name: name == "cupy-cuda13x")
    reason = probe.why_not()
    assert reason is not None and "cupy-cuda13x" in reason and "12.4" in reason and "hornbeam-cuda[cuda12]" in reason
    monkeypatch.setattr(probe, "_installed", lambda name: True)
    assert probe.why_not() is None


def test_asking_imports_no_cupy() -> None:
    code = (
        "import sys; from hornbeam_cuda._manifest import probe; reason = probe();"
        "print('cupy' in sys.modules); print(reason)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert out[0] == "False" and out[1]


def test_what_is_missing_is_named(monkeypatch: Any) -> None:
    monkeypatch.setattr("hornbeam_cuda.device.libraries.folders", list)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *_: None)
    lines = probe.missing()
    assert "nvidia-cudnn-frontend" in lines[0]
    assert [line.split()[0] for line in lines[1:]] == ["libcudnn", "libcublasLt", "libnvrtc"]
    assert all("pip install" in line for line in lines)
