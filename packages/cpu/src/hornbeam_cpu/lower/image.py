"""Convolutions with three spatial axes, whatever they have: their sizes, and the arguments that all their kernels share."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from hornbeam.graph.ir import Node, Value

from hornbeam_cpu.lower.stage import Pointer, contiguous

__all__ = ["Window", "common", "window_of"]


@dataclass
class Window:
    """A convolution with three spatial axes (a, b, c), those that are missing of size 1.

    Attributes:
        size, window, out: places of the image, of the filter, of the result along each axis.
        strides, low, dilation: of the filter's steps; zeros before the image; steps between taps.
        spread: elements of the image are so far apart (more than 1 in the gradient of a strided convolution).
        images, channels, groups: of the image; the channels of all groups together.
    """

    size: tuple[int, ...]
    window: tuple[int, ...]
    out: tuple[int, ...]
    strides: tuple[int, ...]
    low: tuple[int, ...]
    dilation: tuple[int, ...]
    spread: tuple[int, ...]
    images: int
    channels: int
    groups: int

    @property
    def taps(self) -> int:
        """Places of the filter."""
        return math.prod(self.window)

    @property
    def padded(self) -> bool:
        """Whether zeros are read, so that blocks have to be copied."""
        ends = (
            (o - 1) * s + (w - 1) * d + 1 - low
            for o, s, w, d, low in zip(self.out, self.strides, self.window, self.dilation, self.low, strict=True)
        )
        beyond = any(end > size for end, size in zip(ends, self.size, strict=True))
        return beyond or any(self.low) or self.spread != (1, 1, 1)

    def rows_for(self, tasks: int) -> int:
        """How many rows of places a task takes, for about so many tasks in all."""
        blocks = max(1, min(self.out[1], -(-tasks // (self.images * self.out[0] * self.groups))))
        return -(-self.out[1] // blocks)


def _three(sizes: tuple[int, ...], fill: int = 1) -> tuple[int, ...]:
    return (fill,) * (3 - len(sizes)) + tuple(sizes)


def window_of(node: Node, image: tuple[int, ...], kernel: tuple[int, ...], out: tuple[int, ...]) -> Window:
    params = node.params
    low = tuple(pair[0] for pair in params["padding"])
    return Window(
        *(_three(image[1:-1]), _three(kernel[:-2]), _three(out[1:-1]), _three(params["strides"]), _three(low, 0)),
        *(_three(params["dilation"]), (1, 1, 1), image[0], image[-1], params["groups"]),
    )


def common(window: Window, rows: int, x: Value, padded: bool) -> tuple[dict[str, int | Pointer], list[int], int]:
    """Arguments that forward and gradient kernels share; the offset of each tap; elements of a block."""
    groups, channels = window.groups, window.channels // window.groups
    reach = [(w - 1) * d + 1 for w, d in zip(window.window, window.dilation, strict=True)]
    stride = contiguous((*window.size, window.channels))[:3]
    image = math.prod(window.size) * window.channels
    if padded:
        count_b = (rows - 1) * window.strides[1] + reach[1]
        count_c = (window.out[2] - 1) * window.strides[2] + reach[2]
        by = (count_b * count_c * channels, count_c * channels, channels)
        steps = (window.dilation[0], 1, 1)
        counts = (window.window[0], count_b, count_c)
        along = (by[0], by[1] * window.dilation[1], by[2] * window.dilation[2])
        block = math.prod(counts) * channels
    else:
        by = (stride[0], stride[1], stride[2])
        steps, counts, block = (1, 1, 1), (1, 1, 1), 0
        along = tuple(s * d for s, d in zip(stride, window.dilation, strict=True))  # type: ignore[assignment]
    offsets = [
        sum(i * s for i, s in zip(at, along, strict=True))
        for at in itertools.product(*(range(w) for w in window.window))
    ]
    values: dict[str, int | Pointer] = {
        **{"X": Pointer(x), "images": window.images, "outer": window.out[0], "groups": groups, "rows": rows},
        **{"row_blocks": -(-window.out[1] // rows), "out_rows": window.out[1], "image_x": image, "group_x": channels},
        **{"jumpa": window.strides[0], "jumpb": window.strides[1]},
        **{"rowx": by[1] * window.strides[1], "sm": by[2] * window.strides[2], "channels": channels},
    }
    for i, axis in enumerate("abc"):
        values |= {f"count{axis}": counts[i], f"step{axis}": steps[i], f"first{axis}": -window.low[i]}
        values |= {f"spread{axis}": window.spread[i], f"size{axis}": window.size[i], f"stride{axis}": stride[i]}
    return values, offsets, block
