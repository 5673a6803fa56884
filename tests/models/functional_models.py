"""Functional models that are the same code for Hornbeam and for Keras, and what Keras makes of them.

`python tests/models/functional_models.py`, in an environment with keras 3.15 or later and jax, and with KERAS_BACKEND=jax,
writes functional_models.json: shapes, names and outputs of genuine Keras, for weights and data that `values` makes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

GOLDEN = Path(__file__).with_suffix(".json")


def values(shape: tuple[int, ...], seed: float) -> np.ndarray:
    """Numbers between -1 and 1 that no library's generator is needed for."""
    return np.sin(seed + 1.7 * np.arange(np.prod(shape, dtype=int))).reshape(shape).astype(np.float32)


def pooled_by_hand(k: Any) -> Any:
    x = k.Input((None, 6), name="x")
    h = k.layers.Dense(4, activation="tanh", name="h")(x)
    weights = k.ops.softmax(k.ops.sum(h, axis=-1, keepdims=True), axis=1)
    return k.Model(x, k.ops.sum(h * weights, axis=1))


def attention_by_hand(k: Any) -> Any:
    x = k.Input((None, 6), name="x")
    q, key, v = (k.layers.Dense(6, name=n)(x) for n in "qkv")
    split = [k.ops.transpose(k.ops.reshape(t, (-1, 5, 2, 3)), (0, 2, 1, 3)) for t in (q, key, v)]
    scores = k.ops.matmul(split[0], k.ops.swapaxes(split[1], -1, -2)) / np.float32(3**0.5)
    out = k.ops.matmul(k.ops.softmax(scores), split[2])
    return k.Model(x, k.ops.reshape(k.ops.transpose(out, (0, 2, 1, 3)), (-1, 5, 6)) + x)


def slices(k: Any) -> Any:
    x = k.Input((5, 6), name="x")
    parts = [x[:, 0], x[:, -1], x[:, 1:4, 2], x[..., 3], x[:, ::2, ::3]]
    return k.Model(x, k.ops.concatenate([k.layers.Flatten()(p) for p in parts], axis=-1))


def siamese(k: Any) -> Any:
    left, right = k.Input((6,), name="left"), k.Input((6,), name="right")
    tower = k.Sequential([k.Input((6,)), k.layers.Dense(5, activation="relu"), k.layers.Dense(3)], name="tower")
    a, b = tower(left), tower(right)
    distance = k.ops.sqrt(k.ops.sum(k.ops.square(a - b), axis=-1) + 1e-6)
    return k.Model([left, right], {"distance": distance, "left": a, "right": b})


def nested(k: Any) -> Any:
    inner_in = k.Input((3,), name="inner_in")
    inner = k.Model(inner_in, k.ops.relu(k.layers.Dense(3, name="inner_dense")(inner_in)) - 0.5, name="inner")
    x = k.Input((6,), name="x")
    halves = k.ops.split(x, 2, axis=-1)
    return k.Model(x, k.ops.stack([inner(halves[0]), inner(halves[1])], axis=1), name="outer")


def residual_images(k: Any) -> Any:
    x = k.Input((None, None, 3), name="x")
    h = k.layers.Conv2D(3, 3, padding="same", activation="relu", name="conv")(x)
    h = k.ops.maximum(h + x, 0.1 * x)
    h = k.ops.pad(h, [[0, 0], [1, 1], [0, 0], [0, 0]])
    return k.Model(x, [k.ops.mean(h, axis=(1, 2)), k.ops.max(h, axis=(1, 2)), k.layers.MaxPooling2D()(h)])


def arithmetic(k: Any) -> Any:
    x, y = k.Input((6,), name="x"), k.Input((1,), name="y")
    z = 2.0 * x - y / 3.0 + x**2 - (-y) + np.arange(6, dtype="float32")
    chosen = k.ops.where(x > y, z, k.ops.exp(-k.ops.abs(x)))
    return k.Model(
        {"x": x, "y": y}, (chosen, k.ops.clip(z, -1.0, 1.0), k.ops.expand_dims(x, 1) * k.ops.expand_dims(y, 2))
    )


def indices(k: Any) -> Any:
    x = k.Input((4,), dtype="int32", name="x")
    table = values((5, 3), 0.3)
    rows = k.ops.take(table, x, axis=0)
    coded = k.ops.cast(k.ops.one_hot(x, 5), "float32")
    return k.Model(x, [rows, k.ops.argmax(coded, axis=-1), k.ops.repeat(k.ops.mean(rows, axis=1), 2, axis=0)])


BATCH = 2
MODELS: dict[str, tuple[Any, dict[str, tuple[int, ...]]]] = {
    "pooled_by_hand": (pooled_by_hand, {"x": (5, 6)}),
    "attention_by_hand": (attention_by_hand, {"x": (5, 6)}),
    "slices": (slices, {"x": (5, 6)}),
    "siamese": (siamese, {"left": (6,), "right": (6,)}),
    "nested": (nested, {"x": (6,)}),
    "residual_images": (residual_images, {"x": (4, 6, 3)}),
    "arithmetic": (arithmetic, {"x": (6,), "y": (1,)}),
    "indices": (indices, {"x": (4,)}),
}


def data(name: str) -> dict[str, np.ndarray]:
    """The data of every input."""
    if name == "indices":
        return {"x": np.arange(8, dtype=np.int32).reshape(2, 4) % 5}
    return {k: values((BATCH, *shape), i + 0.5) for i, (k, shape) in enumerate(MODELS[name][1].items())}


def flat(tree: Any) -> list[Any]:
    """The leaves of one container, dicts in key order."""
    if isinstance(tree, dict):
        return [tree[key] for key in sorted(tree)]
    return list(tree) if isinstance(tree, (list, tuple)) else [tree]


def feed(name: str, model: Any) -> Any:
    """The data in the structure of the model's inputs."""
    given = data(name)
    return (
        list(given.values())
        if isinstance(model.input, list)
        else given
        if isinstance(model.input, dict)
        else given["x"]
    )


def facts(name: str, k: Any) -> tuple[Any, dict[str, Any]]:
    """The model, and what is compared of it."""
    model = MODELS[name][0](k)
    model.set_weights([values(w.shape, i) for i, w in enumerate(model.get_weights())])
    return model, {
        "shapes": [list(t.shape) for t in flat(model.output)],
        "dtypes": [str(t.dtype) for t in flat(model.output)],
        "layers": [type(layer).__name__ for layer in model.layers],
        "parameters": model.count_params(),
        "outputs": [
            np.asarray(t, np.float64).round(7).tolist() for t in flat(model.predict(feed(name, model), verbose=0))
        ],
    }


if __name__ == "__main__":
    import keras

    GOLDEN.write_text(
        json.dumps({"keras": keras.__version__, **{n: facts(n, keras)[1] for n in MODELS}}, indent=0) + "\n"
    )
