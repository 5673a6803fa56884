"""The weights of Keras 2's CuDNNLSTM and CuDNNGRU, for LSTM and GRU."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hornbeam import Layer

__all__ = ["of_cudnn", "with_cudnn"]

GATES = {"LSTM": 4, "GRU": 3}


def with_cudnn(layer: Layer, weights: list[Any], values: list[Any]) -> list[Any]:
    """The values, of which those that a CuDNN layer wrote are converted: of the layer itself, and of layers in it.

    Args:
        layer: that the values are for.
        weights: its weights, in the order of the values.
        values: arrays.
    """
    values, places = list(values), {weight: place for place, weight in enumerate(weights)}
    for inner in dict.fromkeys(_within(layer)):
        gates = GATES.get(type(inner).__name__, 0)
        if not gates or len(inner.weights) != 3:
            continue
        own = [places[w] for w in inner.weights]
        kernel, recurrent, bias = (values[place] for place in own)
        if kernel.ndim == 2 and bias.shape == (2 * kernel.shape[1],):
            for place, value in zip(own, of_cudnn(kernel, recurrent, bias, gates), strict=True):
                values[place] = value
    return values


def _within(layer: Layer) -> Iterator[Layer]:
    yield layer
    for inner in layer._sublayers():
        yield from _within(inner)


def of_cudnn(kernel: Any, recurrent: Any, bias: Any, gates: int) -> list[Any]:
    """The weights of an LSTM or a GRU (reset_after) for those of Keras 2's CuDNNLSTM or CuDNNGRU.

    These keep each gate's kernels transposed, the first in the order in which CuDNN's buffer was read, and two biases one behind
    the other, which an LSTM adds up.

    Args:
        kernel: (features, gates * units).
        recurrent: (units, gates * units).
        bias: (2 * gates * units,).
        gates: 4 for an LSTM, 3 for a GRU.
    """
    split = (np.split(matrix, gates, axis=1) for matrix in (kernel, recurrent))
    inputs, states = ([k.T.reshape(k.shape, order="F") for k in next(split)], [k.T for k in next(split)])
    both = bias.reshape(2, -1)
    return [np.hstack(inputs), np.hstack(states), both.sum(axis=0) if gates == 4 else both]
