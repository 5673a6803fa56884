from __future__ import annotations

import sys
from itertools import permutations
from pathlib import Path

import pytest
from hornbeam.errors import InvalidArgumentError
from hornbeam.plugins.discovery import Setting, Source, distribution_key, installed, options_for, version_of

from .conftest import write_distribution


def here(site: Path) -> list[Source]:
    """What is found of the distributions in `site`."""
    mine = {path.name.partition("-")[0].replace("_", "-") for path in site.glob("*.dist-info")}
    return [source for source in installed() if distribution_key(source.distribution) in mine]


def test_core_is_always_there() -> None:
    assert [source.module for source in installed() if source.name == "core"] == ["hornbeam._manifest"]


def test_entry_points_are_found_with_their_distribution(site: Path) -> None:
    write_distribution(site, "acme-hornbeam", "0.2", {"acme": "acme_hornbeam._manifest"})
    write_distribution(site, "zen-hornbeam", "1.0rc1", {"zen": "zen"})
    assert here(site) == [
        Source("acme", "acme_hornbeam._manifest", "acme-hornbeam", "0.2"),
        Source("zen", "zen", "zen-hornbeam", "1.0rc1"),
    ]


def test_other_groups_are_none_of_our_business(site: Path) -> None:
    write_distribution(site, "acme-tool", "1.0", "[console_scripts]\nhornbeam.plugins = acme:main\n")
    write_distribution(site, "acme-pytest", "1.0", "[pytest11]\nacme = acme\n\n[hornbeam.plugins]\nacme = acme\n")
    assert here(site) == [Source("acme", "acme", "acme-pytest", "1.0")]


def test_a_distribution_found_twice_counts_once(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = tmp_path / "later"
    write_distribution(site, "acme-hornbeam", "0.2", {"acme": "new"})
    write_distribution(later, "acme-hornbeam", "0.1", {"acme": "old"})
    monkeypatch.setattr("sys.path", [*sys.path, str(later)])
    assert here(site) == [Source("acme", "new", "acme-hornbeam", "0.2")]


def test_a_hidden_distribution_is_not_there(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The version that Python would import is no plugin any more.
    later = tmp_path / "later"
    write_distribution(site, "acme-hornbeam", "0.3", "[console_scripts]\nacme = acme:main\n")
    write_distribution(later, "acme-hornbeam", "0.1", {"acme": "old"})
    monkeypatch.setattr("sys.path", [*sys.path, str(later)])
    assert here(site) == []


def test_ours_are_pairs_of_name_and_distribution() -> None:
    assert Source("layers", "m", "hornbeam-layers").ours
    assert Source("layers", "m", "Hornbeam_Layers").ours
    assert not Source("layers", "m", "acme").ours
    assert not Source("acme", "m", "hornbeam-layers").ours
    assert not Source("fancy", "m", "hornbeam-fancy").ours


@pytest.mark.parametrize(
    ("text", "only", "strict"),
    [
        ("", None, False),
        (" , ", None, False),
        ("none", set(), False),
        ("strict", None, True),
        ("strict,none", set(), True),
        ("acme", {"acme"}, False),
        (" acme , strict,other,", {"acme", "other"}, True),
    ],
)
def test_setting(text: str, only: set[str] | None, strict: bool) -> None:
    assert Setting.parse(text) == Setting(None if only is None else frozenset(only), strict)


def test_setting_refuses_none_beside_names() -> None:
    with pytest.raises(InvalidArgumentError, match="HORNBEAM_PLUGINS='none,acme': 'none' cannot stand beside names"):
        Setting.parse("none,acme")


def test_our_own_packages_are_always_taken() -> None:
    for text in ("none", "acme", "strict"):
        assert Setting.parse(text).takes(Source("layers", "m", "hornbeam-layers"))
    assert not Setting.parse("none").takes(Source("acme", "m", "acme"))
    assert not Setting.parse("acme").takes(Source("zen", "m", "zen"))


def test_options() -> None:
    environment = {"HORNBEAM_ACME_CACHE": "/a", "HORNBEAM_ACMEX_CACHE": "/b", "HORNBEAM_ACME": "c", "ACME_CACHE": "d"}
    assert options_for("acme", environment) == {"cache": "/a"}


def test_version_of() -> None:
    assert version_of("pluggy")[0].isdigit()
    assert version_of("no-such-distribution") == ""


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_the_path_never_matters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: list[int]) -> None:
    folders = [tmp_path / name for name in "abc"]
    write_distribution(folders[0], "acme-one", "1.0", {"acme": "acme_one"})
    write_distribution(folders[1], "acme-two", "1.0", {"acme": "acme_two"})
    write_distribution(folders[2], "zen", "1.0", {"zen": "zen"})
    monkeypatch.setattr(sys, "path", [*(str(folders[i]) for i in order), *sys.path])
    found = [source for source in installed() if source.distribution in ("acme-one", "acme-two", "zen")]
    assert [source.module for source in found] == ["acme_one", "acme_two", "zen"]
