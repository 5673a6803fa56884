"""Attention as cuDNN's graphs: (batch, length, heads, dim) in C order, told as (batch, heads, length, dim) with strides."""

from __future__ import annotations

from typing import Any

from hornbeam_cuda.device.cudnn import data_types
from hornbeam_cuda.library.attention import Attention
from hornbeam_cuda.precision import deterministic

__all__ = ["build"]


def build(cudnn: Any, graph: Any, call: Attention) -> None:
    """Add attention, or its gradient, to a graph; uids are places among the addresses, from 1 on.

    Raises:
        RuntimeError: the dtype is one that cuDNN has no attention of.
    """
    if call.dtype not in ("float16", "bfloat16"):
        raise RuntimeError(f"cuDNN has no attention of {call.dtype}")
    kind, single = data_types(cudnn)[call.dtype], cudnn.data_type.FLOAT
    batch, queries, keys, heads, dim, value = call.sizes

    def laid(length: int, size: int) -> dict[str, list[int]]:
        return {
            "dim": [batch, heads, length, size],
            "stride": [length * heads * size, size, heads * size, 1],
        }

    sums = {"dim": [batch, heads, queries, 1], "stride": [heads * queries, queries, 1, 1]}
    shapes = {"q": laid(queries, dim), "k": laid(keys, dim), "v": laid(keys, value), "o": laid(queries, value)}

    def tensor(name: str, uid: int) -> Any:
        return graph.tensor(**shapes[name], data_type=kind, uid=uid, name=name)

    def out(made: Any, uid: int, like: dict[str, list[int]], of: Any = kind) -> None:
        made.set_output(True).set_uid(uid).set_dim(like["dim"]).set_stride(like["stride"]).set_data_type(of)

    q, k, v = tensor("q", 1), tensor("k", 2), tensor("v", 3)
    if not call.backward:
        made, logsumexp = graph.sdpa(
            q=q, k=k, v=v, is_inference=False, attn_scale=call.scale, use_causal_mask=call.causal
        )
        out(made, 4, shapes["o"])
        out(logsumexp, 5, sums, single)
        return
    logsumexp = graph.tensor(**sums, data_type=single, uid=5, name="logsumexp")
    gradients = graph.sdpa_backward(
        q=q, k=k, v=v, o=tensor("o", 4), dO=tensor("o", 6), stats=logsumexp, attn_scale=call.scale,
        use_causal_mask=call.causal, use_deterministic_algorithm=deterministic(),
    )  # fmt: skip
    for made, uid, name in zip(gradients, (7, 8, 9), "qkv", strict=True):
        out(made, uid, shapes[name])
