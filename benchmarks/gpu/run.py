"""Hornbeam beside PyTorch (eager, compiled, captured), JAX and Keras on one GPU; writes benchmarks/results/gpu.json and gpu.md.

python benchmarks/gpu/run.py                                   # everything that can be imported here
python benchmarks/gpu/run.py --workloads mlp gpt2 --sides hornbeam torch
python benchmarks/gpu/run.py --python torch=/path/to/python    # a side in an environment of its own
python benchmarks/gpu/run.py --device cpu --tiny               # tries the scripts where there is no GPU
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from workloads import WORKLOADS, Workload

SIDES = {
    "hornbeam": ("compiled",),
    "torch": ("eager", "compile", "reduce-overhead", "captured"),
    "jax": ("jit",),
    "keras": ("jax",),
}
WAYS = ("resident", "streamed", "alone")
PEAKS = {"tf32": 395e12, "bfloat16": 790e12, "float32": 60e12}
"""Operations a second that an H100 or H200 has been seen to reach in large products, by precision."""
BANDWIDTH = {"H100": 3.0e12, "H200": 4.3e12}
"""Bytes a second that copies have been seen to reach."""


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=list(WORKLOADS))
    parser.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES))
    parser.add_argument("--python", nargs="+", default=[], metavar="SIDE=PATH", help="interpreters of single sides")
    parser.add_argument("--seconds", type=float, default=6.0, help="of measuring, for each row (default: 6)")
    parser.add_argument(
        "--limit", type=float, default=900.0, help="seconds after which one row is given up (default: 900)"
    )
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--tiny", action="store_true", help="models of toy size: tries the scripts, measures nothing")
    parser.add_argument("--output", type=Path, default=Path(__file__).parents[1] / "results")
    options = parser.parse_args()
    pythons = dict(pair.split("=", 1) for pair in options.python)
    results: dict[str, Any] = {"when": time.strftime("%Y-%m-%d"), "machine": machine(), "rows": []}
    options.output.mkdir(parents=True, exist_ok=True)
    name = "gpu-tiny" if options.tiny else "gpu"
    for workload in options.workloads:
        for side in options.sides:
            for mode in SIDES[side]:
                python = pythons.get(side, sys.executable)
                found = row(python, side, mode, workload, options)
                results["rows"].append({"workload": workload, "side": side, "mode": mode, **found})
                print(line(results["rows"][-1]), flush=True)
                (options.output / f"{name}.json").write_text(
                    json.dumps(results, indent=1) + "\n"
                )  # what is known so far
    text = markdown(results)
    (options.output / f"{name}.md").write_text(text + "\n", encoding="utf-8")
    print(f"\n{text}")


def row(python: str, side: str, mode: str, workload: str, options: argparse.Namespace) -> dict[str, Any]:
    """What one worker has found; {"absent": why} where it could not."""
    command = [python, str(Path(__file__).with_name("worker.py")), f"with_{side}", mode, workload, options.device]
    environment = os.environ | {"BENCH_SECONDS": str(options.seconds), "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    try:
        done = subprocess.run(
            command + ["tiny"] * options.tiny, capture_output=True, text=True, timeout=options.limit, env=environment
        )
    except subprocess.TimeoutExpired:
        return {"absent": f"not done after {options.limit:.0f} s"}
    if done.returncode or not done.stdout.strip():
        said = [part for part in done.stderr.strip().splitlines() if part.strip() and not part.startswith("-----")]
        return {"absent": said[-1][:200] if said else f"exit status {done.returncode}"}
    return json.loads(done.stdout.strip().splitlines()[-1])


def line(found: dict[str, Any]) -> str:
    """One row, for the eye."""
    title = f"{found['workload']:9} {found['side']:8} {found['mode']:16}"
    if "absent" in found:
        return f"{title} absent: {found['absent']}"
    times = ", ".join(f"{1e3 * found[w]['median']:9.3f} {w} ({1e3 * found[w]['least']:.3f})" for w in WAYS)
    return f"{title} ms a step: {times}; first {found['first_step']:.1f} s"


def floor(work: Workload, description: str) -> float:
    """Seconds that a step takes at least."""
    moved = next((rate for name, rate in BANDWIDTH.items() if name in description), min(BANDWIDTH.values()))
    return max(work.flops(work.batch, work.sizes) / PEAKS[work.precision], work.bytes / moved)


def markdown(results: dict[str, Any]) -> str:
    """The rows as tables."""
    gpu = results["machine"]["gpu"]
    parts = [
        "# Benchmarks on a GPU",
        f"{results['when']}, {gpu}, {results['machine']['processor']}. Milliseconds a step, median (fastest). "
        "Resident: many steps on one batch that lies on the GPU, waited for at the end (Keras: single steps). Streamed: many steps, "
        "each on another batch from the host's memory. Alone: the loss is known to Python after each step. "
        "Roofline: what the GPU's best rates allow, beside resident steps.",
    ]
    for name in dict.fromkeys(r["workload"] for r in results["rows"]):
        work, rows = WORKLOADS[name], [r for r in results["rows"] if r["workload"] == name]
        parts.append(f"## {work.title}, batch {work.batch}, {work.precision}")
        least = floor(work, gpu)
        table = [
            "| | resident | streamed | alone | first step, s | roofline | a second |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        for r in rows:
            label = f"{r['side']} {r['mode']}"
            if "absent" in r:
                table.append(f"| {label} | absent: {r['absent']} | | | | | |")
                continue
            times = " | ".join(f"{1e3 * r[way]['median']:.3f} ({1e3 * r[way]['least']:.3f})" for way in WAYS)
            part, rate = least / r["resident"]["median"], work.per_step / r["resident"]["median"]
            table.append(f"| {label} | {times} | {r['first_step']:.1f} | {100 * part:.0f}% | {rate:,.0f} {work.unit} |")
        parts.append("\n".join(table))
        ours = next((r for r in rows if r["side"] == "hornbeam" and "absent" not in r), None)
        peers = [r for r in rows if r["side"] != "hornbeam" and "absent" not in r]
        if ours and peers:
            said = []
            for way in WAYS:
                best = min(peers, key=lambda r: r[way]["median"])
                said.append(f"{way} {best[way]['median'] / ours[way]['median']:.2f} ({best['side']} {best['mode']})")
            parts.append(f"Best peer over Hornbeam: {', '.join(said)}.")
    versions = {r["side"]: r["versions"] for r in results["rows"] if "versions" in r}
    parts.append("Versions: " + json.dumps(versions))
    return "\n\n".join(parts)


def machine() -> dict[str, str]:
    """What this is measured on."""
    query = "name,driver_version,memory.total,clocks.max.sm,power.limit"
    try:
        asked = subprocess.run(
            ["nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader"], capture_output=True, text=True
        )
        gpu = asked.stdout.strip().replace("\n", "; ") or "no GPU"
    except OSError:
        gpu = "no GPU"
    return {
        "gpu": gpu,
        "processor": f"{os.cpu_count()} {platform.machine()} processors",
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    main()
