"""How much `import hornbeam` adds to `import numpy`, and hornbeam.models to both: the median of fresh processes, in turn."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

ENVIRONMENT = {
    k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"
}  # as installed: modules are compiled once
CODE = "import time, {before}; t = time.perf_counter(); import {name}; print(time.perf_counter() - t)"


def once(name: str, before: str) -> float:
    """Seconds that importing `name` takes after `before`."""
    return float(
        subprocess.run(
            [sys.executable, "-c", CODE.format(name=name, before=before)],
            capture_output=True,
            text=True,
            check=True,
            env=ENVIRONMENT,
        ).stdout
    )


if __name__ == "__main__":
    for name, before, goal in (("hornbeam", "numpy", 60), ("hornbeam.models", "hornbeam", 40)):
        once(name, before)
        times = [once(name, before) for _ in range(11)]
        print(
            f"import {name} after {before}: median {1000 * statistics.median(times):.1f} ms of {len(times)} (goal: {goal} ms)"
        )
