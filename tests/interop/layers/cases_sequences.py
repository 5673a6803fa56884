"""Layers of sequences: dense ones over any axes, recurrent ones, attention."""

from case import case

CASES = [
    case("EinsumDense", {"equation": "abc,cde->abde", "output_shape": [None, 2, 3], "bias_axes": "e"}, [[2, 3, 4]]),
    case("EinsumDense", {"equation": "ab,bcd->acd", "output_shape": [2, 3], "bias_axes": "c", "activation": "tanh"}, [[2, 4]]),
    case("EinsumDense", {"equation": "...x,xy->...y", "output_shape": 3, "bias_axes": "y"}, [[2, 3, 4]]),
    case("EinsumDense", {"equation": "ab...,bc->ac...", "output_shape": 3, "bias_axes": "c"}, [[2, 4, 3]]),
    case("EinsumDense", {"equation": "...ab,bc->...ca", "output_shape": [3, None]}, [[2, 2, 3, 4]]),
]  # fmt: skip
