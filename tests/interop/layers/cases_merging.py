"""Merging, of several inputs and of inputs of several ranks."""

from case import case

TWO, RANKS = [[2, 3, 4], [2, 3, 4]], [[2, 3, 4], [2, 4]]
CASES = [
    *(case(n, {}, [*TWO, [2, 3, 4]], listed=True) for n in ("Add", "Average", "Maximum", "Minimum", "Multiply")),
    *(case(n, {}, RANKS, listed=True) for n in ("Add", "Subtract", "Maximum")),
    case("Multiply", {}, [[2, 3, 4], [2, 1, 4]], listed=True),
    case("Subtract", {}, TWO, listed=True),
    case("Concatenate", {}, [[2, 3, 4], [2, 3, 1], [2, 3, 2]], listed=True),
    case("Concatenate", {"axis": 1}, [[2, 3, 4], [2, 2, 4]], listed=True),
    case("Dot", {"axes": 1}, [[2, 3], [2, 3]], listed=True),
    case("Dot", {"axes": [1, 2]}, [[2, 3, 5], [2, 4, 3]], listed=True),
    case("Dot", {"axes": [2, 1], "normalize": True}, [[2, 2, 3], [2, 3, 2]], listed=True),
    case("Dot", {"axes": -1}, [[2, 2, 3, 4], [2, 5, 4]], listed=True),
    case("Dot", {"axes": [1, -1]}, [[2, 3], [2, 2, 3]], listed=True),
]
