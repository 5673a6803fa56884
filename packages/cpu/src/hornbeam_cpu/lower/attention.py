"""The composites attention and attention_grad, as calls of their kernels."""

from __future__ import annotations

import math
import struct

from hornbeam.graph.ir import Node, Value

from hornbeam_cpu.kernels import attention
from hornbeam_cpu.kernels.scalars import NARROW
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.bits import bits_of
from hornbeam_cpu.lower.stage import Call, Context, Pointer, Stage

__all__ = ["lower", "lower_gradient", "takes"]

SCORES = 160 * 1024  # bytes of a block of scores at most: with all else it stays in the second cache
LEAST = 56  # queries of a block at least: four register tiles


def takes(node: Node) -> bool:
    """Whether there is a kernel: for real numbers, where nothing is empty and the gradient is one of `out`."""
    backward = node.primitive.name == "attention_grad"
    real = str(node.outputs[0].dtype) in ("float32", "float64", *NARROW)
    return (
        real and all(v.size for v in (*node.inputs, *node.outputs)) and (not backward or "dout" in node.params["extra"])
    )


def _mask(node: Node, context: Context, mask: Value | None) -> tuple[Pointer | int, tuple[int, ...], list[Value]]:
    """Its address, its strides in bytes, and what is read."""
    if mask is None:
        return 0, (0, 0, 0, 0), []
    layout = context.layout(mask)
    strides = tuple(0 if n == 1 else by for n, by in zip(mask.shape, layout.strides, strict=True))
    if strides[3] not in (0, 1):
        base = context.dense(mask)
        plain = [mask.shape[1] * mask.shape[2] * mask.shape[3], mask.shape[2] * mask.shape[3], mask.shape[3], 1]
        strides = tuple(0 if n == 1 else by for n, by in zip(mask.shape, plain, strict=True))
        return Pointer(base), strides, [base]
    return Pointer(layout.base, layout.offset), strides, [layout.base]


def lower(node: Node, context: Context) -> bool:
    """attention: (out, logsumexp)."""
    return _lower(node, context, node.inputs[:3], node.inputs[3:], backward=False)


def lower_gradient(node: Node, context: Context) -> bool:
    """attention_grad: (dq, dk, dv)."""
    return _lower(node, context, node.inputs[:5], node.inputs[5:], backward=True)


def _lower(node: Node, context: Context, needed: tuple[Value, ...], more: tuple[Value, ...], backward: bool) -> bool:
    if not takes(node):
        return False
    dtype = str(node.outputs[0].dtype)
    extra = dict(zip(node.params["extra"], more, strict=True))
    q, k, v = needed[:3]
    (batch, queries, heads, dim), keys, value = q.shape, k.shape[1], v.shape[3]
    names = ("q", "k", "v", "out", "logsumexp")
    dense = {name: context.dense(t) for name, t in zip(names, needed, strict=False)}
    dense |= {name: context.dense(t) for name, t in extra.items() if name != "mask"}
    pointer, strides, seen = _mask(node, context, extra.get("mask"))
    made = ("dq", "dk", "dv") if backward else ("out", "logsumexp")
    block = min(queries, max(LEAST, SCORES // (keys * node.outputs[0].dtype.itemsize)))
    block = math.ceil(queries / math.ceil(queries / block))
    values: dict[str, int | Pointer] = {name: Pointer(t) for name, t in dense.items()}
    values |= {name: Pointer(t) for name, t in zip(made, node.outputs, strict=True)}
    values |= {"mask": pointer, "heads": heads, "queries": queries, "keys": keys, "dim": dim, "value": value}
    values |= {"scale": bits_of(dtype, node.params["scale"]), "block": block}
    values |= {f"mask{i}": by for i, by in enumerate(strides)}
    values.setdefault("dlogsumexp", 0)
    values.setdefault("key", 0)
    how = attention.Attention(dtype, "mask" in extra, node.params["causal"], "dlogsumexp" in extra, "key" in extra)
    order = attention.BACKWARD if backward else attention.FORWARD
    scratch = attention.scratch_bytes(context.target, dtype, block, keys, max(dim, value), backward)
    rate = node.params["rate"]
    share = struct.unpack("f", struct.pack("f", 1.0 - rate))[0]  # a word's upper 24 bits are compared with it
    values |= {"words": scratch, "share": math.ceil(share * 2**24), "factor": bits_of(dtype, 1.0 / (1.0 - rate))}
    scratch += attention.word_bytes(context.target, dtype, keys) if "key" in extra else 0
    kernel = Kernel(attention.backward if backward else attention.forward, (how,), node.primitive.name)
    call = Call(kernel, tuple(values[name] for name in order), scratch)
    pairs = batch * heads * queries * keys
    flops = 2 * pairs * (3 * dim + 2 * value if backward else dim + value)
    reads = (*dense.values(), *seen)
    context.emit(Stage(batch * heads, (call,), reads, node.outputs, flops, f"{node.primitive} {q!r}"))
    return True
