"""What fit and predict cost beside the compiled functions that they call: `python benchmarks/fit_overhead.py [backend]`.

fit over an epoch of shuffled arrays, with a metric and without a bar, against the same number of bare calls of the compiled step on
batches that are cut already; predict of one sample against the compiled function on a tensor. Several rounds take turns, so that a
machine that gets slower slows both, and the fastest counts. "fit alone" is fit with a step that does nothing: cutting batches,
callbacks, figures; it is nearer to the truth than the difference of two large times where the machine is busy.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import hornbeam as hb
import numpy as np
from hornbeam.layers import LSTM, Conv2D, Dense, Embedding, Flatten, Input, MaxPooling2D

RNG = np.random.default_rng(0)


def mlp(batch: int) -> tuple[Any, Any, Any]:
    """784-512-512-10."""
    layers = [Input((784,)), Dense(512, activation="relu"), Dense(512, activation="relu"), Dense(10)]
    return hb.Sequential(layers), RNG.normal(size=(batch, 784)).astype("float32"), 10


def convnet(batch: int) -> tuple[Any, Any, Any]:
    """Two convolutions on 28 x 28 pixels."""
    layers = [
        *(Input((28, 28, 1)), Conv2D(32, 3, activation="relu"), MaxPooling2D(), Conv2D(64, 3, activation="relu")),
        *(MaxPooling2D(), Flatten(), Dense(10)),
    ]
    return hb.Sequential(layers), RNG.normal(size=(batch, 28, 28, 1)).astype("float32"), 10


def lstm(batch: int) -> tuple[Any, Any, Any]:
    """Embedding and LSTM over 80 words."""
    layers = [Input((80,)), Embedding(5000, 50), LSTM(32), Dense(2)]
    return hb.Sequential(layers), RNG.integers(0, 5000, (batch, 80)), 2


def seconds(run: Callable[[], Any]) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def fastest(runs: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The least time of each, taking turns."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            taken[name].append(seconds(run))
    return {name: min(times) for name, times in taken.items()}


def measure(make: Callable[[int], tuple[Any, Any, Any]], batch: int, steps: int) -> str:
    """A line of the report."""
    hb.set_random_seed(0)
    model, x, classes = make(batch * steps)
    y = RNG.integers(0, classes, len(x))
    loss = hb.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    first = seconds(lambda: model.fit(x[:batch], y[:batch], verbose=0, batch_size=batch))
    step = model.step_function("train")
    batches = [(x[i : i + batch], y[i : i + batch], None) for i in range(0, len(x), batch)]

    def bare() -> None:
        for data in batches:
            step(data)

    def alone() -> None:
        (key,) = [k for k in model._steps if k[0] == "train"]
        model._steps[key] = lambda data: None
        model.fit(x, y, batch_size=batch, verbose=0)
        model._steps[key] = step

    fitted = fastest({"fit": lambda: model.fit(x, y, batch_size=batch, verbose=0), "bare": bare, "alone": alone}, 9)
    one, forward = x[:1], model.step_function("predict")
    tensor = hb.ops.asarray(one)
    model.predict(one, verbose=0)
    single = fastest(
        {"predict": lambda: model.predict(one, verbose=0), "bare": lambda: forward((tensor, None, None))}, 300
    )
    share = fitted["alone"] / fitted["bare"]
    extra = (single["predict"] - single["bare"]) * 1e6
    cells = [
        f"{make.__name__:<9}{batch:>6}{first:>9.2f} s{fitted['bare'] / steps * 1e3:>11.3f} ms",
        f"{fitted['fit'] / steps * 1e3:>11.3f} ms{fitted['alone'] / steps * 1e6:>9.0f} us{share:>7.1%}",
        f"{single['bare'] * 1e6:>9.0f} us{single['predict'] * 1e6:>9.0f} us{extra:>9.0f} us",
    ]
    return "".join(cells)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        hb.set_backend(sys.argv[1])
    print(f"backend {hb.backend()}, {hb.get_num_threads()} threads")
    print(
        f"{'network':<9}{'batch':>6}{'first fit':>11}{'bare step':>14}{'in fit':>14}{'fit alone':>12}{'share':>7}",
        end="",
    )
    print(f"{'1 sample':>12}{'predict':>12}{'more':>12}")
    for make, batch, steps in ((mlp, 128, 150), (mlp, 32, 300), (convnet, 128, 10), (lstm, 128, 40)):
        print(measure(make, batch, steps), flush=True)
