"""Convolutions of groups with few channels out, as calls of the depth-wise kernels.

With `channels` in and `few` out per group, the image is brought into the form [..., channels, groups * few]: what a channel out
sees lies as that channel does, and the channels of a group are so many more taps. Where both are 1 that is the image itself.
"""

from __future__ import annotations

import math
from dataclasses import replace

from hornbeam.graph.ir import Value

from hornbeam_cpu.kernels import depthwise as kernels
from hornbeam_cpu.kernels.combine import combine
from hornbeam_cpu.kernels.scalars import SIZES
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.image import Window, common
from hornbeam_cpu.lower.loops import copy_layout
from hornbeam_cpu.lower.stage import Call, Context, Layout, Pointer, Stage

__all__ = ["lower_forward", "lower_gradient", "suits"]

FEW = 4  # channels out per group from which products of matrices are faster
WORK = 200_000  # operations of a task at least: they wait for memory
UNITS = 32  # tasks at most, beyond one for each image
CHUNKS = 16  # partial sums of a kernel gradient at most


def suits(groups: int, out: int) -> bool:
    """Whether a convolution with `out` channels in all its groups is lowered here."""
    return groups > 1 and out // groups < FEW


def lower_forward(context: Context, window: Window, x: Value, kernel: Value, output: Value, out: int) -> None:
    """Emit a convolution of the image x (n, *spatial, in) with the filter (*window, in / groups, out), in C order."""
    channels = window.channels // window.groups
    taps = window.taps * channels
    flops = 2 * output.size * taps
    image = _spread_out(x, window, out, context)
    window = replace(window, channels=channels * out, groups=1)
    rows = window.rows_for(max(1, min(UNITS, flops // WORK)))
    values, offsets, block = common(window, rows, image, window.padded)
    values |= {"W": Pointer(kernel), "C": Pointer(output), "taps": taps, "N": out}
    values |= {"places": window.out[2], "rowc": window.out[2] * out}
    dtype = str(output.dtype)
    how = kernels.Depthwise(dtype, window.padded, taps if taps <= kernels.UNROLLED else 0)
    call = Call(
        Kernel(kernels.forward, (how,), "depthwise"),
        (*(values[name] for name in kernels.FORWARD), *_all_taps(offsets, channels, out)),
        block * SIZES[dtype],
    )
    tasks = window.images * window.out[0] * -(-window.out[1] // rows)
    context.emit(Stage(tasks, (call,), (image, kernel), (output,), flops, f"depthwise {output!r}"))


def lower_gradient(context: Context, window: Window, x: Value, ct: Value, output: Value) -> None:
    """Emit the gradient for the filter (*window, in / groups, out), from the image and the cotangent (n, *spatial, out)."""
    channels, out = window.channels // window.groups, output.shape[-1]
    taps = window.taps * channels
    flops = 2 * ct.size * taps
    image, cotangent = _spread_out(x, window, out, context), context.dense(ct)
    window = replace(window, channels=channels * out, groups=1)
    wanted = max(1, min(CHUNKS, flops // WORK))
    rows = window.rows_for(wanted)
    units = window.images * window.out[0] * -(-window.out[1] // rows)
    chunk = -(-units // min(wanted, units))
    chunks = -(-units // chunk)
    target = context.temporary((chunks, *output.shape), output.dtype) if chunks > 1 else output
    values, offsets, block = common(window, rows, image, window.padded)
    values |= {"Y": Pointer(cotangent), "C": Pointer(target), "taps": taps, "N": out, "places": window.out[2]}
    values |= {"rowy": window.out[2] * out, "size_c": output.size, "units": units, "chunk": chunk}
    dtype = str(output.dtype)
    how = kernels.Depthwise(dtype, window.padded, taps if taps <= kernels.HEIGHT else 0)
    call = Call(
        Kernel(kernels.gradient, (how,), "depthwise kernel gradient"),
        (*(values[name] for name in kernels.GRADIENT), *_all_taps(offsets, channels, out)),
        block * SIZES[dtype],
    )
    context.emit(Stage(chunks, (call,), (image, cotangent), (target,), flops, f"depthwise gradient {output!r}"))
    if chunks > 1:
        combine(context, "reduce_sum", target, Pointer(output), output)


def _spread_out(x: Value, window: Window, out: int, context: Context) -> Value:
    """The image (n, *spatial, groups * channels) as (n, *spatial, channels, groups * few)."""
    groups, channels, few = window.groups, window.channels // window.groups, out // window.groups
    source = context.dense(x)
    if channels == few == 1:
        return source
    rows = math.prod(x.shape[:-1])
    made = context.temporary((*x.shape[:-1], channels, out), x.dtype)
    seen = Layout(source, 0, (window.channels, channels, 1, 0))
    strides = (channels * out, few, out, 1)
    copy_layout(seen, (rows, groups, channels, few), x.dtype, Pointer(made), strides, context)
    return made


def _all_taps(offsets: list[int], channels: int, out: int) -> list[int]:
    return [tap + channel * out for tap in offsets for channel in range(channels)]
