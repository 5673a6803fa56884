"""Fonts of pictures drawn with matplotlib: names of layers and classes may be in any language."""

from __future__ import annotations

from typing import Any

__all__ = ["legible"]

FIRST = "\u2e80"  # of the signs for Chinese, Japanese and Korean, which matplotlib's own font lacks
CHINESE = (  # and Japanese and Korean; the first that are installed are taken
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Arial Unicode MS",
)  # fmt: skip


def legible(figure: Any) -> Any:
    """The figure; texts in it that have Chinese signs take them from an installed font that has them.

    Args:
        figure: of matplotlib; whatever is written on it later is left as it is.
    """
    from matplotlib.font_manager import fontManager
    from matplotlib.text import Text

    installed = {font.name for font in fontManager.ttflist}
    for text in figure.findobj(Text):
        if max(text.get_text(), default="") >= FIRST:
            text.set_family([*text.get_family(), *(name for name in CHINESE if name in installed)])
    return figure
