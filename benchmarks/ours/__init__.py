"""The workloads in Hornbeam, one file each."""

from __future__ import annotations

import importlib
import math
from typing import Any


class Training:
    """One model in training."""

    def __init__(self, workload: str, compiled: bool) -> None:
        self.model = importlib.import_module(f"ours.{workload}").model()
        self.parameters = sum(math.prod(v.shape) for v in self.model.trainable_variables)

    def place(self, x: Any, y: Any) -> Any:
        """Hornbeam takes NumPy's arrays."""
        return x, y

    def step(self, x: Any, y: Any) -> float:
        """One training step; the loss."""
        return float(self.model.train_on_batch(x, y))

    def fit(self, x: Any, y: Any, batch: int) -> None:
        """An epoch, the recommended way."""
        self.model.fit(x, y, batch_size=batch, verbose=0)
