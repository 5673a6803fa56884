"""Scatter without atomics: equal indices are put side by side and combined in pairs, so a run gives the same bits each time."""

from __future__ import annotations

from typing import Any

__all__ = ["scatter"]


def scatter(xp: Any, x: Any, index: Any, updates: Any, *, mode: str) -> Any:
    """The primitive `scatter`: x (n, *rest) with updates (k, *rest) put in at index (k,)."""
    out = xp.asarray(x, copy=True)
    if not updates.size:
        return out
    order = xp.argsort(index, stable=True)
    places, rows = xp.take(index, order, axis=0), xp.take(updates, order, axis=0)
    if mode == "set":  # of several in one place, the last one
        last = xp.concat([places[1:] != places[:-1], xp.ones((1,), dtype=xp.bool)])
        out[places[last]] = rows[last]
        return out
    combine = {"add": _add, "max": xp.maximum, "min": xp.minimum}[mode]
    while True:  # in each round the number of rows of one place is halved: 1st + 2nd, 3rd + 4th, ...
        starts = xp.concat([xp.ones((1,), dtype=xp.bool), places[1:] != places[:-1]])
        if bool(xp.all(starts)):
            break
        at = xp.arange(places.shape[0])
        first = xp.nonzero(starts)[0]
        rank = at - xp.take(first, xp.cumulative_sum(xp.astype(starts, xp.int32), dtype=xp.int32) - 1, axis=0)
        even = (rank % 2) == 0
        kept = xp.nonzero(even)[0]
        paired = xp.concat([xp.logical_not(even)[1:], xp.zeros((1,), dtype=xp.bool)])[kept]
        left = rows[kept]
        left[paired] = combine(left[paired], rows[kept[paired] + 1])
        rows, places = left, places[kept]
    out[places] = combine(out[places], rows)
    return out


def _add(x: Any, y: Any) -> Any:
    return x | y if x.dtype.kind == "b" else x + y
