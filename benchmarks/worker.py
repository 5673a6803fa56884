"""One framework with one workload, in a process of its own: does what it is asked on a pipe, one JSON line each way.

    python worker.py MODULE WORKLOAD [compiled]

start  -> {"seconds": model made and first step done, "loss", "parameters"}
steps  -> {"seconds": each of `count` steps on the batch that lies ready, fewer where they take too long}
fit    -> {"seconds": a step, on average over an epoch of `count` steps}
resize -> {"seconds": the first step with the other batch size}
memory -> {"bytes": the most that this process has held}
peaks  -> {"flops", "bytes": what this machine reaches a second}; Hornbeam alone
profile -> {"seconds", "text": of all kernels over `count` steps, and their table}; Hornbeam alone
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

THREADS = 2
LIMIT = 0.3  # seconds that one answer may take, where the machine is busy with other things


class Worker:
    """Answers one command after another."""

    def __init__(self, module: str, workload: str, compiled: bool) -> None:
        import numpy as np
        from workloads import WORKLOADS

        self.make = lambda count: self.training.place(*self.workload.data(np.random.default_rng(0), count))
        self.workload, self.name, self.compiled = WORKLOADS[workload], workload, compiled
        self.framework = importlib.import_module(module)
        self.epochs: dict[int, Any] = {}

    def start(self, count: int) -> dict[str, Any]:
        """The model, and its first step."""
        begin = time.perf_counter()
        self.training = self.framework.Training(self.name, self.compiled)
        made = time.perf_counter() - begin
        self.batch = self.make(self.workload.batch)
        begin = time.perf_counter()
        loss = self.training.step(*self.batch)
        seconds = made + time.perf_counter() - begin
        return {"seconds": seconds, "loss": loss, "parameters": self.training.parameters}

    def steps(self, count: int) -> dict[str, Any]:
        """Steps on a batch that lies ready."""
        seconds: list[float] = []
        while len(seconds) < count and sum(seconds) < LIMIT:
            seconds.append(self._step(self.batch))
        return {"seconds": seconds}

    def fit(self, count: int) -> dict[str, Any]:
        """An epoch of so many steps."""
        if count not in self.epochs:
            self.epochs[count] = self.make(count * self.workload.batch)
            self.training.fit(*self.epochs[count], self.workload.batch)  # compiles what fit has of its own
        begin = time.perf_counter()
        self.training.fit(*self.epochs[count], self.workload.batch)
        return {"seconds": (time.perf_counter() - begin) / count}

    def resize(self, count: int) -> dict[str, Any]:
        """Another batch size, for the first time."""
        return {"seconds": self._step(self.make(self.workload.other_batch))}

    def memory(self, count: int) -> dict[str, Any]:
        """Peak resident memory."""
        unit = 1 if sys.platform == "darwin" else 1024
        return {"bytes": unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}

    def peaks(self, count: int) -> dict[str, Any]:
        """The machine's: the better of our product and of NumPy's, for a slow product would make a low roof; our copy."""
        import numpy as np
        from hornbeam_cpu.peaks import peaks

        peaks.cache_clear()  # others may use the machine, too: the best of several tries counts
        flops, moved = peaks()
        a = np.random.default_rng(0).random((1024, 1024), np.float32)
        out = np.empty_like(a)
        for _ in range(5):
            begin = time.perf_counter()
            np.matmul(a, a, out=out)
            flops = max(flops, 2 * len(a) ** 3 / (time.perf_counter() - begin))
        return {"flops": flops, "bytes": moved}

    def profile(self, count: int) -> dict[str, Any]:
        """Where the time goes."""
        import hornbeam as hb

        with hb.profile() as taken:
            for _ in range(count):
                self.training.step(*self.batch)
        return {"seconds": taken.seconds, "text": str(taken)}

    def _step(self, batch: Any) -> float:
        begin = time.perf_counter()
        self.training.step(*batch)
        return time.perf_counter() - begin


def main() -> None:
    """Serve until the pipe is closed."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a framework prints must not come between
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
    sys.path.insert(0, str(Path(__file__).parent))
    worker = Worker(sys.argv[1], sys.argv[2], sys.argv[3:] == ["compiled"])
    for line in sys.stdin:
        command = json.loads(line)
        print(json.dumps(getattr(worker, command["do"])(command.get("count", 1))), file=replies, flush=True)


if __name__ == "__main__":
    main()
