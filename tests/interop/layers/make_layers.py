"""Makes what genuine Keras computes: values_*.npz for the cases of cases_*.py, and signatures.json for every public name.

Run with Keras 3.15.1 and JAX on a CPU: `python make_layers.py`, or with the names of some files of cases. The tests beside
it need neither.
"""

import importlib
import inspect
import json
import os
import sys
import zlib
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "jax"}

import jax
import jax.numpy as jnp
import keras
import numpy as np

HERE = Path(__file__).parent


def layer_of(spec):
    config = {k: layer_of(v) if isinstance(v, dict) and "class_name" in v else v for k, v in spec["config"].items()}
    return getattr(keras.layers, spec["class_name"])(**config)


def array_of(spec, rng):
    if isinstance(spec, list):
        return rng.normal(size=spec).astype("float32")
    if "values" in spec:
        return np.asarray(spec["values"], dtype=spec.get("dtype"))
    return rng.integers(0, spec["high"], spec["shape"]).astype("int32")


def run_case(one):
    """The arrays of a case by name, and what is said of it in words."""
    rng = np.random.default_rng(zlib.crc32(json.dumps(one).encode()))
    layer = layer_of({"class_name": one["layer"], "config": one["config"]})
    inputs = [array_of(spec, rng) for spec in one["inputs"]]
    if one["adapt"] is not None:
        layer.adapt(np.asarray(one["adapt"]))
    how = {k: np.asarray(v) if isinstance(v, list) else v for k, v in one["call"].items()}
    if one["masked"] is not None:
        how["mask"] = [*map(np.asarray, one["masked"])] if one["listed"] else np.asarray(one["masked"])
    if "training" in inspect.signature(layer.call).parameters:
        how["training"] = one["training"]

    def call(arrays):
        return layer([*arrays], **how) if one["listed"] else layer(*arrays, **how)

    outputs = call(inputs)
    for v in layer.weights:
        value = rng.normal(size=v.shape).astype("float32")
        if v.dtype.startswith("float") and one["adapt"] is None:
            v.assign(np.abs(value) if "variance" in v.path else value)
    arrays = {"in": inputs, "w": layer.get_weights()}
    names = [v.name for v in layer.weights]
    if all(a.dtype == "float32" for a in inputs):
        frozen = [v.value for v in layer.non_trainable_variables]

        def run(trained, tensors):
            args = ([*tensors],) if one["listed"] else tensors
            outputs, after, losses = layer.stateless_call(trained, frozen, *args, **how, return_losses=True)
            flat = [o for o in keras.tree.flatten(outputs) if o is not None]
            total = sum((o * jnp.cos(jnp.arange(o.size).reshape(o.shape))).sum() for o in flat)
            if layer.activity_regularizer is not None:  # stateless_call of Keras leaves it out
                total += sum(layer.activity_regularizer(o) / len(o) for o in flat)
            return total + sum(losses), (flat, after)

        trained = [v.value for v in layer.trainable_variables]
        grads, (outputs, after) = jax.grad(run, argnums=(0, 1), has_aux=True)(trained, [jnp.asarray(i) for i in inputs])
        moved = [a for v, a in zip(layer.non_trainable_variables, after, strict=True) if "seed" not in v.path]
        arrays |= {"out": outputs, "dw": grads[0], "din": grads[1], "moved": moved}
    else:
        arrays["out"] = [o for o in keras.tree.flatten(call(inputs)) if o is not None]
    found = {f"{kind}/{i}": np.asarray(a) for kind, several in arrays.items() for i, a in enumerate(several)}
    return found, {**one, "names": names}


def make_values(name):
    stored, told = {}, []
    for number, one in enumerate(importlib.import_module(name).CASES):
        arrays, said = run_case(one)
        stored |= {f"{number}/{key}": array for key, array in arrays.items()}
        told.append(said)
    stored["cases"] = np.frombuffer(json.dumps(told).encode(), dtype="uint8")
    np.savez_compressed(HERE / f"{name.replace('cases', 'values')}.npz", **stored)


def default_of(value):
    return value if value is None or isinstance(value, (bool, int, float, str)) else repr(value)


def signature(thing):
    """The arguments in order, and their defaults; "no default" where there is none."""
    found = inspect.signature(thing.__init__ if inspect.isclass(thing) else thing).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [
        [p.name, "no default" if p.default is p.empty else default_of(p.default)]
        for p in found
        if p.kind in kinds and p.name != "self"
    ]


def make_signatures():
    told = {}
    for module in ("layers", "activations", "initializers", "regularizers", "constraints"):
        public = vars(getattr(keras, module)).items()
        told[module] = {n: signature(v) for n, v in sorted(public) if callable(v) and not n.startswith("_")}
    lines = [
        f'"{module}": {{\n' + ",\n".join(f"{json.dumps(n)}: {json.dumps(s)}" for n, s in names.items()) + "\n}"
        for module, names in told.items()
    ]
    (HERE / "signatures.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    chosen = [f"cases_{name}" for name in sys.argv[1:]] or sorted(p.stem for p in HERE.glob("cases_*.py"))
    for chosen_name in chosen:
        make_values(chosen_name)
    make_signatures()
