"""Makes functions.npz: what genuine Keras's activations, constraints, regularizers and fixed initializers give.

Run with Keras 3.15.1 and JAX on a CPU: `python make_functions.py`. The test beside it needs neither.
"""

import json
import os
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "jax"}

import jax
import jax.numpy as jnp
import keras
import numpy as np

ALONE = [
    "celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh",
    "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink",
    "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "squareplus", "swish", "tanh", "tanh_shrink",
]  # fmt: skip
ACTIVATIONS = [
    *([name, {}] for name in ALONE),
    ["celu", {"alpha": 0.5}], ["elu", {"alpha": 0.5}], ["gelu", {"approximate": True}], ["glu", {"axis": 0}],
    ["hard_shrink", {"threshold": 1.5}], ["leaky_relu", {"negative_slope": 0.3}], ["log_softmax", {"axis": 0}],
    ["relu", {"negative_slope": 0.1, "max_value": 2.0, "threshold": 0.5}], ["soft_shrink", {"threshold": 1.5}],
    ["softmax", {"axis": 0}], ["squareplus", {"b": 0.2}],
    ["threshold", {"threshold": 0.4, "default_value": -1.0}],
]  # fmt: skip
CONSTRAINTS = [
    ["MaxNorm", {}], ["MaxNorm", {"max_value": 1.5, "axis": 1}], ["NonNeg", {}], ["UnitNorm", {}],
    ["UnitNorm", {"axis": [0, 1]}], ["MinMaxNorm", {}], ["MinMaxNorm", {"min_value": 3, "max_value": 4, "rate": 0.3, "axis": 1}],
]  # fmt: skip
REGULARIZERS = [
    ["L1", {}], ["L2", {}], ["L1L2", {"l1": 0.1, "l2": 0.3}], ["OrthogonalRegularizer", {}],
    ["OrthogonalRegularizer", {"factor": 0.3, "mode": "columns"}],
]  # fmt: skip
INITIALIZERS = [
    ["Constant", {"value": 0.3}, [2, 3]], ["Identity", {"gain": 2.0}, [3, 2]], ["STFT", {}, [5, 1, 5]],
    ["STFT", {"side": "imag", "window": "hamming", "scaling": "spectrum", "periodic": True}, [6, 1, 5]],
    ["STFT", {"window": None, "scaling": None}, [4, 1, 3]], ["STFT", {"window": "blackman"}, [7, 1, 5]],
    ["STFT", {"window": "bartlett", "periodic": True}, [4, 1, 3]], ["STFT", {"window": [1.0, 2.0, 0.5, 1.0]}, [4, 1, 3]],
]  # fmt: skip


def main():
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(6, 8)) * 2.5).astype("float32")
    weigh = np.cos(np.arange(x.size)).reshape(x.shape).astype("float32")
    stored = {"x": x}
    for i, (name, how) in enumerate(ACTIVATIONS):
        function = getattr(keras.activations, name)

        def total(v, function=function, how=how):
            out = function(v, **how)
            return (out * weigh.ravel()[: out.size].reshape(out.shape)).sum()

        stored[f"activations/{i}"] = function(jnp.asarray(x), **how)
        stored[f"gradients/{i}"] = jax.grad(total)(jnp.asarray(x))
    for i, (name, how) in enumerate(CONSTRAINTS):
        stored[f"constraints/{i}"] = getattr(keras.constraints, name)(**how)(jnp.asarray(x))
    for i, (name, how) in enumerate(REGULARIZERS):
        stored[f"regularizers/{i}"] = getattr(keras.regularizers, name)(**how)(jnp.asarray(x))
    for i, (name, how, shape) in enumerate(INITIALIZERS):
        stored[f"initializers/{i}"] = getattr(keras.initializers, name)(**how)(shape)
    cases = {"activations": ACTIVATIONS, "constraints": CONSTRAINTS, "regularizers": REGULARIZERS}
    stored["cases"] = np.frombuffer(json.dumps({**cases, "initializers": INITIALIZERS}).encode(), dtype="uint8")
    np.savez_compressed(Path(__file__).with_name("functions.npz"), **{k: np.asarray(v) for k, v in stored.items()})


if __name__ == "__main__":
    main()
