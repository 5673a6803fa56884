"""The workloads in Keras on JAX: `train_on_batch`, and `fit` with several steps an execution."""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np
from models import Streaming, compiled
from workloads import Workload

MODES = ("jax",)
TOGETHER = 8  # steps of `fit` for each return to Python


class Training(Streaming):
    """One model in training."""

    def __init__(self, work: Workload, mode: str, device: str) -> None:
        precision = {"tf32": "tensorfloat32", "float32": "highest", "bfloat16": "default"}[work.precision]
        jax.config.update("jax_default_matmul_precision", precision)
        keras.mixed_precision.set_dtype_policy("mixed_bfloat16" if work.precision == "bfloat16" else "float32")
        self.work = work
        self.model = compiled(keras, work.kind, work.sizes, steps_per_execution=TOGETHER)
        self.batch = tuple(map(jax.device_put, work.data(np.random.default_rng(0), 1)))

    def step(self) -> float:
        """One step, whose loss is known afterwards."""
        return float(np.ravel(self.model.train_on_batch(*self.batch))[0])

    def resident(self, steps: int) -> float:
        """So many steps on a batch that lies on the GPU; Keras has nothing for that but single steps, each of which is waited for."""
        return [self.step() for _ in range(steps)][-1]


def versions() -> dict[str, str]:
    """What is installed."""
    return {"keras": keras.__version__, "jax": jax.__version__, "devices": str(jax.devices())}
