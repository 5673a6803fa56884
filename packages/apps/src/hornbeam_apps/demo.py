"""`hornbeam demo`: train a convolutional network on real handwritten digits, look at it, save it, load it again."""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hornbeam as hb
import numpy as np
from hornbeam.backends.base import current_backend
from hornbeam.plugins import registry
from hornbeam_datasets import digits
from hornbeam_layers import Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D
from hornbeam_models import Sequential, load_model
from hornbeam_optimizers import Adam
from hornbeam_optimizers.schedules import CosineDecay

__all__ = ["main"]

GOAL = 0.98
BATCH = 64
CHECKS = 144  # a tenth of the training part: what settings are chosen by; the held-out fifth is looked at once


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo; returns 0 where the test accuracy reaches 0.98 and the saved model predicts the same bits."""
    parser = argparse.ArgumentParser(
        prog="hornbeam demo",
        description="Train a convolutional network on 1,797 real handwritten digits and show that it learns.",
    )
    parser.add_argument("--epochs", type=int, default=12, help="times through the training data (default: 12)")
    parser.add_argument("--seed", type=int, default=7, help="of weights, shuffling and dropout (default: 7)")
    parser.add_argument("--output", type=Path, default=Path("demo-output"), help="folder for pictures and the model")
    options = parser.parse_args(argv)
    options.output.mkdir(parents=True, exist_ok=True)

    hb.set_random_seed(options.seed)
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    (x_train, y_train), checks = (x_train[CHECKS:], y_train[CHECKS:]), (x_train[:CHECKS], y_train[:CHECKS])
    print(
        f"Digits: {len(x_train):,} to learn from, {CHECKS} to watch the learning by, {len(x_test)} held out for the test "
        f"at the end.\n{engine()}"
    )
    x_more, y_more = shifted(x_train, y_train)
    print(f"Each digit to learn from also moved by a pixel up, down, left and right: {len(x_more):,}.\n")
    model = build()
    rate = CosineDecay(2e-3, decay_steps=options.epochs * math.ceil(len(x_more) / BATCH))
    model.compile(Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.summary()
    print()
    start = time.perf_counter()
    history = model.fit(x_more, y_more, batch_size=BATCH, epochs=options.epochs, validation_data=checks)
    seconds = time.perf_counter() - start
    _, accuracy = model.evaluate(x_test, y_test)
    print(f"\nTrained in {seconds:.1f} s. Test accuracy: {accuracy:.4f} (goal: {GOAL}).")

    probabilities = model.predict(x_test)
    from hornbeam_apps.pictures import learning_curve, predictions

    print(f"Learning curve:   {learning_curve(history.history, options.output / 'learning-curve.png')}")
    print(f"Predictions:      {predictions(x_test, y_test, probabilities, options.output / 'predictions.png')}")
    path = options.output / "digits.keras"
    model.save(path)
    same = bool(np.array_equal(load_model(path).predict(x_test), probabilities))
    print(f"Saved model:      {path}, loaded again, predicts {'the same to the bit' if same else 'SOMETHING ELSE'}")
    return 0 if same and accuracy >= GOAL else 1


def engine() -> str:
    """What computes here and on what; and why not what would be preferred."""
    chosen = current_backend()
    statuses = registry.backends()
    mine = next((s for s in statuses if s.name == chosen.name), None)
    summary = f": {mine.entry.component.summary}" if mine else ""
    lines = [f"Computed by backend {chosen.name} on {chosen.describe()}{summary}."]
    if wish := os.environ.get("HORNBEAM_BACKEND"):
        lines.append(f"HORNBEAM_BACKEND={wish} asks for it.")
    lines += [
        f"Not by {status.name}: {status.reason}."
        for status in statuses
        if mine and status.reason is not None and status.priority > mine.priority
    ]
    return "\n".join(lines)


def build() -> Any:
    """The network: two convolutions, pooling, two dense layers with dropout before each."""
    return Sequential(
        [
            Input((8, 8, 1)),
            Conv2D(16, 3, padding="same", activation="relu"),
            Conv2D(64, 3, padding="same", activation="relu"),
            MaxPooling2D(),
            Dropout(0.3),
            Flatten(),
            Dense(64, activation="relu"),
            Dropout(0.3),
            Dense(10, activation="softmax"),
        ],
        name="digits",
    )


def shifted(x: Any, y: Any) -> tuple[Any, Any]:
    """The images, and each moved by one pixel in four directions: (n, 8, 8, 1) -> (5 n, 8, 8, 1)."""
    wide = np.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)])
    corners = ((1, 1), (0, 1), (2, 1), (1, 0), (1, 2))
    return np.concatenate([wide[:, a : a + 8, b : b + 8] for a, b in corners]), np.concatenate([y] * len(corners))
