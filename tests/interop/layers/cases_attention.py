"""Attention."""

from case import case

CASES = [
    case("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [[2, 4, 5], [2, 4, 5]]),
    case("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [[2, 4, 5], [2, 4, 5]], use_causal_mask=True),
    case(
        "MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "value_dim": 4, "output_shape": 6},
        [[2, 3, 5], [2, 4, 2], [2, 4, 3]], return_attention_scores=True,
    ),
    case(
        "MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [[1, 3, 5], [1, 4, 5]],
        attention_mask=[[[True, False, True, False], [False, True, False, False], [True, True, True, True]]],
    ),
    case(  # a query that may look nowhere; without return_attention_scores Keras gives it the mean of all values
        "MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [[1, 3, 5], [1, 4, 5]], return_attention_scores=True,
        attention_mask=[[[True, False, True, False], [False, False, False, False], [True, True, True, True]]],
    ),
    case(
        "MultiHeadAttention", {"num_heads": 1, "key_dim": 3, "use_bias": False, "use_gate": True}, [[2, 3, 5], [2, 3, 5]],
        value_mask=[[True, True, False], [True, False, False]],
    ),
    case("MultiHeadAttention", {"num_heads": 1, "key_dim": 3, "sliding_window": 2}, [[2, 4, 5], [2, 4, 5]]),
    case(
        "MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "attention_axes": [2]}, [[2, 2, 3, 5], [2, 2, 3, 5]],
        return_attention_scores=True,
    ),
]  # fmt: skip
