"""Keras 2 called the metric "accuracy" "acc" in what it told of an epoch: both names find it."""

from __future__ import annotations

from typing import Any

__all__ = ["Figures", "both_names"]

OTHER = {"acc": "accuracy", "accuracy": "acc", "lr": "learning_rate", "learning_rate": "lr"}


def other_name(name: str) -> str:
    """The other name of a figure, or the same.

    Example:
        >>> other_name("val_acc"), other_name("loss")
        ('val_accuracy', 'loss')
    """
    before, own = ("val_", name[4:]) if name.startswith("val_") else ("", name)
    return before + OTHER.get(own, own)


def both_names(logs: Any) -> dict[str, Any]:
    """Figures under their names, and under their other names."""
    given = dict(logs or {})
    return {**{other_name(name): value for name, value in given.items()}, **given}


class Figures(dict[str, Any]):
    """Figures by name, found by their other names too."""

    def __missing__(self, name: str) -> Any:
        """What the other name has."""
        return missing_figure(self, name)


def missing_figure(figures: Any, name: str) -> Any:
    """What a figure's other name has; for `__missing__` of dictionaries."""
    other = other_name(name)
    if other == name or other not in figures:
        raise KeyError(name)
    return figures[other]
