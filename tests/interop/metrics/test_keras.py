"""Metrics give genuine Keras's figures after each batch, and have its signatures; keras.json holds them.

make_keras.py beside it says how they were made.
"""

import inspect
import json
from collections import defaultdict
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

STORED = json.loads(Path(__file__).with_name("keras.json").read_text())
BY_NAME = defaultdict(list)
for one in STORED["cases"]:
    BY_NAME[one["name"]].append(one)


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_figures(name):
    for case in BY_NAME[name]:
        metric = getattr(hb.metrics, name)(**case["config"])
        for (*data, weight), expected in zip(case["batches"], case["results"], strict=True):
            arrays = [
                np.asarray(d, np.float32 if np.asarray(d).dtype.kind == "f" else np.int32)
                for d in data
                if d is not None
            ]
            metric.update_state(*arrays, sample_weight=None if weight is None else np.asarray(weight, np.float32))
            found = metric.result().numpy()
            assert found.dtype == np.float32
            np.testing.assert_allclose(found, expected, rtol=3e-6, atol=3e-6, err_msg=f"{name} {case['config']}")


@pytest.mark.parametrize("case", STORED["masked"], ids=lambda c: c["name"])
def test_masks(case):
    metric = getattr(hb.metrics, case["name"])()
    true, pred, weight = case["batch"]
    pred = hb.ops.asarray(np.asarray(pred, np.float32))
    pred.mask = hb.ops.asarray(np.asarray(case["mask"]))
    metric.update_state(
        np.asarray(true), pred, sample_weight=None if weight is None else np.asarray(weight, np.float32)
    )
    assert float(metric.result()) == pytest.approx(case["result"], rel=1e-5)


@pytest.mark.parametrize("name", sorted(STORED["signatures"]))
def test_signatures(name):
    thing = getattr(hb.metrics, name)
    of = thing.__init__ if inspect.isclass(thing) else thing
    found = [
        [p.name, None if p.default is p.empty else p.default, str(p.kind)]
        for p in inspect.signature(of).parameters.values()
    ]
    expected = STORED["signatures"][name]
    assert json.loads(json.dumps(found)) == expected
