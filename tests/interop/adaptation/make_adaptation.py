"""Makes adaptation.npz: what Keras's layers give with LoRA and in eight bits, and what they put into files.

Run with Keras 3.15.1 and JAX on a CPU: `python make_adaptation.py`. The test beside it needs neither.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "jax"}

import keras
import numpy as np
import quantized

sys.path.insert(0, str(Path(__file__).parents[1]))
from settled import settled  # noqa: E402

TABLE = {"input_dim": 7, "output_dim": 4}
BACK = {"ReversibleEmbedding": {"reverse": True}}  # arguments of the call
CASES = [
    ("Dense", {"units": 3, "activation": "tanh"}, [4, 5], "lora"),
    ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": [None, 2, 3], "bias_axes": "e"}, [2, 4, 5], "lora"),
    ("Embedding", TABLE, [2, 3], "lora"),
    ("Conv2D", {"filters": 3, "kernel_size": 2}, [2, 4, 4, 2], "lora"),
    ("Dense", {"units": 3, "activation": "tanh"}, [4, 5], "int8"),
    ("Dense", {"units": 3, "use_bias": False}, [2, 3, 5], "int8"),
    ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": [None, 2, 3], "bias_axes": "e"}, [2, 4, 5], "int8"),
    ("EinsumDense", {"equation": "abcd,cde->abe", "output_shape": [None, 3]}, [2, 4, 2, 5], "int8"),
    ("EinsumDense", {"equation": "xyab,cb->xyca", "output_shape": [None, 3, None]}, [2, 2, 3, 4], "int8"),
    ("EinsumDense", {"equation": "abc,cde->abed", "output_shape": [None, 3, 2]}, [2, 4, 5], "int8"),
    ("Embedding", TABLE, [2, 3], "int8"),
    ("ReversibleEmbedding", TABLE, [2, 4], "int8"),
    ("ReversibleEmbedding", {**TABLE, "tie_weights": False, "logit_soft_cap": 2.0}, [2, 4], "int8"),
    ("Dense", {"units": 3}, [4, 5], "both"),
    ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": [None, 2, 3]}, [2, 4, 5], "both"),
    ("Embedding", TABLE, [2, 3], "both"),
]


def main():
    stored = {"cases": np.frombuffer(json.dumps(CASES).encode(), dtype="uint8")}
    for number, (name, config, shape, mode) in enumerate(CASES):
        rng = np.random.default_rng(number)
        layer = getattr(keras.layers, name)(**config)
        x = (
            rng.integers(0, 7, shape).astype("int32")
            if name == "Embedding"
            else rng.normal(size=shape).astype("float32")
        )
        layer(x)
        groups = {"x": [x], "w": [rng.normal(size=w.shape).astype("float32") for w in layer.get_weights()]}
        layer.set_weights(groups["w"])
        if mode in ("int8", "both"):
            layer.quantize("int8")
        if mode in ("lora", "both"):
            layer.enable_lora(2, lora_alpha=3)
            ours = [v for v in layer.trainable_variables if "lora" in v.name]
            groups["lora"] = [rng.normal(size=v.shape).astype("float32") for v in ours]
            for v, value in zip(ours, groups["lora"], strict=True):
                v.assign(value)
        store = {}
        layer.save_own_variables(store)
        groups |= {"out": [layer(x, **BACK.get(name, {}))], "file": store.values()}
        stored |= {
            f"{number}/{kind}/{i}": np.asarray(a) for kind, several in groups.items() for i, a in enumerate(several)
        }
    rng = np.random.default_rng(100)
    for name, builder in quantized.BUILDERS.items():
        built, x = builder(keras), quantized.data(name)
        built.set_weights([rng.normal(0, 0.5, w.shape).astype("float32") for w in built.get_weights()])
        quantized.quantize(name, built)
        with tempfile.TemporaryDirectory() as folder:
            built.save(Path(folder, "it.keras"))
            stored[f"{name}/file"] = np.frombuffer(settled(Path(folder, "it.keras").read_bytes()), "uint8")
        stored[f"{name}/out"] = np.asarray(built.predict(x, verbose=0))
    np.savez_compressed(Path(__file__).with_name("adaptation.npz"), **stored)


if __name__ == "__main__":
    main()
