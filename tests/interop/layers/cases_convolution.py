"""Convolutions: strides, padding, dilation, groups, both data formats."""

from case import case

SAME, CF = {"padding": "same"}, {"data_format": "channels_first"}
LAST, FIRST = [[2, 5, 6, 4]], [[2, 4, 5, 6]]
CASES = [
    case("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "causal", "dilation_rate": 2, "activation": "tanh"}, [[2, 7, 2]]),
    case("Conv1D", {"filters": 4, "kernel_size": 2, "strides": 2, **SAME, "groups": 2}, [[2, 7, 4]]),
    case("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "causal", **CF}, [[2, 2, 7]]),
    case("Conv2D", {"filters": 4, "kernel_size": [2, 3], "strides": [2, 1], "groups": 2, "use_bias": False}, LAST),
    case("Conv2D", {"filters": 3, "kernel_size": 3, "strides": 2, **SAME, **CF}, FIRST),
    case("Conv2D", {"filters": 2, "kernel_size": 2, "dilation_rate": [2, 1], "activation": "relu", "kernel_regularizer": "l2"}, LAST),
    case("Conv3D", {"filters": 2, "kernel_size": 2, "strides": 2, **SAME}, [[1, 3, 4, 3, 2]]),
    case("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2, "output_padding": 1}, [[2, 4, 2]]),
    case("Conv1DTranspose", {"filters": 3, "kernel_size": 2, "strides": 3}, [[2, 4, 2]]),
    case("Conv1DTranspose", {"filters": 2, "kernel_size": 3, "dilation_rate": 2, **SAME}, [[2, 5, 2]]),
    case("Conv2DTranspose", {"filters": 3, "kernel_size": [3, 2], "strides": 2, **SAME, "activation": "sigmoid"}, [[2, 3, 4, 2]]),
    case("Conv2DTranspose", {"filters": 2, "kernel_size": 4, "strides": [2, 3], **SAME, **CF}, [[2, 3, 3, 2]]),
    case(
        "Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, **SAME, "output_padding": [1, 0], "use_bias": False},
        [[1, 3, 3, 2]],
    ),
    case("Conv3DTranspose", {"filters": 2, "kernel_size": 2, "strides": 2}, [[1, 2, 3, 2, 2]]),
    case("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2, **SAME}, [[2, 6, 3]]),
    case("DepthwiseConv2D", {"kernel_size": [2, 3], "strides": 2, "depth_multiplier": 2, "activation": "elu"}, LAST),
    case("DepthwiseConv2D", {"kernel_size": 3, "dilation_rate": 2, **SAME, **CF}, FIRST),
    case("SeparableConv1D", {"filters": 3, "kernel_size": 3, "strides": 2, "depth_multiplier": 2}, [[2, 7, 2]]),
    case("SeparableConv2D", {"filters": 3, "kernel_size": 2, **SAME, "activation": "gelu"}, [[1, 4, 5, 2]]),
    case("SeparableConv2D", {"filters": 3, "kernel_size": 2, "strides": 2, "depth_multiplier": 2, **CF}, [[1, 2, 4, 5]]),
]  # fmt: skip
