"""What is measured: for each workload its data, and what a training step of it has to do at least."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["WORKLOADS", "Workload"]

Data = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Workload:
    """One model with one optimizer.

    Attributes:
        title: as in the table.
        batch: samples a step.
        other_batch: the size that the same model is asked for afterwards.
        parameters: numbers that are trained.
        products: multiply-adds a sample of the forward pass, where the gradients of both operands are needed.
        first_products: those where only the gradient of the weight is needed, for the other operand is data.
        kept: floats a sample that the forward pass has to keep for the backward pass.
        state: numbers that the optimizer keeps for each parameter.
        data: makes inputs and labels of so many samples.
    """

    title: str
    batch: int
    other_batch: int
    parameters: int
    products: int
    first_products: int
    kept: int
    state: int
    data: Callable[[np.random.Generator, int], Data]

    @property
    def flops(self) -> int:
        """Floating-point operations of a step in products: forward, and the same again for each gradient."""
        return 2 * self.batch * (3 * self.products + 2 * self.first_products)

    @property
    def bytes(self) -> int:
        """Bytes of a step at least: parameters and state read and written, what is kept written and read, data read."""
        x, y = self.data(np.random.default_rng(0), self.batch)
        return 8 * self.parameters * (1 + self.state) + 8 * self.batch * self.kept + x.nbytes + y.nbytes


def _classes(shape: tuple[int, ...], classes: int) -> Callable[[np.random.Generator, int], Data]:
    return lambda rng, n: (rng.random((n, *shape), np.float32), rng.integers(0, classes, n, np.int32))


def _tokens(length: int, vocabulary: int, labels: type) -> Callable[[np.random.Generator, int], Data]:
    return lambda rng, n: (
        rng.integers(0, vocabulary, (n, length), np.int32),
        rng.integers(0, 2, n, np.int32).astype(labels),
    )


def _characters(rng: np.random.Generator, n: int) -> Data:
    one_hot = np.eye(60, dtype=np.float32)
    return one_hot[rng.integers(0, 60, (n, 40))], one_hot[rng.integers(0, 60, n)]


WORKLOADS = {
    "mlp": Workload(
        "MLP 784-512-512-10, dropout 0.2, batch 128, Adam",
        batch=128,
        other_batch=96,
        parameters=785 * 512 + 513 * 512 + 513 * 10,
        products=512 * 512 + 512 * 10,
        first_products=784 * 512,
        kept=2 * 512,
        state=2,
        data=_classes((784,), 10),
    ),
    "convnet": Workload(
        "MNIST convnet (Conv 32, pool, Conv 64, pool, dropout, dense), batch 128, Adam",
        batch=128,
        other_batch=96,
        parameters=(9 + 1) * 32 + (9 * 32 + 1) * 64 + 1601 * 10,
        products=11 * 11 * 9 * 32 * 64 + 1600 * 10,
        first_products=26 * 26 * 9 * 32,
        kept=13 * 13 * 32 + 5 * 5 * 64,
        state=2,
        data=_classes((28, 28, 1), 10),
    ),
    "imdb": Workload(
        "IMDB: Embedding(5000, 50), LSTM(32), 400 steps, batch 128, Adam",
        batch=128,
        other_batch=96,
        parameters=5000 * 50 + (50 + 32 + 1) * 4 * 32 + 33,
        products=400 * (50 + 32) * 4 * 32 + 32,
        first_products=0,
        kept=400 * 5 * 32,  # four gates and the cell at each time step; h is one product away
        state=2,
        data=_tokens(400, 5000, np.float32),
    ),
    "characters": Workload(
        "characters: LSTM(128) over 40 x 60, batch 128, RMSprop",
        batch=128,
        other_batch=96,
        parameters=(60 + 128 + 1) * 4 * 128 + 129 * 60,
        products=40 * 128 * 4 * 128 + 128 * 60,
        first_products=40 * 60 * 4 * 128,
        kept=40 * 5 * 128,
        state=1,
        data=_characters,
    ),
    "transformer": Workload(
        "Transformer block, 200 tokens, 32 wide, 2 heads, batch 32, Adam",
        batch=32,
        other_batch=24,
        parameters=20200 * 32 + 3 * 33 * 64 + 65 * 32 + 4 * 32 + 2 * 33 * 32 + 33 * 20 + 21 * 2,
        products=200 * (4 * 32 * 64 + 2 * 32 * 32) + 2 * 2 * 200 * 200 * 32 + 32 * 20 + 20 * 2,
        first_products=0,
        kept=200 * (3 * 64 + 3 * 32),  # queries, keys, values; both normalised sums and the hidden units
        state=2,
        data=_tokens(200, 20000, np.int32),
    ),
}
