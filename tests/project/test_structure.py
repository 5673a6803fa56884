"""What holds of the project as a whole: sizes, paths, imports, public names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent.name for path in ROOT.glob("packages/*/pyproject.toml"))
FILES = sorted(ROOT.glob("packages/*/src/**/*.py"))
LIMIT = 400
TOO_LONG: dict[str, int] = {}  # may only become fewer and shorter: lines today
NUMPY_IN_CORE = ("host.py", "backends/numpy", "testing/")  # the host boundary, the backend, the test kit's truth


def test_files_are_small() -> None:
    sizes = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in FILES}
    assert {name: n for name, n in sizes.items() if n > TOO_LONG.get(name, LIMIT)} == {}
    assert [name for name in TOO_LONG if sizes[name] <= LIMIT] == [], "short enough now: take it off the list"


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"])
def test_paths_in_the_pages_exist(page: str) -> None:
    """Paths in code spans and links; a page may leave out the folders before them, as tables do."""
    text = (ROOT / page).read_text(encoding="utf-8")
    written = re.findall(r"`([\w./*-]+/[\w./*-]*|[\w.-]+\.(?:py|md|in|txt|toml))`", text)
    written += [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    assert len(written) > 2
    assert [w for w in written if w != "/" and not exists(w)] == []


def exists(written: str) -> bool:
    folders = (ROOT / name for name in ("packages", "tests", "docs", "requirements", "examples"))
    return any(ROOT.glob(written)) or any(True for folder in folders for _ in folder.glob(f"**/{written}"))


def test_every_package_is_told_of() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in PACKAGES:
        project = tomllib.loads((ROOT / "packages" / name / "pyproject.toml").read_text())["project"]
        assert f"| {project['name']} |" in readme
        page = (ROOT / "packages" / name / "README.md").read_text(encoding="utf-8")
        assert f"pip install {project['name']}" in page


def test_tests_mirror_the_packages() -> None:
    for name in PACKAGES:
        if list((ROOT / "packages" / name).glob("src/*")):
            assert list((ROOT / "tests" / name).rglob("test_*.py")), f"tests/{name} has no tests"
            assert list((ROOT / "packages" / name / "tests").glob("test_*.py")), f"packages/{name}/tests has no tests"


def test_the_lists_of_packages_agree() -> None:
    nox = (ROOT / "noxfile.py").read_text()
    make = (ROOT / "Makefile").read_text()
    for name in PACKAGES:
        if list((ROOT / "packages" / name).glob("src/*")):
            assert f'"{name}"' in nox
            assert re.search(rf"\b{name}\b", make)


@pytest.mark.parametrize("path", FILES, ids=[str(p.relative_to(ROOT / "packages")) for p in FILES])
def test_all_is_a_literal_list(path: Path) -> None:
    """Type checkers read no other form of it."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            assert isinstance(node.value, ast.List)
            assert all(isinstance(e, ast.Constant) for e in node.value.elts)


def test_numpy_is_imported_at_the_boundary_only() -> None:
    core = ROOT / "packages/core/src/hornbeam"
    found = set()
    for path in core.rglob("*.py"):
        inner = str(path.relative_to(core))
        if inner.startswith(NUMPY_IN_CORE):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        typing = {
            id(n)
            for block in ast.walk(tree)
            if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
            for n in ast.walk(block)
        }
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if id(node) not in typing and any(n.partition(".")[0] == "numpy" for n in names):
                found.add(inner)
    assert found == set()


def test_importing_core_loads_nothing_else() -> None:
    code = (
        "import sys, hornbeam\n"
        "roots = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(n for n in roots if n.startswith('hornbeam') and n != 'hornbeam' and not n.startswith('__')))\n"
        "print(sorted(roots & {'cupy', 'torch', 'scipy', 'h5py', 'rich', 'matplotlib', 'sklearn', 'llvmlite', 'hypothesis'}))\n"
        "print('_manifest' in ' '.join(sys.modules))\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["[]", "[]", "False"]


def test_models_load_what_reads_files_and_draws_tables_when_it_is_needed() -> None:
    code = (
        "import sys, hornbeam as hb\n"
        "model = hb.Sequential([hb.layers.Input((2,)), hb.layers.Dense(1)])\n"
        "print(sorted({'h5py', 'rich', 'matplotlib', 'multiprocessing', 'urllib.request'} & set(sys.modules)))\n"
        "print(callable(hb.models.load_model), hb.saving.KerasFileEditor.__name__)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["[]", "True KerasFileEditor"]
