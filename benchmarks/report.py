"""What was measured, as JSON, Markdown and a plot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workloads import WORKLOADS

__all__ = ["OURS", "best_peer", "better", "markdown", "roofline", "write"]

OURS = "Hornbeam"


def roofline(workload: str, peaks: dict[str, float]) -> float:
    """Seconds that a step takes at least on a machine with these peaks."""
    work = WORKLOADS[workload]
    return max(work.flops / peaks["flops"], work.bytes / peaks["bytes"])


def better(figures: dict[str, float]) -> float:
    """Seconds a step by the better way, single steps or an epoch of `fit`: the same rule for all."""
    return min(figures["step"], figures["fit"])


def best_peer(found: dict[str, Any]) -> tuple[str, float] | None:
    """Who of the peers is fastest, and its seconds a step; None where there is no peer."""
    peers = {name: better(r) for name, r in found.items() if name != OURS and "absent" not in r}
    return min(peers.items(), key=lambda item: item[1]) if peers else None


def markdown(results: dict[str, Any]) -> str:
    """Tables of all figures."""
    peaks = results["peaks"]
    return "\n\n".join(
        [
            "# Benchmarks",
            f"{results['when']}, {results['machine']}; measured peaks: {peaks['flops'] / 1e9:.0f} GFLOP/s in a product of "
            f"matrices, {peaks['bytes'] / 1e9:.1f} GB/s copying. All have 2 threads and float32.",
            "## A training step, ms: median (fastest)",
            _steps(results),
            "Single steps (their median) or `fit`: the better counts, for each. "
            "Faster: the best peer's median over ours (by the fastest steps). Roofline: our median over the least time that "
            "the machine's peaks allow.",
            "## The first step in a process, ms: nothing compiled before / compiled before; another batch size; peak memory",
            _firsts(results),
            "## Installed",
            _installed(results),
            *_profiles(results),
        ]
    )


def write(results: dict[str, Any], folder: Path) -> str:
    """Write results.json, results.md and results.png into a folder; returns the Markdown."""
    text = markdown(results)
    (folder / "results.json").write_text(json.dumps(results, indent=1))
    (folder / "results.md").write_text(text + "\n", encoding="utf-8")
    plot(results, folder / "results.png")
    return text


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:.2f}" if seconds < 0.1 else f"{1e3 * seconds:.0f}"


def _steps(results: dict[str, Any]) -> str:
    names = list(results["frameworks"])
    rows = []
    for workload, found in results["workloads"].items():
        row = [WORKLOADS[workload].title]
        for name in names:
            r = found.get(name, {"absent": ""})
            if "absent" in r:
                row.append("absent")
            else:
                row.append(f"{_ms(better(r))} ({_ms(r['least'])})")
        ours, best = found[OURS], best_peer(found)
        if best:
            least = min(r["least"] for name, r in found.items() if name != OURS and "absent" not in r)
            row.append(f"{best[1] / better(ours):.2f} ({least / ours['least']:.2f}), {best[0]}")
        else:
            row.append("no peer")
        row.append(f"{better(ours) / roofline(workload, results['peaks']):.1f}")
        rows.append(row)
    return _table(["workload", *names, "faster", "roofline"], rows)


def _firsts(results: dict[str, Any]) -> str:
    names = list(results["frameworks"])
    rows = []
    for workload, found in results["workloads"].items():
        row = [workload]
        for name in names:
            r = found.get(name, {"absent": ""})
            if "absent" in r:
                row.append("absent")
                continue
            firsts = " / ".join(_ms(r[key]) for key in ("first_cold", "first_warm") if key in r)
            row.append(f"{firsts}; {_ms(r['resize'])}; {r['memory'] / 2**20:.0f} MiB")
        rows.append(row)
    return _table(["workload", *names], rows)


def _installed(results: dict[str, Any]) -> str:
    rows = [
        [name, "absent", r["absent"], ""]
        if "absent" in r
        else [name, r["version"], f"{r['size'] / 2**20:.0f} MiB", f"{1e3 * r['import']:.0f} ms"]
        for name, r in results["frameworks"].items()
    ]
    return _table(["framework", "versions", "size", "import"], rows)


def _profiles(results: dict[str, Any]) -> list[str]:
    parts = []
    for workload, found in results["workloads"].items():
        work = WORKLOADS[workload]
        sums = f"{work.flops / 1e9:.2f} GFLOP in products, at least {work.bytes / 1e6:.1f} MB"
        parts += [
            f"## Where five steps of ours spend their time: {workload} ({sums})",
            f"```\n{found[OURS]['profile']}\n```",
        ]
        parts += [f"{name}: {r['absent']}" for name, r in found.items() if "absent" in r]
    return parts


def plot(results: dict[str, Any], path: Path) -> None:
    """Each framework's step beside ours."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    names = [name for name, r in results["frameworks"].items() if "absent" not in r]
    figure, axes = pyplot.subplots(figsize=(10, 4.5), layout="constrained")
    width = 0.8 / len(names)
    for i, name in enumerate(names):
        places, heights = [], []
        for j, found in enumerate(results["workloads"].values()):
            if "absent" not in found[name]:
                places.append(j + width * (i - (len(names) - 1) / 2))
                heights.append(better(found[name]) / better(found[OURS]))
        axes.bar(places, heights, width, label=name)
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_yscale("log")
    axes.set_xticks(range(len(results["workloads"])), list(results["workloads"]))
    axes.set_ylabel("time of a training step, Hornbeam = 1")
    axes.legend(ncols=3)
    figure.savefig(path, dpi=150)
    pyplot.close(figure)
