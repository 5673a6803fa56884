"""Where Hornbeam keeps files of its own: compiled kernels, downloaded data, weights."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder(part: str = "") -> Path:
    """The folder for files that can be made again; it may not exist yet.

    HORNBEAM_HOME says where; else it is the user's cache folder of the platform.

    Args:
        part: a folder in it, such as "kernels" or "datasets"; "" for the whole.

    Example:
        >>> cache_folder("datasets").name
        'datasets'
    """
    home = os.environ.get("HORNBEAM_HOME")
    if home:
        base = Path(home).expanduser()
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "hornbeam" / "Cache"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches" / "hornbeam"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hornbeam"
    return base / part if part else base
