"""One Adam step of ResNet-50's parameters: the bytes that the CPU engine moves, and its time beside PyTorch's fused Adam.

`python benchmarks/adam.py [--peer INTERPRETER]`: the interpreter is one that has PyTorch; default: the environment that
run.py makes. Gradients are given; both take turns, and the medians of all turns are told.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

THREADS, TURNS, STEPS = 2, 15, 3


def shapes() -> Iterator[tuple[int, ...]]:
    """Of ResNet-50's trainable parameters, with channels last: 161 of them, 25.6 million numbers."""
    yield from ((7, 7, 3, 64), (64,), (64,))
    width = 64
    for blocks, inner in ((3, 64), (4, 128), (6, 256), (3, 512)):
        for block in range(blocks):
            for kernel in ((1, 1, width, inner), (3, 3, inner, inner), (1, 1, inner, 4 * inner)):
                yield from (kernel, kernel[3:], kernel[3:])
            if block == 0:
                yield from ((1, 1, width, 4 * inner), (4 * inner,), (4 * inner,))
            width = 4 * inner
    yield from ((2048, 1000), (1000,))


def numbers() -> int:
    """How many numbers the parameters are."""
    total = 0
    for shape in shapes():
        count = 1
        for size in shape:
            count *= size
        total += count
    return total


def with_torch() -> Callable[[], float]:
    """A function that takes one step and says its seconds."""
    import torch

    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    parameters = [torch.nn.Parameter(torch.randn(shape)) for shape in shapes()]
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter)
    optimizer = torch.optim.Adam(parameters, lr=0.001, fused=True)

    def step() -> float:
        start = time.perf_counter()
        optimizer.step()
        return time.perf_counter() - start

    return step


def with_hornbeam() -> tuple[Callable[[], float], Callable[[], tuple[float, str]]]:
    """The same, and a function that gives the bytes of a step and the table of its kernels."""
    import hornbeam as hb
    import numpy as np
    from hornbeam_optimizers import Adam

    hb.set_num_threads(THREADS)
    rng = np.random.default_rng(0)
    variables = [hb.Variable(rng.standard_normal(s, dtype="float32")) for s in shapes()]
    grads = [hb.ops.asarray(rng.standard_normal(s, dtype="float32")) for s in shapes()]
    optimizer = Adam(0.001)
    optimizer.build(variables)
    compiled = hb.jit(lambda *given: optimizer.apply(given, variables))

    def step() -> float:
        start = time.perf_counter()
        compiled(*grads)
        return time.perf_counter() - start

    def profiled() -> tuple[float, str]:
        with hb.profile() as found:
            compiled(*grads)
        return float(sum(r.bytes for r in found.records.values())), str(found)

    return step, profiled


def answer() -> None:
    """Take a turn for every line read."""
    step = with_torch()
    step()
    for _ in sys.stdin:
        print(" ".join(str(step()) for _ in range(STEPS)), flush=True)


def main() -> None:
    """Measure, and print."""
    from environments import FRAMEWORKS

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peer", help="an interpreter that has PyTorch")
    parser.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.answer:
        answer()
        return
    peer = given.peer
    if peer is None:
        torch = next(f for f in FRAMEWORKS if f.name == "PyTorch")
        torch.make()
        peer = torch.python
    variables = {**os.environ, "OMP_NUM_THREADS": str(THREADS)}
    command = [peer, str(Path(__file__).resolve()), "--answer"]
    ours, profiled = with_hornbeam()
    ours()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=variables) as other:
        assert other.stdin is not None and other.stdout is not None
        times: dict[str, list[float]] = {"Hornbeam": [], "PyTorch": []}
        for turn in range(TURNS + 1):
            time.sleep(0.02)  # threads of the other may still spin
            mine = [ours() for _ in range(STEPS)]
            time.sleep(0.02)
            print(file=other.stdin, flush=True)
            theirs = [float(t) for t in other.stdout.readline().split()]
            if turn:  # the first warms up
                times["Hornbeam"] += mine
                times["PyTorch"] += theirs
        other.stdin.close()
    moved, table = profiled()
    needed = 7 * 4 * numbers()  # parameter, gradient, two means read; parameter and means written
    print(table)
    print(
        f"{numbers():,} numbers; a step has to move {needed / 1e6:.1f} MB, and moves {moved / 1e6:.1f} MB: {moved / needed:.3f} times"
    )
    for name, seconds in times.items():
        middle, best = statistics.median(seconds), min(seconds)
        print(
            f"{name:<10} median {middle * 1e3:7.2f} ms ({needed / middle / 1e9:5.1f} GB/s), fastest {best * 1e3:7.2f} ms"
        )
    ratio = statistics.median(times["PyTorch"]) / statistics.median(times["Hornbeam"])
    fastest = min(times["PyTorch"]) / min(times["Hornbeam"])
    print(f"PyTorch's time over ours: {ratio:.2f} of medians, {fastest:.2f} of the fastest")


if __name__ == "__main__":
    main()
