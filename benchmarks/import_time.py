"""How much `import hornbeam` adds to `import numpy`: the median of fresh processes, in turn."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

ENVIRONMENT = {
    k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"
}  # as installed: modules are compiled once
CODE = "import time, numpy; t = time.perf_counter(); import {name}; print(time.perf_counter() - t)"


def once(name: str) -> float:
    """Seconds that importing `name` takes after numpy."""
    return float(
        subprocess.run(
            [sys.executable, "-c", CODE.format(name=name)], capture_output=True, text=True, check=True, env=ENVIRONMENT
        ).stdout
    )


if __name__ == "__main__":
    once("hornbeam")
    times = [once("hornbeam") for _ in range(11)]
    print(f"import hornbeam after numpy: median {1000 * statistics.median(times):.1f} ms of {len(times)} (goal: 60 ms)")
