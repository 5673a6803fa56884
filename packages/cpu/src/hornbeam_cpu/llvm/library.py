"""Kernels by description: generated, compiled, cached on disk and loaded at their first use."""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite
from hornbeam import kernel_cache as cache
from hornbeam.debug import enabled, show

from hornbeam_cpu.llvm.builder import Module
from hornbeam_cpu.llvm.compiler import Loaded, compile_ir
from hornbeam_cpu.llvm.target import Target, host

__all__ = ["ABI", "Kernel", "address"]

# Every kernel is a function of this form, called `kernel`:
#   args: an array of i64: addresses and sizes, in the order that its generator documents
#   task: which part of the work to do; how many there are follows from the shapes alone
#   scratch: memory of the calling thread's own
ABI = (("args", "ptr"), ("task", "i64"), ("scratch", "ptr"))


class Kernel(NamedTuple):
    """What a kernel is, without being compiled: equal descriptions are one kernel.

    Attributes:
        generate: `generate(target, *params) -> Module`, with a function `kernel` of the form `ABI`.
        params: hashable, with a `repr` that says all.
        name: what prints and profiles call it.
    """

    generate: Callable[..., Module]
    params: tuple[Any, ...]
    name: str


_loaded: dict[str, tuple[Loaded, int]] = {}
_keys: dict[tuple[Kernel, Target], str] = {}
_lock = threading.Lock()


def address(kernel: Kernel, target: Target | None = None) -> int:
    """Where the machine code of a kernel is, compiled now if it has to be."""
    target = target or host()
    key = _key(kernel, target)
    found = _loaded.get(key)
    if found is None:
        with _lock:
            found = _loaded.get(key) or _loaded.setdefault(key, _load(key, kernel, target))
    return found[1]


def _load(key: str, kernel: Kernel, target: Target) -> tuple[Loaded, int]:
    data = cache.read(key)
    if data is None or enabled("ir"):
        ir = str(kernel.generate(target, *kernel.params))
        show("ir", f"; {kernel.name}\n{ir}\n")
        if data is None:
            data = compile_ir(ir, target)
            cache.write(key, data)
    loaded = Loaded(data, target)
    return loaded, loaded.address("kernel")


def _key(kernel: Kernel, target: Target) -> str:
    found = _keys.get((kernel, target))
    if found is None:
        who = f"{kernel.generate.__module__}.{kernel.generate.__qualname__}"
        said = f"{who}{kernel.params!r}{target!r}{llvmlite.__version__}{_sources()}"
        found = _keys[kernel, target] = hashlib.sha256(said.encode()).hexdigest()
    return found


@functools.cache
def _sources() -> str:
    """A digest of this package's code: another version makes other kernels."""
    found = hashlib.sha256()
    root = Path(__file__).parent.parent
    for path in sorted(root.rglob("*.py")):
        found.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return found.hexdigest()
