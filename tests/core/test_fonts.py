"""Fonts that are fallen back on."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hornbeam.fonts import legible

pytest.importorskip("matplotlib")


def test_texts_with_chinese_signs_get_the_installed_fonts_that_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import font_manager
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    ticks = axes.set_xticks([0, 1], ["猫", "dog"])
    title, plain = axes.set_title("卷积 conv", family="monospace"), axes.set_xlabel("größe")
    before = plain.get_family()
    installed = [SimpleNamespace(name=name) for name in ("DejaVu Sans", "SimHei", "Noto Sans SC")]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", installed)
    assert legible(figure) is figure
    assert title.get_family() == ["monospace", "Noto Sans SC", "SimHei"]
    assert ticks[0].label1.get_family() == [*before, "Noto Sans SC", "SimHei"]
    assert ticks[1].label1.get_family() == plain.get_family() == before
