from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
from hornbeam.errors import PluginError
from hornbeam.plugins.importing import import_manifest, told


def write(site: Path, **files: str) -> None:
    for name, text in files.items():
        path = site / (name.replace("__", "/").replace("/init", "/__init__") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    importlib.invalidate_caches()


def test_the_package_around_a_manifest_is_not_run(site: Path) -> None:
    write(site, pkg__init="raise RuntimeError('heavy')", pkg__manifest="VALUE = 3")
    manifest, complaints = import_manifest("pkg.manifest")
    assert (manifest.VALUE, complaints) == (3, ())
    assert "pkg" not in sys.modules


def test_a_package_imported_later_finds_its_manifest(site: Path) -> None:
    write(site, pkg__init="", pkg__manifest="VALUE = 3")
    manifest, _ = import_manifest("pkg.manifest")
    from pkg import manifest as again  # type: ignore[import-not-found]

    assert again is manifest
    assert import_manifest("pkg.manifest")[0] is manifest


def test_a_package_imported_before_is_used(site: Path) -> None:
    write(site, pkg__init="NAME = 'acme'", pkg__manifest="from . import NAME")
    importlib.import_module("pkg")
    manifest, complaints = import_manifest("pkg.manifest")
    assert (manifest.NAME, complaints) == ("acme", ())


def test_a_manifest_may_be_a_package(site: Path) -> None:
    write(
        site,
        pkg__init="raise RuntimeError('heavy')",
        pkg__manifest__init="from pkg.manifest.losses import NAMES\nfrom .metrics import MORE",
        pkg__manifest__losses="NAMES = ['Gap']",
        pkg__manifest__metrics="MORE = ['Hits']",
    )
    manifest, complaints = import_manifest("pkg.manifest")
    assert (manifest.NAMES, manifest.MORE, complaints) == (["Gap"], ["Hits"], ())
    assert "pkg" not in sys.modules


@pytest.mark.parametrize("name", ["space.manifest", "space.inner.manifest", "space.inner.pkg.manifest"])
def test_namespace_packages(site: Path, name: str) -> None:
    path = site / Path(*name.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True)
    path.write_text("VALUE = 3")
    importlib.invalidate_caches()
    assert import_manifest(name)[0].VALUE == 3


@pytest.mark.parametrize("name", ["nowhere", "nowhere.manifest", "json.nowhere", "single.nowhere"])
def test_not_there(site: Path, name: str) -> None:
    write(site, single="")
    with pytest.raises(PluginError, match=f"its manifest {name} cannot be imported: ModuleNotFoundError"):
        import_manifest(name)


def test_a_manifest_that_fails_is_not_left_half_made(site: Path) -> None:
    write(site, pkg__init="", pkg__manifest="VALUE = 3\n1 / 0")
    with pytest.raises(PluginError, match=r"ZeroDivisionError: division by zero \(pkg/manifest.py, line 2\)"):
        import_manifest("pkg.manifest")
    assert "pkg.manifest" not in sys.modules


def test_complaint_names_what_was_imported_besides(site: Path) -> None:
    write(
        site,
        manifest="import json, big.part, hornbeam.plugins\ntry:\n    import absent\nexcept ImportError:\n    pass",
        big__init="",
        big__part="import bigger",
        bigger="",
    )
    _, (complaint,) = import_manifest("manifest")
    assert "imports big, bigger; let it" in complaint


def test_the_finders_are_as_before(site: Path) -> None:
    write(site, manifest="1 / 0")
    before = list(sys.meta_path)
    with pytest.raises(PluginError):
        import_manifest("manifest")
    assert sys.meta_path == before


def test_told_is_one_line() -> None:
    assert told(ValueError("two\n  lines")) == "ValueError: two lines"
    assert told(PluginError("ours speak for themselves")) == "ours speak for themselves"
