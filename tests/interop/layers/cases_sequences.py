"""Layers of sequences: dense ones over any axes, recurrent ones, attention."""

from case import HOLES, case, nested

THREE = [[3, 2, 4], [3, 4, 5], [3, 4, 4]]  # query, value, key
MASKS = [[[True, False], [True, True], [False, True]], HOLES]
GROUPS = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}

CASES = [
    case("EinsumDense", {"equation": "abc,cde->abde", "output_shape": [None, 2, 3], "bias_axes": "e"}, [[2, 3, 4]]),
    case("EinsumDense", {"equation": "ab,bcd->acd", "output_shape": [2, 3], "bias_axes": "c", "activation": "tanh"}, [[2, 4]]),
    case("EinsumDense", {"equation": "...x,xy->...y", "output_shape": 3, "bias_axes": "y"}, [[2, 3, 4]]),
    case("EinsumDense", {"equation": "ab...,bc->ac...", "output_shape": 3, "bias_axes": "c"}, [[2, 4, 3]]),
    case("EinsumDense", {"equation": "...ab,bc->...ca", "output_shape": [3, None]}, [[2, 2, 3, 4]]),
    case("Attention", {}, [[3, 2, 4], [3, 4, 4]], listed=True),
    case("Attention", {"use_scale": True}, THREE, listed=True, masked=MASKS),
    case("Attention", {"use_scale": True}, THREE, listed=True, masked=MASKS, return_attention_scores=True),
    case("Attention", {}, [[3, 4, 4], [3, 4, 4]], listed=True, use_causal_mask=True),
    case("Attention", {"score_mode": "concat", "use_scale": True}, THREE, listed=True, return_attention_scores=True),
    case("Attention", {"score_mode": "concat"}, THREE, listed=True, masked=MASKS),
    case("AdditiveAttention", {}, THREE, listed=True, masked=MASKS, return_attention_scores=True),
    case("AdditiveAttention", {"use_scale": False}, [[3, 4, 4], [3, 4, 4]], listed=True, use_causal_mask=True),
    case("GroupQueryAttention", GROUPS, [[2, 4, 5], [2, 4, 5]], use_causal_mask=True),
    case("GroupQueryAttention", {**GROUPS, "use_gate": True}, [[2, 4, 5], [2, 3, 5]], return_attention_scores=True),
    case(
        "GroupQueryAttention", {**GROUPS, "use_bias": False, "sliding_window": 2}, [[2, 4, 5], [2, 4, 5]],
        value_mask=[[True, False, False, True], [False, True, True, False]],
    ),
    case("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "activity_regularizer": "l2"}, [[2, 3, 5], [2, 4, 5]]),
    case("ConvLSTM1D", {"filters": 2, "kernel_size": 2, "return_state": True}, [[3, 4, 5, 2]]),
    case("ConvLSTM2D", {"filters": 2, "kernel_size": [2, 3], "padding": "same", "return_sequences": True}, [[3, 4, 4, 3, 2]]),
    case(
        "ConvLSTM2D", {"filters": 2, "kernel_size": 2, "strides": 2, "data_format": "channels_first", "go_backwards": True},
        [[2, 3, 2, 4, 5]],
    ),
    case("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "dilation_rate": 2, "use_bias": False, "activation": "relu"}, [[2, 3, 4, 5, 1]]),
    case("ConvLSTM3D", {"filters": 1, "kernel_size": 2, "recurrent_activation": "hard_sigmoid"}, [[2, 2, 3, 3, 3, 1]]),
    case("TimeDistributed", {"layer": nested("Conv1D", filters=2, kernel_size=2)}, [[2, 3, 4, 2]]),
    case("TimeDistributed", {"layer": nested("LSTM", units=2)}, [[2, 2, 3, 2]]),
    case("TimeDistributed", {"layer": nested("BatchNormalization", momentum=0.5)}, [[4, 3, 2]], training=True),
]  # fmt: skip
