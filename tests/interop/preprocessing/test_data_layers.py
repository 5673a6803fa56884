"""Layers for numbers, categories, texts and sound learn and give what genuine Keras's do; see make_data_layers.py."""

import json
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

CASES = json.loads(Path(__file__).with_name("data_layers.json").read_text())
ON_HOST = {"Hashing", "HashedCrossing", "StringLookup", "TextVectorization"}


def given(values, dtype):
    return np.asarray(values, dtype) if dtype else values


@pytest.mark.parametrize("case", CASES, ids=[f"{c['layer']}-{i}" for i, c in enumerate(CASES)])
def test_numbers(case, tmp_path):
    config = {k: tuple(v) if k == "ngrams" and isinstance(v, list) else v for k, v in case["config"].items()}
    layer = getattr(hb.layers, case["layer"])(**config)
    inputs = given(case["inputs"], case["dtype"])
    if case["adapt"] is not None:
        layer.adapt(given(case["adapt"], case["dtype"]))
    if "edges" in case:
        np.testing.assert_allclose(layer.bin_boundaries, case["edges"], rtol=1e-5, atol=1e-6)
    if "vocabulary" in case:
        assert layer.get_vocabulary() == case["vocabulary"]
    check(layer(inputs), case)
    if case["layer"] not in ON_HOST and case["config"].get("oov_method") != "farmhash":
        check(hb.jit(layer)(inputs), case)
    again = type(layer).from_config(layer.get_config())
    if "asset" in case:
        layer.save_assets(tmp_path)
        written = tmp_path / "vocabulary.txt"
        assert (written.read_text() if written.exists() else None) == case["asset"]
        values = {}
        layer.save_own_variables(values)
        again.load_own_variables(values)
        again.load_assets(tmp_path)
    elif layer.weights:
        again(inputs)
        again.set_weights(layer.get_weights())
    check(again(inputs), case)
    if "edges" not in case and case["layer"] not in ("MelSpectrogram", "STFTSpectrogram"):
        shape = [np.shape(i) for i in inputs] if case["layer"] == "HashedCrossing" else np.shape(inputs)
        if case["layer"] != "TextVectorization":
            assert tuple(layer.compute_output_shape(shape)) == np.shape(case["out"])


def check(out, case):
    expected, close = case["out"], {"rtol": 1e-5, "atol": 2e-6}
    if case["layer"] in ("MelSpectrogram", "STFTSpectrogram"):
        close = {"rtol": 1e-4, "atol": 2e-4}
    if case["dtype_out"] == "string":
        assert out.tolist() == expected
        return
    assert out.shape == np.shape(expected)
    assert str(out.dtype) == case["dtype_out"]
    found = out.numpy()
    if case["config"].get("mode") == "angle":  # half a turn to the left is half a turn to the right
        found, expected = np.exp(1j * found), np.exp(1j * np.asarray(expected))
    np.testing.assert_allclose(found, expected, **close)
