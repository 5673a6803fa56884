"""Pooling."""

from case import HOLES, case

CASES = [
    case("GlobalAveragePooling1D", {}, [[3, 4, 2]], masked=HOLES),
    case("GlobalAveragePooling2D", {"keepdims": True}, [[2, 3, 4, 2]]),
    case("GlobalMaxPooling2D", {"data_format": "channels_first"}, [[2, 2, 3, 4]]),
    case("GlobalMaxPooling1D", {}, [[2, 3, 4]]),
    case("GlobalAveragePooling3D", {}, [[2, 2, 3, 2, 2]]),
]  # fmt: skip
