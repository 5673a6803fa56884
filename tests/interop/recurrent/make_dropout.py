"""Makes dropout.npz: what Keras's recurrent layers give in training, with the draws of dropout that it stores beside it.

Run with Keras 3.15.1 and JAX on a CPU: `python make_dropout.py`. The test beside it needs neither.
"""

import json
import os
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "jax"}

import keras
import numpy as np

BOTH = {"dropout": 0.3, "recurrent_dropout": 0.4}
CASES = [
    ("LSTM", {"units": 3, **BOTH}, [2, 4, 5]),
    ("LSTM", {"units": 3, "dropout": 0.3}, [2, 4, 5]),
    ("LSTM", {"units": 3, "recurrent_dropout": 0.4, "activation": "gelu"}, [2, 4, 5]),
    ("GRU", {"units": 3, **BOTH}, [2, 4, 5]),
    ("GRU", {"units": 3, "reset_after": False, **BOTH}, [2, 4, 5]),
    ("GRU", {"units": 3, "dropout": 0.3, "implementation": 1, "use_cudnn": False}, [2, 4, 5]),
    ("SimpleRNN", {"units": 3, **BOTH}, [2, 4, 5]),
    ("ConvLSTM1D", {"filters": 2, "kernel_size": 2, **BOTH}, [2, 3, 4, 2]),
    ("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "data_format": "channels_first", **BOTH}, [2, 3, 2, 3, 4]),
]


def main():
    stored = {"cases": np.frombuffer(json.dumps(CASES).encode(), dtype="uint8")}
    for number, (name, config, shape) in enumerate(CASES):
        rng = np.random.default_rng(number)
        layer = getattr(keras.layers, name)(**config, return_sequences=True)
        x = rng.normal(size=shape).astype("float32")
        layer(x)
        layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
        draws = []

        def dropped(inputs, rate, seed=None, draws=draws, rng=rng):
            draws.append(((rng.random(inputs.shape) >= rate) / (1 - rate)).astype("float32"))
            return keras.ops.convert_to_tensor(draws[-1])

        drawing, keras.src.backend.random.dropout = keras.src.backend.random.dropout, dropped
        try:
            out = layer(x, training=True)
        finally:
            keras.src.backend.random.dropout = drawing
        groups = {"x": [x], "w": layer.get_weights(), "draws": draws, "out": [out]}
        stored |= {
            f"{number}/{kind}/{i}": np.asarray(a) for kind, several in groups.items() for i, a in enumerate(several)
        }
    np.savez_compressed(Path(__file__).with_name("dropout.npz"), **stored)


if __name__ == "__main__":
    main()
