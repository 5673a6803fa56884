"""The workloads in PyTorch: eager, or through torch.compile; fused optimizers, images as channels_last."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(2)


class Last(nn.Module):
    """An LSTM's output at the last time step."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(inputs, units, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.lstm(x)[0][:, -1]


class Text(nn.Module):
    """A Transformer block over embedded words and positions: (n, 200) -> (n, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(20000, 32), nn.Parameter(torch.rand(200, 32) * 0.1 - 0.05)
        self.query, self.key, self.value = (nn.Linear(32, 64) for _ in range(3))
        self.out = nn.Linear(64, 32)
        self.norm1, self.norm2 = (nn.LayerNorm(32, eps=1e-6) for _ in range(2))
        self.hidden = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 32))
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(32, 20), nn.ReLU(), nn.Dropout(0.1), nn.Linear(20, 2))

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        x = self.words(words) + self.places
        q, k, v = (f(x).unflatten(-1, (2, 32)).transpose(1, 2) for f in (self.query, self.key, self.value))
        attended = self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))
        x = self.norm1(x + F.dropout(attended, 0.1, self.training))
        x = self.norm2(x + F.dropout(self.hidden(x), 0.1, self.training))
        return self.head(x.mean(1))


def mlp() -> nn.Module:
    return nn.Sequential(
        nn.Linear(784, 512),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(512, 512),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(512, 10),
    )


def convnet() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(1600, 10),
    ).to(memory_format=torch.channels_last)


def imdb() -> nn.Module:
    return nn.Sequential(nn.Embedding(5000, 50), Last(50, 32), nn.Linear(32, 1), nn.Flatten(0))


def characters() -> nn.Module:
    return nn.Sequential(Last(60, 128), nn.Linear(128, 60))


MODELS = {"mlp": mlp, "convnet": convnet, "imdb": imdb, "characters": characters, "transformer": Text}


class Training:
    """One model in training."""

    def __init__(self, workload: str, compiled: bool) -> None:
        model = MODELS[workload]()
        # nn.LSTM has a second bias, which trains as the first does
        self.parameters = sum(p.numel() for name, p in model.named_parameters() if "bias_hh" not in name)
        if workload == "characters":
            self.optimizer = torch.optim.RMSprop(model.parameters(), 0.01, alpha=0.9, foreach=True)
        else:
            self.optimizer = torch.optim.Adam(model.parameters(), fused=True)
        self.images = workload == "convnet"
        self.loss = F.binary_cross_entropy_with_logits if workload == "imdb" else F.cross_entropy
        self.model = torch.compile(model) if compiled else model

    def place(self, x: Any, y: Any) -> Any:
        """NumPy's arrays as tensors, of the layout and the dtypes that PyTorch wants."""
        inputs, labels = torch.from_numpy(x), torch.from_numpy(y)
        if self.images:  # (n, h, w, c) seen as (n, c, h, w): channels_last already
            inputs = inputs.permute(0, 3, 1, 2)
        return inputs, labels if labels.is_floating_point() else labels.long()

    def step(self, x: torch.Tensor, y: torch.Tensor) -> float:
        """One training step; the loss."""
        self.optimizer.zero_grad()
        loss = self.loss(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return float(loss.detach())

    def fit(self, x: torch.Tensor, y: torch.Tensor, batch: int) -> None:
        """An epoch over data in memory, shuffled."""
        for rows in torch.randperm(len(x)).split(batch):
            self.step(x[rows], y[rows])
