"""Library calls computed by NumPy, in double precision."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from hornbeam_cuda.library import Attention, Convolution, Product, Recurrent

from tests.cuda.emulator import recurrent
from tests.cuda.emulator.memory import Host, seen

__all__ = ["run"]


def run(call: Any, addresses: Sequence[int]) -> None:
    """Compute a call on the arrays at the addresses."""
    with np.errstate(all="ignore"):  # what is too large for the result becomes infinite
        _KINDS[type(call)](call, addresses)


def _product(call: Product, addresses: Sequence[int]) -> None:
    batch, m, n, k = call.sizes
    left = seen(addresses[0], (batch, m, k), call.dtype, call.left).astype(np.float64)
    right = seen(addresses[1], (batch, k, n), call.dtype, call.right).astype(np.float64)
    out = seen(addresses[2], (batch, m, n), call.result, (*call.out, 1))
    found = left @ right
    if call.epilogue == "bias":
        found += seen(addresses[3], (n,), call.result).astype(np.float64)
    elif call.epilogue != "none":
        assert batch == 1
        sums = left.sum(2) if call.epilogue == "left sums" else right.sum(1)
        seen(addresses[3], (sums.size,), call.result)[...] = sums[0]
    if call.addend:
        found += seen(addresses[-1], (batch, m, n), call.result, (*call.out, 1)).astype(np.float64)
    out[...] = found


def _windows(call: Convolution, x: Host, place: tuple[int, ...]) -> tuple[slice, ...]:
    """The part of the padded x that the element `place` of the window meets at all places of y."""
    parts = []
    for at, by, dilated, n in zip(place, call.strides, call.dilation, call.y[1:-1], strict=True):
        parts.append(slice(at * dilated, at * dilated + by * (n - 1) + 1, by))
    return (slice(None), *parts)


def _convolution(call: Convolution, addresses: Sequence[int]) -> None:
    shapes = {"forward": (call.x, call.kernel, call.y), "input": (call.kernel, call.y, call.x)}
    arrays = [
        seen(a, s, call.dtype)
        for a, s in zip(addresses, shapes.get(call.direction, (call.x, call.y, call.kernel)), strict=True)
    ]
    first, second = (a.astype(np.float64) for a in arrays[:2])
    padding = [(0, 0), *zip(call.low, call.high, strict=True), (0, 0)]
    groups, filters, channels = call.groups, call.kernel[0] // call.groups, call.kernel[-1]
    window = call.kernel[1:-1]
    padded = np.zeros([n + low + high for n, (low, high) in zip(call.x, padding, strict=True)])
    inside = tuple(slice(low, low + n) for n, (low, _) in zip(call.x, padding, strict=True))
    found = np.zeros({"forward": call.y, "input": call.x, "kernel": call.kernel}[call.direction])
    if call.direction != "input":
        padded[inside] = first
    for place in itertools.product(*map(range, window)):
        part = _windows(call, padded, place)
        for g in range(groups):
            c, f = slice(g * channels, (g + 1) * channels), slice(g * filters, (g + 1) * filters)
            at = (f, *place, slice(None))
            if call.direction == "forward":
                found[..., f] += padded[part][..., c] @ second[at].T
            elif call.direction == "input":
                padded[part][..., c] += second[..., f] @ first[at]
            else:
                found[at] += np.tensordot(second[..., f], padded[part][..., c], [list(range(second.ndim - 1))] * 2)
    arrays[2][...] = padded[inside] if call.direction == "input" else found


def _scores(call: Attention, q: Host, k: Host) -> Host:
    scores = np.einsum("bqhd,bkhd->bhqk", q, k) * call.scale
    if call.causal:
        scores = np.where(np.tri(*scores.shape[-2:], dtype=bool), scores, -np.inf)
    return scores


def _attention(call: Attention, addresses: Sequence[int]) -> None:
    b, nq, nk, h, d, e = call.sizes
    q, k, v, out = (
        seen(a, s, call.dtype)
        for a, s in zip(addresses, [(b, nq, h, d), (b, nk, h, d), (b, nk, h, e), (b, nq, h, e)])  # noqa: B905
    )
    total = seen(addresses[4], (b, h, nq), "float32")
    wide = [a.astype(np.float64) for a in (q, k, v)]
    scores = _scores(call, *wide[:2])
    if not call.backward:
        top = scores.max(-1, keepdims=True)
        weights = np.exp(scores - top)
        sums = weights.sum(-1, keepdims=True)
        total[...] = (top + np.log(sums))[..., 0]
        out[...] = np.einsum("bhqk,bkhe->bqhe", weights / sums, wide[2])
        return
    weights = np.exp(scores - total[..., None].astype(np.float64))
    dout = seen(addresses[5], (b, nq, h, e), call.dtype).astype(np.float64)
    dweights = np.einsum("bqhe,bkhe->bhqk", dout, wide[2])
    rows = (dout * out.astype(np.float64)).sum(-1).transpose(0, 2, 1)[..., None]
    dscores = weights * (dweights - rows) * call.scale
    seen(addresses[6], (b, nq, h, d), call.dtype)[...] = np.einsum("bhqk,bkhd->bqhd", dscores, wide[1])
    seen(addresses[7], (b, nk, h, d), call.dtype)[...] = np.einsum("bhqk,bqhd->bkhd", dscores, wide[0])
    seen(addresses[8], (b, nk, h, e), call.dtype)[...] = np.einsum("bhqk,bqhe->bkhe", weights, dout)


_KINDS: dict[type, Any] = {
    Product: _product, Convolution: _convolution, Attention: _attention, Recurrent: recurrent.run,
}  # fmt: skip
