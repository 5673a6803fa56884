"""The examples in docstrings, READMEs and guides are run, and every public name has a docstring."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import hornbeam as hb
import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(ROOT.glob("packages/*/src/hornbeam*"))
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
GUIDES = sorted(
    path
    for path in (*ROOT.glob("packages/*/README.md"), *ROOT.glob("docs/**/*.md"), ROOT / "README.md")
    if path.name != "plugins.md"  # tests/core/plugins/test_guide.py installs its package first
)
FACES = (
    "hornbeam",
    "hornbeam.ops",
    "hornbeam.ops.image",
    "hornbeam.ops.linalg",
    "hornbeam.random",
    "hornbeam.testing",
    "hornbeam.plugins",
)


def modules() -> list[str]:
    names = []
    for source in SOURCES:
        names.append(source.name)
        names += [m.name for m in pkgutil.walk_packages([str(source)], f"{source.name}.") if "__main__" not in m.name]
    return names


@pytest.mark.parametrize("name", modules())
def test_examples_of_docstrings(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)
    assert not found.failed


@pytest.mark.parametrize("path", GUIDES, ids=[str(path.relative_to(ROOT)) for path in GUIDES])
def test_examples_of_guides(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    hb.set_random_seed(0)
    shown = "\n".join(re.findall(r"^```pycon\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S))
    test = doctest.DocTestParser().get_doctest(shown, {}, path.name, str(path), 0)
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    runner.run(test)
    assert not runner.failures
    if path.name == "README.md" and path.parent.parent.name == "packages":
        assert runner.tries or path.parent.name == "hornbeam", "a README shows how its package is used"


def test_guides_show_the_same_code_in_both_languages() -> None:
    docs = ROOT / "docs"
    own = {p.relative_to(docs / "zh") for p in docs.glob("zh/**/*.md")}
    assert own == {p.relative_to(docs) for p in docs.glob("**/*.md")} - {
        p.relative_to(docs) for p in docs.glob("zh/**/*.md")
    } - {p.relative_to(docs) for p in docs.glob("decisions/*.md")}
    for page in own:
        blocks = [
            re.findall(r"^```\w+\n.*?^```", path.read_text(encoding="utf-8"), re.M | re.S)
            for path in (docs / page, docs / "zh" / page)
        ]
        assert blocks[0] == blocks[1], page


def test_the_table_of_differences_is_the_same_in_both_languages() -> None:
    tables = [
        [
            sorted(re.findall("`[^`]+`", line.split("|")[1]))
            for line in path.read_text("utf-8").splitlines()
            if line[:1] == "|"
        ]
        for path in (ROOT / "docs" / "differences.md", ROOT / "docs" / "zh" / "differences.md")
    ]
    assert tables[0] == tables[1]
    assert len(tables[0]) > 20


def public(module: ModuleType) -> dict[str, Any]:
    names = getattr(module, "__all__", None) or [n for n in vars(module) if not n.startswith("_")]
    return {name: getattr(module, name) for name in names}


def documented() -> list[tuple[str, Any]]:
    """Every public function and class, and the public methods and properties that our classes define."""
    faces = [*FACES, *(s.name for s in SOURCES if s.name != "hornbeam"), *hb.__dir__()]
    found: dict[str, Any] = {}
    for face in faces:
        module = getattr(hb, face, None) if face in hb.__dir__() else importlib.import_module(face)
        if not inspect.ismodule(module):
            continue
        for name, value in public(module).items():
            if not callable(value) or not str(getattr(value, "__module__", "")).startswith("hornbeam"):
                continue
            found[f"{value.__module__}.{name}"] = value
            for attribute, inner in vars(value).items() if inspect.isclass(value) else ():
                described = any(attribute in vars(base) for base in value.__mro__[1:])  # where it is first defined
                if not attribute.startswith("_") and isinstance(inner, (FunctionType, property)) and not described:
                    found[f"{value.__module__}.{name}.{attribute}"] = inner
    return sorted(found.items())


def test_every_public_name_has_a_docstring() -> None:
    names = documented()
    assert len(names) > 400
    assert [name for name, value in names if not (value.__doc__ or "").strip()] == []
