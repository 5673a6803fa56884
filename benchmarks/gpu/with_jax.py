"""The workloads in plain JAX: a step is one jitted function whose state is donated."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from workloads import Workload

MODES = ("jit",)
Tree = Any


def _dense(key: Any, a: int, b: int) -> Tree:
    return {"w": jax.random.normal(key, (a, b)) / math.sqrt(a), "b": jnp.zeros(b)}


def _keys() -> Any:
    key = jax.random.key(0)
    while True:
        key, one = jax.random.split(key)
        yield one


def _norm(x: Any, p: Tree) -> Any:
    wide = x.astype(jnp.float32)
    centred = wide - wide.mean(-1, keepdims=True)
    scaled = centred * lax.rsqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
    return (scaled * p["scale"] + p["shift"]).astype(x.dtype)


def _scales(width: int) -> Tree:
    return {"scale": jnp.ones(width), "shift": jnp.zeros(width)}


def _at(p: Tree, x: Any) -> Any:
    return x @ p["w"].astype(x.dtype) + p["b"].astype(x.dtype)


def mlp(s: dict[str, int], keys: Any) -> tuple[Tree, Any]:
    widths = [s["inputs"], *[s["width"]] * s["hidden"], s["classes"]]
    parameters = [_dense(next(keys), a, b) for a, b in zip(widths, widths[1:], strict=False)]

    def apply(p: Tree, x: Any) -> Any:
        for each in p[:-1]:
            x = jax.nn.relu(_at(each, x))
        return _at(p[-1], x)

    return parameters, apply


def _conv(x: Any, w: Any, by: int = 1, padding: Any = "VALID") -> Any:
    return lax.conv_general_dilated(x, w.astype(x.dtype), (by, by), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))


def _window(key: Any, *shape: int) -> Any:
    return jax.random.normal(key, shape) * math.sqrt(2 / math.prod(shape[:-1]))


def _pool(x: Any, size: int, by: int, padding: Any = "VALID") -> Any:
    lowest = np.array(-np.inf, x.dtype)  # a number known beforehand: else the gradient is refused
    return lax.reduce_window(x, lowest, lax.max, (1, size, size, 1), (1, by, by, 1), padding)


def convnet(s: dict[str, int], keys: Any) -> tuple[Tree, Any]:
    first, second = _window(next(keys), 3, 3, 1, 32), _window(next(keys), 3, 3, 32, 64)
    parameters = [first, jnp.zeros(32), second, jnp.zeros(64), _dense(next(keys), 1600, s["classes"])]

    def apply(p: Tree, x: Any) -> Any:
        x = _pool(jax.nn.relu(_conv(x, p[0]) + p[1].astype(x.dtype)), 2, 2)
        x = _pool(jax.nn.relu(_conv(x, p[2]) + p[3].astype(x.dtype)), 2, 2)
        return _at(p[4], x.reshape(len(x), -1))

    return parameters, apply


def lstm(s: dict[str, int], keys: Any) -> tuple[Tree, Any]:
    units = s["units"]
    parameters = [
        _dense(next(keys), s["inputs"], 4 * units), _dense(next(keys), units, 4 * units)["w"],
        _dense(next(keys), units, s["classes"]),
    ]  # fmt: skip

    def apply(p: Tree, x: Any) -> Any:
        recurrent = p[1].astype(x.dtype)

        def step(carry: Any, row: Any) -> Any:
            h, c = carry
            i, f, g, o = jnp.split(row + h @ recurrent, 4, -1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), None

        zero = jnp.zeros((len(x), units), x.dtype)
        (h, _), _ = lax.scan(step, (zero, zero), _at(p[0], x.swapaxes(0, 1)))
        return _at(p[2], h)

    return parameters, apply


def resnet50(s: dict[str, int], keys: Any) -> tuple[Tree, Any]:
    """Batches are normalised by themselves; running means are left out, which favours JAX a little."""

    def unit(*shape: int) -> Tree:
        return {"w": _window(next(keys), *shape), **_scales(shape[-1])}

    blocks, inputs = [], 64
    for filters, count, by in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for number in range(count):
            way = [unit(1, 1, inputs, filters), unit(3, 3, filters, filters), unit(1, 1, filters, 4 * filters)]
            short = unit(1, 1, inputs, 4 * filters) if number == 0 else None
            blocks.append((by if number == 0 else 1, way, short))
            inputs = 4 * filters
    strides = [b[0] for b in blocks]
    parameters = [unit(7, 7, 3, 64), [b[1:] for b in blocks], _dense(next(keys), 2048, s["classes"])]

    def one(x: Any, p: Tree, by: int, padding: Any) -> Any:
        wide = _conv(x, p["w"], by, padding).astype(jnp.float32)
        mean, square = wide.mean((0, 1, 2)), (wide**2).mean((0, 1, 2))
        scale = p["scale"] * lax.rsqrt(square - mean**2 + 1e-5)
        return (wide * scale + (p["shift"] - mean * scale)).astype(x.dtype)

    def apply(p: Tree, x: Any) -> Any:
        x = _pool(jax.nn.relu(one(x, p[0], 2, [(3, 3)] * 2)), 3, 2, [(0, 0), (1, 1), (1, 1), (0, 0)])
        for by, (way, short) in zip(strides, p[1], strict=True):
            y = jax.nn.relu(one(x, way[0], 1, "VALID"))
            y = jax.nn.relu(one(y, way[1], by, [(1, 1)] * 2))
            x = jax.nn.relu(one(y, way[2], 1, "VALID") + (x if short is None else one(x, short, by, "VALID")))
        return _at(p[2], x.mean((1, 2)))

    return parameters, apply


def gpt2(s: dict[str, int], keys: Any) -> tuple[Tree, Any]:
    width, heads = s["width"], s["heads"]

    def block() -> Tree:
        sizes = {"qkv": (width, 3 * width), "out": (width, width), "up": (width, 4 * width), "down": (4 * width, width)}
        return {n: _dense(next(keys), *z) for n, z in sizes.items()} | {"n1": _scales(width), "n2": _scales(width)}

    parameters = {
        "words": jax.random.normal(next(keys), (s["vocabulary"], width)) * 0.02,
        "places": jax.random.normal(next(keys), (s["length"], width)) * 0.02,
        "blocks": [block() for _ in range(s["layers"])],
        "norm": _scales(width),
        "head": _dense(next(keys), width, s["vocabulary"])["w"],
    }

    def apply(p: Tree, words: Any, dtype: Any = jnp.bfloat16) -> Any:
        x = (p["words"][words] + p["places"]).astype(dtype)
        for b in p["blocks"]:
            q, k, v = (a.reshape(*a.shape[:2], heads, -1) for a in jnp.split(_at(b["qkv"], _norm(x, b["n1"])), 3, -1))
            x = x + _at(b["out"], jax.nn.dot_product_attention(q, k, v, is_causal=True).reshape(x.shape))
            x = x + _at(b["down"], jax.nn.gelu(_at(b["up"], _norm(x, b["n2"]))))
        return (_norm(x, p["norm"]) @ p["head"].astype(dtype)).reshape(-1, p["head"].shape[1])

    return parameters, apply


class Training:
    """One model in training."""

    def __init__(self, work: Workload, mode: str, device: str) -> None:
        precision = {"tf32": "tensorfloat32", "float32": "highest", "bfloat16": "default"}[work.precision]
        jax.config.update("jax_default_matmul_precision", precision)
        self.parameters, apply = globals()[work.kind](work.sizes, _keys())
        zeros = partial(jax.tree.map, jnp.zeros_like)
        self.state = (zeros(self.parameters), zeros(self.parameters), jnp.zeros(()))
        self.work = work
        self.batch = self._placed(*work.data(np.random.default_rng(0), 1))
        self.epoch: list[Any] = []
        momentum, decay = work.kind == "resnet50", {"resnet50": 1e-4, "gpt2": 0.1}.get(work.kind, 0.0)

        def loss_of(p: Tree, x: Any, y: Any) -> Any:
            logits = apply(p, x).astype(jnp.float32)
            return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean()

        @partial(jax.jit, donate_argnums=(0, 1))
        def step(p: Tree, state: Tree, x: Any, y: Any) -> Any:
            loss, g = jax.value_and_grad(loss_of)(p, x, y)
            m, v, t = state
            t = t + 1
            if momentum:
                m = jax.tree.map(lambda a, b, w: 0.9 * a + b + decay * w, m, g, p)
                return jax.tree.map(lambda w, a: w - 0.1 * a, p, m), (m, v, t), loss
            rate = 6e-4 if decay else 1e-3
            m = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, m, g)
            v = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, v, g)
            scale = jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)

            def moved(w: Any, a: Any, b: Any) -> Any:
                return w - rate * (scale * a / (jnp.sqrt(b) + 1e-8) + decay * w)

            return jax.tree.map(moved, p, m, v), (m, v, t), loss

        self._step = step

    def _placed(self, x: Any, y: Any) -> tuple[Any, Any]:
        inputs = jax.device_put(x)
        half = self.work.precision == "bfloat16" and inputs.dtype == jnp.float32
        return inputs.astype(jnp.bfloat16) if half else inputs, jax.device_put(y.reshape(-1))

    def _launch(self, batch: Any) -> Any:
        self.parameters, self.state, loss = self._step(self.parameters, self.state, *batch)
        return loss

    def step(self) -> float:
        """One step, whose loss is known afterwards."""
        return float(self._launch(self.batch))

    def resident(self, steps: int) -> float:
        """So many steps on a batch that lies on the GPU, the loss known at their end."""
        for _ in range(steps):
            loss = self._launch(self.batch)
        return float(loss)

    def streamed(self, steps: int) -> float:
        """So many steps, each on other data, which come from the host's memory, one batch ahead."""
        if len(self.epoch) != steps:
            rng = np.random.default_rng(0)
            self.epoch = [self.work.data(rng, 1) for _ in range(steps)]
        coming = self._placed(*self.epoch[0])
        for number in range(steps):
            batch, coming = coming, self._placed(*self.epoch[(number + 1) % steps])
            loss = self._launch(batch)
        return float(loss)


def versions() -> dict[str, str]:
    """What is installed."""
    return {"jax": jax.__version__, "devices": str(jax.devices())}
