"""Images as the published networks were trained on them, and their answers as names of classes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hornbeam as hb
import numpy as np
from hornbeam import ops
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam_datasets import get_file

__all__ = ["decode_predictions", "preprocess_input"]

NAMES = "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json"
NAMES_DIGEST = "c2c37ea517e94d9795004a39431a14cb"
MEANS = {"caffe": (103.939, 116.779, 123.68), "torch": (0.485, 0.456, 0.406)}
DEVIATIONS = (0.229, 0.224, 0.225)


def preprocess_input(x: Any, data_format: str | None = None, mode: str = "caffe") -> Any:
    """Images of a network of `mode`, out of pixels from 0 to 255. What is given stays as it is.

    Args:
        x: one image or a batch, with three channels, red first: an array, a tensor, or a KerasTensor.
        data_format: "channels_last" (the default) or "channels_first".
        mode: "caffe": blue first, ImageNet's mean colour subtracted; "tf": from -1 to 1; "torch": from 0 to 1, ImageNet's mean
            subtracted and divided by its deviation.

    Returns:
        An array for an array, else a tensor.

    Raises:
        InvalidArgumentError: another mode or data format.

    Example:
        >>> preprocess_input(np.array([[[0, 127.5, 255]]]), mode="tf")
        array([[[-1.,  0.,  1.]]])
    """
    if mode not in ("caffe", "tf", "torch"):
        raise InvalidArgumentError(f"mode is 'caffe', 'tf' or 'torch'; got {mode!r}")
    if data_format not in (None, "channels_last", "channels_first"):
        raise InvalidArgumentError(f"data_format is 'channels_last' or 'channels_first'; got {data_format!r}")
    if isinstance(x, np.ndarray):
        x = x if np.issubdtype(x.dtype, np.floating) else x.astype(str(hb.floatx()))
    elif not ops.convert_to_tensor(x).dtype.is_floating:
        x = ops.cast(x, hb.floatx())
    if mode == "tf":
        return x / 127.5 - 1.0
    first = data_format == "channels_first"
    if mode == "torch":
        return (x / 255.0 - _colours(MEANS[mode], x, first)) / _colours(DEVIATIONS, x, first)
    blue_first = x[..., ::-1, :, :] if first else x[..., ::-1]
    return blue_first - _colours(MEANS[mode], x, first)


def _colours(values: tuple[float, ...], x: Any, channels_first: bool) -> Any:
    """A number a channel, in the kind and dtype of `x`, to be broadcast to it."""
    array = np.array(values, np.float32 if str(x.dtype) == "bfloat16" else str(x.dtype))
    array = array.reshape(3, 1, 1) if channels_first else array
    return array if isinstance(x, np.ndarray) else ops.convert_to_tensor(array, dtype=x.dtype)


def decode_predictions(preds: Any, top: int = 5) -> list[list[tuple[str, str, Any]]]:
    """The likeliest of ImageNet's thousand classes.

    Args:
        preds: probabilities, [samples, 1000].
        top: how many of them.

    Returns:
        For each sample the classes, the likeliest first: (WordNet's number, name, probability).

    Raises:
        ShapeError: another shape.
        DownloadError: the names of the classes are not here, and cannot be fetched; the message says where to put them.
    """
    if len(preds.shape) != 2 or preds.shape[1] != 1000:
        raise ShapeError(
            f"decode_predictions takes the probabilities of ImageNet's 1000 classes, [samples, 1000]; got {tuple(preds.shape)}"
        )
    path = get_file("imagenet_class_index.json", NAMES, cache_subdir="models", file_hash=NAMES_DIGEST)
    names = json.loads(Path(path).read_text(encoding="utf-8"))
    rows = np.asarray(preds)
    best = np.argsort(rows, axis=1)[:, ::-1][:, :top]
    return [[(*names[str(i)], row[i]) for i in some] for row, some in zip(rows, best, strict=True)]
