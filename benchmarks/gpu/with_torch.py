"""The workloads in PyTorch: eager, torch.compile (default and reduce-overhead), and the whole step captured by hand."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from workloads import Workload

MODES = ("eager", "compile", "reduce-overhead", "captured")


def mlp(s: dict[str, int]) -> nn.Module:
    widths = [s["inputs"]] + [s["width"]] * s["hidden"]
    hidden = [part for a, b in zip(widths, widths[1:], strict=False) for part in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*hidden, nn.Linear(s["width"], s["classes"]))


def convnet(s: dict[str, int]) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(1600, s["classes"]),
    ).to(memory_format=torch.channels_last)  # fmt: skip


class Lstm(nn.Module):
    """An LSTM's last output, classified."""

    def __init__(self, s: dict[str, int]) -> None:
        super().__init__()
        self.lstm = nn.LSTM(s["inputs"], s["units"], batch_first=True)
        self.head = nn.Linear(s["units"], s["classes"])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.lstm(x)[0][:, -1])


class Bottleneck(nn.Module):
    """Three convolutions with a way round them."""

    def __init__(self, inputs: int, filters: int, by: int, first: bool) -> None:
        super().__init__()
        out = 4 * filters
        self.way = nn.Sequential(
            nn.Conv2d(inputs, filters, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU(inplace=True),
            nn.Conv2d(filters, filters, 3, by, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU(inplace=True),
            nn.Conv2d(filters, out, 1, bias=False), nn.BatchNorm2d(out),
        )  # fmt: skip
        short = nn.Sequential(nn.Conv2d(inputs, out, 1, by, bias=False), nn.BatchNorm2d(out))
        self.short = short if first else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(self.way(x) + self.short(x), inplace=True)


def resnet50(s: dict[str, int]) -> nn.Module:
    parts: list[nn.Module] = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)]
    parts.append(nn.MaxPool2d(3, 2, 1))
    inputs = 64
    for filters, blocks, strides in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            parts.append(Bottleneck(inputs, filters, strides if block == 0 else 1, block == 0))
            inputs = 4 * filters
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, s["classes"])]
    return nn.Sequential(*parts, *head).to(memory_format=torch.channels_last)


class Block(nn.Module):
    """Attention and two dense layers, each added to what it was given."""

    def __init__(self, s: dict[str, int]) -> None:
        super().__init__()
        width = s["width"]
        self.heads = s["heads"]
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        parts = self.qkv(self.norm1(x)).chunk(3, -1)
        q, k, v = (p.unflatten(-1, (self.heads, -1)).transpose(1, 2) for p in parts)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
        x = x + self.out(y)
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Gpt2(nn.Module):
    """Words, places, blocks, and the next word."""

    def __init__(self, s: dict[str, int]) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(s["vocabulary"], s["width"]), nn.Embedding(s["length"], s["width"])
        self.blocks = nn.Sequential(*(Block(s) for _ in range(s["layers"])))
        self.norm, self.head = nn.LayerNorm(s["width"]), nn.Linear(s["width"], s["vocabulary"], bias=False)
        self.register_buffer("order", torch.arange(s["length"]))

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        return self.head(self.norm(self.blocks(self.words(words) + self.places(self.order)))).flatten(0, 1)


MODELS = {"mlp": mlp, "convnet": convnet, "lstm": Lstm, "resnet50": resnet50, "gpt2": Gpt2}


class Training:
    """One model in training."""

    def __init__(self, work: Workload, mode: str, device: str) -> None:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = work.precision == "tf32"
        torch.backends.cudnn.benchmark = True
        torch.manual_seed(0)
        self.work, self.device, self.half = work, device, work.precision == "bfloat16"
        self.model: Any = MODELS[work.kind](work.sizes).to(device)
        kind: Any = {"fused": True} if device == "cuda" else {"foreach": True}
        if mode == "captured" and work.kind != "resnet50":
            kind["capturable"] = True
        parameters = list(self.model.parameters())
        if work.kind == "resnet50":
            self.optimizer: Any = torch.optim.SGD(parameters, 0.1, momentum=0.9, weight_decay=1e-4, **kind)
        elif work.kind == "gpt2":
            self.optimizer = torch.optim.AdamW(parameters, 6e-4, weight_decay=0.1, **kind)
        else:
            self.optimizer = torch.optim.Adam(parameters, 1e-3, **kind)
        if mode in ("compile", "reduce-overhead"):
            self.model = torch.compile(self.model, mode=None if mode == "compile" else mode)
        self.x, self.y = (t.to(device) for t in self._seen(*work.data(np.random.default_rng(0), 1)))
        self.batch = self.x, self.y
        self.epoch: list[tuple[torch.Tensor, torch.Tensor]] = []
        self.graph: Any = None
        if mode == "captured":
            self._capture()

    def _seen(self, x: Any, y: Any) -> tuple[torch.Tensor, torch.Tensor]:
        inputs = torch.from_numpy(np.ascontiguousarray(x))
        if inputs.ndim == 4:  # (n, h, w, c) seen as (n, c, h, w): channels last already
            inputs = inputs.permute(0, 3, 1, 2)
        return inputs, torch.from_numpy(np.ascontiguousarray(y)).long().flatten()

    def _run(self) -> torch.Tensor:
        self.optimizer.zero_grad(set_to_none=True)
        half = torch.autocast(self.device, torch.bfloat16) if self.half else contextlib.nullcontext()
        with half:
            loss = F.cross_entropy(self.model(self.x).float(), self.y)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def _capture(self) -> None:
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        before = copy.deepcopy(self.model.state_dict())
        with torch.cuda.stream(side):
            for _ in range(3):
                self._run()
        torch.cuda.current_stream().wait_stream(side)
        self.model.load_state_dict(before)
        self.graph = torch.cuda.CUDAGraph()
        self.optimizer.zero_grad(set_to_none=True)
        with torch.cuda.graph(self.graph):
            self.loss = self._run()

    def _launch(self) -> torch.Tensor:
        if self.graph is None:
            return self._run()
        self.graph.replay()
        return self.loss

    def step(self) -> float:
        """One step, whose loss is known afterwards."""
        return float(self._launch())

    def resident(self, steps: int) -> float:
        """So many steps on a batch that lies on the GPU, the loss known at their end."""
        for _ in range(steps):
            loss = self._launch()
        return float(loss)

    def streamed(self, steps: int) -> float:
        """So many steps, each on other data, which come from pinned memory of the host."""
        if len(self.epoch) != steps:
            rng = np.random.default_rng(0)
            self.epoch = [self._pinned(*self._seen(*self.work.data(rng, 1))) for _ in range(steps)]
        for x, y in self.epoch:
            if self.graph is None:
                self.x, self.y = x.to(self.device, non_blocking=True), y.to(self.device, non_blocking=True)
            else:  # into the places that the graph reads
                self.x.copy_(x, non_blocking=True)
                self.y.copy_(y, non_blocking=True)
            loss = self._launch()
        found = float(loss)
        self.x, self.y = self.batch
        return found

    def _pinned(self, *tensors: torch.Tensor) -> Any:
        return tuple(t.pin_memory() if self.device == "cuda" else t for t in tensors)


def versions() -> dict[str, str]:
    """What is installed."""
    return {"torch": torch.__version__, "cuda": str(torch.version.cuda), "cudnn": str(torch.backends.cudnn.version())}
