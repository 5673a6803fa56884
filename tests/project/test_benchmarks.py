"""The benchmarks compare the same models, and reckon right."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
NAMES = ("mlp", "convnet", "imdb", "characters", "transformer")


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """report.py, which imports its neighbours as scripts do."""
    monkeypatch.syspath_prepend(str(FOLDER))
    before = set(sys.modules)
    yield importlib.import_module("report")
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and FOLDER in Path(str(sys.modules[name].__file__)).parents:
            del sys.modules[name]


@pytest.mark.parametrize("name", NAMES)
def test_parameters_and_data_fit_the_model(module: ModuleType, name: str) -> None:
    work = module.WORKLOADS[name]
    training = importlib.import_module("ours").Training(name, False)
    assert training.parameters == work.parameters
    x, y = work.data(np.random.default_rng(0), 2)
    assert np.isfinite(training.model.test_on_batch(x, y))


def test_every_framework_has_every_workload(module: ModuleType) -> None:
    assert tuple(module.WORKLOADS) == NAMES
    for peer in ("with_keras", "with_torch"):
        text = (FOLDER / "peers" / f"{peer}.py").read_text(encoding="utf-8")
        assert [name for name in NAMES if name not in text] == []


def test_roofline_is_the_longer_of_operations_and_bytes(module: ModuleType) -> None:
    # x of 784 and two layers of 512: three products of 2 * 128 * n * m operations each, the first without a gradient of x
    flops = 2 * 128 * (2 * 784 * 512 + 3 * 512 * 512 + 3 * 512 * 10)
    assert module.roofline("mlp", {"flops": 1e9, "bytes": 1e15}) == pytest.approx(flops / 1e9)
    # parameters and two moments read and written, two hidden layers kept, inputs and labels read
    moved = 2 * 3 * 4 * 669706 + 2 * 4 * 128 * 1024 + 128 * 4 * 785
    assert module.roofline("mlp", {"flops": 1e15, "bytes": 1e9}) == pytest.approx(moved / 1e9)


def test_report_of_known_figures(module: ModuleType) -> None:
    ours = {
        "step": 0.004,
        "fit": 0.005,
        "least": 0.002,
        "first_warm": 0.1,
        "resize": 0.01,
        "memory": 2**30,
        "profile": "kernel",
    }
    slow = {**ours, "step": 0.02, "fit": 0.012, "least": 0.011}
    fast = {**ours, "step": 0.008, "fit": 0.009, "least": 0.006}
    results = {
        "when": "today",
        "machine": "this",
        "peaks": {"flops": module.WORKLOADS["mlp"].flops * 500.0, "bytes": 1e15},
        "frameworks": {n: {"version": "1", "size": 2**20, "import": 0.1} for n in ("Hornbeam", "slow", "fast")}
        | {"gone": {"absent": "no wheel"}},
        "workloads": {"mlp": {"Hornbeam": ours, "slow": slow, "fast": fast}},
    }
    assert module.best_peer(results["workloads"]["mlp"]) == ("fast", 0.008)
    text = module.markdown(results)
    assert "| 4.00 (2.00) | 12.00 (11.00) | 8.00 (6.00) | absent | 2.00 (3.00), fast | 2.0 |" in text
    assert "| gone | absent | no wheel |" in text


def test_worker_answers_on_its_pipe() -> None:
    asked = "".join(
        json.dumps({"do": what, "count": 3}) + "\n" for what in ("start", "steps", "fit", "resize", "memory")
    )
    command = [sys.executable, str(FOLDER / "worker.py"), "ours", "mlp"]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    started, steps, *others = map(json.loads, done.stdout.splitlines())
    assert started["parameters"] == 669706
    assert 1 < started["loss"] < 4  # about ln 10 before anything is learned
    assert 1 <= len(steps["seconds"]) <= 3
    assert [list(other) for other in others] == [["seconds"], ["seconds"], ["bytes"]]


def test_the_picture_and_what_the_pages_claim_are_the_results(module: ModuleType) -> None:
    bars = importlib.import_module("bars")
    text = bars.RESULTS.read_text(encoding="utf-8")
    assert bars.TARGET.read_text(encoding="utf-8") == bars.draw(text), "python benchmarks/bars.py draws it anew"
    root = FOLDER.parent
    english, chinese = f"{bars.claim(text)} times as fast", bars.claim(text).replace("to", "到") + " 倍"
    for page in ("README.md", "docs/index.md", "docs/performance.md"):
        assert english in (root / page).read_text(encoding="utf-8"), page
    for page in ("docs/zh/index.md", "docs/zh/performance.md"):
        assert chinese in (root / page).read_text(encoding="utf-8"), page


def test_bars_are_as_long_as_their_times(module: ModuleType) -> None:
    bars = importlib.import_module("bars")
    head = "| workload | Hornbeam | PyTorch | torch.compile | Keras, jax | Keras, tensorflow | Keras, torch | faster | roofline |"
    row = "| MLP 1-2, batch 3 | 2.00 (1.50) | 6.00 (5.0) | 8.0 (8.0) | 5.0 (4.0) | 50 (49) | 1257 (609) | 2.5 | 1 |"
    text = f"### A training step, ms\n\n{head}\n| --- |\n{row}\n\n### Other\n\n| a | b |\n"
    names, times = bars.table(text)
    assert names[0] == "Hornbeam" and len(names) == 6
    assert times == {"MLP 1-2, batch 3": [2.0, 6.0, 8.0, 5.0, 50.0, 1257.0]}
    assert bars.claim(text) == "2.5 to 2.5"
    lengths = [float(x) for x in re.findall(r'width="([\d.]+)" height="11" fill', bars.draw(text))]
    assert [x / lengths[-6] for x in lengths[-6:]] == [1, 3, 4, 2.5, bars.LIMIT, bars.LIMIT]
