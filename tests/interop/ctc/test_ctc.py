"""ctc_loss gives PyTorch's and Keras's losses and PyTorch's gradients, ctc_decode Keras's readings; see make_ctc.py."""

from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

STORED = dict(np.load(Path(__file__).with_name("ctc.npz")))
LOGITS, LENGTHS, STEPS = STORED["logits"], STORED["lengths"], STORED["steps"]
WRAPS = pytest.mark.parametrize("wrap", [lambda f: f, hb.jit], ids=["eager", "captured"])


@pytest.mark.parametrize("blank", [0, 5])
@WRAPS
def test_loss_and_gradient(blank, wrap):
    labels = (STORED["labels"] + blank) % 6

    def loss(x):
        each = hb.ops.ctc_loss(labels, x, LENGTHS, STEPS, mask_index=blank)
        return hb.ops.sum(each * np.arange(1.0, 6.0, dtype="float32")), each

    gradient, found = wrap(hb.grad(loss, has_aux=True))(hb.ops.asarray(LOGITS))
    np.testing.assert_allclose(found.numpy(), STORED[f"torch/{blank}/loss"], rtol=1e-5)
    np.testing.assert_allclose(found.numpy(), STORED[f"keras/{blank}/loss"], rtol=1e-5)
    np.testing.assert_allclose(gradient.numpy(), STORED[f"torch/{blank}/gradient"], rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize(
    "key", [k.removesuffix("/0") for k in STORED if k.startswith(("greedy", "beam")) and k.endswith("/0")]
)
@WRAPS
def test_readings(key, wrap):
    strategy, blank, option = key.split("/")
    how = {"mask_index": int(blank)}
    if strategy == "greedy":
        how["merge_repeated"] = option == "True"
    else:
        how |= {"strategy": "beam_search", "beam_width": int(option), "top_paths": 3}
    labels, scores = wrap(lambda x: hb.ops.ctc_decode(x, STEPS, **how))(hb.ops.asarray(LOGITS))
    assert labels.dtype == "int32"
    expected = STORED[f"{key}/1"]
    reached = np.isfinite(expected)  # where there are fewer readings than were asked for
    np.testing.assert_array_equal(np.isfinite(scores.numpy()), reached)
    np.testing.assert_allclose(scores.numpy()[reached], expected[reached], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(labels.numpy()[reached.T], STORED[f"{key}/0"][reached.T])
