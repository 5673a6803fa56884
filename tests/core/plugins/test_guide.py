"""docs/plugins.md is run: the package it shows is installed, and what it shows at a prompt is what happens."""

from __future__ import annotations

import doctest
import importlib
import re
import tomllib
from pathlib import Path

import pytest
from hornbeam.plugins import registry, specs, unregister

from .conftest import registry_of, write_distribution

DOCS = Path(__file__).parents[3] / "docs"
GUIDES = sorted(path for path in (DOCS / "plugins.md", DOCS / "zh" / "plugins.md") if path.exists())


@pytest.fixture(params=GUIDES, ids=[str(path.relative_to(DOCS)) for path in GUIDES])
def guide(request: pytest.FixtureRequest) -> str:
    """The text of the guide in one language."""
    text: str = request.param.read_text(encoding="utf-8")
    return text


def install_shown(guide: str, site: Path) -> None:
    """Install the package whose files the guide shows, each after a line that begins with its name."""
    files = re.findall(r"^`([\w/]+\.(?:py|toml))`.*?\n```\w+\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in files] == ["pyproject.toml", "acme_hornbeam/_manifest.py", "acme_hornbeam/parts.py"]
    project = tomllib.loads(files[0][1])["project"]
    write_distribution(site, project["name"], project["version"], project["entry-points"]["hornbeam.plugins"])
    for name, text in files[1:]:
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_text(text)
    (site / "acme_hornbeam" / "__init__.py").touch()
    importlib.invalidate_caches()


def test_the_guide_is_true(guide: str, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_shown(guide, site)
    made = registry_of(site, {"HORNBEAM_PLUGINS": "strict"})
    monkeypatch.setattr(registry, "lookup", made.lookup)
    monkeypatch.setattr(registry, "identity", made.identity)
    monkeypatch.setattr("hornbeam.plugins.register_component", made.register_component)
    shown = "\n".join(re.findall(r"^```pycon\n(.*?)^```", guide, re.MULTILINE | re.DOTALL))
    test = doctest.DocTestParser().get_doctest(shown, {}, "guide", None, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test)
    assert runner.tries > 5
    assert runner.failures == 0


def test_the_guide_shows_a_backend_that_works(guide: str, site: Path) -> None:
    (example,) = (block for block in re.findall(r"^```python\n(.*?)^```", guide, re.M | re.S) if "probe" in block)
    (site / "shown_manifest.py").write_text("HORNBEAM_PLUGIN_API = 1\n" + example)
    write_distribution(site, "shown-hornbeam", "1.0", {"shown": "shown_manifest"})
    (status,) = [one for one in registry_of(site).backends() if one.name == "acme"]
    assert status.reason == "acme-driver is not on the PATH"


def test_the_guide_has_every_hook(guide: str) -> None:
    for hook in specs.HOOKS:
        assert f"`{hook}" in guide


def test_registering_for_real_leaves_nothing_behind() -> None:
    registry.register_component("losses", package="guide")(max)
    assert registry.lookup("losses", "guide/max") is max
    unregister("guide")
    assert "max" not in registry.names("losses")


def test_the_guides_show_the_same_code() -> None:
    shown = {tuple(re.findall(r"^```\w+\n.*?^```", path.read_text(encoding="utf-8"), re.M | re.S)) for path in GUIDES}
    assert len(shown) == 1
