"""Convolution over 1, 2 and 3 spatial axes."""

from __future__ import annotations

from hornbeam_layers.convolutional.base import BaseConv

__all__ = ["Conv1D", "Conv2D", "Conv3D"]

ARGUMENTS = """

    Args:
        filters: number of output channels, positive.
        kernel_size: the window, one integer or one per axis.
        strides: step of the window.
        padding: "valid" or "same" (Conv1D: or "causal").
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: distance between the window's elements.
        groups: the channels are split into so many groups, each convolved on its own.
        activation: name or function; default: none.
        use_bias, and initializers, regularizers and constraints: as for Dense.

    Weights: kernel (*kernel_size, channels / groups, filters), bias (filters,).
"""


class Conv1D(BaseConv):
    __doc__ = "Convolution: (batch, steps, channels) -> (batch, positions, filters)." + ARGUMENTS
    rank = 1


class Conv2D(BaseConv):
    __doc__ = "Convolution: (batch, height, width, channels) -> (batch, height', width', filters)." + ARGUMENTS
    rank = 2


class Conv3D(BaseConv):
    __doc__ = "Convolution: (batch, depth, height, width, channels) -> (batch, ..., filters)." + ARGUMENTS
    rank = 3
