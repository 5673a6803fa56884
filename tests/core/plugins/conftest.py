"""Real installed distributions: modules and dist-info in a temporary folder on sys.path."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hornbeam.plugins.discovery import Source, installed
from hornbeam.plugins.store import Registry

Install = Callable[..., Registry]

MANIFEST = """
from hornbeam.plugins import BackendComponent, Component, hookimpl
HORNBEAM_PLUGIN_API = 1
"""


def write_distribution(site: Path, name: str, version: str, entry_points: str | Mapping[str, str]) -> None:
    """Write the dist-info folder that an installer would."""
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    if not isinstance(entry_points, str):
        entry_points = "\n".join(f"{key} = {value}" for key, value in entry_points.items())
        entry_points = f"[hornbeam.plugins]\n{entry_points}\n"
    (info / "entry_points.txt").write_text(entry_points)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on sys.path; what was imported from it is forgotten at the end."""
    folder = tmp_path / "site"
    folder.mkdir()
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    for name in set(sys.modules) - before:
        if str(folder) in str(
            getattr(sys.modules[name], "__file__", None) or getattr(sys.modules[name], "__path__", "")
        ):
            del sys.modules[name]


@pytest.fixture
def install(site: Path) -> Install:
    """Install distributions and answer a registry that finds them: `install(acme={"manifest": "..."})`.

    Each keyword is a plugin: its manifest's text (the usual head is put before it), and as wanted its `distribution`,
    `version`, and further `files`.
    """

    def add(environment: Mapping[str, str] | None = None, **plugins: Mapping[str, object] | str) -> Registry:
        for name, given in plugins.items():
            what: Mapping[str, object] = {"manifest": given} if isinstance(given, str) else given
            module = f"{name}_manifest"
            (site / f"{module}.py").write_text(MANIFEST + str(what["manifest"]))
            files = what.get("files", {})
            assert isinstance(files, dict)
            for path, text in files.items():
                (site / path).parent.mkdir(parents=True, exist_ok=True)
                (site / path).write_text(text)
            distribution = str(what.get("distribution", f"{name}-hornbeam"))
            write_distribution(site, distribution, str(what.get("version", "0.2")), {name: module})
        importlib.invalidate_caches()
        return registry_of(site, environment)

    return add


def registry_of(site: Path, environment: Mapping[str, str] | None = None) -> Registry:
    """A registry that finds core and what is installed in `site`, whatever else this environment has."""

    def sources() -> list[Source]:
        here = {path.name.partition("-")[0].replace("_", "-") for path in site.glob("*.dist-info")}
        return [source for source in installed() if source.distribution in {*here, "hornbeam-core"}]

    return Registry(sources, environment or {})


def install_folder(folder: Path, site: Path) -> None:
    """Install a folder of distributions: modules as they are, `NAME-VERSION.entry_points.txt` as metadata."""
    for path in folder.iterdir():
        if path.name.endswith(".entry_points.txt"):
            name, _, version = path.name.removesuffix(".entry_points.txt").rpartition("-")
            write_distribution(site, name, version, path.read_text())
        elif path.is_dir() and path.name != "__pycache__":
            shutil.copytree(path, site / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif path.suffix in (".py", ".py_"):  # .py_: not Python at all, so that no tool reads it in its place here
            shutil.copy(path, site / f"{path.stem}.py")
    importlib.invalidate_caches()
