"""Dense, tables, rectifiers, noise that is still outside of training, additions to the loss."""

from case import case

INDICES = [{"shape": [2, 3], "high": 5}]
MASK = [[True, False, True], [False, True, True]]
CASES = [
    case("Dense", {"units": 3, "activation": "tanh"}, [[2, 4]]),
    case("Dense", {"units": 3, "use_bias": False, "kernel_regularizer": "l2"}, [[2, 2, 4]]),
    case("Dense", {"units": 3, "bias_regularizer": "l1", "activity_regularizer": "l2"}, [[2, 4]]),
    case("Embedding", {"input_dim": 5, "output_dim": 3}, INDICES),
    case("ReversibleEmbedding", {"input_dim": 5, "output_dim": 3}, INDICES),
    case("ReversibleEmbedding", {"input_dim": 5, "output_dim": 3}, [[2, 4, 3]], reverse=True),
    case("ReversibleEmbedding", {"input_dim": 5, "output_dim": 3, "tie_weights": False, "logit_soft_cap": 2.0}, [[2, 3]], reverse=True),
    case("Masking", {"mask_value": 1.0}, [{"values": [[[1.0, 1.0], [1.0, 2.0]]], "dtype": "float32"}]),
    case("Identity", {}, [[2, 3]]),
    case("Activation", {"activation": "gelu"}, [[2, 3]]),
    case("Softmax", {}, [[2, 3]]),
    case("Softmax", {"axis": [1, 2]}, [[2, 3, 4]]),
    case("Softmax", {"axis": -1}, [[2, 3]], masked=MASK),
    case("Softmax", {"axis": 1}, [[2, 3]], masked=[[False, False, False], [False, True, True]]),
    case("ReLU", {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2}, [[4, 5]]),
    case("LeakyReLU", {}, [[4, 5]]),
    case("ELU", {"alpha": 0.7}, [[4, 5]]),
    case("PReLU", {}, [[2, 3, 4]]),
    case("PReLU", {"shared_axes": [1], "alpha_regularizer": "l2"}, [[2, 3, 4]]),
    *(case(n, {"rate": 0.4}, [[2, 3]]) for n in ("Dropout", "GaussianDropout", "AlphaDropout")),
    case("GaussianNoise", {"stddev": 0.4}, [[2, 3]]),
    *(case(f"SpatialDropout{n}D", {"rate": 0.4}, [[2] * (n + 2)]) for n in (1, 2, 3)),
    case("ActivityRegularization", {"l1": 0.1, "l2": 0.2}, [[2, 3]]),
]  # fmt: skip
