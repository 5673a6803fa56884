"""Every folder of broken/ is a plugin gone wrong, installed beside a sound one, with what has to come of it.

`expect.toml` says why it is broken and
    set_aside.NAME = "text"      the plugin is set aside, and its cause has the text
    complaints.NAME = "text"     it works, and there is a complaint with the text
    backends.NAME = "text"       the backend cannot be used, and the reason has the text
    [lookup."kind name"]         found = "module.Name", or error = "class" and says = "text"
    also = ["text"]              further texts in the causes
    kernels = "backend"          ask for the kernels of this backend first
    process = true               the manifest uses the registry of the process
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import hornbeam.errors
import hornbeam.plugins
import pytest
from hornbeam.errors import PluginError, UnknownNameError
from hornbeam.plugins.store import Registry

from .conftest import install_folder, registry_of

BROKEN = Path(__file__).parent / "broken"
CASES = sorted(path.name for path in BROKEN.iterdir() if path.is_dir() and path.name != "__pycache__")


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, site: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """One broken plugin, installed beside a sound one; `registry(environment)` makes a registry that finds both."""
    folder = BROKEN / request.param
    install_folder(BROKEN.parent / "sound", site)
    install_folder(folder, site)
    case = tomllib.loads((folder / "expect.toml").read_text())

    def registry(environment: dict[str, str] | None = None) -> Registry:
        made = registry_of(site, environment)
        if case.get("process"):
            monkeypatch.setattr(hornbeam.plugins.registry, "names", made.names)
        return made

    case["registry"] = registry
    return case


def test_broken(case: dict[str, Any]) -> None:
    registry = case["registry"]()
    if "kernels" in case:
        registry.kernels(case["kernels"])
    plugins = registry.plugins()
    causes: dict[str, list[str]] = {}
    for plugin in plugins:
        if plugin.cause:
            causes.setdefault(plugin.name, []).append(plugin.cause)
    assert set(causes) == set(case.get("set_aside", {})), causes
    for name, text in case.get("set_aside", {}).items():
        assert all(text in cause for cause in causes[name]), causes[name]
    for text in case.get("also", []):
        assert text in str(causes)
    complaints = {plugin.name: plugin.complaints for plugin in plugins if plugin.complaints}
    assert set(complaints) == set(case.get("complaints", {})), complaints
    for name, text in case.get("complaints", {}).items():
        assert text in complaints[name][0]
    reasons = {status.name: status.reason for status in registry.backends() if status.reason}
    assert set(reasons) == set(case.get("backends", {}))
    for name, text in case.get("backends", {}).items():
        assert text in str(reasons[name])
    for words, expected in case.get("lookup", {}).items():
        kind, name = words.split()
        if "found" in expected:
            found = registry.lookup(kind, name)
            assert f"{found.__module__}.{found.__qualname__}" == expected["found"]
        else:
            with pytest.raises(getattr(hornbeam.errors, expected["error"])) as caught:
                registry.lookup(kind, name)
            assert expected["says"] in str(caught.value)


def test_everything_else_works(case: dict[str, Any]) -> None:
    registry = case["registry"]()
    assert registry.lookup("losses", "SoundLoss").__module__ == "sound_losses"
    assert registry.lookup("losses", "sound_loss")(3, 1) == 2
    assert registry.best_backend().label == "core/numpy"


def test_failed_lookup_tells_who_was_set_aside(case: dict[str, Any]) -> None:
    registry = case["registry"]()
    if "kernels" in case:
        registry.kernels(case["kernels"])
    with pytest.raises(UnknownNameError) as caught:
        registry.lookup("losses", "NoLossOfThisName")
    for name, text in case.get("set_aside", {}).items():
        assert f"Set aside: {name} (" in str(caught.value)
        assert text in str(caught.value)


def test_strict_raises(case: dict[str, Any]) -> None:
    registry = case["registry"]({"HORNBEAM_PLUGINS": "strict"})
    problems = {**case.get("set_aside", {}), **case.get("complaints", {})}
    if not problems:
        registry.plugins()
        return
    with pytest.raises(PluginError) as caught:
        registry.kernels(case.get("kernels", "numpy"))
    assert any(str(caught.value).startswith(f"Plugin {name} (") for name in problems)
    assert any(text in str(caught.value) for text in problems.values())


def test_none_uses_none_of_them(case: dict[str, Any]) -> None:
    registry = case["registry"]({"HORNBEAM_PLUGINS": "none"})
    assert all(plugin.left_out or plugin.source.ours for plugin in registry.plugins())
