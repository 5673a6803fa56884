"""Where Hornbeam keeps files of its own: compiled kernels, downloaded data, weights."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
from pathlib import Path

__all__ = ["cache_folder", "clear_kernels"]

_KERNEL = re.compile(r"[0-9a-f]{64}\.o|tmp\w+\.part")  # an object under its digest; one whose writing was cut short


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


def clear_kernels() -> tuple[int, int]:
    """Remove the compiled kernels; they are compiled again when they are next needed.

    Only plain files that are named as kernels are and lie in the folder itself go; links and everything else stay. A folder
    that is a link, or somebody else's, is left alone.

    Returns:
        How many files were removed, and how many bytes they had.
    """
    folder = cache_folder("kernels")
    count = size = 0
    try:
        found = folder.stat(follow_symlinks=False)
        if not stat.S_ISDIR(found.st_mode) or hasattr(os, "getuid") and found.st_uid != os.getuid():
            return 0, 0
        paths = [path for path in folder.iterdir() if _KERNEL.fullmatch(path.name)]
    except OSError:
        return 0, 0
    for path in paths:
        with contextlib.suppress(OSError):
            about = path.stat(follow_symlinks=False)
            if stat.S_ISREG(about.st_mode):
                path.unlink()
                count, size = count + 1, size + about.st_size
    return count, size
