"""The example plugin is installed as an installer would, and its own tests pass in it."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme-hornbeam"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Environment variables with which a process has the plugin installed."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    info = tmp_path / "site" / f"acme_hornbeam-{project['version']}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    lines = [f"{name} = {module}" for name, module in project["entry-points"]["hornbeam.plugins"].items()]
    (info / "entry_points.txt").write_text("\n".join(["[hornbeam.plugins]", *lines, ""]))
    path = os.pathsep.join([str(info.parent), str(EXAMPLE / "src"), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, "HORNBEAM_PLUGINS": "strict,acme"}


def run(*arguments: str, environment: dict[str, str], folder: Path) -> str:
    """Run Python with the arguments and answer what it printed; it has to succeed."""
    command = [sys.executable, "-W", "error", *arguments]
    result = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_its_own_tests_pass(environment: dict[str, str], tmp_path: Path) -> None:
    pytest.importorskip("hornbeam_optimizers")
    options = ["-q", "-W", "error", "-p", "no:cacheprovider", "--doctest-modules", "--rootdir", str(EXAMPLE)]
    folders = [str(EXAMPLE / "tests"), str(EXAMPLE / "src")]
    run("-m", "pytest", *options, *folders, environment=environment, folder=tmp_path)


SAVE = """
import hornbeam as hb, numpy as np
from hornbeam.plugins import registry
find = registry.lookup
model = find("models", "Sequential")([find("layers", "Dense")(3), find("layers", "ScaleShift")(start=2.0)])
x = np.linspace(-1, 1, 40, dtype=np.float32).reshape(10, 4)
model.compile("signum", "mse", metrics=["mae"])
model.fit(x, x[:, :3], epochs=2, verbose=0)
model.save("model.keras")
np.save("predictions.npy", model.predict(x, verbose=0))
"""
LOAD = """
import hornbeam as hb, numpy as np
from hornbeam_models.saving import load_model
x = np.linspace(-1, 1, 40, dtype=np.float32).reshape(10, 4)
try:
    model = load_model("model.keras")
    assert type(model.layers[-1]).__module__ == "acme_hornbeam.layers", model.layers
    assert type(model.optimizer).__name__ == "SignMomentum"
    np.testing.assert_array_equal(model.predict(x, verbose=0), np.load("predictions.npy"))
except hb.HornbeamError as error:
    print(error)
"""


def test_a_saved_model_finds_the_plugin_or_says_what_to_install(environment: dict[str, str], tmp_path: Path) -> None:
    for package in ("layers", "optimizers", "models"):
        pytest.importorskip(f"hornbeam_{package}")
    run("-c", SAVE, environment=environment, folder=tmp_path)
    assert run("-c", LOAD, environment=environment, folder=tmp_path) == ""
    without = {**environment, "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "HORNBEAM_PLUGINS": ""}
    said = run("-c", LOAD, environment=without, folder=tmp_path)
    assert "acme/ScaleShift needs the package acme-hornbeam, which is not installed." in said
    assert "Run: pip install acme-hornbeam" in said
