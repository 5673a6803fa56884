"""Recurrent, attention and further layers of sequences in the contract of layers; see test_contract.py."""

CASES = [
    ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": (None, 2, 3), "bias_axes": "e"}, (4, 5), {}),
    ("EinsumDense", {"equation": "...x,xy->...y", "output_shape": 3, "activation": "tanh"}, (2, 4), {}),
    ("EinsumDense", {"equation": "ab...,bc->ac...", "output_shape": 3, "bias_axes": "c"}, (2, 4), {}),
]
