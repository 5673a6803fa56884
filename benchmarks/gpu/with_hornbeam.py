"""The workloads in Hornbeam: its compiled step on batches on the GPU, and `fit` over data of the host."""

from __future__ import annotations

import os

import hornbeam as hb
import numpy as np
from hornbeam.policy import set_dtype_policy
from models import Streaming, compiled
from workloads import Workload

MODES = ("compiled",)
REPLAYS = 8  # steps for each return to Python


class Training(Streaming):
    """One model in training."""

    def __init__(self, work: Workload, mode: str, device: str) -> None:
        os.environ["HORNBEAM_CUDA_TF32"] = "1" if work.precision == "tf32" else "0"
        hb.set_backend("cuda" if device == "cuda" else "cpu")
        set_dtype_policy("mixed_bfloat16" if work.precision == "bfloat16" else "float32")
        self.work = work
        self.model = compiled(hb, work.kind, work.sizes, steps_per_execution=REPLAYS)
        self.batch = (*map(hb.ops.asarray, work.data(np.random.default_rng(0), 1)), None)

    def resident(self, steps: int) -> float:
        """So many steps on a batch that lies on the GPU, the loss known at their end."""
        step = self.model.make_train_function()
        self.model.reset_metrics()
        for _ in range(steps):
            step(self.batch)
        return float(self.model.get_metrics_result()["loss"])

    def step(self) -> float:
        """One step, whose loss is known afterwards."""
        return self.resident(1)


def versions() -> dict[str, str]:
    """What is installed."""
    return {"hornbeam": hb.__version__, "backend": hb.backend()}
