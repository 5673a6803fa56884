"""Recurrent, attention and further layers of sequences in the contract of layers; see test_contract.py."""

import hornbeam as hb

CASES = [
    ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": (None, 2, 3), "bias_axes": "e"}, (4, 5), {}),
    ("EinsumDense", {"equation": "...x,xy->...y", "output_shape": 3, "activation": "tanh"}, (2, 4), {}),
    ("EinsumDense", {"equation": "ab...,bc->ac...", "output_shape": 3, "bias_axes": "c"}, (2, 4), {}),
    ("GroupQueryAttention", {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}, (4, 5), {}),
    (
        "GroupQueryAttention",
        {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1, "use_gate": True},
        (3, 4),
        {},
    ),
    ("Attention", {"use_scale": True}, [(3, 4), (5, 2), (5, 4)], {}),
    ("Attention", {"score_mode": "concat", "use_scale": True}, [(3, 4), (2, 4)], {}),
    ("Attention", {"dropout": 0.4, "seed": 1}, [(3, 4), (5, 4)], {"deterministic": False}),
    ("AdditiveAttention", {}, [(2, 3, 4), (2, 2, 4)], {}),
    ("RotaryEmbedding", {"max_wavelength": 100, "scaling_factor": 2.0}, (3, 2, 4), {}),
    ("SinePositionEncoding", {}, (3, 4), {}),
    ("PositionEmbedding", {"sequence_length": 5}, (3, 4), {}),
    ("ConvLSTM1D", {"filters": 2, "kernel_size": 2, "activation": "sigmoid", "return_state": True}, (3, 4, 2), {}),
    ("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "return_sequences": True, "go_backwards": True}, (2, 3, 3, 1), {}),
    ("ConvLSTM3D", {"filters": 1, "kernel_size": (1, 2, 1), "padding": "same"}, (2, 2, 3, 2, 1), {}),
    ("TimeDistributed", lambda p: {"layer": hb.layers.Dense(3, activation="tanh", dtype=p)}, (3, 2), {}),
    ("CRF", {"units": 3, "boundary_initializer": "random_normal"}, (4, 2), {}),
    ("Dense", {"units": 3, "lora_rank": 2, "lora_alpha": 4}, (4,), {}),
    ("Embedding", {"input_dim": 7, "output_dim": 3, "lora_rank": 2}, (4,), {"input_dtype": "int32", "high": 7}),
]
