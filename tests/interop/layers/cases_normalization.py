"""Normalisation."""

from case import case

CASES = [
    case("LayerNormalization", {}, [[3, 4]]),
    case("LayerNormalization", {"axis": [1, 2], "epsilon": 1e-5, "center": False}, [[3, 4, 2]]),
    case("RMSNormalization", {}, [[3, 4]]),
    case("GroupNormalization", {"groups": 2}, [[3, 5, 4]]),
    case("GroupNormalization", {"groups": -1, "axis": 1}, [[3, 4, 2]]),
    case("BatchNormalization", {"axis": 1}, [[3, 4, 2]], training=True),
    case("BatchNormalization", {"scale": False, "momentum": 0.9}, [[3, 4]], training=True),
    case("BatchNormalization", {}, [[3, 4]]),
]  # fmt: skip
