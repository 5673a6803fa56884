"""Type checkers see through the facades: real classes with their signatures, and wrong uses as errors."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FACE = HERE / "public_face.py"
CORE = ROOT / "packages" / "core" / "src"
CONFIGURATION = '{"include": ["face.py"], "extraPaths": ["."]}'


def lines_of(text: str, kind: str) -> dict[int, str]:
    """What a checker said of a kind (error, note, information), by line."""
    found: dict[int, str] = {}
    for line, said in re.findall(rf"face\.py:(\d+)(?::\d+)?(?: -|:) {kind}: (.*)", text):
        found[int(line)] = found.get(int(line), "") + said
    return found


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run([sys.executable, "-m", *map(str, command)], cwd=cwd, capture_output=True, encoding="utf-8")
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def expected_errors() -> set[int]:
    return {n for n, line in enumerate(FACE.read_text().splitlines(), 1) if "# error:" in line}


def source_lines(word: str) -> list[int]:
    return [n for n, line in enumerate(FACE.read_text().splitlines(), 1) if word in line]


def check(errors: dict[int, str], types: dict[int, str]) -> None:
    assert set(errors) == expected_errors(), errors
    dense, again, sequential, adam, init = (types[n] for n in source_lines("reveal_type("))
    assert "Dense" in dense and dense.replace("hb.layers.Dense", "Dense") == again.replace("hb.layers.Dense", "Dense")
    assert "Sequential" in sequential and "Adam" in adam
    assert re.search(r"units: (builtins\.)?int", init) and "Any" not in (dense, sequential, adam)
    assert not any("Unknown" in said for said in types.values())


def test_mypy() -> None:
    said = run("mypy", "--no-error-summary", FACE)
    check(lines_of(said, "error"), lines_of(said, "note"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the file in it, as a user's project."""
    (tmp_path / "face.py").write_text(FACE.read_text())
    (tmp_path / "pyrightconfig.json").write_text(CONFIGURATION)
    return tmp_path


def test_pyright(project: Path) -> None:
    said = run("pyright", "--pythonpath", sys.executable, cwd=project)
    check(lines_of(said, "error"), lines_of(said, "information"))


MISSING = "import hornbeam as hb\nfrom hornbeam.layers import Dense\nhb.optimizers.Adam\nhb.ops.tanh(1.0)\n"


def test_without_the_package_checkers_say_that_the_name_is_missing(tmp_path: Path) -> None:
    (tmp_path / "face.py").write_text(MISSING)
    said = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-site-packages", "--config-file", "", "--follow-imports", "silent", "face.py"],
        cwd=tmp_path, env={"MYPYPATH": str(CORE)}, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert set(lines_of(said, "error")) == {2, 3}, said


@pytest.mark.parametrize(
    ("code", "distribution"),
    [
        ("from hornbeam.layers import Dense", "hornbeam-layers"),
        ("import hornbeam as hb; hb.layers.Dense", "hornbeam-layers"),
        ("import hornbeam as hb; hb.Sequential", "hornbeam-models"),
        ("import hornbeam as hb; hb.optimizers.Adam", "hornbeam-optimizers"),
        ("import hornbeam as hb; hb.losses.MeanSquaredError", "hornbeam-optimizers"),
        ("import hornbeam as hb; hb.datasets.digits", "hornbeam-datasets"),
    ],
)
def test_without_the_package_the_error_says_what_to_install(code: str, distribution: str) -> None:
    block = (
        "import sys\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {distribution.replace('-', '_')!r}:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Block())\n"
    )
    done = subprocess.run([sys.executable, "-c", block + code], capture_output=True, text=True)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("hornbeam.errors.MissingPackageError:")
    assert last.endswith(f"Run: pip install {distribution}")
