"""The example plugin is installed as an installer would, and its own tests pass in it."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytest.importorskip("hornbeam_optimizers")

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme-hornbeam"


def test_its_own_tests_pass(tmp_path: Path) -> None:
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    info = tmp_path / f"acme_hornbeam-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = project["entry-points"]["hornbeam.plugins"]
    lines = [f"{name} = {module}" for name, module in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[hornbeam.plugins]", *lines, ""]))
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(EXAMPLE / "src"), os.environ.get("PYTHONPATH", "")]),
        "HORNBEAM_PLUGINS": "acme",
    }
    options = ["-q", "-W", "error", "-p", "no:cacheprovider", "--doctest-modules", "--rootdir", str(EXAMPLE)]
    command = [sys.executable, "-m", "pytest", *options, str(EXAMPLE / "tests"), str(EXAMPLE / "src")]
    result = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
