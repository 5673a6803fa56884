"""What doctor reports: facts about this installation, gathered without importing what is examined."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import HornbeamError
from ..folders import cache_folder
from .discovery import version_of
from .engines import BackendStatus
from .loader import Plugin
from .manifest import FIRST_PARTY, KINDS, BackendComponent
from .store import Registry

__all__ = ["examine"]

# What our packages can use, and what for; none but the first two is needed by core.
OTHERS = {
    "numpy": "needed",
    "pluggy": "needed",
    "ml_dtypes": "bfloat16",
    "h5py": "saving models, HDF5 data",
    "rich": "progress bars",
    "llvmlite": "hornbeam-cpu",
    "cupy": "hornbeam-cuda",
    "pandas": "tables",
    "pyarrow": "Parquet and Arrow files",
    "pillow": "images",
    "soundfile": "audio",
    "matplotlib": "pictures",
    "scikit-learn": "estimators, the digits",
}
RESERVED = FIRST_PARTY["distributed"]  # a name of ours that no package has yet
WHEELS = {"cupy": ("cupy-cuda12x", "cupy-cuda13x", "cupy-cuda11x")}  # one package under several names
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|KEY", re.IGNORECASE)


def examine(registry: Registry, environment: Mapping[str, str] = os.environ, load: bool = False) -> dict[str, Any]:
    """Everything doctor knows, as plain data for JSON.

    Args:
        registry: whose plugins.
        environment: the environment variables.
        load: import every component and kernel too, as a look-up would.
    """
    problems: list[str] = []
    report = {
        "python": _python(),
        "packages": _packages(),
        "plugins": _plugins(registry, problems),
        "clashes": _or_problem(lambda: registry.index().clashes(), problems, []),
        "backends": _backends(registry, environment, problems),
        "threads": _threads(environment),
        "caches": _caches(),
        "environment": {
            name: "(hidden)" if SECRET.search(name) else value
            for name, value in sorted(environment.items())
            if name.startswith("HORNBEAM_")
        },
    }
    if load:
        report["loaded"] = _load_all(registry, problems)
    report["problems"] = list(dict.fromkeys(problems))
    report["healthy"] = not problems
    return report


def _or_problem(answer: Any, problems: list[str], otherwise: Any) -> Any:
    try:
        return answer()
    except HornbeamError as error:
        problems.append(str(error))
        return otherwise


def _python() -> dict[str, str]:
    return {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "machine": platform.machine(),
    }


def _packages() -> list[dict[str, str | None]]:
    found = [(name, "") for name in ("hornbeam", *FIRST_PARTY.values())] + list(OTHERS.items())
    rows: list[dict[str, str | None]] = []
    for name, purpose in found:
        if name == RESERVED and not version_of(name):
            continue
        installed = {n: version_of(n) for n in (name, *WHEELS.get(name, ())) if version_of(n)}
        distribution, version = next(iter(installed.items()), (name, None))
        rows.append({"name": distribution, "version": version, "for": purpose})
    return rows


def _plugins(registry: Registry, problems: list[str]) -> list[dict[str, Any]]:
    plugins: tuple[Plugin, ...] = _or_problem(registry.plugins, problems, ())
    if plugins:
        # Kernels are asked for when a backend is first used; ask now, so that a hook that fails shows.
        for entry in registry.components("backends"):
            _or_problem(lambda name=entry.component.name: registry.kernels(name), problems, {})
        plugins = registry.plugins()
    rows = []
    for plugin in plugins:
        if plugin.cause:
            problems.append(f"The plugin {plugin} is set aside: {plugin.cause}.")
        rows.append(
            {
                "name": plugin.name,
                "distribution": plugin.source.distribution,
                "version": plugin.source.version,
                "manifest": plugin.source.module,
                "status": "set aside" if plugin.cause else "left out" if plugin.left_out else "ok",
                "cause": plugin.cause,
                "complaints": list(plugin.complaints),
                "components": {kind: [c.name for c in found] for kind, found in plugin.components.items()},
            }
        )
    return rows


def _backends(registry: Registry, environment: Mapping[str, str], problems: list[str]) -> list[dict[str, Any]]:
    statuses = _or_problem(registry.backends, problems, [])
    chosen = environment.get("HORNBEAM_BACKEND")
    default = None
    if chosen:
        named = [status for status in statuses if chosen.partition(":")[0] in (status.name, status.entry.label)]
        if not named:
            _or_problem(lambda: registry.component("backends", chosen), problems, None)
        for status in named:
            default = status.entry.label
            if status.reason:
                problems.append(f"HORNBEAM_BACKEND asks for {chosen!r}, which cannot be used: {status.reason}.")
    elif statuses:
        best = _or_problem(registry.best_backend, problems, None)
        default = best and best.label
    return [
        {
            "name": status.name,
            "plugin": status.entry.plugin.name,
            "priority": status.priority,
            "usable": status.reason is None,
            "reason": status.reason,
            "default": status.entry.label == default,
            "summary": status.entry.component.summary,
            "notes": _notes(status),
            "kernels": {
                name: entry.label
                for name, entry in _or_problem(lambda n=status.name: registry.kernels(n), problems, {}).items()
            },
        }
        for status in statuses
    ]


def _threads(environment: Mapping[str, str]) -> dict[str, Any]:
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    return {
        "cpus": os.cpu_count(),
        "affinity": affinity,
        "limit": _cgroup_limit(),
        "variables": {name: environment.get(name) for name in THREAD_VARIABLES},
    }


def _cgroup_limit(file: Path = Path("/sys/fs/cgroup/cpu.max")) -> float | None:
    """How many processors' time a container may use; None without a limit."""
    try:
        quota, period = file.read_text().split()
        return None if quota == "max" else round(int(quota) / int(period), 2)
    except (OSError, ValueError):
        return None


def _caches() -> dict[str, Any]:
    folder = cache_folder()
    parts = {}
    if folder.is_dir():
        for part in sorted(folder.iterdir()):
            sizes = [
                size for path in (part.rglob("*") if part.is_dir() else [part]) if (size := _size(path)) is not None
            ]
            parts[part.name] = {"files": len(sizes), "bytes": sum(sizes)}
    return {"folder": str(folder), "exists": folder.is_dir(), "parts": parts}


def _notes(status: BackendStatus) -> list[str]:
    """What a usable backend does without here."""
    component = status.entry.component
    if status.reason is not None or not isinstance(component, BackendComponent):
        return []
    try:
        return [str(note) for note in component.notes()]
    except (Exception, SystemExit) as error:
        return [f"its notes raised {type(error).__name__}: {error}"]


def _size(path: Path) -> int | None:
    """The size of a file; None where it is none, or another process has just removed it."""
    try:
        return path.stat().st_size if path.is_file() else None
    except FileNotFoundError:
        return None


def _load_all(registry: Registry, problems: list[str]) -> int:
    """Load everything; the answer is how many could be."""
    entries = [entry for kind in KINDS for entry in _or_problem(lambda k=kind: registry.components(k), problems, [])]
    usable = {status.entry: status.reason for status in _or_problem(registry.backends, problems, [])}
    entries = [entry for entry in entries if usable.get(entry) is None]
    for entry, reason in usable.items():
        if reason is None:
            entries += _or_problem(lambda n=entry.component.name: registry.kernels(n), problems, {}).values()
    count = 0
    for entry in entries:
        before = len(problems)
        _or_problem(lambda e=entry: registry.load_entry(e), problems, None)
        count += len(problems) == before
    return count
