"""Calls that Keras answered, too; how its answers were made is said in keras_calls.py."""

import json

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops

from tests.core.ops.keras_calls import CALLS, FILE
from tests.core.ops.tables import values

ANSWERS = json.loads(FILE.read_text())


@pytest.mark.parametrize("name", CALLS)
def test_as_keras_answers(name):
    expected = ANSWERS[name]
    for found in (values(CALLS[name](ops)), values(hb.jit(lambda: CALLS[name](ops))())):
        assert [list(a.shape) for a in found] == [e["shape"] for e in expected]
        for array, answer in zip(found, expected, strict=True):
            np.testing.assert_allclose(array.ravel(), answer["values"], rtol=2e-5, atol=2e-6)
