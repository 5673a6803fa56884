"""HORNBEAM_DEBUG: a comma-separated list of stages to print, such as "graph" or "check"."""

from __future__ import annotations

import os
import sys

__all__ = ["enabled", "show"]


def enabled(stage: str) -> bool:
    """Whether HORNBEAM_DEBUG names the stage."""
    return stage in os.environ.get("HORNBEAM_DEBUG", "").split(",")


def show(stage: str, what: object) -> None:
    """Print to standard error if the stage is enabled."""
    if enabled(stage):
        print(what, file=sys.stderr)
