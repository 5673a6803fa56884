"""Convolutions in one to three dimensions and their gradients, as calls of the convolution kernels."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from hornbeam.graph.ir import Node, Value

from hornbeam_cpu.kernels import convolution as kernels
from hornbeam_cpu.kernels.combine import combine
from hornbeam_cpu.kernels.micro import tile
from hornbeam_cpu.kernels.scalars import SIZES
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.loops import copy_layout
from hornbeam_cpu.lower.stage import Call, Context, Layout, Pointer, Stage, contiguous

__all__ = ["lower_forward", "lower_input_gradient", "lower_kernel_gradient"]

WORK = 2_000_000  # operations of a task at least
UNITS = 32  # a convolution is cut into at least so many tasks, if it is large enough
FEW = 36  # taps times channels up to which they are written out
PARTS = 8 * 1024 * 1024  # bytes of all partial sums of a kernel gradient together


@dataclass
class _Window:
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


def _fits(node: Node) -> bool:
    return str(node.output.dtype) in ("float32", "float64") and all(v.size for v in (*node.inputs, node.output))


def lower_forward(node: Node, context: Context) -> bool:
    """conv_general: image (n, *spatial, in), filter (*window, in / groups, out)."""
    x, kernel = node.inputs
    if not _fits(node) or node.params["groups"] > 1 and kernel.shape[-1] // node.params["groups"] < 4:
        return False
    window = _window_of(node, x.shape, kernel.shape, node.output.shape)
    _forward(context, window, context.dense(x), context.dense(kernel), node.output, kernel.shape[-1])
    return True


def _window_of(node: Node, image: tuple[int, ...], kernel: tuple[int, ...], out: tuple[int, ...]) -> _Window:
    params = node.params
    low = tuple(pair[0] for pair in params["padding"])
    return _Window(
        *(_three(image[1:-1]), _three(kernel[:-2]), _three(out[1:-1]), _three(params["strides"]), _three(low, 0)),
        *(_three(params["dilation"]), (1, 1, 1), image[0], image[-1], params["groups"]),
    )


def lower_input_gradient(node: Node, context: Context) -> bool:
    """conv_input_grad: a convolution of the cotangent, spread by the strides, with the filter turned round."""
    ct, kernel = node.inputs
    groups = node.params["groups"]
    if not _fits(node) or groups > 1 and kernel.shape[-2] < 4:
        return False
    forward = _window_of(node, node.output.shape, kernel.shape, ct.shape)
    low = tuple((w - 1) * d - p for w, d, p in zip(forward.window, forward.dilation, forward.low, strict=True))
    window = _Window(
        *(forward.out, forward.window, forward.size, (1, 1, 1), low, forward.dilation, forward.strides),
        *(ct.shape[0], ct.shape[-1], groups),
    )
    turned = _turned(kernel, groups, context)
    _forward(context, window, context.dense(ct), turned, node.output, node.output.shape[-1])
    return True


def _turned(kernel: Value, groups: int, context: Context) -> Value:
    """The filter (*window, in, groups * out) as (*window turned round, out, groups * in)."""
    rank = len(kernel.shape) - 2
    cin, cout = kernel.shape[-2], kernel.shape[-1] // groups
    made = context.temporary((*kernel.shape[:-2], cout, groups * cin), kernel.dtype)
    goal = contiguous(made.shape)
    source = context.dense(kernel)
    # read as (*window, in, groups, out); written back to front along the window, with in and out exchanged
    shape = (*kernel.shape[:-2], cin, groups, cout)
    strides = (*(-by for by in goal[:rank]), 1, cin, goal[rank])
    last = sum((n - 1) * by for n, by in zip(kernel.shape[:rank], goal[:rank], strict=True))
    target = Pointer(made, last * SIZES[str(kernel.dtype)])
    copy_layout(Layout(source, 0, contiguous(shape)), shape, kernel.dtype, target, strides, context)
    return made


def _common(window: _Window, rows: int, x: Value, padded: bool) -> tuple[dict[str, int | Pointer], list[int], int]:
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


def _forward(context: Context, window: _Window, x: Value, kernel: Value, output: Value, out: int) -> None:
    dtype = str(output.dtype)
    channels, cout = window.channels // window.groups, out // window.groups
    flops = 2 * output.size * window.taps * channels
    tasks = max(1, min(UNITS, flops // WORK))
    rows = window.rows_for(tasks)
    values, offsets, block = _common(window, rows, x, window.padded)
    values |= {
        **{"W": Pointer(kernel), "C": Pointer(output), "taps": window.taps, "K": channels, "ldb": out, "group_w": cout},
        **{"group_c": cout, "tap_w": channels * out, "ldc": out, "rowc": window.out[2] * out, "N": cout},
        **{"places": window.out[2]},
    }
    few = channels if window.taps * channels <= FEW else 0
    how = kernels.Forward(
        dtype, kernels.row_tiles(context.target, window.out[2]), window.padded, few, window.taps if few else 0
    )
    call = Call(
        Kernel(kernels.forward, (how,), "convolution"),
        (*(values[name] for name in kernels.FORWARD), *offsets),
        (block + 64) * SIZES[dtype],
    )
    tasks = window.images * window.out[0] * window.groups * -(-window.out[1] // rows)
    context.emit(Stage(tasks, (call,), (x, kernel), (output,), flops, f"convolution {output!r}"))


def lower_kernel_gradient(node: Node, context: Context) -> bool:
    """conv_kernel_grad: image (n, *spatial, in) and cotangent (n, *spatial, out) to the filter's shape."""
    x, ct = node.inputs
    output = node.output
    groups = node.params["groups"]
    if not _fits(node) or groups > 1 and output.shape[-1] // groups < 4:
        return False
    window = _window_of(node, x.shape, output.shape, ct.shape)
    dtype = str(output.dtype)
    image, cotangent = context.dense(x), context.dense(ct)
    channels, out = window.channels // groups, output.shape[-1]
    flops = 2 * ct.size * window.taps * channels
    width = tile(context.target)[1] * context.target.lanes(SIZES[dtype])
    panels = -(-(out // groups) // width)
    wanted = max(1, min(UNITS, flops // WORK))
    rows = window.rows_for(wanted)
    units = window.images * window.out[0] * groups * -(-window.out[1] // rows)
    chunks = max(1, min(wanted, units, PARTS // max(1, output.nbytes), 16))
    chunk = -(-units // chunks)
    chunks = -(-units // chunk)
    per_task = max(1, panels // max(1, -(-wanted // chunks))) if chunks < wanted else panels
    values, taps, block = _common(window, rows, image, window.padded)
    target = context.temporary((chunks, *output.shape), output.dtype) if chunks > 1 else output
    values |= {
        **{"Y": Pointer(cotangent), "C": Pointer(target), "M": window.taps * channels, "N": out // groups},
        **{"K": window.out[2], "ldb": out, "ldc": out, "rowy": window.out[2] * out, "group_y": out // groups},
        **{"group_c": out // groups, "size_c": output.size, "units": units, "chunk": chunk, "panels": per_task},
    }
    offsets = [tap + channel for tap in taps for channel in range(channels)]
    how = kernels.Gradient(dtype, window.padded)
    call = Call(
        Kernel(kernels.gradient, (how,), "convolution kernel gradient"),
        (*(values[name] for name in kernels.GRADIENT), *offsets),
        (block + 64) * SIZES[dtype],
    )
    tasks = chunks * -(-panels // per_task)
    context.emit(Stage(tasks, (call,), (image, cotangent), (target,), flops, f"convolution gradient {output!r}"))
    if chunks > 1:
        combine(context, "reduce_sum", target, Pointer(output), output)
    return True
