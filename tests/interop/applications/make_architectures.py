"""Write `architectures.json` and `outputs.npz`: Keras Applications' networks, with weights that follow a rule.

Genuine Keras 3.15.1 on JAX 0.10.2: python tests/interop/applications/make_architectures.py
"""

import gc
import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import architectures
import keras
import numpy as np

HERE = Path(__file__).parent

if __name__ == "__main__":
    keras.initializers.GlorotUniform.__call__ = keras.initializers.Zeros.__call__  # 2 billion random numbers less
    found = {}
    for name, (kind, arguments) in architectures.VARIANTS.items():
        keras.utils.clear_session()
        found[name] = architectures.fingerprint(architectures.build(keras, kind, arguments))
        gc.collect()
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in found.items())
    (HERE / "architectures.json").write_text(f"{{\n{lines}\n}}\n")
    outputs = {}
    for name, (kind, arguments) in architectures.SMALL.items():
        keras.utils.clear_session()
        model = architectures.fill(architectures.build(keras, kind, arguments, logits=True))
        outputs[name] = np.asarray(model.predict(architectures.image(model), verbose=0))
    np.savez_compressed(HERE / "outputs.npz", **outputs)
