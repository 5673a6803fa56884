"""Reshaping, borders, repetition."""

from case import case

CASES = [
    case("Flatten", {}, [[2, 3, 2, 2]]),
    case("Flatten", {"data_format": "channels_first"}, [[2, 3, 2, 2]]),
    case("Reshape", {"target_shape": [-1, 2]}, [[2, 3, 4]]),
    case("Permute", {"dims": [3, 1, 2]}, [[2, 3, 4, 2]]),
    case("RepeatVector", {"n": 3}, [[2, 4]]),
    case("Cropping1D", {"cropping": [1, 2]}, [[2, 6, 2]]),
    case("Cropping2D", {"cropping": [[1, 0], [2, 1]], "data_format": "channels_first"}, [[2, 2, 4, 5]]),
    case("Cropping2D", {"cropping": [1, 2]}, [[2, 4, 5, 2]]),
    case("Cropping3D", {}, [[1, 3, 4, 5, 2]]),
    case("ZeroPadding1D", {"padding": [1, 2]}, [[2, 3, 2]]),
    case("ZeroPadding1D", {"padding": 2, "data_format": "channels_first"}, [[2, 3, 2]]),
    case("ZeroPadding2D", {"padding": [[1, 0], [2, 1]], "data_format": "channels_first"}, [[2, 2, 3, 2]]),
    case("ZeroPadding2D", {"padding": [1, 2]}, [[2, 2, 3, 2]]),
    case("ZeroPadding3D", {}, [[1, 2, 1, 2, 2]]),
    case("UpSampling1D", {"size": 3}, [[2, 3, 2]]),
    case("UpSampling2D", {"size": [2, 3]}, [[2, 2, 3, 2]]),
    case("UpSampling2D", {"interpolation": "bilinear", "data_format": "channels_first"}, [[2, 2, 3, 4]]),
    case("UpSampling2D", {"size": [3, 2], "interpolation": "bicubic"}, [[1, 3, 4, 2]]),
    case("UpSampling2D", {"interpolation": "lanczos3"}, [[1, 3, 4, 2]]),
    case("UpSampling3D", {"size": [1, 2, 3], "data_format": "channels_first"}, [[1, 2, 2, 2, 2]]),
]
