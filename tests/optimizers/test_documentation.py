"""The guide names every optimizer, schedule and loss, in both languages."""

import inspect
from pathlib import Path

import hornbeam as hb
import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["optimizing.md", "zh/optimizing.md"])
def test_the_guide_names_everything(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    bases = {"LearningRateSchedule"}
    for module in (hb.optimizers, hb.optimizers.schedules, hb.losses):
        classes = {n for n in module.__all__ if inspect.isclass(getattr(module, n))} - bases
        assert not {n for n in classes if f"`{n}`" not in text and f"optimizers.{n}" not in text}
