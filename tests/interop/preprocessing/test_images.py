"""hb.ops.image gives the numbers of genuine Keras, and the gradients; images.npz holds them, made by make_images.py."""

import inspect
import json
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

STORED = dict(np.load(Path(__file__).with_name("images.npz")))
CASES = json.loads(STORED.pop("cases").tobytes())
SIGNATURES = json.loads(STORED.pop("signatures").tobytes())


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{c['name']}-{i}" for i, c in enumerate(CASES)])
@pytest.mark.parametrize("wrap", [lambda f: f, hb.jit], ids=["eager", "captured"])
def test_numbers(number, wrap):
    name, how = CASES[number]["name"], dict(CASES[number]["how"])
    arrays = [STORED[f"{number}/in/{i}"] for i in range(len(CASES[number]["arrays"]))]
    expected = STORED[f"{number}/out"]

    def call(x):
        if name == "scale_and_translate":
            middle = {k: how[k] for k in ("output_shape",)}
            return hb.ops.image.scale_and_translate(
                x, *middle.values(), *arrays[1:], **{k: v for k, v in how.items() if k not in middle}
            )
        return getattr(hb.ops.image, name)(x, *arrays[1:], **how)

    out = wrap(call)(hb.ops.asarray(arrays[0]))
    assert (out.shape, str(out.dtype)) == (expected.shape, str(expected.dtype))
    if expected.dtype.kind != "f":  # half a step between two integers may go either way
        assert np.abs(out.numpy().astype(int) - expected).max() <= (1 if "bicubic" in how.values() else 0)
        return
    np.testing.assert_allclose(out.numpy(), expected, rtol=1e-5, atol=5e-6)
    weigh = np.cos(np.arange(expected.size)).reshape(expected.shape).astype("float32")
    found = wrap(hb.grad(lambda x: hb.ops.sum(call(x) * weigh)))(hb.ops.asarray(arrays[0]))
    np.testing.assert_allclose(found.numpy(), STORED[f"{number}/grad"], rtol=1e-4, atol=2e-5)


def test_an_elastic_transformation_of_the_same_noise(monkeypatch):
    noise = iter(STORED["elastic/noise"][..., None])
    monkeypatch.setattr(hb.random, "normal", lambda shape, **how: hb.ops.asarray(next(noise)))
    out = hb.ops.image.elastic_transform(STORED["elastic/in"], **json.loads(STORED["elastic/how"].tobytes()), seed=1)
    np.testing.assert_allclose(out.numpy(), STORED["elastic/out"], rtol=1e-5, atol=1e-5)


def test_every_function_is_compared():
    public = {n for n, f in vars(hb.ops.image).items() if not n.startswith("_") and callable(f)}
    assert public - {"elastic_transform"} == {c["name"] for c in CASES}


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_are_kerass(name):
    """In Keras's order, with its defaults."""
    found = inspect.signature(getattr(hb.ops.image, name)).parameters.values()
    ours = ", ".join(p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in found)
    assert f"({ours})" == SIGNATURES[name]
