"""Convolutions in one to three dimensions and their gradients, as calls of the convolution kernels."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

from hornbeam.graph.ir import Node, Value

from hornbeam_cpu.kernels import convolution as kernels
from hornbeam_cpu.kernels.combine import combine
from hornbeam_cpu.kernels.micro import tile
from hornbeam_cpu.kernels.scalars import SIZES
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower import depthwise
from hornbeam_cpu.lower.image import Window, common, window_of
from hornbeam_cpu.lower.loops import copy_layout
from hornbeam_cpu.lower.stage import Call, Context, Layout, Pointer, Stage, contiguous

__all__ = ["lower_forward", "lower_input_gradient", "lower_kernel_gradient"]

WORK = 2_000_000  # operations of a task at least
LEAST_CHANNELS = 8  # from so many on the tiles of a kernel gradient are those of single taps
UNITS = 32  # a convolution is cut into at least so many tasks, if it is large enough
PHASES = 16  # strides up to which (in all) the phases of a gradient are convolutions of their own
FEW = 36  # taps times channels up to which they are written out
PARTS = 8 * 1024 * 1024  # bytes of all partial sums of a kernel gradient together


def _fits(node: Node) -> bool:
    return str(node.output.dtype) in ("float32", "float64") and all(v.size for v in (*node.inputs, node.output))


def lower_forward(node: Node, context: Context) -> bool:
    """conv_general: image (n, *spatial, in), filter (*window, in / groups, out)."""
    x, kernel = node.inputs
    if not _fits(node):
        return False
    window = window_of(node, x.shape, kernel.shape, node.output.shape)
    _forward(context, window, x, context.dense(kernel), node.output, kernel.shape[-1])
    return True


def lower_input_gradient(node: Node, context: Context) -> bool:
    """conv_input_grad: a convolution of the cotangent with the filter turned round.

    Where the convolution has strides, each residue of the places of the image by them sees every so-manieth tap of the filter
    alone: a convolution for each of these phases, without the zeros that would spread the cotangent.
    """
    ct, kernel = node.inputs
    groups, out = node.params["groups"], node.output.shape[-1]
    if not _fits(node):
        return False
    forward = window_of(node, node.output.shape, kernel.shape, ct.shape)
    if math.prod(forward.strides) > PHASES or depthwise.suits(groups, out):
        low = tuple((w - 1) * d - p for w, d, p in zip(forward.window, forward.dilation, forward.low, strict=True))
        window = Window(
            *(forward.out, forward.window, forward.size, (1, 1, 1), low, forward.dilation, forward.strides),
            *(ct.shape[0], ct.shape[-1], groups),
        )
        turned = _turned(kernel, groups, [(0, 1, w) for w in kernel.shape[:-2]], context)
        _forward(context, window, ct, turned, node.output, out)
        return True
    row = contiguous((*forward.size, out))
    for phases in itertools.product(*(_phases(forward, axis) for axis in range(3))):
        seen = all(p.taps for p in phases)
        window = Window(
            *(forward.out, tuple(p.taps if seen else 1 for p in phases), tuple(p.places for p in phases), (1, 1, 1)),
            *(tuple(p.low if seen else 0 for p in phases), tuple(p.dilation for p in phases), (1, 1, 1)),
            *(ct.shape[0], ct.shape[-1], groups),
        )
        picked = [(p.tap, p.step, p.taps) for p in phases[3 - (len(kernel.shape) - 2) :]]
        turned = _turned(kernel, groups, picked, context) if seen else context.dense(kernel)
        begin = sum(p.first * by for p, by in zip(phases, row, strict=False))
        strides = tuple(s * by for s, by in zip(forward.strides, row, strict=False))
        goal = Goal(begin, (math.prod(forward.size) * out, *strides))
        _forward(context, window, ct, turned, node.output, out, goal, seen)
    return True


class Goal(NamedTuple):
    """Where a convolution puts its results, in elements: the first, and the strides of images and of places along each axis."""

    begin: int
    strides: tuple[int, ...]


class Phase(NamedTuple):
    """The places of an image with one residue along an axis, as a convolution of the cotangent.

    Attributes:
        first, places: the first of them, and how many there are.
        tap, step, taps: the taps that they see: the first, the distance to the next, and how many.
        low, dilation: zeros before the cotangent, and its elements from tap to tap.
    """

    first: int
    places: int
    tap: int
    step: int
    taps: int
    low: int
    dilation: int


def _phases(forward: Window, axis: int) -> list[Phase]:
    """The phases of an axis: place i sees tap k where i + low - k * dilation is a multiple of the stride."""
    stride, dilation, before = forward.strides[axis], forward.dilation[axis], forward.low[axis]
    common = math.gcd(stride, dilation)
    step = stride // common
    found = []
    for first in range(min(stride, forward.size[axis])):
        places = -(-(forward.size[axis] - first) // stride)
        able = range(min(step, forward.window[axis]))
        tap = next((k for k in able if (first + before - k * dilation) % stride == 0), None)
        taps = 0 if tap is None else len(range(tap, forward.window[axis], step))
        low = 0 if tap is None else (taps - 1) * dilation // common - (first + before - tap * dilation) // stride
        found.append(Phase(first, places, tap or 0, step, taps, low, dilation // common))
    return found


def _turned(kernel: Value, groups: int, picked: list[tuple[int, int, int]], context: Context) -> Value:
    """The filter (*window, in, groups * out) as (*taps turned round, out, groups * in).

    `picked` says of each axis the first tap, the distance to the next, and how many.
    """
    rank = len(kernel.shape) - 2
    cin, cout = kernel.shape[-2], kernel.shape[-1] // groups
    taps = tuple(count for _, _, count in picked)
    made = context.temporary((*taps, cout, groups * cin), kernel.dtype)
    goal = contiguous(made.shape)
    source = context.dense(kernel)
    # read as (*taps, in, groups, out); written back to front along the window, with in and out exchanged
    shape = (*taps, cin, groups, cout)
    by = contiguous(kernel.shape)
    begin = sum(first * n for (first, _, _), n in zip(picked, by, strict=False))
    seen = (*(step * n for (_, step, _), n in zip(picked, by, strict=False)), by[-2], cout, 1)
    strides = (*(-n for n in goal[:rank]), 1, cin, goal[rank])
    last = sum((n - 1) * stride for n, stride in zip(taps, goal, strict=False))
    target = Pointer(made, last * SIZES[str(kernel.dtype)])
    copy_layout(Layout(source, begin, seen), shape, kernel.dtype, target, strides, context)
    return made


def _forward(
    context: Context,
    window: Window,
    x: Value,
    kernel: Value,
    output: Value,
    out: int,
    goal: Goal | None = None,
    seen: bool = True,
) -> None:
    """Emit a convolution; where nothing of the image is `seen`, zeros."""
    if depthwise.suits(window.groups, out):
        depthwise.lower_forward(context, window, x, kernel, output, out)
        return
    x = context.dense(x)
    dtype = str(output.dtype)
    begin, (image_c, outer_c, row_c, place_c) = goal or Goal(0, contiguous((window.images, *window.out, out))[:-1])
    channels, cout = window.channels // window.groups, out // window.groups
    flops = 2 * window.images * math.prod(window.out) * out * window.taps * channels * seen
    tasks = max(1, min(UNITS, flops // WORK))
    rows = window.rows_for(tasks)
    padded = window.padded and seen
    values, offsets, block = common(window, rows, x, padded)
    values |= {
        **{"W": Pointer(kernel), "C": Pointer(output, begin * SIZES[dtype]), "taps": window.taps * seen},
        **{"K": channels, "ldb": out, "group_w": cout, "group_c": cout, "tap_w": channels * out, "N": cout},
        **{"ldc": place_c, "rowc": row_c, "outer_c": outer_c, "image_c": image_c},
        **{"tap_rows": window.window[1], "row_taps": window.window[2], "tap_step": window.dilation[1]},
    }
    few = channels if window.taps * channels <= FEW and seen else 0
    tiles = kernels.row_tiles(context.target, window.out[2])
    skips = padded and not few and window.spread[1] == 1 and window.window[0] == 1
    how = kernels.Forward(dtype, tiles, padded, few, window.taps if few else 0, skips)
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
    if not _fits(node):
        return False
    window = window_of(node, x.shape, output.shape, ct.shape)
    if depthwise.suits(groups, output.shape[-1]):
        depthwise.lower_gradient(context, window, x, ct, output)
        return True
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
    values, taps, block = common(window, rows, image, window.padded)
    target = context.temporary((chunks, *output.shape), output.dtype) if chunks > 1 else output
    values |= {
        **{"Y": Pointer(cotangent), "C": Pointer(target), "M": window.taps * channels, "N": out // groups},
        **{"K": window.out[2], "ldb": out, "ldc": out, "rowy": window.out[2] * out, "group_y": out // groups},
        **{"group_c": out // groups, "size_c": output.size, "units": units, "chunk": chunk, "panels": per_task},
    }
    offsets = [tap + channel for tap in taps for channel in range(channels)]
    whole = channels >= LEAST_CHANNELS
    tiles = kernels.row_tiles(context.target, channels if whole else window.taps * channels)
    how = kernels.Gradient(dtype, window.padded, tiles, whole)
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
