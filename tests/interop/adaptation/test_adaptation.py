"""LoRA and weights of eight bits: Keras's numbers, and its files' content; see make_adaptation.py."""

import json
import sys
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import quantized  # noqa: E402

STORED = dict(np.load(Path(__file__).with_name("adaptation.npz")))
CASES = json.loads(STORED.pop("cases").tobytes())


def group(number, kind):
    count = sum(key.startswith(f"{number}/{kind}/") for key in STORED)
    return [STORED[f"{number}/{kind}/{i}"] for i in range(count)]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{c[0]}-{c[3]}-{i}" for i, c in enumerate(CASES)])
def test_numbers_and_files(number):
    name, config, _, mode = CASES[number]
    layer = getattr(hb.layers, name)(**config)
    ((x,), (expected,), file) = (group(number, kind) for kind in ("x", "out", "file"))
    layer(x)
    layer.set_weights(group(number, "w"))
    if mode in ("int8", "both"):
        layer.quantize("int8")
    if mode in ("lora", "both"):
        layer.enable_lora(2, lora_alpha=3)
        added = [v for v in layer.trainable_weights if "lora" in v.name]
        assert [v.shape for v in added] == [a.shape for a in group(number, "lora")]
        for v, value in zip(added, group(number, "lora"), strict=True):
            v.assign(value)
    back = {"reverse": True} if name == "ReversibleEmbedding" else {}
    for run in (layer, hb.jit(lambda x, **how: layer(x, **how))):
        np.testing.assert_allclose(run(x, **back).numpy(), expected, rtol=1e-5, atol=1e-5)
    store = {}
    layer.save_own_variables(store)
    assert list(store) == [str(i) for i in range(len(file))]
    for found, other in zip(store.values(), file, strict=True):
        assert found.dtype == other.dtype
        assert found.shape == other.shape
        np.testing.assert_allclose(
            found, other, rtol=1e-5, atol=1 if other.dtype == "int8" and mode == "both" else 1e-6
        )
    again = type(layer).from_config(layer.get_config())
    again.build_from_config(layer.get_build_config())
    again.load_own_variables({str(i): a for i, a in enumerate(file)})
    near = 0.05 if mode == "both" else 1e-5  # what LoRA added is rounded with the weight
    np.testing.assert_allclose(again(x, **back).numpy(), expected, rtol=near, atol=near)


@pytest.mark.parametrize("name", quantized.BUILDERS)
def test_files_of_models_of_eight_bits(name, tmp_path):
    (tmp_path / "it.keras").write_bytes(STORED[f"{name}/file"].tobytes())
    loaded, x = hb.models.load_model(tmp_path / "it.keras"), quantized.data(name)
    near = {"rtol": 1e-5, "atol": 1e-5}
    np.testing.assert_allclose(loaded.predict(x, verbose=0), STORED[f"{name}/out"], **near)
    ours = quantized.BUILDERS[name](hb)
    quantized.quantize(name, ours)
    kinds = [(w.name, w.shape, str(w.dtype)) for w in ours.weights]
    assert kinds == [(w.name, w.shape, str(w.dtype)) for w in loaded.weights]
    assert sum(dtype == "int8" for *_, dtype in kinds) == {"network": 3, "chain": 2, "attention": 5}[name]
    loaded.save(tmp_path / "again.keras")
    again = hb.models.load_model(tmp_path / "again.keras")
    np.testing.assert_allclose(again.predict(x, verbose=0), STORED[f"{name}/out"], **near)
