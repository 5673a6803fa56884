"""The workloads in Hornbeam: `fit` with several steps an execution, and single steps."""

from __future__ import annotations

import os
from typing import Any

import hornbeam as hb
import numpy as np
from hornbeam.layers import (
    LSTM,
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    Embedding,
    Flatten,
    GlobalAveragePooling2D,
    Input,
    LayerNormalization,
    MaxPooling2D,
    MultiHeadAttention,
    ZeroPadding2D,
)
from hornbeam.policy import set_dtype_policy
from workloads import Workload

MODES = ("compiled",)
REPLAYS = 8  # steps for each return to Python


class Places(hb.Layer):
    """Adds what is learned of each place in the text: (n, t, d) -> the same."""

    def build(self, input_shape: Any) -> None:
        """One row for each place."""
        self.embeddings = self.add_weight(input_shape[1:], "random_uniform", name="embeddings")

    def call(self, x: Any) -> Any:
        """Every text has the same places."""
        return x + self.embeddings


def mlp(s: dict[str, int]) -> Any:
    hidden = [Dense(s["width"], activation="relu") for _ in range(s["hidden"])]
    return hb.Sequential([Input((s["inputs"],)), *hidden, Dense(s["classes"], dtype="float32")])


def convnet(s: dict[str, int]) -> Any:
    parts = [Conv2D(32, 3, activation="relu"), MaxPooling2D(), Conv2D(64, 3, activation="relu"), MaxPooling2D()]
    return hb.Sequential([Input((28, 28, 1)), *parts, Flatten(), Dense(s["classes"], dtype="float32")])


def lstm(s: dict[str, int]) -> Any:
    shape = (s["length"], s["inputs"])
    return hb.Sequential([Input(shape), LSTM(s["units"]), Dense(s["classes"], dtype="float32")])


def resnet50(s: dict[str, int]) -> Any:
    image = Input((s["image"], s["image"], 3))
    x = Conv2D(64, 7, strides=2, use_bias=False)(ZeroPadding2D(3)(image))
    x = MaxPooling2D(3, strides=2)(ZeroPadding2D(1)(Activation("relu")(BatchNormalization()(x))))
    for filters, blocks, strides in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            by = strides if block == 0 else 1
            y = Activation("relu")(BatchNormalization()(Conv2D(filters, 1, use_bias=False)(x)))
            y = Conv2D(filters, 3, strides=by, padding="same", use_bias=False)(y)
            y = Activation("relu")(BatchNormalization()(y))
            y = BatchNormalization()(Conv2D(4 * filters, 1, use_bias=False)(y))
            if block == 0:
                x = BatchNormalization()(Conv2D(4 * filters, 1, strides=by, use_bias=False)(x))
            x = Activation("relu")(Add()([x, y]))
    return hb.Model(image, Dense(s["classes"], dtype="float32")(GlobalAveragePooling2D()(x)))


def gpt2(s: dict[str, int]) -> Any:
    words = Input((s["length"],), dtype="int32")
    x = Places()(Embedding(s["vocabulary"], s["width"])(words))
    for _ in range(s["layers"]):
        y = LayerNormalization(epsilon=1e-5)(x)
        x = x + MultiHeadAttention(s["heads"], s["width"] // s["heads"])(y, y, use_causal_mask=True)
        y = LayerNormalization(epsilon=1e-5)(x)
        x = x + Dense(s["width"])(Dense(4 * s["width"], activation="gelu")(y))
    return hb.Model(words, Dense(s["vocabulary"], use_bias=False)(LayerNormalization(epsilon=1e-5)(x)))


class Training:
    """One model in training."""

    def __init__(self, work: Workload, mode: str, device: str) -> None:
        os.environ["HORNBEAM_CUDA_TF32"] = "1" if work.precision == "tf32" else "0"
        hb.set_backend("cuda" if device == "cuda" else "cpu")
        set_dtype_policy("mixed_bfloat16" if work.precision == "bfloat16" else "float32")
        self.work = work
        self.model = globals()[work.kind](work.sizes)
        optimizer: Any = {
            "resnet50": lambda: hb.optimizers.SGD(0.1, momentum=0.9, weight_decay=1e-4),
            "gpt2": lambda: hb.optimizers.AdamW(6e-4, weight_decay=0.1),
        }.get(work.kind, lambda: hb.optimizers.Adam(1e-3))()
        loss = hb.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.model.compile(optimizer, loss, steps_per_execution=REPLAYS)
        self.batch = work.data(np.random.default_rng(0), 1)
        self.epoch: Any = None

    def step(self) -> float:
        """One step, whose loss is known afterwards."""
        return float(np.ravel(self.model.train_on_batch(*self.batch))[0])

    def stream(self, steps: int) -> float:
        """An epoch of so many steps over data in the host's memory, the loss known at its end."""
        if self.epoch is None or len(self.epoch[0]) != steps * self.work.batch:
            self.epoch = self.work.data(np.random.default_rng(0), steps)
        history = self.model.fit(*self.epoch, batch_size=self.work.batch, verbose=0, shuffle=False)
        return float(history.history["loss"][-1])


def versions() -> dict[str, str]:
    """What is installed."""
    return {"hornbeam": hb.__version__, "backend": hb.backend()}
