"""Pooling: windows, all positions, a given number of windows."""

from case import HOLES, case

CASES = [
    case("GlobalAveragePooling1D", {}, [[3, 4, 2]], masked=HOLES),
    case("GlobalAveragePooling1D", {"data_format": "channels_first", "keepdims": True}, [[3, 2, 4]]),
    case("GlobalAveragePooling2D", {"keepdims": True}, [[2, 3, 4, 2]]),
    case("GlobalMaxPooling2D", {"data_format": "channels_first"}, [[2, 2, 3, 4]]),
    case("GlobalMaxPooling1D", {}, [[2, 3, 4]]),
    case("GlobalMaxPooling3D", {"keepdims": True}, [[2, 2, 3, 2, 2]]),
    case("GlobalAveragePooling3D", {}, [[2, 2, 3, 2, 2]]),
    case("MaxPooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, [[2, 7, 2]]),
    case("MaxPooling1D", {"data_format": "channels_first"}, [[2, 2, 7]]),
    case("MaxPooling2D", {"pool_size": [2, 3], "padding": "same"}, [[2, 5, 4, 2]]),
    case("MaxPooling2D", {"pool_size": 2, "strides": [1, 2], "data_format": "channels_first"}, [[2, 2, 5, 4]]),
    case("MaxPooling3D", {"pool_size": 2, "padding": "same"}, [[1, 3, 4, 2, 2]]),
    case("AveragePooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, [[2, 7, 2]]),
    case("AveragePooling2D", {"pool_size": [2, 3], "padding": "same", "data_format": "channels_first"}, [[2, 2, 5, 4]]),
    case("AveragePooling3D", {"pool_size": 2}, [[1, 4, 4, 2, 2]]),
    case("AdaptiveAveragePooling1D", {"output_size": 3}, [[2, 7, 2]]),
    case("AdaptiveAveragePooling2D", {"output_size": [2, 3], "data_format": "channels_first"}, [[2, 2, 5, 4]]),
    case("AdaptiveAveragePooling3D", {"output_size": 2}, [[1, 3, 4, 5, 2]]),
    case("AdaptiveMaxPooling1D", {"output_size": 3, "data_format": "channels_first"}, [[2, 2, 7]]),
    case("AdaptiveMaxPooling2D", {"output_size": [4, 3]}, [[2, 5, 4, 2]]),
    case("AdaptiveMaxPooling3D", {"output_size": [2, 1, 3]}, [[1, 3, 4, 5, 2]]),
]
