"""The models by which speed is measured, in their full sizes, and the plans of their training steps: nothing of them is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import hornbeam as hb
import numpy as np
from hornbeam.backends.base import Executable, using_backend
from hornbeam.backends.numpy import NumpyBackend
from hornbeam.graph.ir import Graph
from hornbeam.host import native_dtype
from hornbeam.policy import dtype_policy, set_dtype_policy
from hornbeam.primitive import Primitive, Spec
from hornbeam_cuda.device.base import Properties
from hornbeam_cuda.lower.plan import prepare
from hornbeam_cuda.plan import Plan
from hornbeam_layers import (
    LSTM,
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    Input,
    Layer,
    LayerNormalization,
    MaxPooling2D,
    MultiHeadAttention,
    ZeroPadding2D,
)
from hornbeam_models import Model, Sequential

from tests.cuda.emulator.recurrent import spaces

SMALL = 4096  # elements up to which values are computed, so that constants are known


class Planned:
    """A device that plans are made for; it has no memory and runs nothing.

    Args:
        memory: bytes that it has in all.
        refused: kinds of calls that no library can run.
    """

    name, architecture = "cuda:0", "sm_90"

    def __init__(self, memory: int = 80 * 2**30, refused: tuple[type, ...] = ()) -> None:
        self.properties = Properties(132, 227 * 1024, memory, "planned for")
        self.refused = refused

    def supports(self, call: Any) -> bool:
        """Whether a library can run a call."""
        return not isinstance(call, self.refused)

    def spaces(self, call: Any) -> Any:
        """What a recurrent layer needs beside its arrays."""
        return spaces(call)

    def workspace(self, call: Any) -> int:
        """Bytes that a call needs: what cuBLASLt recommends."""
        return 32 * 2**20


class Sketching(NumpyBackend):
    """Computes what is small; what is large is a single zero, repeated. Keeps the graphs that it is asked to compile."""

    name = "sketching"

    def __init__(self) -> None:
        super().__init__()
        self.graphs: list[Graph] = []

    def from_host(self, array: Any, dtype: Any) -> Any:
        """The array, or its shape."""
        return super().from_host(array, dtype) if array.size <= SMALL else _blank(array.shape, dtype)

    def copy(self, array: Any) -> Any:
        """The same array."""
        return array

    def run(self, primitive: Primitive, arrays: Sequence[Any], params: dict[str, Any]) -> Any:
        """The result, or its shape."""
        specs = primitive.infer(*[Spec(a.shape, self.dtype_of(a)) for a in arrays], **params)
        made = specs if primitive.multiple else (specs,)
        if sum(a.size for a in arrays) + sum(_size(s.shape) for s in made) <= SMALL:
            return super().run(primitive, arrays, params)
        found = tuple(_blank(s.shape, s.dtype) for s in made)
        return found if primitive.multiple else found[0]

    def compile(self, graph: Graph) -> Executable:
        """Keep the graph; running it gives shapes."""
        self.graphs.append(graph)
        return _Sketch(graph, self)


class _Sketch(Executable):
    def __call__(self, arrays: Sequence[Any], donate: Sequence[bool] = ()) -> list[Any]:
        return [_blank(v.shape, v.dtype) for v in self.graph.outputs]


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=np.int64))


def _blank(shape: tuple[int, ...], dtype: Any) -> Any:
    return np.broadcast_to(np.zeros((), native_dtype(dtype)), shape)


# ---- models


def mlp() -> Any:
    """Digits, by two hidden layers."""
    hidden = [part for _ in range(2) for part in (Dense(512, activation="relu"), Dropout(0.2))]
    return _classifier(Sequential([Input((784,)), *hidden, Dense(10)]))


def convnet() -> Any:
    """Digits, by two convolutions."""
    parts = [Conv2D(32, 3, activation="relu"), MaxPooling2D(), Conv2D(64, 3, activation="relu"), MaxPooling2D()]
    return _classifier(Sequential([Input((28, 28, 1)), *parts, Flatten(), Dropout(0.5), Dense(10)]))


def imdb() -> Any:
    """Sentiment of reviews, by an LSTM."""
    made = Sequential([Input((400,), dtype="int32"), Embedding(5000, 50), LSTM(32), Dense(1, activation="sigmoid")])
    made.compile("adam", "binary_crossentropy")
    return made


def characters() -> Any:
    """The next character, by an LSTM."""
    made = Sequential([Input((40, 60)), LSTM(128), Dense(60, activation="softmax")])
    made.compile(hb.optimizers.RMSprop(0.01), "categorical_crossentropy")
    return made


class Places(Layer):
    """Adds what is learned of each place in the text: (n, t, d) -> the same."""

    def build(self, input_shape: Any) -> None:
        """One row for each place."""
        self.embeddings = self.add_weight(shape=input_shape[1:], initializer="uniform", name="embeddings")

    def call(self, x: Any) -> Any:
        """Every text has the same places."""
        return x + self.embeddings


def transformer() -> Any:
    """Sentiment of reviews, by one block of attention."""
    words = Input((200,), dtype="int32")
    x = Places()(Embedding(20000, 32)(words))
    x = LayerNormalization(epsilon=1e-6)(x + Dropout(0.1)(MultiHeadAttention(num_heads=2, key_dim=32)(x, x)))
    hidden = Dropout(0.1)(Dense(32)(Dense(32, activation="relu")(x)))
    x = Dropout(0.1)(GlobalAveragePooling1D()(LayerNormalization(epsilon=1e-6)(x + hidden)))
    return _classifier(Model(words, Dense(2)(Dropout(0.1)(Dense(20, activation="relu")(x)))))


def resnet50() -> Any:
    """He et al. 2015, in bfloat16, channels last."""
    image = Input((224, 224, 3))
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
    made = Model(image, Dense(1000, dtype="float32")(GlobalAveragePooling2D()(x)))
    return _classifier(made, hb.optimizers.SGD(0.1, momentum=0.9, weight_decay=1e-4))


def gpt2() -> Any:
    """Radford et al. 2019, 124M parameters, in bfloat16."""
    words = Input((1024,), dtype="int32")
    x = Places()(Embedding(50304, 768)(words))
    for _ in range(12):
        y = LayerNormalization(epsilon=1e-5)(x)
        x = x + MultiHeadAttention(num_heads=12, key_dim=64)(y, y, use_causal_mask=True)
        y = LayerNormalization(epsilon=1e-5)(x)
        x = x + Dense(768)(Dense(3072, activation="gelu")(y))
    logits = Dense(50304, use_bias=False)(LayerNormalization(epsilon=1e-5)(x))
    return _classifier(Model(words, logits), hb.optimizers.AdamW(6e-4, weight_decay=0.1))


def _classifier(made: Any, optimizer: Any = "adam") -> Any:
    made.compile(optimizer, hb.losses.SparseCategoricalCrossentropy(from_logits=True))
    return made


class Workload(NamedTuple):
    """A model and how it is trained: batch, shape and kind of the inputs and of the labels, and the dtype policy."""

    build: Callable[[], Any]
    batch: int
    input: tuple[int, ...]
    words: int = 0
    labels: tuple[int, ...] = ()
    label: str = "int32"
    policy: str = "float32"


WORKLOADS = {
    "mlp": Workload(mlp, 128, (784,)),
    "convnet": Workload(convnet, 128, (28, 28, 1)),
    "imdb": Workload(imdb, 64, (400,), words=5000, labels=(1,), label="float32"),
    "characters": Workload(characters, 128, (40, 60), labels=(60,), label="float32"),
    "transformer": Workload(transformer, 32, (200,), words=20000),
    "resnet50": Workload(resnet50, 256, (224, 224, 3), policy="mixed_bfloat16"),
    "gpt2": Workload(gpt2, 16, (1024,), words=50304, labels=(1024,), policy="mixed_bfloat16"),
}


def graph_of(work: Workload) -> Graph:
    """The training step of a workload."""
    backend = Sketching()
    before = dtype_policy()
    set_dtype_policy(work.policy)
    try:
        with using_backend(backend):
            made = work.build()
            kind = "int32" if work.words else "float32"
            x, y = np.zeros((work.batch, *work.input), kind), np.zeros((work.batch, *work.labels), work.label)
            made.train_on_batch(x, y)
    finally:
        set_dtype_policy(before)
    return max(backend.graphs, key=lambda g: len(g.nodes))


@cache
def plan(name: str, refused: tuple[type, ...] = ()) -> Plan:
    """The plan of its training step."""
    device = Planned(refused=refused)
    return Plan(prepare(graph_of(WORKLOADS[name]), device.supports), device)
