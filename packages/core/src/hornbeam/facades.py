"""What facades do beyond re-exporting: the modules among their names can be imported as modules below them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

__all__ = ["modules_below"]


def modules_below(facade: str, names: Mapping[str, Any]) -> None:
    """Let `from hornbeam.applications.resnet50 import ResNet50` find what `hornbeam.applications.resnet50` is.

    Args:
        facade: its name, such as "hornbeam.applications".
        names: what it has.
    """
    for name, value in names.items():
        if isinstance(value, ModuleType) and not name.startswith("_"):
            sys.modules.setdefault(f"{facade}.{name}", value)
