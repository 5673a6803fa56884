"""Layers give the numbers of genuine Keras: outputs, gradients of weights and inputs, and moved averages.

values_*.npz hold them; make_layers.py beside it says how they were made, and cases_*.py of what.
"""

import json
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.tree import flatten

STORED = {
    path.stem.removeprefix("values_"): dict(np.load(path))
    for path in sorted(Path(__file__).parent.glob("values_*.npz"))
}
CASES = [
    pytest.param(name, number, one, id=f"{name}-{number}-{one['layer']}")
    for name, stored in STORED.items()
    for number, one in enumerate(json.loads(stored["cases"].tobytes()))
]
TOLERANCE = {"GroupQueryAttention": 3e-5}  # in parts of the largest number, where sums in float32 need more than 1e-5


@pytest.mark.parametrize(("name", "number", "case"), CASES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_numbers(name, number, case, dtype):
    """In double precision as the code is written, in single precision captured."""
    wrap = hb.jit if dtype == "float32" else lambda f: f
    layer = layer_of({"class_name": case["layer"], "config": case["config"]}, dtype)
    inputs, weights, expected = group(name, number, "in"), group(name, number, "w"), group(name, number, "out")
    if case["adapt"] is not None:
        layer.adapt(np.asarray(case["adapt"]))
    how = {k: np.asarray(v) if isinstance(v, list) else v for k, v in case["call"].items()}
    if case["masked"] is not None:
        how["mask"] = [*map(np.asarray, case["masked"])] if case["listed"] else np.asarray(case["masked"])

    def call(*tensors, training=case["training"]):
        return (
            layer([*tensors], **how, training=training) if case["listed"] else layer(*tensors, **how, training=training)
        )

    call(*inputs, training=False)
    assert [w.name for w in layer.weights] == case["names"]
    assert [w.shape for w in layer.weights] == [w.shape for w in weights]
    layer.set_weights(weights)
    if any(i.dtype.kind != "f" for i in inputs):
        near("out", flatten(call(*inputs))[0], expected, case)
        return

    def loss(*tensors):
        outputs = flatten(call(*tensors))[0]
        total = sum(hb.ops.sum(o * np.cos(np.arange(o.size).reshape(o.shape)).astype(dtype)) for o in outputs)
        extra = layer.losses
        layer.clear_losses()
        return total + sum(extra), outputs

    places, tensors = tuple(range(len(inputs))), [hb.ops.asarray(i, dtype=dtype) for i in inputs]
    layer.clear_losses()
    if layer.trainable_weights:
        found = wrap(hb.grad(lambda *t: loss(*t)[0], variables=layer.trainable_weights))(*tensors)
        near("dw", found, group(name, number, "dw"), case)
        layer.set_weights(weights)
    found, outputs = wrap(hb.grad(loss, places, has_aux=True))(*tensors)
    near("out", outputs, expected, case)
    near("din", found, group(name, number, "din"), case)
    near("moved", [v.value for v in layer.non_trainable_weights], group(name, number, "moved"), case)


def layer_of(saved, dtype):
    config = {
        k: layer_of(v, dtype) if isinstance(v, dict) and "class_name" in v else v for k, v in saved["config"].items()
    }
    return getattr(hb.layers, saved["class_name"])(**{"dtype": dtype, **config})


def group(name, number, kind):
    stored = STORED[name]
    count = sum(key.startswith(f"{number}/{kind}/") for key in stored)
    return [stored[f"{number}/{kind}/{i}"] for i in range(count)]


def near(what, found, expected, case):
    for one, other in zip(found, expected, strict=True):
        if other.dtype.kind != "f":
            np.testing.assert_array_equal(np.asarray(one.numpy()).astype(other.dtype), other, err_msg=what)
            continue
        limit = TOLERANCE.get(case["layer"], 1e-5) * max(1.0, float(np.abs(other).max(initial=0.0)))
        np.testing.assert_allclose(one.numpy(), other, rtol=0, atol=limit, err_msg=what)
