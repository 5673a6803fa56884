"""Frames around the boxes of nested models: how far they reach, and the room that the layout leaves for them."""

from __future__ import annotations

from collections.abc import Sequence

from hornbeam_models.diagram import Box

__all__ = ["frame", "nests", "with_room"]

LABEL = 15.0  # height of a frame's name, pixels


def frame(nest: int) -> tuple[float, float, float]:
    """How far a frame reaches beyond the boxes in it, pixels: to the sides, upwards, downwards.

    Args:
        nest: how many frames are inside one another here, itself included.
    """
    return 8.0 * nest, 9 + LABEL * (nest - 1), 9 + 8.0 * (nest - 1)


def nests(boxes: Sequence[Box]) -> dict[str, int]:
    """For each nested model how many frames are inside one another there, its own included."""
    found: dict[str, int] = {}
    for box in boxes:
        for i, group in enumerate(box.groups):
            found[group] = max(found.get(group, 1), len(box.groups) - i)
    return found


def with_room(
    sizes: Sequence[tuple[float, float]],
    boxes: Sequence[Box],
    edges: Sequence[tuple[int, int]],
    nest: dict[str, int],
    beside: bool,
) -> list[tuple[float, float]]:
    """Sizes that boxes are laid out with, so that frames meet neither one another nor boxes outside.

    Where the boxes of a nested model form a chain, all get the width of its frame. Ends of models that hold models get room for
    the names above.

    Args:
        sizes: width and height of each box, pixels.
        boxes: what they are.
        edges: pairs of boxes: from, to.
        nest: what `nests` gives.
        beside: whether boxes follow one another to the right instead of downwards.
    """
    along, across = (0, 1) if beside else (1, 0)
    found = [list(size) for size in sizes]
    for group, depth in sorted(nest.items(), key=lambda item: item[1]):
        inside = {i for i, box in enumerate(boxes) if group in box.groups}
        within = [(a, b) for a, b in edges if a in inside and b in inside]
        fed, feeding = {b for _, b in within}, {a for a, _ in within}
        side, above, _ = frame(depth)
        if len(fed) == len(feeding) == len(within) == len(inside) - 1:
            widest = max(sizes[i][across] for i in inside) + 2 * (above + LABEL if beside else side)
            for i in inside:
                found[i][across] = max(found[i][across], widest)
        if depth > 1:
            for i in inside - (fed & feeding):
                most = sizes[i][along] + 2 * (side if beside else above) - 10  # some of it is in the gap between boxes
                found[i][along] = max(found[i][along], most)
    return [(width, height) for width, height in found]
