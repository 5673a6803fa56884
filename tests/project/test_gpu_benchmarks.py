"""The scripts that measure on a GPU: what they reckon, and that they start where there is none."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks" / "gpu"


@pytest.fixture(scope="module")
def scripts() -> Any:
    """run.py, which holds WORKLOADS; what it imports beside itself is forgotten afterwards."""
    before, path = set(sys.modules), list(sys.path)
    spec = importlib.util.spec_from_file_location("gpu_benchmarks", FOLDER / "run.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    shadowed = sys.modules.pop("workloads", None)
    sys.path.insert(0, str(FOLDER))
    spec.loader.exec_module(module)
    module.tiny = sys.modules["workloads"].tiny
    yield module
    sys.path[:] = path
    for name in set(sys.modules) - before:
        if name == "workloads":
            del sys.modules[name]
    if shadowed is not None:
        sys.modules["workloads"] = shadowed


def test_operations_of_a_step(scripts: Any) -> None:
    def flops(name: str) -> float:
        work = scripts.WORKLOADS[name]
        return work.flops(work.batch, work.sizes)

    assert flops("mlp") == 2 * 128 * (2 * 784 * 512 + 3 * (512 * 512 + 512 * 10))
    assert flops("gpt2") == pytest.approx(5.6e13, rel=0.02)  # 6 N + 12 l d t for each of 65,536 tokens
    assert flops("resnet50") == pytest.approx(7.9e-3 * 790e12, rel=0.02)
    assert flops("lstm1024") == pytest.approx(2 * 128 * 256 * 4 * 1024 * 5 * 1024)


@pytest.mark.parametrize("name", ["mlp", "convnet", "lstm", "resnet50", "gpt2"])
def test_batches_fit_their_labels(scripts: Any, name: str) -> None:
    work = scripts.tiny(scripts.WORKLOADS[name])
    x, y = work.data(np.random.default_rng(0), 3)
    assert len(x) == len(y) == 12 and y.dtype == np.int32 and y.max() < work.sizes.get("classes", 64)
    if name == "gpt2":
        assert (x[:, 1:] == y[:, :-1]).all()  # the next word


def test_tables(scripts: Any) -> None:
    def row(side: str, mode: str, seconds: float) -> dict[str, Any]:
        times = {"median": seconds, "least": seconds / 2}
        found = {**dict.fromkeys(scripts.WAYS, times), "first_step": 1.5, "versions": {side: "1"}}
        return {"workload": "gpt2", "side": side, "mode": mode, **found}

    gone = {"workload": "gpt2", "side": "jax", "mode": "jit", "absent": "No module named 'jax'"}
    rows = [row("hornbeam", "compiled", 0.1), row("torch", "eager", 0.3), row("torch", "captured", 0.2), gone]
    text = scripts.markdown({"when": "now", "machine": {"gpu": "NVIDIA H200", "processor": "16"}, "rows": rows})
    assert "| hornbeam compiled | 100.000 (50.000) |" in text and "655,360 tokens" in text
    assert "Best peer over Hornbeam: resident 2.00 (torch captured), streamed 2.00 (torch captured), alone" in text
    assert "| jax jit | absent: No module named 'jax'" in text
    assert "71%" in text  # 5.6e13 operations at 790e12 a second


@pytest.mark.parametrize("command", [["probe.py", "--list"], ["run.py", "--help"]])
def test_they_start(command: list[str]) -> None:
    done = subprocess.run([sys.executable, str(FOLDER / command[0]), *command[1:]], capture_output=True, text=True)
    assert done.returncode == 0 and ("capture" in done.stdout)
