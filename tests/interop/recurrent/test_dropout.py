"""Dropout in recurrent layers: as many draws as Keras makes, and with the same draws the same numbers; see make_dropout.py."""

import json
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

STORED = dict(np.load(Path(__file__).with_name("dropout.npz")))
CASES = json.loads(STORED.pop("cases").tobytes())


def group(number, kind):
    count = sum(key.startswith(f"{number}/{kind}/") for key in STORED)
    return [STORED[f"{number}/{kind}/{i}"] for i in range(count)]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
@pytest.mark.parametrize("wrap", [lambda f: f, hb.jit], ids=["eager", "captured"])
def test_the_same_draws_give_the_same_numbers(number, wrap, monkeypatch):
    name, config, _ = CASES[number]
    layer = getattr(hb.layers, name)(**config, return_sequences=True)
    (x,), (expected,), draws = (group(number, kind) for kind in ("x", "out", "draws"))
    layer(x)
    layer.set_weights(group(number, "w"))
    left = list(draws)

    def dropped(inputs, rate, seed=None):
        assert inputs.shape == left[0].shape
        return hb.ops.asarray(left.pop(0))

    monkeypatch.setattr(hb.random, "dropout", dropped)
    found = wrap(lambda x: layer(x, training=True))(x)
    assert left == []
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-5, atol=1e-5)
