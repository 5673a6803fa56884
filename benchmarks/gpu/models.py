"""The models in Keras's vocabulary, for Hornbeam, for Keras itself, and for the tests that plan them without a GPU."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Streaming", "compiled", "convnet", "gpt2", "lstm", "mlp", "resnet50"]

Sizes = dict[str, int]


class Streaming:
    """Steps on data from the host's memory, by `fit`; a side has `work` and `model`."""

    work: Any
    model: Any
    epoch: Any = None

    def streamed(self, steps: int) -> float:
        """So many steps, each on other data, which come from the host's memory."""
        if self.epoch is None or len(self.epoch[0]) != steps * self.work.batch:
            self.epoch = self.work.data(np.random.default_rng(0), steps)
        history = self.model.fit(*self.epoch, batch_size=self.work.batch, verbose=0, shuffle=False)
        return float(history.history["loss"][-1])


def mlp(k: Any, s: Sizes) -> Any:
    """Dense layers; `k` is the module keras or hornbeam, `s` sizes as in workloads.py."""
    hidden = [k.layers.Dense(s["width"], activation="relu") for _ in range(s["hidden"])]
    return k.Sequential([k.Input((s["inputs"],)), *hidden, k.layers.Dense(s["classes"], dtype="float32")])


def convnet(k: Any, s: Sizes) -> Any:
    """Two convolutions for digits."""
    layers: list[Any] = []
    for filters in (32, 64):
        layers += [k.layers.Conv2D(filters, 3, activation="relu"), k.layers.MaxPooling2D()]
    head = k.layers.Dense(s["classes"], dtype="float32")
    return k.Sequential([k.Input((28, 28, 1)), *layers, k.layers.Flatten(), head])


def lstm(k: Any, s: Sizes) -> Any:
    """An LSTM's last output, classified."""
    shape, head = (s["length"], s["inputs"]), k.layers.Dense(s["classes"], dtype="float32")
    return k.Sequential([k.Input(shape), k.layers.LSTM(s["units"]), head])


def resnet50(k: Any, s: Sizes) -> Any:
    """He et al. 2015, channels last, with the strides in the second convolution of a block."""
    image = k.Input((s["image"], s["image"], 3))

    def unit(x: Any, filters: int, window: int, **how: Any) -> Any:
        return k.layers.BatchNormalization()(k.layers.Conv2D(filters, window, use_bias=False, **how)(x))

    def relu(x: Any) -> Any:
        return k.layers.Activation("relu")(x)

    x = relu(unit(k.layers.ZeroPadding2D(3)(image), 64, 7, strides=2))
    x = k.layers.MaxPooling2D(3, strides=2)(k.layers.ZeroPadding2D(1)(x))
    for filters, blocks, strides in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            by = strides if block == 0 else 1
            y = relu(unit(relu(unit(x, filters, 1)), filters, 3, strides=by, padding="same"))
            y = unit(y, 4 * filters, 1)
            x = relu(k.layers.Add()([unit(x, 4 * filters, 1, strides=by) if block == 0 else x, y]))
    head = k.layers.Dense(s["classes"], dtype="float32")
    return k.Model(image, head(k.layers.GlobalAveragePooling2D()(x)))


def gpt2(k: Any, s: Sizes) -> Any:
    """Radford et al. 2019."""

    class Places(k.Layer):  # type: ignore[misc]
        """Adds what is learned of each place in the text: (n, t, d) -> the same."""

        def build(self, input_shape: Any) -> None:
            """One row for each place."""
            self.embeddings = self.add_weight(input_shape[1:], "random_uniform", name="embeddings")

        def call(self, x: Any) -> Any:
            """Every text has the same places."""
            return x + self.embeddings

    def norm(x: Any) -> Any:
        return k.layers.LayerNormalization(epsilon=1e-5)(x)

    words = k.Input((s["length"],), dtype="int32")
    x = Places()(k.layers.Embedding(s["vocabulary"], s["width"])(words))
    for _ in range(s["layers"]):
        y = norm(x)
        x = x + k.layers.MultiHeadAttention(s["heads"], s["width"] // s["heads"])(y, y, use_causal_mask=True)
        hidden = k.layers.Dense(4 * s["width"], activation="gelu")(norm(x))
        x = x + k.layers.Dense(s["width"])(hidden)
    return k.Model(words, k.layers.Dense(s["vocabulary"], use_bias=False)(norm(x)))


def compiled(k: Any, kind: str, s: Sizes, **options: Any) -> Any:
    """A model with its optimizer and the loss of classes; `options` are those of `compile`."""
    made = globals()[kind](k, s)
    optimizer: Any = {
        "resnet50": lambda: k.optimizers.SGD(0.1, momentum=0.9, weight_decay=1e-4),
        "gpt2": lambda: k.optimizers.AdamW(6e-4, weight_decay=0.1),
    }.get(kind, lambda: k.optimizers.Adam(1e-3))()
    made.compile(optimizer, k.losses.SparseCategoricalCrossentropy(from_logits=True), **options)
    return made
