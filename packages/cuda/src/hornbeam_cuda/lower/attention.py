"""The composites attention and attention_grad of half floats, as cuDNN computes them."""

from __future__ import annotations

from hornbeam.dtypes import as_dtype
from hornbeam.graph.ir import Node, Value

from hornbeam_cuda.library import Attention
from hornbeam_cuda.lower.stage import Context, Library
from hornbeam_cuda.source.kernel import At

__all__ = ["described", "lower"]


def described(node: Node) -> Attention | None:
    """The call, or None where it is no plain attention of half floats: with a mask, with dropout, or a gradient of logsumexp."""
    backward = node.primitive.name == "attention_grad"
    dtype = str(node.outputs[0].dtype)
    plain = node.params["extra"] == (("dout",) if backward else ())
    if dtype not in ("float16", "bfloat16") or not plain or not all(v.size for v in (*node.inputs, *node.outputs)):
        return None
    q, k, v = node.inputs[:3]
    (batch, queries, heads, dim), keys, value = q.shape, k.shape[1], v.shape[3]
    sizes = (batch, queries, keys, heads, dim, value)
    return Attention(backward, dtype, sizes, node.params["scale"], node.params["causal"])


def lower(node: Node, context: Context) -> bool:
    """Emit the call; logsumexp is kept in float32 beside what the graph has, for the gradient."""
    call = described(node)
    if call is None or not context.supports(call):
        return False
    if call.backward:
        q, k, v, out, logsumexp, dout = node.inputs
        exact = context.exact.get(logsumexp) or _cast(context.dense(logsumexp), context)
        reads = (*map(context.dense, (q, k, v, out)), exact, context.dense(dout))
        context.emit(Library(call, tuple(map(At, (*reads, *node.outputs))), reads, node.outputs))
        return True
    out, logsumexp = node.outputs
    reads = tuple(map(context.dense, node.inputs))
    exact = context.exact[logsumexp] = context.temporary(logsumexp.shape, as_dtype("float32"))
    context.emit(Library(call, tuple(map(At, (*reads, out, exact))), reads, (out, exact)))
    context.convert(exact, logsumexp)
    return True


def _cast(value: Value, context: Context) -> Value:
    made = context.temporary(value.shape, as_dtype("float32"))
    context.convert(value, made)
    return made
