"""Pictures of training and of predictions, drawn with matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

__all__ = ["learning_curve", "predictions"]


def learning_curve(history: dict[str, list[float]], path: Path) -> Path:
    """Draw loss and accuracy over the epochs, training and validation side by side; returns the path."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    names = [n for n in history if not n.startswith("val_")]
    for axes, name in zip(np.atleast_1d(figure.subplots(1, len(names))), names, strict=True):
        epochs = range(1, len(history[name]) + 1)
        axes.plot(epochs, history[name], label="training")
        if f"val_{name}" in history:
            axes.plot(epochs, history[f"val_{name}"], label="validation")
        axes.set(xlabel="epoch", title=name)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    figure.savefig(path, dpi=130)
    return path


def predictions(images: Any, labels: Any, probabilities: Any, path: Path, count: int = 40) -> Path:
    """Draw images with the predicted class, mistakes first and in red; returns the path.

    Args:
        images: (samples, height, width, 1).
        labels: (samples,) true classes.
        probabilities: (samples, classes).
        path: of the picture.
        count: how many.
    """
    said = probabilities.argmax(-1)
    order = np.argsort(said == labels, kind="stable")[:count]
    columns = 10
    figure = Figure(figsize=(10, 1.25 * -(-len(order) // columns) + 0.5), layout="constrained")
    FigureCanvasAgg(figure)
    wrong = int((said != labels).sum())
    figure.suptitle(
        f"{len(labels)} held-out digits, {wrong} mistaken (in red: predicted, in brackets the truth)", fontsize=10
    )
    grid = figure.subplots(-(-len(order) // columns), columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for axes, i in zip(grid.flat, order, strict=False):
        axes.imshow(images[i, ..., 0], cmap="gray_r", interpolation="nearest")
        right = said[i] == labels[i]
        axes.set_title(
            str(said[i]) if right else f"{said[i]} ({labels[i]})", color="black" if right else "crimson", fontsize=9
        )
    figure.savefig(path, dpi=130)
    return path
