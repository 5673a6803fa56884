"""`python -m hornbeam doctor`: is this installation healthy, and if not, what is wrong and what to do.

Needs nothing but core's own two dependencies.
"""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from ..folders import cache_folder, clear_kernels
from .examine import examine
from .manifest import FIRST_PARTY, KINDS
from .registry import process_registry

__all__ = ["main", "render"]

ABOUT = """\
Examine this installation: Python, packages, plugins, backends, threads, caches and settings.

A plugin is a package that adds layers, losses, backends and so on. One that is broken is set aside, so that the rest
works; the section "Plugins" says which and why. The section "Backends" says what can compute here, and for each one
that cannot, why not; the default is marked.
"""
MORE = """\
exit status:
  0  healthy
  1  a plugin is set aside, a setting cannot be followed, or (with --load) a component cannot be loaded
  2  the arguments are wrong

settings (environment variables):
  HORNBEAM_PLUGINS   none         use our own packages only
                     strict       raise on the first problem with a plugin, instead of setting it aside
                     acme,other   use these plugins and our own packages; strict,acme does both
  HORNBEAM_BACKEND   the backend to use, instead of the best one that works
  HORNBEAM_HOME      the folder for caches

examples:
  python -m hornbeam doctor
  python -m hornbeam doctor --load               import every component as well, as a test of a new plugin
  python -m hornbeam doctor --json > report.json  for a bug report
  python -m hornbeam doctor --clear-cache        remove the compiled kernels; they are compiled again when needed
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run doctor.

    Args:
        argv: the arguments after "doctor"; None takes those of the process.

    Returns:
        The exit status: 0 healthy, 1 not.
    """
    parser = argparse.ArgumentParser(
        "hornbeam doctor", description=ABOUT, epilog=MORE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--load", action="store_true", help="import every component too and report those that fail")
    parser.add_argument("--clear-cache", action="store_true", help="remove the compiled kernels, and report nothing")
    arguments = parser.parse_args(argv)
    if arguments.clear_cache:
        count, size = clear_kernels()
        print(f"Removed {count} files, {_size(size)}, from {cache_folder('kernels')}.")
        return 0
    report = examine(process_registry, load=arguments.load)
    print(json.dumps(report, indent=2) if arguments.json else render(report))
    return 0 if report["healthy"] else 1


def render(report: dict[str, Any]) -> str:
    """The report as aligned plain text, at most 120 columns where words allow it."""
    sections = [
        ("Python", _pairs(report["python"].items())),
        ("Packages", _packages(report["packages"])),
        ("Plugins", _plugins(report["plugins"], report["clashes"])),
        ("Backends", _backends(report["backends"])),
        ("Threads", _threads(report["threads"])),
        ("Caches", _caches(report["caches"])),
        ("Environment", _pairs(report["environment"].items()) or ["no variable HORNBEAM_* is set"]),
    ]
    lines: list[str] = []
    for title, body in sections:
        lines += [title, *(f"  {line}" for line in body), ""]
    if "loaded" in report:
        lines += [f"{report['loaded']} components and kernels can be loaded.", ""]
    if report["healthy"]:
        return "\n".join([*lines, "Healthy."])
    count = len(report["problems"])
    lines.append("1 problem:" if count == 1 else f"{count} problems:")
    for problem in report["problems"]:
        lines += textwrap.wrap(problem, 116, initial_indent="  - ", subsequent_indent="    ", break_on_hyphens=False)
    return "\n".join(lines)


def _columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows with their cells one under the other."""
    rows = [list(row) for row in rows]
    widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(max(map(len, rows), default=0))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]


def _pairs(pairs: Iterable[tuple[str, object]]) -> list[str]:
    return _columns([name, str(value)] for name, value in pairs)


def _packages(packages: list[dict[str, str | None]]) -> list[str]:
    rows = []
    for package in packages:
        name, purpose = str(package["name"]), package["for"]
        how = f"pip install {name}" if name in FIRST_PARTY.values() else ""
        note = purpose or ("" if package["version"] else how)
        rows.append([name, package["version"] or "-", note])
    return _columns(rows)


def _plugins(plugins: list[dict[str, Any]], clashes: list[str]) -> list[str]:
    rows = []
    for plugin in plugins:
        package = " ".join(part for part in (plugin["distribution"], plugin["version"]) if part)
        counts = [_count(kind, len(names)) for kind, names in plugin["components"].items()]
        rows.append([plugin["status"], plugin["name"], package, plugin["cause"] or ", ".join(counts)])
        rows += [["note", plugin["name"], package, complaint] for complaint in plugin["complaints"]]
    return _columns(rows) + [f"note       {clash}" for clash in clashes]


def _count(kind: str, count: int) -> str:
    return f"{count} {KINDS[kind].singular if count == 1 else kind}"


def _backends(backends: list[dict[str, Any]]) -> list[str]:
    rows = []
    for backend in backends:
        state = "default" if backend["default"] else "usable" if backend["usable"] else "unusable"
        about = backend["reason"] or backend["summary"]
        rows.append([state, backend["name"], backend["plugin"], f"priority {backend['priority']}", about])
        rows += [["", "", "", "note", note] for note in backend["notes"]]
        if backend["kernels"]:
            rows.append(["", "", "", "kernels of plugins", ", ".join(backend["kernels"].values())])
    return _columns(rows)


def _threads(threads: dict[str, Any]) -> list[str]:
    rows = [("processors", threads["cpus"])]
    if threads["affinity"] is not None:
        rows.append(("usable by this process", threads["affinity"]))
    if threads["limit"] is not None:
        rows.append(("limit of the container", threads["limit"]))
    return _pairs([*rows, *((name, value or "not set") for name, value in threads["variables"].items())])


def _caches(caches: dict[str, Any]) -> list[str]:
    if not caches["exists"]:
        return [f"{caches['folder']} (not there yet)"]
    rows = [[name, _size(part["bytes"]), f"{part['files']} files"] for name, part in caches["parts"].items()]
    return [caches["folder"], *_columns(rows)]


def _size(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"
