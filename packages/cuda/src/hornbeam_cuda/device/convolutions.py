"""Convolutions as cuDNN's graphs: arrays with channels last, told as (batch, channels, *space) with their strides."""

from __future__ import annotations

import math
from typing import Any

from hornbeam_cuda.device.cudnn import data_types
from hornbeam_cuda.library.convolution import Convolution

__all__ = ["build"]


def build(cudnn: Any, graph: Any, call: Convolution) -> None:
    """Add a convolution, or one of its gradients, to a graph; uids are places among the addresses, from 1 on.

    Raises:
        RuntimeError: the dtype is one that cuDNN has no convolution of.
    """
    if call.dtype == "float64":
        raise RuntimeError("cuDNN's graphs have no convolution of float64")
    shapes = {"x": call.x, "kernel": call.kernel, "y": call.y}
    order = {"forward": ("x", "kernel", "y"), "input": ("kernel", "y", "x"), "kernel": ("x", "y", "kernel")}
    *given, goal = order[call.direction]
    kind = data_types(cudnn)[call.dtype]
    tensors = {}
    for uid, name in enumerate(given, 1):
        dims, strides = laid(shapes[name])
        tensors[name] = graph.tensor(dim=dims, stride=strides, data_type=kind, uid=uid, name=name)
    flat = len(call.x) == 3  # one spatial axis: cuDNN wants two
    how = {
        "pre_padding": [0] * flat + list(call.low),
        "post_padding": [0] * flat + list(call.high),
        "stride": [1] * flat + list(call.strides),
        "dilation": [1] * flat + list(call.dilation),
    }
    if call.direction == "forward":
        out = graph.conv_fprop(image=tensors["x"], weight=tensors["kernel"], **how)
    elif call.direction == "input":
        out = graph.conv_dgrad(loss=tensors["y"], filter=tensors["kernel"], **how)
    else:
        out = graph.conv_wgrad(image=tensors["x"], loss=tensors["y"], **how)
    dims, strides = laid(shapes[goal])
    out.set_output(True).set_uid(3).set_dim(dims).set_stride(strides).set_data_type(kind)


def laid(shape: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """Sizes (n, c, *space) and strides of an array (n, *space, c) in C order, with two spatial axes at least."""
    batch, *space, channels = shape
    if len(space) == 1:
        space = [1, *space]
    strides = [channels * math.prod(space[axis + 1 :]) for axis in range(len(space))]
    return [batch, channels, *space], [channels * math.prod(space), 1, *strides]
