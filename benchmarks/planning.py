"""What Python does before a step can run, by phases: milliseconds of this thread's processor time, the least of several.

    python benchmarks/planning.py                        # all workloads; a first step, and other batch sizes
    python benchmarks/planning.py mlp resnet50 --sizes 7

The kernels have to be on disk: run it twice. What is told of `first` is the first step of a process (one sample); `other`, the least
over several batch sizes that it meets afterwards, each for the first time. The step itself is not among the phases.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import hornbeam as hb
import numpy as np
from ours import Training
from workloads import WORKLOADS

PHASES = ("capture", "gradient", "passes", "fusion", "lowering", "schedule", "memory", "kernels", "binding", "else")


class Clock:
    """Processor time by phases, each without those within it."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.stack: list[str] = []
        self.since = 0.0

    def _turn(self) -> None:
        now = time.thread_time()
        if self.stack:
            self.spent[self.stack[-1]] += now - self.since
        self.since = now

    def timed(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, whose time counts for the phase."""

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self._turn()
            self.stack.append(phase)
            try:
                return function(*args, **kwargs)
            finally:
                self._turn()
                self.stack.pop()

        return wrapped

    def watch(self, place: Any, name: str, phase: str) -> None:
        """Let a function of a module or class count for a phase."""
        setattr(place, name, self.timed(phase, getattr(place, name)))

    def taken(self) -> dict[str, float]:
        """Milliseconds by phase since it was asked last."""
        found = {phase: 1e3 * seconds for phase, seconds in self.spent.items()}
        self.spent.clear()
        return found


def watched() -> Clock:
    """A clock of all phases."""
    import hornbeam_cpu.executable as executable
    import hornbeam_cpu.lower.plan as plan
    import hornbeam_cpu.program as program
    from hornbeam.interpreters.tape import Tape

    jit = importlib.import_module("hornbeam.jit")
    clock = Clock()
    clock.watch(jit, "_compile", "else")
    clock.watch(jit, "_trace", "capture")
    clock.watch(Tape, "pull_back", "gradient")
    clock.watch(executable, "prepare", "passes")
    clock.watch(executable, "lower", "lowering")
    clock.watch(plan, "fuse", "fusion")
    clock.watch(executable, "group", "schedule")
    clock.watch(executable, "lifetimes", "schedule")
    clock.watch(executable.CpuExecutable, "_place_outputs", "memory")
    clock.watch(executable.CpuExecutable, "_arena", "memory")
    clock.watch(program.Program, "__init__", "binding")
    clock.watch(program, "address", "kernels")
    return clock


class _Network:
    """A network for pictures of ImageNet's size."""

    def __init__(self) -> None:
        self.model = hb.applications.ResNet50(weights=None, classes=10)
        self.model.compile("adam", "sparse_categorical_crossentropy")

    def batch(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros((count, 224, 224, 3), np.float32), np.zeros(count, np.int32)


class _Workload:
    def __init__(self, name: str) -> None:
        self.model, self.data = Training(name, False).model, WORKLOADS[name].data

    def batch(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        return self.data(np.random.default_rng(0), count)


def main() -> None:
    """Measure, and print a table."""
    names = [*WORKLOADS, "resnet50"]
    parser = argparse.ArgumentParser()
    parser.add_argument("workloads", nargs="*", help=f"of {', '.join(names)}; default: all")
    parser.add_argument("--sizes", type=int, default=5, help="other batch sizes")
    given = parser.parse_args()
    clock = watched()
    print("| workload | step | " + " | ".join(PHASES) + " | all |\n" + "| --- " * (len(PHASES) + 3) + "|")
    for name in given.workloads or names:
        made = _Network() if name == "resnet50" else _Workload(name)
        first = 2 if name == "resnet50" else 32
        rows: list[dict[str, float]] = []
        for count in range(first, first + given.sizes + 1):
            made.model.train_on_batch(*made.batch(count))
            rows.append(clock.taken())
        least = {phase: min(row.get(phase, 0.0) for row in rows[1:]) for phase in PHASES} if given.sizes else {}
        for step, row in (("first", rows[0]), ("other", least)):
            if row:
                told = [row.get(phase, 0.0) for phase in PHASES]
                print(f"| {name} | {step} | " + " | ".join(f"{ms:.1f}" for ms in (*told, sum(told))) + " |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
