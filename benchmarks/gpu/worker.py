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

ENOUGH = float(os.environ.get("BENCH_SECONDS", "6"))  # seconds of measuring
TURN = 0.25  # seconds that one turn of many steps takes, about


def measure(training: Any) -> dict[str, Any]:
    """Seconds a step: alone, its loss known after each; and in a stream, known at the end."""
    begin = time.perf_counter()
    first = training.step()
    start = time.perf_counter() - begin
    training.step()  # captured or compiled for good
    training.stream(8)
    begin = time.perf_counter()
    training.stream(8)
    steps = max(8, min(1024, 8 * int(TURN / max(1e-6, time.perf_counter() - begin))))
    alone: list[float] = []
    stream: list[float] = []
    training.stream(steps)
    end = time.perf_counter() + ENOUGH
    while time.perf_counter() < end or len(stream) < 3:
        begin = time.perf_counter()
        last = training.stream(steps)
        stream.append((time.perf_counter() - begin) / steps)
        for _ in range(8):
            begin = time.perf_counter()
            training.step()
            alone.append(time.perf_counter() - begin)
    return {
        "first_step": start,
        "alone": {"median": statistics.median(alone), "least": min(alone)},
        "stream": {"median": statistics.median(stream), "least": min(stream), "steps": steps, "turns": len(stream)},
        "losses": [first, last],
    }


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
    found = measure(training) | {"import": imported, "made": made, "versions": framework.versions()}
    print(json.dumps(found), file=replies, flush=True)


if __name__ == "__main__":
    main()
