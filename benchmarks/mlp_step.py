"""One training step of a 784-512-512-10 network, batch 128, Adam: hand-written NumPy beside hb.jit on the NumPy backend."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import hornbeam as hb
import numpy as np
from hornbeam import ops
from hornbeam_optimizers import Adam
from hornbeam_optimizers.losses import SparseCategoricalCrossentropy

SIZES, BATCH, ROUNDS, STEPS = (784, 512, 512, 10), 128, 11, 10


def weights() -> list[np.ndarray]:
    """The same first weights for both: w1, b1, w2, b2, ..."""
    rng = np.random.default_rng(0)
    found = []
    for n, m in zip(SIZES, SIZES[1:], strict=False):
        found += [(rng.normal(size=(n, m)) * np.sqrt(2 / n)).astype(np.float32), np.zeros(m, np.float32)]
    return found


def by_hand() -> Callable[[np.ndarray, np.ndarray], float]:
    """The step as a NumPy programmer writes it: buffers made once, everything in place."""
    p = weights()
    m, v, g, s, r = ([np.zeros_like(a) for a in p] for _ in range(5))
    h1, h2, z = (np.empty((BATCH, n), np.float32) for n in SIZES[1:])
    d1, d2 = np.empty_like(h1), np.empty_like(h2)
    rows = np.arange(BATCH)
    t = 0

    def step(x: np.ndarray, y: np.ndarray) -> float:
        nonlocal t
        t += 1
        for a, w, b, out in ((x, p[0], p[1], h1), (h1, p[2], p[3], h2), (h2, p[4], p[5], z)):
            np.matmul(a, w, out=out)
            out += b
            if out is not z:
                np.maximum(out, 0, out=out)
        z.__isub__(z.max(1, keepdims=True))
        loss = -z[rows, y]
        np.exp(z, out=z)
        total = z.sum(1, keepdims=True)
        loss = float((loss + np.log(total[:, 0])).mean())
        z.__itruediv__(total)
        z[rows, y] -= 1
        z.__imul__(1 / BATCH)
        np.matmul(h2.T, z, out=g[4])
        np.sum(z, 0, out=g[5])
        np.matmul(z, p[4].T, out=d2)
        np.multiply(d2, h2 > 0, out=d2)
        np.matmul(h1.T, d2, out=g[2])
        np.sum(d2, 0, out=g[3])
        np.matmul(d2, p[2].T, out=d1)
        np.multiply(d1, h1 > 0, out=d1)
        np.matmul(x.T, d1, out=g[0])
        np.sum(d1, 0, out=g[1])
        alpha = 0.001 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        for w, mean, var, grad, one, two in zip(p, m, v, g, s, r, strict=True):
            np.subtract(grad, mean, out=one)
            one *= 0.1
            mean += one
            np.multiply(grad, grad, out=one)
            one -= var
            one *= 0.001
            var += one
            np.sqrt(var, out=one)
            one += 1e-7
            np.multiply(mean, alpha, out=two)
            two /= one
            w -= two
        return loss

    return step


def ours() -> Callable[[np.ndarray, np.ndarray], float]:
    """The same step, captured and compiled."""
    p = [hb.Variable(w) for w in weights()]
    optimizer, loss = Adam(0.001), SparseCategoricalCrossentropy(from_logits=True)
    optimizer.build(p)

    def forward(x: hb.Tensor, y: hb.Tensor) -> hb.Tensor:
        h = ops.relu(x @ p[0] + p[1])
        h = ops.relu(h @ p[2] + p[3])
        return loss(y, h @ p[4] + p[5])

    @hb.jit
    def step(x: hb.Tensor, y: hb.Tensor) -> hb.Tensor:
        value, grads = hb.value_and_grad(lambda: forward(x, y), variables=p)()
        optimizer.apply(grads, p)
        return value

    return lambda x, y: float(step(x, y))


if __name__ == "__main__":
    hb.set_backend("numpy")
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(BATCH, SIZES[0])).astype(np.float32), rng.integers(0, 10, BATCH)
    steps = {"hand-written NumPy": by_hand(), "hornbeam": ours()}
    first = {name: [step(x, y) for _ in range(5)] for name, step in steps.items()}
    np.testing.assert_allclose(*first.values(), rtol=1e-3)  # the same training, or there is nothing to compare
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            start = time.perf_counter()
            for _ in range(STEPS):
                step(x, y)
            times[name].append((time.perf_counter() - start) / STEPS)
    medians = {name: statistics.median(t) for name, t in times.items()}
    for name, seconds in medians.items():
        print(f"{name:<20} {1000 * seconds:7.2f} ms a step (median of {ROUNDS} rounds of {STEPS})")
    print(f"ratio {medians['hornbeam'] / medians['hand-written NumPy']:.2f} (goal: at most 1.15)")
