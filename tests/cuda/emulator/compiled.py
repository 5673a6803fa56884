"""Kernels compiled for the host by g++: many in one object, kept on disk from run to run."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from hornbeam.folders import cache_folder
from hornbeam_cuda.source.kernel import Kernel
from hornbeam_cuda.source.prelude import PRELUDE

__all__ = ["COMPILER", "compiled", "runtime"]

COMPILER = shutil.which("g++")
HERE = Path(__file__).parent
FLAGS = ["-std=c++17", "-fPIC", "-shared", "-w", "-fwrapv", "-ffp-contract=off", "-fno-strict-aliasing"]
KEPT = 14 * 24 * 3600  # seconds that objects stay on disk
TOGETHER = 24  # kernels of an object: one text that is too long takes the whole time of one processor

_entries: dict[str, Any] = {}  # digest of a kernel -> its entry


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


@cache
def _head() -> str:
    """What the text of every object begins with."""
    return (HERE / "shim.h").read_text() + PRELUDE


@cache
def runtime() -> ctypes.CDLL:
    """The scheduler of emulated blocks."""
    key = _digest(_head(), (HERE / "runtime.cpp").read_text())
    path = cache_folder("emulated") / f"{key}.so"
    if not path.exists():
        _forget()
        _build(["-O2", "-I", str(HERE), str(HERE / "runtime.cpp")], path)
    library = ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
    library.launch.restype = ctypes.c_char_p
    library.know.argtypes = [ctypes.c_size_t, ctypes.c_size_t]
    library.forget.argtypes = [ctypes.c_size_t]
    return library


def _forget() -> None:
    """Remove objects that were made long ago: kernels change with the engine."""
    for old in cache_folder("emulated").glob("*.so"):
        with suppress(FileNotFoundError):  # another process was faster
            if time.time() - old.stat(follow_symlinks=False).st_mtime > KEPT:
                old.unlink()


def _build(arguments: list[str], path: Path) -> None:
    """Run g++, and put what it makes in its place at once."""
    assert COMPILER is not None
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder, "made.so")
        done = subprocess.run([COMPILER, *FLAGS, *arguments, "-o", str(made)], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"g++ refuses a kernel:\n{done.stderr[:4000]}")
        os.replace(made, path)


def compiled(kernels: Sequence[Kernel]) -> list[Any]:
    """The entry of each kernel, which takes the places of its arguments; those that are not there yet are compiled together."""
    runtime()
    keys = {k: _digest(_head(), k.name, k.body) for k in kernels}
    missing = [k for k in dict.fromkeys(kernels) if keys[k] not in _entries and not _path(keys[k]).exists()]
    groups = [missing[i::2] for i in range(2)] if len(missing) > 3 else [missing] if missing else []
    groups = [group[i : i + TOGETHER] for group in groups for i in range(0, len(group), TOGETHER)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda group: _compile(group, keys), groups))
    for k, key in keys.items():
        if key not in _entries:
            _entries[key] = getattr(ctypes.CDLL(str(_path(key))), f"enter_{k.name}")
    return [_entries[keys[k]] for k in kernels]


def _path(key: str) -> Path:
    return cache_folder("emulated") / f"{key}.so"


def _compile(kernels: list[Kernel], keys: dict[Kernel, str]) -> None:
    """One object of some kernels, found under the key of each."""
    parts = [f'#include "shim.h"\n{PRELUDE}']
    for i, k in enumerate(kernels):
        entry = f'extern "C" void enter_{k.name}(void** arguments) {{ given({k.name}, arguments); }}'
        parts.append(f"namespace kernel_{i} {{\n{k.body}\n{entry}\n}}")
    text = "\n".join(parts)
    together = _path(_digest(text))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "kernels.cpp")
        source.write_text(text)
        _build(["-O0", "-I", str(HERE), str(source)], together)
    for k in kernels:
        with tempfile.TemporaryDirectory(dir=together.parent) as folder:
            link = Path(folder, "link")
            link.symlink_to(together.name)
            os.replace(link, _path(keys[k]))
