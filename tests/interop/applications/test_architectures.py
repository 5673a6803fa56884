"""Our networks have Keras's layers and weights, by name and in order, and compute the same of an image."""

import json
import sys
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam.naming import clear_session

sys.path.insert(0, str(Path(__file__).parent))
import architectures  # noqa: E402

HERE = Path(__file__).parent
KNOWN = json.loads((HERE / "architectures.json").read_text())
OUTPUTS = dict(np.load(HERE / "outputs.npz"))
# What NumPy is slow at is computed by the engine.
ON_ENGINE = ("VGG16", "Xception", "InceptionV3", "EfficientNetB0", "EfficientNetV2B0", "ConvNeXtTiny")
# The other networks share their ends; live_applications.py looks at them all.
OWN_ENDS = ("VGG16", "MobileNet", "MobileNetV2", "MobileNetV3Small", "NASNetMobile", "ConvNeXtTiny")


def test_every_network_of_keras_is_here():
    assert set(KNOWN) == set(architectures.VARIANTS)
    ours = {name for name in hb.applications.__all__ if callable(getattr(hb.applications, name))}
    assert ours == set(architectures.NAMES)


@pytest.mark.parametrize("name", [n for n in KNOWN if "top" not in n or n.split()[0] in OWN_ENDS])
def test_architecture(name):
    clear_session()
    with using_backend("shapes"):
        model = architectures.build(hb, *architectures.VARIANTS[name])
        assert architectures.fingerprint(model) == KNOWN[name]


@pytest.mark.parametrize("name", architectures.SMALL)
def test_outputs(name):
    clear_session()
    on_engine = name in ON_ENGINE
    with using_backend("cpu" if on_engine else "numpy"):
        model = architectures.fill(architectures.build(hb, *architectures.SMALL[name], logits=True))
        x = architectures.image(model)
        found = model.predict(x, verbose=0) if on_engine else model(x).numpy()
    expected = OUTPUTS[name]
    assert np.std(expected) > 0.05
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())
