"""Scaled dot-product attention and its gradient, as cuDNN computes them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Attention"]


@dataclass(frozen=True)
class Attention:
    """softmax(scale * q kT, where allowed) v, without dropout; all arrays in C order.

    q: (batch, queries, heads, dim); k: (batch, keys, heads, dim); v: (batch, keys, heads, value); out: (batch, queries, heads,
    value); logsumexp: (batch, heads, queries), float32.

    Addresses: forward: q, k, v, out, logsumexp. backward: q, k, v, out, logsumexp, dout, dq, dk, dv.

    Attributes:
        backward: whether it is the gradient.
        dtype: "float16" or "bfloat16".
        sizes: batch, queries, keys, heads, dim, value.
        scale: of the scores.
        causal: whether query i sees keys up to i alone.
    """

    backward: bool
    dtype: str
    sizes: tuple[int, int, int, int, int, int]
    scale: float
    causal: bool = False

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        batch, queries, keys, heads, dim, value = self.sizes
        return 2 * batch * heads * queries * keys * (3 * dim + 2 * value if self.backward else dim + value)
