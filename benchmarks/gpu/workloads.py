"""What is measured on a GPU: models, batches, and the least that a training step of each has to compute and to move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

__all__ = ["WORKLOADS", "Workload", "tiny"]


@dataclass(frozen=True)
class Workload:
    """One model with one optimizer.

    Attributes:
        title: as in the table.
        kind: which model: "mlp", "convnet", "lstm", "resnet50" or "gpt2".
        batch: samples a step.
        sizes: of the model; see `data` and the sides.
        precision: "float32", "tf32" (products of float32 rounded to it) or "bfloat16" (mixed).
        flops: floating-point operations of a step in products, by batch and sizes.
        bytes: that a step has to move at least, with everything fused that can be; 0 where nobody has reckoned.
        unit: what is counted: "steps", "images" or "tokens".
    """

    title: str
    kind: str
    batch: int
    sizes: dict[str, int]
    precision: str
    flops: Callable[[int, dict[str, int]], float]
    bytes: float = 0.0
    unit: str = "steps"
    small: dict[str, int] = field(default_factory=dict)

    @property
    def per_step(self) -> int:
        """Images or tokens of a step."""
        return {"steps": 1, "images": self.batch, "tokens": self.batch * self.sizes.get("length", 1)}[self.unit]

    def data(self, rng: np.random.Generator, steps: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Inputs and labels of so many batches, one below the other."""
        n, s = steps * self.batch, self.sizes
        if self.kind == "gpt2":
            words = rng.integers(0, s["vocabulary"], (n, s["length"] + 1), np.int32)
            return words[:, :-1], words[:, 1:]
        shape = {
            "mlp": lambda: (s["inputs"],),
            "convnet": lambda: (28, 28, 1),
            "lstm": lambda: (s["length"], s["inputs"]),
            "resnet50": lambda: (s["image"], s["image"], 3),
        }[self.kind]()
        return rng.random((n, *shape), np.float32), rng.integers(0, s["classes"], n, np.int32)


def _mlp(batch: int, s: dict[str, int]) -> float:
    first, hidden = s["inputs"] * s["width"], (s["hidden"] - 1) * s["width"] ** 2 + s["width"] * s["classes"]
    return 2.0 * batch * (2 * first + 3 * hidden)


def _convnet(batch: int, s: dict[str, int]) -> float:
    return 2.0 * batch * (2 * 26 * 26 * 9 * 32 + 3 * (11 * 11 * 9 * 32 * 64 + 1600 * 10))


def _lstm(batch: int, s: dict[str, int]) -> float:
    return 2.0 * batch * s["length"] * 4 * s["units"] * (2 * s["inputs"] + 3 * s["units"])


def _resnet(batch: int, s: dict[str, int]) -> float:
    return 3.0 * 2 * 4.09e9 * batch * (s["image"] / 224) ** 2


def _gpt(batch: int, s: dict[str, int]) -> float:
    parameters = 12 * s["layers"] * s["width"] ** 2 + s["vocabulary"] * s["width"]
    return batch * s["length"] * (6.0 * parameters + 12.0 * s["layers"] * s["width"] * s["length"])


_GPT2 = {"layers": 12, "width": 768, "heads": 12, "length": 1024, "vocabulary": 50304}
_TINY_GPT = {"layers": 1, "width": 32, "heads": 2, "length": 8, "vocabulary": 64}
_SMALL_MLP = {"inputs": 16, "width": 16}

WORKLOADS = {
    "mlp": Workload(
        "MLP 784-512-512-10, Adam", "mlp", 128, {"inputs": 784, "width": 512, "hidden": 2, "classes": 10}, "tf32", _mlp,
        30e6, small=_SMALL_MLP,
    ),
    "convnet": Workload(
        "Convnet 28x28 (32, 64), Adam", "convnet", 128, {"classes": 10}, "tf32", _convnet
    ),
    "lstm": Workload(
        "LSTM 128 over 40 steps of 60, Adam", "lstm", 128, {"inputs": 60, "length": 40, "units": 128, "classes": 60},
        "tf32", _lstm, small={"length": 4, "units": 8, "inputs": 8},
    ),
    "mlp4096": Workload(
        "MLP 784-4096x3-10, Adam", "mlp", 1024, {"inputs": 784, "width": 4096, "hidden": 3, "classes": 10}, "bfloat16",
        _mlp, 1.36e9, small=_SMALL_MLP,
    ),
    "mlp8192": Workload(
        "MLP 4096x4, Adam", "mlp", 8192, {"inputs": 4096, "width": 4096, "hidden": 3, "classes": 4096}, "bfloat16", _mlp,
        3.6e9, small={"inputs": 16, "width": 16, "classes": 10},
    ),
    "lstm512": Workload(
        "LSTM 512 over 128 steps, Adam", "lstm", 64, {"inputs": 512, "length": 128, "units": 512, "classes": 10},
        "bfloat16", _lstm, 0.8e9, small={"length": 4, "units": 8, "inputs": 8},
    ),
    "lstm1024": Workload(
        "LSTM 1024 over 256 steps, Adam", "lstm", 128, {"inputs": 1024, "length": 256, "units": 1024, "classes": 10},
        "bfloat16", _lstm, 6.5e9, small={"length": 4, "units": 8, "inputs": 8},
    ),
    "resnet50": Workload(
        "ResNet-50, SGD with momentum", "resnet50", 256, {"image": 224, "classes": 1000}, "bfloat16", _resnet, 68e9,
        "images", small={"image": 32, "classes": 10},
    ),
    "gpt2": Workload(
        "GPT-2 124M, AdamW", "gpt2", 64, _GPT2, "bfloat16", _gpt, 86e9, "tokens", small=_TINY_GPT
    ),
}  # fmt: skip


def tiny(work: Workload) -> Workload:
    """The same model so small that its script can be tried on a processor."""
    return replace(work, batch=4, sizes=work.sizes | work.small, bytes=0.0)
