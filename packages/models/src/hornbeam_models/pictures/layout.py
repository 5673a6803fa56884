"""Where the boxes of a diagram lie: ranks by the longest way from an input, few crossings, straight lines.

Source: Sugiyama, Tagawa & Toda 1981, "Methods for visual understanding of hierarchical system structures"; ranks, barycentres,
and places that are drawn towards the middle of their neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Place", "lay_out"]

GAP, RANK_GAP = 22.0, 30.0  # between boxes beside, and above, one another; pixels
WIRE = 10.0  # room for a line that passes between boxes


@dataclass
class Place:
    """A box, or a point of a line that passes other boxes.

    Attributes:
        width, height: of the box; pixels.
        x, y: of its middle.
    """

    width: float
    height: float
    wire: bool = False
    x: float = 0.0
    y: float = 0.0
    before: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    rank: int = 0


def lay_out(
    sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]]
) -> tuple[list[Place], list[list[tuple[float, float]]], tuple[float, float]]:
    """Places for boxes.

    Args:
        sizes: width and height of each box, in an order in which each comes after what feeds it.
        edges: pairs of boxes: from, to.

    Returns:
        The boxes' places, for each edge the points it goes through, and the size of the whole.
    """
    places = [Place(width, height) for width, height in sizes]
    for start, end in sorted(edges):
        places[end].rank = max(places[end].rank, places[start].rank + 1)
    _pull_sources_down(places, edges)
    chains = [_chain(places, start, end) for start, end in edges]
    ranks: list[list[int]] = [[] for _ in range(max((p.rank for p in places), default=-1) + 1)]
    for index, place in enumerate(places):
        ranks[place.rank].append(index)
    _order(places, ranks)
    _spread(places, ranks)
    y = 0.0
    for rank in ranks:
        height = max(places[i].height for i in rank)
        for i in rank:
            places[i].y = y + height / 2
            if places[i].wire:
                places[i].height = height
        y += height + RANK_GAP
    left = min((p.x - p.width / 2 for p in places), default=0.0)
    for place in places:
        place.x -= left
    lines = [[point for i in chain for point in _points(places[i])] for chain in chains]
    width = max((p.x + p.width / 2 for p in places), default=0.0)
    return places[: len(sizes)], lines, (width, max(0.0, y - RANK_GAP))


def _points(place: Place) -> list[tuple[float, float]]:
    """Where a line goes through: straight past the boxes of a rank."""
    if not place.wire:
        return [(place.x, place.y)]
    return [(place.x, place.y - place.height / 2), (place.x, place.y + place.height / 2)]


def _pull_sources_down(places: list[Place], edges: Sequence[tuple[int, int]]) -> None:
    """An input that is needed late stands just above the first box that needs it."""
    fed = {end for _, end in edges}
    for index, place in enumerate(places):
        needed = [places[end].rank for start, end in edges if start == index]
        if index not in fed and needed:
            place.rank = min(needed) - 1


def _chain(places: list[Place], start: int, end: int) -> list[int]:
    """The boxes and points of an edge: a point in each rank between."""
    chain = [start]
    for rank in range(places[start].rank + 1, places[end].rank):
        places.append(Place(WIRE, 0.0, wire=True, rank=rank))
        chain.append(len(places) - 1)
    chain.append(end)
    for a, b in zip(chain, chain[1:], strict=False):
        places[a].after.append(b)
        places[b].before.append(a)
    return chain


def _order(places: list[Place], ranks: list[list[int]]) -> None:
    """Sort each rank by the mean position of the neighbours in the rank before, then after, several times; the best is kept."""
    position = {i: k for rank in ranks for k, i in enumerate(rank)}
    best, least = [list(rank) for rank in ranks], _crossings(places, ranks, position)
    for sweep in range(12):
        if not least:
            break
        down = sweep % 2 == 0
        for rank in ranks if down else reversed(ranks):
            mean = {}
            for i in rank:
                near = places[i].before if down else places[i].after
                mean[i] = sum(position[j] for j in near) / len(near) if near else position[i]
            rank.sort(key=lambda i: mean[i])
            position.update((i, k) for k, i in enumerate(rank))
        found = _crossings(places, ranks, position)
        if found < least:
            best, least = [list(rank) for rank in ranks], found
    ranks[:] = best


def _crossings(places: list[Place], ranks: list[list[int]], position: dict[int, int]) -> int:
    total = 0
    for rank in ranks:
        ends = [position[j] for i in rank for j in sorted(places[i].after, key=position.__getitem__)]
        total += sum(a > b for k, a in enumerate(ends) for b in ends[k + 1 :])
    return total


def _spread(places: list[Place], ranks: list[list[int]]) -> None:
    """Horizontal places: each towards the middle of its neighbours, boxes before lines, without overlaps."""
    for rank in ranks:
        x = 0.0
        for i in rank:
            places[i].x = x + places[i].width / 2
            x += places[i].width + GAP
        for i in rank:
            places[i].x -= x / 2
    for sweep in range(24):
        down = sweep % 2 == 0
        for rank in ranks if down else reversed(ranks):
            wanted = {}
            for i in rank:
                near = (places[i].before if down else places[i].after) or [i]
                near = [j for j in near if places[i].wire or not places[j].wire] or near
                wanted[i] = sum(places[j].x for j in near) / len(near)
            _place(places, rank, wanted)


def _place(places: list[Place], rank: list[int], wanted: dict[int, float]) -> None:
    """Put a rank as near to the wanted places as the widths allow, in the sense of least squares (pooled neighbours move together)."""
    offsets, offset = [], 0.0
    for before, i in zip([None, *rank], rank, strict=False):
        if before is not None:
            offset += (places[before].width + places[i].width) / 2 + GAP
        offsets.append(offset)
    blocks: list[tuple[float, float, int]] = []  # sum of weighted places less offsets, sum of weights, members
    for i, offset in zip(rank, offsets, strict=True):
        weight = 0.01 if places[i].wire else 1.0  # lines make room for boxes
        blocks.append(((wanted[i] - offset) * weight, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            (a, u, m), (b, v, n) = blocks[-2:]
            blocks[-2:] = [(a + b, u + v, m + n)]
    found = (total / weight for total, weight, members in blocks for _ in range(members))
    for i, offset, x in zip(rank, offsets, found, strict=True):
        places[i].x = x + offset
