"""The machine to compile for: its vector width, registers and caches; HORNBEAM_CPU_TARGET restricts it.

HORNBEAM_CPU_TARGET=avx512|avx2|sse|neon|generic: use no more of the host than that (for tests and for measuring).
"""

from __future__ import annotations

import functools
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
from hornbeam.errors import BackendError

__all__ = ["Target", "host"]

LEVELS = ("avx512", "avx2", "sse", "neon", "generic")


@dataclass(frozen=True)
class Target:
    """What kernels are generated for.

    Attributes:
        level: the family of vector instructions.
        cpu: LLVM's name of the processor.
        features: LLVM's list of features.
        triple: LLVM's triple.
        width: bytes of a vector register.
        registers: number of vector registers.
        l1, l2: bytes of the data caches of one core.
    """

    level: str
    cpu: str
    features: str
    triple: str
    width: int
    registers: int
    l1: int = 32 * 1024
    l2: int = 512 * 1024

    def lanes(self, bytes: int = 4) -> int:
        """Numbers of that many bytes in one register."""
        return self.width // bytes

    def machine(self, level: int = 3) -> Any:
        """A new LLVM target machine: one belongs to one module, sharing it is not safe."""
        return llvm.Target.from_triple(self.triple).create_target_machine(
            cpu=self.cpu, features=self.features, opt=level, reloc="default", codemodel="jitdefault"
        )


@functools.cache
def host() -> Target:
    """This machine, as far as HORNBEAM_CPU_TARGET lets it be used.

    Raises:
        BackendError: HORNBEAM_CPU_TARGET names no level, or one that this machine does not have.
    """
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    triple, flags = llvm.get_process_triple(), llvm.get_host_cpu_features()
    arm = platform.machine().lower() in ("arm64", "aarch64")
    best = (
        "neon"
        if arm
        else "avx512"
        if _has_avx512(flags)
        else "avx2"
        if flags.get("avx2") and flags.get("fma")
        else "sse"
    )
    level = os.environ.get("HORNBEAM_CPU_TARGET") or best
    if level not in LEVELS:
        raise BackendError(f"HORNBEAM_CPU_TARGET is {level!r}; it can be {', '.join(LEVELS)}.")
    allowed = LEVELS[LEVELS.index(best) :] if best != "neon" else ("neon", "generic")
    if level not in allowed or (level == "neon") != (best == "neon") and level != "generic":
        raise BackendError(f"HORNBEAM_CPU_TARGET is {level!r}, but this machine has {best} at most.")
    l1, l2 = _cache(1, 32 * 1024), _cache(2, 512 * 1024)
    if level == best:
        features = flags.flatten()
        if level == "avx512":
            features += ",-prefer-256-bit"
        return Target(level, llvm.get_host_cpu_name(), features, triple, *WIDTHS[level], l1, l2)
    return restricted(level, triple, l1, l2)


WIDTHS = {"avx512": (64, 32), "avx2": (32, 16), "sse": (16, 16), "neon": (16, 32), "generic": (16, 16)}
_CPUS = {"avx2": ("haswell", ""), "sse": ("x86-64", ""), "neon": ("generic", "+neon"), "avx512": ("skylake-avx512", "")}


def restricted(level: str, triple: str, l1: int = 32 * 1024, l2: int = 512 * 1024) -> Target:
    """A target of that level, whatever the host is: for cross-compilation too."""
    cpu, features = _CPUS.get(level, ("generic", ""))
    return Target(level, cpu, features, triple, *WIDTHS[level], l1, l2)


def _has_avx512(flags: Any) -> bool:
    return all(flags.get(name) for name in ("avx512f", "avx512bw", "avx512dq", "avx512vl"))


def _cache(level: int, otherwise: int) -> int:
    """Bytes of a data cache of the first core, as Linux tells."""
    folder = Path("/sys/devices/system/cpu/cpu0/cache")
    try:
        for index in sorted(folder.glob("index*")):
            kind, found = (index / "type").read_text().strip(), int((index / "level").read_text())
            if found == level and kind in ("Data", "Unified"):
                size = (index / "size").read_text().strip()
                return int(size.rstrip("KM")) * {"K": 1024, "M": 1024**2}[size[-1]]
    except (OSError, ValueError, KeyError, IndexError):
        pass
    return otherwise
