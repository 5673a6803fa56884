"""Convolutions in one to three dimensions and their gradients: by cuDNN, or generated."""

from __future__ import annotations

from hornbeam.graph.ir import Node, Value
from hornbeam.graph.views import contiguous

from hornbeam_cuda.library import Convolution
from hornbeam_cuda.lower.products import FLOATS
from hornbeam_cuda.lower.stage import Context, Library
from hornbeam_cuda.precision import precision_of
from hornbeam_cuda.source.convolutions import convolution as generated
from hornbeam_cuda.source.kernel import At

__all__ = ["lower"]


def lower(node: Node, context: Context) -> bool:
    """Emit conv_general, conv_input_grad or conv_kernel_grad.

    cuDNN wants filters as (filters, *window, channels); here they are (*window, channels, filters), so they are turned before
    or after. Negative padding, which cuts off, is left to the eager kernel.
    """
    first, second = node.inputs
    out = node.output
    x, kernel, y, direction = {
        "conv_general": (first, second, out, "forward"),
        "conv_input_grad": (out, second, first, "input"),
        "conv_kernel_grad": (first, out, second, "kernel"),
    }[node.primitive.name]
    low, high = (tuple(pair[i] for pair in node.params["padding"]) for i in (0, 1))
    if str(out.dtype) not in FLOATS or not all(v.size for v in (x, kernel, y)) or min((*low, *high, 0)) < 0:
        return False
    turned = Value((kernel.shape[-1], *kernel.shape[:-1]), kernel.dtype)
    call = Convolution(
        *(direction, str(out.dtype), x.shape, turned.shape, y.shape, tuple(node.params["strides"]), low, high),
        *(tuple(node.params["dilation"]), node.params["groups"], precision_of(str(out.dtype))),
    )
    if direction == "kernel":
        turned = context.temporary(turned.shape, kernel.dtype)
        arrays = context.dense(x), context.dense(y), turned
    else:
        turned = _turned(kernel, context)
        arrays = (context.dense(first), turned, out) if direction == "forward" else (turned, context.dense(first), out)
    places = tuple(map(At, arrays))
    known = context.supports(call)
    context.emit(
        *([Library(call, places, arrays[:2], arrays[2:])] if known else generated(call, places, context.bytes))
    )
    if direction == "kernel":
        strides = contiguous(out.shape)
        layout = context.layout(turned)
        context.copied(layout, turned.shape, out.dtype, At(out), (strides[-1], *strides[:-1]))
    return True


def _turned(kernel: Value, context: Context) -> Value:
    """A copy of a filter, its last axis first: made once, and from what it was converted from."""
    if kernel not in context.turned:
        made = context.turned[kernel] = context.temporary((kernel.shape[-1], *kernel.shape[:-1]), kernel.dtype)
        maker = context.producers.get(kernel)
        source = maker.inputs[0] if maker is not None and maker.primitive.name == "cast" else kernel
        if str(source.dtype) not in FLOATS:
            source = kernel
        strides = contiguous(made.shape)
        after = "" if source.dtype == kernel.dtype else str(kernel.dtype)
        layout = context.layout(source)
        context.copied(layout, kernel.shape, source.dtype, At(made), (*strides[1:], strides[0]), after)
    return context.turned[kernel]
