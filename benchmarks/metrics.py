"""What metrics cost: the step of the convnet workload with accuracy alone, and with AUC, F1, precision and recall added.

.venv/bin/python benchmarks/metrics.py [seconds]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import hornbeam as hb
import numpy as np
from ours import convnet
from workloads import WORKLOADS

BLOCK = 5  # steps in a turn


def added() -> list[Any]:
    """The metrics whose cost is measured."""
    m = hb.metrics
    return [m.AUC(), m.F1Score("macro"), m.Precision(), m.Recall()]


def stepper(metrics: list[Any]) -> tuple[Any, Any]:
    """The compiled step of a model with those metrics, and the batch that it takes, as `fit` runs it."""
    work = WORKLOADS["convnet"]
    batch = work.data(np.random.default_rng(0), work.batch)
    model = convnet.model()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=metrics)
    model.train_on_batch(*batch)
    return model.step_function("train"), (*batch, None)


def measure(seconds: float, threads: int, clock: Callable[[], float]) -> dict[str, list[float]]:
    """Milliseconds of each step by a clock, of both in turns."""
    hb.set_num_threads(threads)
    kinds = {"accuracy": stepper(["accuracy"]), "all": stepper(["accuracy", *added()])}
    times: dict[str, list[float]] = {name: [] for name in kinds}
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        for name, (step, batch) in kinds.items():
            step(batch)
            for _ in range(BLOCK):
                start = clock()
                step(batch)
                times[name].append(1000 * (clock() - start))
    return times


def main() -> None:
    """Measure and print; processor time is right on a busy machine, too."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 40.0
    for title, threads, clock in (
        ("2 threads", 2, time.perf_counter),
        ("processor time of one thread", 1, time.process_time),
    ):
        times = measure(seconds / 2, threads, clock)
        for what, of in (("median", statistics.median), ("fastest", min)):
            plain, full = of(times["accuracy"]), of(times["all"])
            added_share = f"{full / plain - 1:+.1%}"
            print(
                f"{title}, {what}: accuracy {plain:.3f} ms, with AUC, F1, precision and recall {full:.3f} ms: {added_share}"
            )


if __name__ == "__main__":
    main()
