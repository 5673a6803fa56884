"""docs/chinese.py joins lines of Chinese, and nothing else."""

from __future__ import annotations

import importlib.util
from pathlib import Path

SPEC = importlib.util.spec_from_file_location("chinese", Path(__file__).parents[2] / "docs" / "chinese.py")
assert SPEC is not None and SPEC.loader is not None
chinese = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(chinese)


def test_broken_lines_are_joined_and_blocks_are_left() -> None:
    joined = chinese.on_page_markdown
    assert joined("编译\n代码，\n`fit`；\n[核心](core.md)") == "编译代码，`fit`；[核心](core.md)"
    for kept in (
        "标题\n\n正文",
        "如下：\n```python\nx\n```",
        "项目：\n- 一\n- 二",
        "如下：\n\n| 一 |\n| 二 |",
        "用 CPU\n和 GPU",
    ):
        assert joined(kept) == kept
