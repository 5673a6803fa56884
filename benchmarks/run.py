"""Measures every workload with every framework in turn: python benchmarks/run.py [quick] [--workloads ...] [--frameworks ...]."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from environments import FOLDER, FRAMEWORKS, Framework
from report import OURS, write
from workloads import WORKLOADS

PAUSE = 0.3  # seconds before each turn: threads of the one before spin for a while before they sleep
PATIENCE = 600  # seconds for one answer; compiling everything anew is the slowest


class Asked:
    """A worker, and the pipe to it."""

    def __init__(self, framework: Framework, workload: str, cache: Path) -> None:
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            [
                framework.python,
                str(Path(__file__).with_name("worker.py")),
                framework.module,
                workload,
                *framework.options,
            ],
            env=framework.process_variables(cache),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )

    def ask(self, what: str, count: int = 1) -> dict[str, Any]:
        """The answer.

        Raises:
            RuntimeError: the worker ended, or took too long; the message is the last line that it wrote.
        """
        assert self.process.stdin and self.process.stdout
        timer = threading.Timer(PATIENCE, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write(json.dumps({"do": what, "count": count}) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            timer.cancel()
        if not answer:
            self.process.wait()
            self.errors.seek(0)
            lines = self.errors.read().strip().splitlines()
            raise RuntimeError(lines[-1] if lines else f"ended with {self.process.returncode} at {what!r}")
        return json.loads(answer)

    def end(self) -> None:
        """Let it go."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()


def begin(framework: Framework, workload: str, cache: Path, quick: bool) -> tuple[Asked, dict[str, Any]]:
    """A worker that has made its first steps, and what was found on the way.

    Raises:
        RuntimeError: it could not.
    """
    found: dict[str, Any] = {"steps": [], "fits": []}
    # the first process finds nothing compiled, the second what the first left
    for key in ("first_cold",) if quick else ("first_cold", "first_warm"):
        worker = Asked(framework, workload, cache)
        started = worker.ask("start")
        found[key] = started["seconds"]
        if key == "first_cold" and not quick:
            worker.end()
    if started["parameters"] != WORKLOADS[workload].parameters:
        raise SystemExit(f"{framework.name} trains {started['parameters']} numbers in {workload}: another model")
    worker.ask("steps", 3)
    found["memory"] = worker.ask("memory")["bytes"]
    return worker, found


def measure(frameworks: list[Framework], workload: str, cache: Path, quick: bool) -> tuple[dict[str, Any], list[Any]]:
    """Turns in which each framework does the same steps; the figures of each, and what the machine reached in between."""
    alive: dict[str, Asked] = {}
    found: dict[str, Any] = {}
    reach = []

    def lost(name: str, cause: RuntimeError) -> None:
        if name == OURS:
            raise SystemExit(f"Hornbeam fails in {workload}: {cause}")
        found[name] = {"absent": str(cause)}
        alive.pop(name, None)

    for framework in frameworks:
        try:
            alive[framework.name], found[framework.name] = begin(framework, workload, cache / workload, quick)
        except RuntimeError as e:
            lost(framework.name, e)
    fastest = min(alive[OURS].ask("steps", 5)["seconds"])
    count = max(2, round(0.05 / fastest))  # short turns: whatever else the machine does meets all alike
    epochs: dict[str, int] = {}
    for turn in range(8 if quick else 40):
        reach.append(alive[OURS].ask("peaks"))
        for name, worker in list(alive.items()):
            time.sleep(PAUSE)
            try:
                found[name]["steps"] += worker.ask("steps", count)["seconds"]
                if turn % 8 == 0:
                    epochs.setdefault(name, max(5, round(0.3 / statistics.median(found[name]["steps"]))))
                    found[name]["fits"].append(worker.ask("fit", epochs[name])["seconds"])
            except RuntimeError as e:
                lost(name, e)
    profiles = [alive[OURS].ask("profile", 5) for _ in range(5)]
    found[OURS]["profile"] = min(profiles, key=lambda p: p["seconds"])["text"]  # the least disturbed
    for name, worker in alive.items():
        result = found[name]
        result["resize"] = worker.ask("resize")["seconds"]
        worker.end()
        result["least"] = min(result["steps"] + result["fits"])
        result["step"], result["fit"] = (statistics.median(result[key]) for key in ("steps", "fits"))
    return found, reach


def main() -> None:
    """Everything, or what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("length", nargs="?", choices=["full", "quick"], default="full")
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=list(WORKLOADS))
    names = [f.name for f in FRAMEWORKS[1:]]
    parser.add_argument("--frameworks", nargs="+", choices=names, default=names, help="the peers; Hornbeam always runs")
    given = parser.parse_args()
    quick = given.length == "quick"
    results: dict[str, Any] = {
        "when": time.strftime("%Y-%m-%d %H:%M"),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}",
        "frameworks": {},
        "workloads": {},
    }
    usable: list[Framework] = []
    with tempfile.TemporaryDirectory(prefix="hornbeam-bench-") as folder:
        cache = Path(folder)
        for framework in FRAMEWORKS:
            if framework.name not in (OURS, *given.frameworks):
                continue
            try:
                framework.make()
            except RuntimeError as e:
                results["frameworks"][framework.name] = {"absent": str(e)}
                continue
            usable.append(framework)
            results["frameworks"][framework.name] = {
                "version": framework.version(cache),
                "import": framework.import_seconds(cache, 3 if quick else 7),
                "size": framework.size(),
            }
        if not usable or usable[0].name != OURS:
            sys.exit(f"Hornbeam could not be installed: {results['frameworks'][OURS]['absent']}")
        reach: list[dict[str, float]] = []
        for workload in given.workloads:
            print(f"measuring {workload}", flush=True)
            results["workloads"][workload], reached = measure(usable, workload, cache, quick)
            reach += reached
            results["peaks"] = {key: max(r[key] for r in reach) for key in reach[0]}
            text = write(results, FOLDER)  # after each: an interrupted run leaves what it has found
    print(text)


if __name__ == "__main__":
    main()
