from __future__ import annotations

from pathlib import Path

import pytest
from hornbeam.folders import cache_folder


def test_home_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path))
    assert cache_folder() == tmp_path
    assert cache_folder("kernels") == tmp_path / "kernels"
    monkeypatch.setenv("HORNBEAM_HOME", "~/mine")
    assert cache_folder() == Path.home() / "mine"


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [
        ("linux", "XDG_CACHE_HOME", "hornbeam"),
        ("win32", "LOCALAPPDATA", "hornbeam/Cache"),
    ],
)
def test_each_platform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, variable: str, expected: str
) -> None:
    monkeypatch.delenv("HORNBEAM_HOME", raising=False)
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    assert cache_folder() == tmp_path / expected


def test_mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HORNBEAM_HOME", raising=False)
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache_folder("x") == Path.home() / "Library" / "Caches" / "hornbeam" / "x"
