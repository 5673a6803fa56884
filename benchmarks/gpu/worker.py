"""One framework in one mode with one workload, in a process of its own; prints one JSON object as its last line.

python worker.py MODULE MODE WORKLOAD DEVICE [tiny]
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import sys
import time
from typing import Any

import numpy as np

ENOUGH = float(os.environ.get("BENCH_SECONDS", "6"))  # seconds of measuring
TURN = 0.25  # seconds that one turn of many steps takes, about
STREAMED = 4 << 30  # bytes of data that one turn of streamed steps may have in the host's memory


def measure(training: Any, batch_bytes: int) -> dict[str, Any]:
    """Seconds a step: alone, its loss known after each; or many, known at the end: on one batch that lies on the GPU, or streamed."""
    begin = time.perf_counter()
    first = training.step()
    start = time.perf_counter() - begin
    training.step()  # captured or compiled for good
    ways = {"resident": training.resident, "streamed": training.streamed}
    steps: dict[str, int] = {}
    for name, run in ways.items():
        run(8)
        begin = time.perf_counter()
        run(8)
        most = min(1024, max(8, STREAMED // batch_bytes)) if name == "streamed" else 1024
        steps[name] = max(8, min(most, 8 * int(TURN / max(1e-6, time.perf_counter() - begin))))
        run(steps[name])
    times: dict[str, list[float]] = {"alone": [], **{name: [] for name in ways}}
    end = time.perf_counter() + ENOUGH
    while time.perf_counter() < end or len(times["streamed"]) < 3:
        for name, run in ways.items():
            begin = time.perf_counter()
            last = run(steps[name])
            times[name].append((time.perf_counter() - begin) / steps[name])
        for _ in range(8):
            begin = time.perf_counter()
            training.step()
            times["alone"].append(time.perf_counter() - begin)
    found = {name: {"median": statistics.median(t), "least": min(t)} for name, t in times.items()}
    return {"first_step": start, **found, "steps": steps, "losses": [first, last]}


def main() -> None:
    """Measure, and print what was found."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a framework prints must not come between
    module, mode, workload, device, *small = sys.argv[1:]
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from workloads import WORKLOADS, tiny

    work = tiny(WORKLOADS[workload]) if small == ["tiny"] else WORKLOADS[workload]
    begin = time.perf_counter()
    framework = importlib.import_module(module)
    imported = time.perf_counter() - begin
    begin = time.perf_counter()
    training = framework.Training(work, mode, device)
    made = time.perf_counter() - begin
    batch_bytes = sum(a.nbytes for a in work.data(np.random.default_rng(0), 1))
    found = measure(training, batch_bytes) | {"import": imported, "made": made, "versions": framework.versions()}
    print(json.dumps(found), file=replies, flush=True)


if __name__ == "__main__":
    main()
