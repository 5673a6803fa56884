"""Makes layers.npz: what genuine Keras computes for each case of CASES, and the gradients.

Run with Keras 3.15.1 and JAX on a CPU: `python make_layers.py`. The test beside it needs neither.
"""

import inspect
import json
import os
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "jax"}

import jax
import jax.numpy as jnp
import keras
import numpy as np

SEQ = [[3, 4, 2]]
HOLES = [[True, True, False, True], [False, True, True, False], [True, False, False, False]]
PADS = [[1, 2, 0, 0], [3, 0, 0, 0], [4, 1, 2, 3]]


def case(layer, config, shapes, *, masked=None, training=False, **call):
    return {"layer": layer, "config": config, "shapes": shapes, "masked": masked, "training": training, "call": call}


def nested(name, **config):
    return {"class_name": name, "config": config}


ALL = {"return_sequences": True, "return_state": True}
CASES = [
    *(case(n, {"units": 3, **ALL}, SEQ, masked=m) for n in ("LSTM", "GRU", "SimpleRNN") for m in (None, HOLES)),
    *(case(n, {"units": 3, "go_backwards": True, **ALL}, SEQ, masked=HOLES) for n in ("LSTM", "GRU", "SimpleRNN")),
    *(case(n, {"units": 3, "activation": "relu"}, SEQ) for n in ("LSTM", "GRU", "SimpleRNN")),
    *(case(n, {"units": 2, "use_bias": False, "activation": "silu"}, SEQ, masked=HOLES) for n in ("LSTM", "GRU", "SimpleRNN")),
    case("LSTM", {"units": 2, "recurrent_activation": "hard_sigmoid", "activation": "softsign"}, SEQ),
    case("GRU", {"units": 3, "reset_after": False, **ALL}, SEQ, masked=HOLES),
    case("GRU", {"units": 3, "reset_after": False, "activation": "gelu"}, SEQ),
    case("RNN", {"cell": nested("LSTMCell", units=3), "zero_output_for_mask": True, **ALL}, SEQ, masked=HOLES),
    *(
        case("Bidirectional", {"layer": nested(n, units=2, return_sequences=s), "merge_mode": mode}, SEQ, masked=m)
        for n, s, mode, m in (
            ("LSTM", True, "concat", HOLES), ("GRU", False, "sum", None), ("SimpleRNN", True, "ave", None),
            ("LSTM", False, "mul", HOLES), ("GRU", True, None, None),
        )
    ),
    case("Bidirectional", {"layer": nested("LSTM", units=2, **ALL)}, SEQ),
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
    case("LayerNormalization", {}, [[3, 4]]),
    case("LayerNormalization", {"axis": [1, 2], "epsilon": 1e-5, "center": False}, [[3, 4, 2]]),
    case("RMSNormalization", {}, [[3, 4]]),
    case("GroupNormalization", {"groups": 2}, [[3, 5, 4]]),
    case("GroupNormalization", {"groups": -1, "axis": 1}, [[3, 4, 2]]),
    case("BatchNormalization", {"axis": 1}, [[3, 4, 2]], training=True),
    case("BatchNormalization", {"scale": False, "momentum": 0.9}, [[3, 4]], training=True),
    case("BatchNormalization", {}, [[3, 4]]),
    case("GlobalAveragePooling1D", {}, [[3, 4, 2]], masked=HOLES),
    case("GlobalAveragePooling2D", {"keepdims": True}, [[2, 3, 4, 2]]),
    case("GlobalMaxPooling2D", {"data_format": "channels_first"}, [[2, 2, 3, 4]]),
    case("GlobalMaxPooling1D", {}, [[2, 3, 4]]),
    case("GlobalAveragePooling3D", {}, [[2, 2, 3, 2, 2]]),
]  # fmt: skip


NAMES = [
    *("LSTM", "LSTMCell", "GRU", "GRUCell", "SimpleRNN", "SimpleRNNCell", "RNN", "StackedRNNCells", "Bidirectional"),
    *("MultiHeadAttention", "Embedding", "Masking", "LayerNormalization", "RMSNormalization", "GroupNormalization"),
    *("BatchNormalization", "GlobalAveragePooling1D", "GlobalMaxPooling2D"),
]


def signature(name):
    """The arguments of a layer in order, and their defaults."""
    found = inspect.signature(getattr(keras.layers, name).__init__).parameters.values()
    return [[p.name, None if p.default is p.empty else p.default] for p in found if p.kind is p.POSITIONAL_OR_KEYWORD]


def layer_of(spec):
    config = {k: layer_of(v) if isinstance(v, dict) else v for k, v in spec["config"].items()}
    return getattr(keras.layers, spec["class_name"])(**config)


def main():
    rng = np.random.default_rng(0)
    stored = {}
    for number, one in enumerate(CASES):
        layer = layer_of({"class_name": one["layer"], "config": one["config"]})
        inputs = [rng.normal(size=s).astype("float32") for s in one["shapes"]]
        how = {k: np.asarray(v) if isinstance(v, list) else v for k, v in one["call"].items()}
        if one["masked"] is not None:
            how["mask"] = np.asarray(one["masked"])
        if "training" in layer.call.__code__.co_varnames:
            how["training"] = one["training"]
        layer(*inputs, **how)
        layer.set_weights([np.abs(w) if "variance" in v.path else w for v in layer.weights
                           for w in [rng.normal(size=v.shape)]])  # fmt: skip
        weights = [np.asarray(w) for w in layer.get_weights()]
        frozen = [v.value for v in layer.non_trainable_variables]

        def run(trained, tensors, layer=layer, how=how, frozen=frozen):
            outputs, after = layer.stateless_call(trained, frozen, *tensors, **how)
            flat = [o for o in keras.tree.flatten(outputs) if o is not None]
            return sum((o * jnp.cos(jnp.arange(o.size).reshape(o.shape))).sum() for o in flat), (flat, after)

        trained = [v.value for v in layer.trainable_variables]
        grads, (outputs, after) = jax.grad(run, argnums=(0, 1), has_aux=True)(trained, [jnp.asarray(i) for i in inputs])
        moved = [a for v, a in zip(layer.non_trainable_variables, after, strict=True) if "seed" not in v.path]
        groups = {"in": inputs, "w": weights, "out": outputs, "dw": grads[0], "din": grads[1], "moved": moved}
        for name, arrays in groups.items():
            for i, array in enumerate(arrays):
                stored[f"{number}/{name}/{i}"] = np.asarray(array, dtype="float32")
    stored["signatures"] = np.frombuffer(json.dumps({n: signature(n) for n in NAMES}).encode(), dtype="uint8")
    stored["cases"] = np.frombuffer(json.dumps(CASES).encode(), dtype="uint8")
    np.savez_compressed(Path(__file__).with_name("layers.npz"), **stored)


if __name__ == "__main__":
    main()
