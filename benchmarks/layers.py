"""The ten heaviest layers, forward and backward, beside PyTorch's: python benchmarks/layers.py [--peer PYTHON] [names ...].

Both compute, of one layer in training, a weighted sum of the outputs and its gradients for the weights and the inputs.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from environments import COMMON, FRAMEWORKS

ROUNDS, PAUSE = 8, 0.1  # turns; seconds before each, in which the other's threads come to rest
LAYERS: dict[str, tuple[tuple[int, ...], str, dict[str, Any]]] = {  # inputs (channels last), class, arguments
    "Dense": ((256, 1024), "Dense", {"units": 1024}),
    "Conv1D": ((32, 256, 64), "Conv1D", {"filters": 64, "kernel_size": 5, "padding": "same"}),
    "Conv2D": ((32, 28, 28, 64), "Conv2D", {"filters": 64, "kernel_size": 3, "padding": "same"}),
    "Conv2DTranspose": ((32, 14, 14, 64), "Conv2DTranspose", {"filters": 32, "kernel_size": 4, "strides": 2, "padding": "same"}),
    "DepthwiseConv2D": ((32, 28, 28, 64), "DepthwiseConv2D", {"kernel_size": 3, "padding": "same"}),
    "LSTM": ((64, 64, 128), "LSTM", {"units": 128, "return_sequences": True}),
    "GRU": ((64, 64, 128), "GRU", {"units": 128, "return_sequences": True}),
    "MultiHeadAttention": ((16, 128, 256), "MultiHeadAttention", {"num_heads": 8, "key_dim": 32}),
    "BatchNormalization": ((32, 28, 28, 64), "BatchNormalization", {}),
    "LayerNormalization": ((32, 128, 256), "LayerNormalization", {}),
}  # fmt: skip


def ours(name: str) -> Callable[[], Any]:
    """What computes a layer here."""
    import hornbeam as hb

    shape, kind, arguments = LAYERS[name]
    layer = getattr(hb.layers, kind)(**arguments)
    x = hb.ops.asarray(np.random.default_rng(0).normal(size=shape).astype("float32"))
    inputs = (x, x) if kind == "MultiHeadAttention" else (x,)
    out = layer(*inputs)
    weigh = hb.ops.asarray(np.random.default_rng(1).normal(size=out.shape).astype("float32"))
    others = [v.value for v in layer.non_trainable_variables]

    def loss(weights: Any, x: Any) -> Any:
        given = (x, x) if kind == "MultiHeadAttention" else (x,)
        out, after = layer.stateless_call(weights, others, *given, training=True)
        return hb.ops.sum(out * weigh), after

    step = hb.jit(hb.value_and_grad(loss, (0, 1), has_aux=True))
    weights = [v.value for v in layer.trainable_variables]
    return lambda: float(step(weights, x)[0][0])


def theirs(name: str) -> Callable[[], Any]:
    """What computes it in PyTorch; images as channels_last."""
    import torch
    from torch import nn

    torch.set_num_threads(2)
    shape, kind, arguments = LAYERS[name]
    c = shape[-1]
    layer: Any = {
        "Dense": lambda: nn.Linear(c, arguments["units"]),
        "Conv1D": lambda: nn.Conv1d(c, arguments["filters"], arguments["kernel_size"], padding="same"),
        "Conv2D": lambda: nn.Conv2d(c, arguments["filters"], arguments["kernel_size"], padding="same"),
        "Conv2DTranspose": lambda: nn.ConvTranspose2d(c, arguments["filters"], arguments["kernel_size"], 2, padding=1),
        "DepthwiseConv2D": lambda: nn.Conv2d(c, c, arguments["kernel_size"], padding="same", groups=c),
        "LSTM": lambda: nn.LSTM(c, arguments["units"], batch_first=True),
        "GRU": lambda: nn.GRU(c, arguments["units"], batch_first=True),
        "MultiHeadAttention": lambda: nn.MultiheadAttention(c, arguments["num_heads"], batch_first=True),
        "BatchNormalization": lambda: nn.BatchNorm2d(c),
        "LayerNormalization": lambda: nn.LayerNorm(c),
    }[kind]()
    images = len(shape) == 4
    x = torch.randn(*shape)
    if images:
        x, layer = x.permute(0, 3, 1, 2), layer.to(memory_format=torch.channels_last)
    elif kind == "Conv1D":
        x = x.permute(0, 2, 1).contiguous()
    x.requires_grad_(True)

    def forward() -> Any:
        if kind == "MultiHeadAttention":
            return layer(x, x, x, need_weights=False)[0]
        out = layer(x)
        return out[0] if isinstance(out, tuple) else out

    weigh = torch.randn_like(forward())

    def step() -> float:
        x.grad = None
        layer.zero_grad(set_to_none=True)
        loss = (forward() * weigh).sum()
        loss.backward()
        return loss.item()

    return step


def answer(make: Callable[[str], Callable[[], Any]]) -> None:
    """Do what is asked on standard input, a layer and a number of steps a line; answer with the seconds of each."""
    steps: dict[str, Callable[[], Any]] = {}
    for line in sys.stdin:
        name, count = json.loads(line)
        if name not in steps:
            steps[name] = make(name)
            for _ in range(3):
                steps[name]()
        seconds = []
        for _ in range(count):
            start = time.perf_counter()
            steps[name]()
            seconds.append(time.perf_counter() - start)
        print(json.dumps(seconds), flush=True)


class Asked:
    """A process that answers."""

    def __init__(self, python: str, which: str) -> None:
        environment = {**os.environ, **COMMON, "HORNBEAM_NUM_THREADS": "2"}
        command = [python, __file__, "--answer", which]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def ask(self, name: str, count: int) -> list[float]:
        """The seconds of so many steps."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps([name, count]) + "\n")
        self.process.stdin.flush()
        return list(json.loads(self.process.stdout.readline()))

    def end(self) -> None:
        """Let it go."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(LAYERS)}; default: all")
    parser.add_argument("--peer", help="an interpreter that has PyTorch; default: the environment that run.py makes")
    parser.add_argument("--answer", choices=["ours", "theirs"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.answer:
        return answer(ours if given.answer == "ours" else theirs)
    peer = next(f for f in FRAMEWORKS if f.name == "PyTorch")
    if not given.peer:
        peer.make()
    both = [Asked(sys.executable, "ours"), Asked(given.peer or peer.python, "theirs")]
    print(
        "| layer | inputs | Hornbeam, ms | PyTorch, ms | ratio | ratio of the fastest |\n| --- | --- | --- | --- | --- | --- |"
    )
    for name in given.names or LAYERS:
        count = max(2, round(0.03 / min(both[0].ask(name, 2))))
        both[1].ask(name, 1)
        found: list[list[float]] = [[], []]
        for _ in range(ROUNDS):
            for seconds, one in zip(found, both, strict=True):
                time.sleep(PAUSE)
                seconds += one.ask(name, count)
        mine, other = map(statistics.median, found)
        least = min(found[0]) / min(found[1])
        shape = "x".join(map(str, LAYERS[name][0]))
        print(
            f"| {name} | {shape} | {mine * 1e3:.2f} | {other * 1e3:.2f} | {mine / other:.2f} | {least:.2f} |",
            flush=True,
        )
    for one in both:
        one.end()


if __name__ == "__main__":
    main()
