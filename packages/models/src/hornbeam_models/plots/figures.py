"""The drawings. Each returns a matplotlib Figure: look at it in a notebook, or write it with `savefig`."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import numpy as np
from hornbeam.errors import InvalidArgumentError, MissingPackageError
from hornbeam.fonts import legible

from hornbeam_models.callbacks.activations import activations
from hornbeam_models.plots.classes import area, confusion, roc_points
from hornbeam_models.plots.inside import grad_cam_map, saliency_map

__all__ = [
    "activation_histograms", "confusion_matrix", "feature_maps", "grad_cam", "learning_curves", "learning_rates", "roc_curve",
    "saliency", "weight_histograms",
]  # fmt: skip

P = ParamSpec("P")
NUMBERED = 25  # classes up to which a table of them shows numbers
LETTER = 0.085  # inches


def _drawing(function: Callable[P, Any]) -> Callable[P, Any]:
    """A function that draws, with letters of all languages."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Any:
        try:
            return legible(function(*args, **kwargs))
        except ModuleNotFoundError as error:
            if error.name != "matplotlib":
                raise
            raise MissingPackageError("hornbeam.plots", "matplotlib") from None

    return wrapper


def _grid(count: int, columns: int, width: float = 3.2, height: float = 2.4) -> tuple[Any, list[Any]]:
    """A figure of so many axes in rows, and the axes."""
    from matplotlib.figure import Figure

    columns = max(1, min(columns, count))
    rows = math.ceil(count / columns)
    figure = Figure((width * columns, height * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).reshape(-1)
    for empty in axes[count:]:
        empty.axis("off")
    return figure, list(axes[:count])


@_drawing
def learning_curves(history: Any, columns: int = 3) -> Any:
    """The figures of training and validation over the epochs, one picture for each.

    Args:
        history: what `fit` returned, or its dict `history`.
        columns: pictures beside one another.

    Raises:
        InvalidArgumentError: there is no figure in it.
    """
    figures = getattr(history, "history", history)
    names = [name for name in figures if not name.startswith("val_")]
    if not names:
        raise InvalidArgumentError("the history is empty: train for an epoch at least")
    figure, axes = _grid(len(names), columns)
    for ax, name in zip(axes, names, strict=True):
        for label, key in (("training", name), ("validation", f"val_{name}")):
            if key in figures:
                values = figures[key]
                ax.plot(range(1, len(values) + 1), values, marker="o" if len(values) < 20 else None, ms=3, label=label)
        ax.set_title(name)
        ax.set_xlabel("epoch")
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.grid(alpha=0.3)
    axes[0].legend()
    return figure


def _histograms(named: dict[str, Any], columns: int) -> Any:
    if not named:
        raise InvalidArgumentError("there is nothing to draw: the model has no weights or layers yet")
    figure, axes = _grid(len(named), columns, height=1.9)
    for ax, (name, values) in zip(axes, named.items(), strict=True):
        flat = np.asarray(values, np.float64).reshape(-1)
        finite = flat[np.isfinite(flat)]
        ax.hist(finite, bins=min(50, max(5, finite.size // 2)), color="#4878a8")
        lost = flat.size - finite.size
        ax.set_title(f"{name} {np.shape(values)}" + (f", {lost} not finite" if lost else ""), fontsize=8)
        ax.set_yticks([])
    return figure


@_drawing
def weight_histograms(model: Any, layers: Any = None, columns: int = 4) -> Any:
    """The distribution of every weight.

    Args:
        model: built.
        layers: names of layers; default: all.
        columns: pictures beside one another.
    """
    wanted = None if layers is None else {layers} if isinstance(layers, str) else set(layers)
    named = {w.path: w.numpy() for w in model.weights if wanted is None or w.path.split("/")[0] in wanted}
    return _histograms(named, columns)


@_drawing
def activation_histograms(model: Any, x: Any, layers: Any = None, columns: int = 4) -> Any:
    """The distribution of what layers give for inputs.

    Args:
        model: any model.
        x: its inputs.
        layers: names; default: all.
        columns: pictures beside one another.
    """
    found = activations(model, x, layers)
    return _histograms({name: a for name, a in found.items() if not isinstance(a, list)}, columns)


@_drawing
def feature_maps(model: Any, x: Any, layer: str, sample: int = 0, columns: int = 8) -> Any:
    """The channels of what a convolutional layer gives for one sample.

    Args:
        model: any model.
        x: its inputs.
        layer: name of a layer that gives [batch, height, width, channels].
        sample: which of the inputs.
        columns: pictures beside one another.

    Raises:
        InvalidArgumentError: the layer gives something else.
    """
    maps = activations(model, x, layer)[layer]
    if isinstance(maps, list) or maps.ndim != 4:
        shape = [m.shape for m in maps] if isinstance(maps, list) else maps.shape
        raise InvalidArgumentError(
            f"feature_maps: layer {layer!r} gives shape {shape}, not [batch, height, width, channels]"
        )
    figure, axes = _grid(maps.shape[-1], columns, 1.2, 1.2)
    low, high = maps[sample].min(), maps[sample].max()
    for channel, ax in enumerate(axes):
        ax.imshow(maps[sample, ..., channel], cmap="viridis", vmin=low, vmax=high)
        ax.axis("off")
    figure.suptitle(f"{layer}: {maps.shape[-1]} maps of {maps.shape[1]} x {maps.shape[2]}", fontsize=9)
    return figure


@_drawing
def saliency(model: Any, x: Any, unit: int | None = None) -> Any:
    """Pictures, each above what of it matters for the output: see `saliency_map`.

    Args:
        model: gives one row of outputs a sample.
        x: pictures, [batch, height, width, channels].
        unit: number of the output; default: each sample's largest.
    """
    maps = saliency_map(model, x, unit)
    figure, axes = _grid(2 * len(maps), len(maps), 1.8, 1.8)
    for i, (above, below) in enumerate(zip(axes[: len(maps)], axes[len(maps) :], strict=True)):
        _show(above, x[i])
        below.imshow(maps[i], cmap="inferno")
        below.axis("off")
    return figure


@_drawing
def grad_cam(model: Any, x: Any, layer: str | None = None, unit: int | None = None) -> Any:
    """Pictures, each above itself with the regions that speak for the output coloured: see `grad_cam_map`.

    Args:
        model: gives one row of outputs a sample.
        x: pictures, [batch, height, width, channels].
        layer: name of a convolutional layer; default: the last.
        unit: number of the output; default: each sample's largest.
    """
    maps = grad_cam_map(model, x, layer, unit)
    figure, axes = _grid(2 * len(maps), len(maps), 1.8, 1.8)
    for i, (above, below) in enumerate(zip(axes[: len(maps)], axes[len(maps) :], strict=True)):
        _show(above, x[i])
        _show(below, x[i])
        extent = (-0.5, x[i].shape[1] - 0.5, x[i].shape[0] - 0.5, -0.5)
        below.imshow(maps[i], cmap="jet", alpha=0.45, extent=extent, interpolation="bilinear")
    return figure


def _show(ax: Any, picture: Any) -> None:
    pixels = np.asarray(picture, np.float64)
    low, high = pixels.min(), pixels.max()
    pixels = (pixels - low) / max(high - low, 1e-12)
    ax.imshow(pixels[..., :3] if pixels.shape[-1] in (3, 4) else pixels.mean(-1), cmap="gray", vmin=0, vmax=1)
    ax.axis("off")


@_drawing
def confusion_matrix(y_true: Any, y_pred: Any, labels: Any = None, normalize: bool = False) -> Any:
    """How many samples of each class were taken for each.

    Args:
        y_true: class indices, or one-hot rows.
        y_pred: class indices, or rows of scores.
        labels: names of the classes.
        normalize: shares of each row instead of numbers. More than 25 classes show colours only.
    """
    table = confusion(y_true, y_pred, None if labels is None else len(labels))
    rows = table.sum(1, keepdims=True)
    shares = table / np.maximum(rows, 1)
    count = len(table)
    names = [str(name) for name in (range(count) if labels is None else labels)]
    side = count * (0.42 if count <= NUMBERED else 0.16)
    aside = LETTER * max(map(len, names))  # what the names take beside and, turned, below
    figure, (ax,) = _grid(1, 1, max(3.4, 1.4 + side + aside), 1.4 + side + (aside if labels is not None else 0))
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for i, j in np.ndindex(count, count) if count <= NUMBERED else ():
        text = f"{shares[i, j]:.2f}" if normalize else f"{table[i, j]}"
        ax.text(j, i, text, ha="center", va="center", fontsize=8, color="white" if shares[i, j] > 0.55 else "black")
    size = 10 if count <= NUMBERED else 6
    turned = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if labels is not None else {}
    ax.set_xticks(range(count), names, fontsize=size, **turned)
    ax.set_yticks(range(count), names, fontsize=size)
    ax.set_xlabel("taken for")
    ax.set_ylabel("class")
    ax.set_title(f"{np.trace(table)} of {table.sum()} right ({np.trace(table) / max(1, table.sum()):.1%})", fontsize=9)
    return figure


@_drawing
def roc_curve(y_true: Any, y_score: Any, labels: Any = None) -> Any:
    """The share of hits over the share of false alarms; for several classes one curve each, of that class against the others.

    Args:
        y_true: 0 or 1, class indices, or one-hot rows.
        y_score: a score a sample, or rows of scores.
        labels: names of the classes.
    """
    true, score = np.asarray(y_true), np.asarray(y_score)
    figure, (ax,) = _grid(1, 1, 4.4, 4.2)
    if score.ndim == 2 and score.shape[1] > 1:
        classes = true.argmax(1) if true.ndim == 2 and true.shape[1] > 1 else true.reshape(-1)
        curves = [(classes == k, score[:, k], str(k if labels is None else labels[k])) for k in range(score.shape[1])]
    else:
        curves = [(true.reshape(-1), score.reshape(-1), "")]
    for of_class, scores, name in curves:
        alarms, hits, _ = roc_points(np.asarray(of_class, int), scores)
        ax.plot(alarms, hits, label=f"{name} area {area(alarms, hits):.3f}".strip(), lw=1.3)
    ax.plot([0, 1], [0, 1], color="gray", lw=0.8, ls="--")
    ax.set(xlabel="false alarms", ylabel="hits", xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    ax.grid(alpha=0.3)
    ax.legend(loc="lower right", fontsize=8)
    return figure


@_drawing
def learning_rates(finder: Any) -> Any:
    """The loss over the learning rate, as a LearningRateFinder saw it, with its suggestion."""
    figure, (ax,) = _grid(1, 1, 4.6, 3.2)
    ax.plot(finder.rates[: len(finder.losses)], finder.losses)
    ax.axvline(finder.suggestion, color="tab:red", ls="--", lw=1, label=f"steepest: {finder.suggestion:.2e}")
    ax.set(xscale="log", xlabel="learning rate", ylabel="loss, smoothed")
    ax.set_ylim(top=min(max(finder.losses), 4 * finder.losses[0]))
    ax.grid(alpha=0.3)
    ax.legend()
    return figure
