"""Layers give the numbers of genuine Keras: outputs, gradients of weights and inputs, and moved averages.

layers.npz holds them; make_layers.py beside it says how they were made.
"""

import inspect
import json
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.tree import flatten

STORED = dict(np.load(Path(__file__).with_name("layers.npz")))
SIGNATURES = json.loads(STORED.pop("signatures").tobytes())
CASES = json.loads(STORED.pop("cases").tobytes())


def group(number, name):
    found = [STORED[k] for k in STORED if k.startswith(f"{number}/{name}/")]
    return [STORED[f"{number}/{name}/{i}"] for i in range(len(found))]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{c['layer']}-{i}" for i, c in enumerate(CASES)])
@pytest.mark.parametrize("wrap", [lambda f: f, hb.jit], ids=["eager", "captured"])
def test_numbers(number, wrap):
    case = CASES[number]
    config = {k: inner(v) if isinstance(v, dict) else v for k, v in case["config"].items()}
    layer = getattr(hb.layers, case["layer"])(**config, dtype="float64")
    inputs, weights = group(number, "in"), group(number, "w")
    how = {k: np.asarray(v) if isinstance(v, list) else v for k, v in case["call"].items()}
    if case["masked"] is not None:
        how["mask"] = np.asarray(case["masked"])
    how["training"] = case["training"]
    layer(*inputs, **{**how, "training": False})
    assert [w.shape for w in layer.weights] == [w.shape for w in weights]
    layer.set_weights(weights)

    def loss(*tensors):
        outputs = flatten(layer(*tensors, **how))[0]
        return sum(hb.ops.sum(o * np.cos(np.arange(o.size).reshape(o.shape))) for o in outputs), outputs

    places, tensors = tuple(range(len(inputs))), [hb.ops.asarray(i) for i in inputs]
    of_weights = wrap(hb.grad(lambda *t: loss(*t)[0], variables=layer.trainable_weights))(*tensors)
    layer.set_weights(weights)
    of_inputs, outputs = wrap(hb.grad(loss, places, has_aux=True))(*tensors)
    for name, found in (("out", outputs), ("dw", of_weights), ("din", of_inputs)):
        near(name, found, group(number, name))
    near("moved", [v.value for v in layer.non_trainable_weights], group(number, "moved"))


def near(name, found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.numpy(), other, rtol=1e-4, atol=2e-5, err_msg=name)


def inner(saved):
    return getattr(hb.layers, saved["class_name"])(**saved["config"], dtype="float64")


LEFT_OUT = {
    "lora_rank",
    "lora_alpha",
    "quantization_config",
    "renorm",
    "renorm_clipping",
    "renorm_momentum",
    "synchronized",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_are_kerass(name):
    """In Keras's order, with its defaults."""
    found = inspect.signature(getattr(hb.layers, name).__init__).parameters.values()
    ours = [[p.name, None if p.default is p.empty else p.default] for p in found if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert ours == [argument for argument in SIGNATURES[name] if argument[0] not in LEFT_OUT]
