"""Losses give the numbers of genuine Keras (some PyTorch's and scikit-learn's): values, reductions, weights, masks, gradients.

losses.npz holds them; make_losses.py beside it says how they were made.
"""

import inspect
import json
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

STORED = dict(np.load(Path(__file__).with_name("losses.npz")))
TOLD = json.loads(STORED.pop("told").tobytes())
CASES = TOLD["cases"]
MASK = np.array([[True, False, True], [False, True, True]])


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{i}-{c['name']}" for i, c in enumerate(CASES)])
def test_as_keras(number):
    case = CASES[number]
    true, pred, weights = (STORED[f"{number}/{name}"] for name in ("true", "pred", "weights"))

    def of(reduction, given):
        loss = getattr(hb.losses, case["name"])(**case["config"], reduction=reduction)

        def run(pred):
            if case["masked"]:
                pred = pred * 1.0
                pred.mask = hb.ops.asarray(MASK)
            return loss(true, pred, given)

        return run

    tensor = hb.ops.asarray(pred)
    for key in [k for k in STORED if k.startswith((f"{number}/plain/", f"{number}/weighted/"))]:
        _, kind, reduction = key.split("/")
        found = of(None if reduction == "None" else reduction, None if kind == "plain" else weights)(tensor).numpy()
        expected = STORED[key]
        if reduction == "None" and found.shape != expected.shape:  # a value each, where Keras has the mean of one
            found = found.reshape(expected.shape)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9, err_msg=f"{key} {case}")
    for wrap in (lambda f: f, hb.jit):
        gradient = wrap(hb.grad(of("sum_over_batch_size", None)))(tensor).numpy()
        np.testing.assert_allclose(gradient, STORED[f"{number}/gradient"], rtol=1e-5, atol=1e-8, err_msg=str(case))


def test_as_pytorch_and_scikit_learn():
    x, y, z = (STORED[f"torch/{name}"] for name in "xyz")
    np.testing.assert_allclose(hb.losses.SmoothL1(0.4)(y, x), STORED["torch/smooth_l1"], rtol=1e-9)
    np.testing.assert_allclose(hb.losses.triplet_margin(x, y, z, 0.6), STORED["torch/triplet_margin"], rtol=1e-9)
    np.testing.assert_allclose(hb.losses.Quantile(0.8)(x, y), STORED["pinball"], rtol=1e-9)


@pytest.mark.parametrize("name", TOLD["signatures"])
def test_signatures(name):
    thing = getattr(hb.losses, name)
    parameters = inspect.signature(thing.__init__ if inspect.isclass(thing) else thing).parameters.values()
    ours = {p.name: repr(p.default) for p in parameters if p.name != "self"}
    theirs = TOLD["signatures"][name]
    assert list(ours)[: len(theirs)] == list(theirs)
    for argument, default in theirs.items():
        one, other = ours[argument], default
        assert one == other or (one, other) in {("80.0", "80"), ("functional", "None")}
