"""Makes feature_space.json and feature_space.keras: what genuine Keras's FeatureSpace learns, gives and writes.

Run with Keras 3.15.1 and TensorFlow on a CPU: `python make_feature_space.py`. The test beside it needs neither.
"""

import json
import os
import sys
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_ENABLE_ONEDNN_OPTS": "0"}

import keras
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from settled import settled  # noqa: E402

RNG = np.random.default_rng(0)
ROWS = 100
DATA = {
    "age": RNG.normal(40.0, 12.0, ROWS).round(2).tolist(),
    "income": RNG.exponential(30.0, ROWS).round(2).tolist(),
    "score": RNG.uniform(0.0, 1.0, ROWS).round(3).tolist(),
    "zip": RNG.integers(0, 8, ROWS).tolist(),
    "job": RNG.choice(["smith", "miller", "baker", "weaver", "Müller"], ROWS, p=[0.4, 0.3, 0.15, 0.1, 0.05]).tolist(),
    "town": RNG.choice(["A", "B", "C", ""], ROWS).tolist(),
}
ONE = {"output_mode": "int"}
CASES = [  # (features, arguments): a feature is a kind, or [kind, arguments]
    ({"age": "float", "income": "float_normalized"}, {}),
    ({"age": "float_rescaled", "score": ["float_rescaled", {"scale": 2.0, "offset": -1.0}]}, {}),
    ({"income": "float_discretized", "age": ["float_discretized", {"num_bins": 5}]}, {"num_discretization_bins": 8}),
    ({"zip": "integer_categorical", "job": "string_categorical"}, {"crosses": [["job", "zip"]], "crossing_dim": 7}),
    (
        {
            "zip": ["integer_categorical", {"max_tokens": 4, "num_oov_indices": 2}],
            "job": ["string_categorical", {"max_tokens": 4}],
        },
        {},
    ),
    ({"zip": "integer_hashed", "town": ["string_hashed", {"num_bins": 3}]}, {"hashing_dim": 6}),
    (
        {"zip": ["integer_categorical", ONE], "job": ["string_categorical", ONE], "town": ["string_hashed", {"num_bins": 9, **ONE}]},
        {"output_mode": "dict", "crosses": [["job", "town"], ["town", "zip"]]},
    ),
    (
        {"town": "string_categorical", "age": "float", "zip": "integer_categorical", "score": "float_normalized"},
        {"crosses": [["zip", "town"]]},
    ),
]  # fmt: skip


def made(features, arguments):
    space = keras.utils.FeatureSpace
    given = {n: k if isinstance(k, str) else getattr(space, k[0])(**k[1]) for n, k in features.items()}
    return space(given, **arguments)


def plain(out):
    return {n: v.numpy().tolist() for n, v in out.items()} if isinstance(out, dict) else out.numpy().tolist()


def main():
    stored = []
    for features, arguments in CASES:
        space = made(features, arguments)
        data = {name: DATA[name] for name in features}
        space.adapt(data)
        some = {name: values[:6] for name, values in data.items()}
        strangers = {"job": ["cook", "miller"], "zip": [77, 3], "town": ["Z", "A"]}
        few = {name: strangers.get(name, values[:2]) for name, values in data.items()}
        one = {name: values[0] for name, values in data.items()}
        outs = [plain(space(batch)) for batch in (some, few, one)]
        stored.append({"features": features, "arguments": arguments, "batches": [some, few, one], "outs": outs})
    file = Path(__file__).with_name("feature_space.keras")
    space.save(file)
    file.write_bytes(settled(file.read_bytes()))
    text = json.dumps({"data": DATA, "cases": stored}, ensure_ascii=True)
    Path(__file__).with_name("feature_space.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
