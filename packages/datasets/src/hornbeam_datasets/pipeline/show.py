"""A picture of the first samples of a dataset."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError
from hornbeam.fonts import legible
from hornbeam.tree import flatten, map_structure

from hornbeam_datasets.loaders.optional import require
from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset

__all__ = ["show"]

SOUND = 4000  # steps from which on one or two channels of floats are taken for a sound
TITLE = 30  # characters
TOLD = 8  # values of a row


def show(dataset: Dataset, samples: int = 16, class_names: Any = None) -> Any:
    """A picture of the first samples: images with labels, boxes and masks, sounds as spectrograms, series as curves, text as text.

    Args:
        dataset: single samples, or batches, of which the first is shown.
        samples: how many are shown.
        class_names: what labels stand for; None: `dataset.class_names`, where it has them.

    Returns:
        The figure, of matplotlib: a notebook shows it; elsewhere write it with `figure.savefig("batch.png")`.

    Raises:
        InvalidArgumentError: there are no samples.
        MissingPackageError: matplotlib is not installed.
    """
    pyplot = require("matplotlib.figure", "a picture of a batch", "plot")
    names = class_names if class_names is not None else getattr(dataset, "class_names", None)
    found = list(itertools.islice((s for s in dataset.walk(0) if s is not SKIPPED), samples))
    if not found:
        raise InvalidArgumentError("show: the dataset gives no sample")
    leaves, _ = flatten(found[0])
    if _is_batch([np.asarray(leaf) for leaf in leaves]):
        batch, count = found[0], min(samples, len(leaves[0]))
        found = [map_structure(lambda leaf, i=i: leaf[i], batch) for i in range(count)]
    columns = min(len(found), max(1, round(len(found) ** 0.5)))
    rows = -(-len(found) // columns)
    figure = pyplot.Figure(figsize=(1 + 2 * columns, 0.4 + 2.0 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for place in grid.ravel()[len(found) :]:
        place.set_axis_off()
    for place, sample in zip(grid.ravel(), found, strict=False):
        x, label = (sample[0], sample[1]) if isinstance(sample, tuple) and len(sample) > 1 else (sample, None)
        title = _draw(place, x, label, names)
        place.set_title(title if len(title) <= TITLE else title[: TITLE - 3] + "...", fontsize=9)
    return legible(figure)


def _is_batch(arrays: list[Any]) -> bool:
    """Whether arrays are batches: of one length, the first of them with an axis more than an image or a row needs."""
    lengths = {a.shape[0] for a in arrays if a.ndim}
    if any(a.ndim == 0 for a in arrays) or len(lengths) != 1:
        return False
    first = arrays[0]
    if first.ndim == 4 or first.dtype.kind in "UO":
        return True
    return len(arrays) > 1 and arrays[1].ndim <= 2 and not _is_mask(first, arrays[1])


def _is_mask(x: Any, label: Any) -> bool:
    """Whether a label is one for each pixel of an image."""
    return x.ndim == 3 and label.ndim == 2 and label.shape == x.shape[:2]


def _draw(place: Any, x: Any, label: Any, names: Any) -> str:
    """Draw a sample and, where that can be drawn, its label; else the label is the title that is returned."""
    if isinstance(x, dict):
        _write(place, "\n".join(f"{name}: {_short(value)}" for name, value in list(x.items())[:TOLD]))
        return "" if label is None else _named(label, names)
    array = np.asarray(x)
    if array.ndim == 3 and array.shape[-1] in (1, 3, 4):
        return _image(place, array, label, names)
    title = "" if label is None else _named(label, names)
    if array.ndim in (1, 2) and array.dtype.kind == "f" and len(array) >= SOUND and array[:1].size <= 2:
        _sound(place, array.reshape(len(array), -1))
    elif array.ndim == 2 and min(array.shape) > 8:
        place.imshow(array, cmap="gray", aspect="auto")
        place.set_axis_off()
    elif array.ndim in (1, 2) and array.dtype.kind in "biuf":
        return _curves(place, array, label, title)
    else:
        _write(place, str(x) if array.ndim == 0 else ", ".join(map(str, array.ravel()[:20])))
    return title


def _image(place: Any, array: Any, label: Any, names: Any) -> str:
    if array.dtype.kind == "f":
        array = np.clip(array / 255 if array.max(initial=0) > 1 else array, 0, 1)
    place.imshow(array[..., 0] if array.shape[-1] == 1 else array, cmap="gray" if array.shape[-1] == 1 else None)
    place.set_axis_off()
    if label is None:
        return ""
    if isinstance(label, dict) and "boxes" in label:
        colours = require("matplotlib", "a picture of a batch", "plot").colormaps["tab10"]
        patches = require("matplotlib.patches", "a picture of a batch", "plot")
        kinds = np.asarray(label.get("labels", np.zeros(len(label["boxes"]), int)))
        for (left, top, right, bottom), kind in zip(np.asarray(label["boxes"]), kinds, strict=False):
            colour = colours(int(kind) % 10)
            place.add_patch(patches.Rectangle((left, top), right - left, bottom - top, fill=False, edgecolor=colour))
        return ", ".join(dict.fromkeys(_named(kind, names) for kind in kinds))
    mask = np.asarray(label)
    if not _is_mask(array, mask):
        return _named(label, names)
    place.imshow(np.ma.masked_equal(mask, 0), cmap="tab10", vmin=0, vmax=9, alpha=0.5, interpolation="nearest")
    return "mask of " + ", ".join(map(str, np.unique(mask)[:5].tolist()))


def _sound(place: Any, array: Any) -> None:
    """A spectrogram of the mean of the channels: time to the right, frequency upwards, decibels as brightness."""
    width = 256
    frames = np.lib.stride_tricks.sliding_window_view(array.mean(1), width)[:: width // 2]
    power = np.abs(np.fft.rfft(frames * np.hanning(width))) ** 2
    decibels = 10 * np.log10(power.T + 1e-10)
    most = decibels.max()
    place.imshow(decibels, origin="lower", aspect="auto", cmap="magma", vmin=most - 80, vmax=most)
    place.set_axis_off()


def _curves(place: Any, array: Any, label: Any, title: str) -> str:
    """Curves; of a window of a time series also what is to be predicted."""
    place.plot(array, linewidth=0.8)
    place.tick_params(labelsize=6)
    target = np.asarray(label) if label is not None and not isinstance(label, dict) else np.zeros(())
    if target.dtype.kind != "f" or target.ndim != array.ndim or target.shape[1:] != array.shape[1:]:
        return title
    place.set_prop_cycle(None)
    place.plot(np.arange(len(array), len(array) + len(target)), target, linewidth=0.8, linestyle="--")
    return ""


def _write(place: Any, text: str, width: int = 26, lines: int = 8) -> None:
    rows = [line[i : i + width] for line in text.split("\n") for i in range(0, max(1, len(line)), width)]
    said = "\n".join([*rows[:lines], *(["..."] if len(rows) > lines else [])])
    place.text(0.5, 0.5, said.replace("$", r"\$"), ha="center", va="center", fontsize=7)
    place.set_axis_off()


def _short(value: Any) -> str:
    array = np.asarray(value)
    if array.ndim == 0:
        return f"{array.item():.4g}" if array.dtype.kind == "f" else str(array.item())
    return f"{array.dtype} {array.shape}" if array.size > 3 else ", ".join(_short(v) for v in array.ravel())


def _named(label: Any, names: Sequence[Any] | None) -> str:
    """What a label stands for."""
    if isinstance(label, dict):
        return ", ".join(f"{name}: {_short(value)}" for name, value in label.items())
    array = np.asarray(label)
    if array.ndim == 1 and array.size > 1 and array.dtype.kind == "f" and sorted(array)[-2:] == [0.0, 1.0]:
        array = np.asarray(array.argmax())  # one-hot
    numbers = array.ravel()[:4].tolist()
    if names is not None and all(isinstance(n, (int, float)) and n in range(len(names)) for n in numbers):
        return ", ".join(str(names[int(n)]) for n in numbers)
    return ", ".join(f"{n:.4g}" if isinstance(n, float) else str(n) for n in numbers)
