"""bfloat16: made, converted, computed with in float32 and rounded once, compiled, differentiated, used by layers."""

import sys

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.backends.base import current_backend
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

ml_dtypes = pytest.importorskip("ml_dtypes")
pytestmark = pytest.mark.skipif(current_backend().name != "numpy", reason="other backends need not have bfloat16")
NUMBERS = arrays(np.float32, (3, 4), elements=st.integers(-6400, 6400).map(lambda i: i / 64))


def rounded(x):
    return np.asarray(x, np.float32).astype(ml_dtypes.bfloat16).astype(np.float32)


def test_made_and_converted():
    x = ops.asarray([1.0, 2.5, 300.7], dtype=hb.bfloat16)
    assert x.dtype == "bfloat16"
    assert x.tolist() == [1.0, 2.5, 300.0]
    assert x.numpy().dtype == ml_dtypes.bfloat16
    assert ops.asarray(x.numpy()).dtype == "bfloat16"
    assert (x.astype("float32").dtype, x.astype("int32").tolist()) == ("float32", [1, 2, 300])
    assert ops.finfo("bfloat16").eps == 2**-7
    for made in (ops.zeros(2, "bfloat16"), ops.arange(3, dtype="bfloat16"), ops.eye(2, dtype="bfloat16")):
        assert made.dtype == "bfloat16"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("float32", "float32"),
        ("float16", "float32"),
        ("float64", "float64"),
        ("int32", "bfloat16"),
        ("bool", "bfloat16"),
    ],
)
def test_promotion(other, expected):
    assert (ops.ones(2, "bfloat16") + ops.ones(2, other)).dtype == (expected)
    assert (ops.ones(2, "bfloat16") * 2.5 + 1).dtype == "bfloat16"


@pytest.mark.parametrize(
    "function",
    [
        *(
            ops.exp,
            ops.tanh,
            ops.sigmoid,
            ops.erf,
            ops.erfc,
            ops.square,
            ops.sum,
            ops.mean,
            ops.max,
            ops.cumsum,
            ops.softmax,
        ),
        *(
            lambda t: ops.matmul(t, ops.transpose(t)),
            lambda t: ops.sum(t, axis=1),
            lambda t: t + t,
            lambda t: ops.median(t),
        ),
    ],
)
@given(x=NUMBERS)
def test_as_accurate_as_its_bits(function, x):
    x = rounded(x / 10)
    expected = function(ops.asarray(x)).numpy()
    for run in (function, hb.jit(function)):
        found = run(ops.asarray(x, dtype="bfloat16"))
        assert found.dtype == "bfloat16"
        scale = np.abs(expected).max() + np.abs(x).max()
        np.testing.assert_allclose(found.numpy().astype(np.float32), expected, rtol=3 * 2**-8, atol=3 * 2**-8 * scale)


def test_a_sum_is_not_rounded_after_each_addition():
    x = ops.ones(1000, "bfloat16")
    for run in (ops.sum, hb.jit(ops.sum)):
        assert float(run(x)) == 1000.0
    assert float(ops.mean(x)) == 1.0
    assert float(hb.jit(lambda t: ops.cumsum(t)[-1])(x)) == 1000.0


def test_pooling_indexing_and_loops():
    x = ops.asarray(np.arange(16.0).reshape(1, 4, 4, 1), dtype="bfloat16")
    assert ops.max_pool(x, 2).numpy().ravel().tolist() == [5, 7, 13, 15]
    assert ops.average_pool(x, 2).dtype == "bfloat16"
    y = ops.copy(x)
    y[0, 0] = 9.0
    y[:, ops.asarray([1])] = 3.0
    assert y.dtype == "bfloat16"
    assert ops.sum(y[0, :2]).item() == 48.0
    total, _ = hb.jit(lambda t: ops.scan(lambda c, v: (c + v, c), t[0], t))(ops.ones((3, 2), "bfloat16"))
    assert (total.dtype, total.tolist()) == ("bfloat16", [4.0, 4.0])


def test_gradients():
    x = rounded(np.linspace(-1, 1, 5))
    for grad in (hb.grad(lambda t: ops.sum(ops.tanh(t) * t)), hb.jit(hb.grad(lambda t: ops.sum(ops.tanh(t) * t)))):
        found = grad(ops.asarray(x, dtype="bfloat16"))
        assert found.dtype == "bfloat16"
        expected = np.tanh(x) + x / np.cosh(x) ** 2
        np.testing.assert_allclose(found.numpy().astype(np.float32), expected, rtol=0.03, atol=0.03)


def test_what_is_missing_without_ml_dtypes(monkeypatch):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    with pytest.raises(hb.MissingPackageError, match="pip install ml_dtypes"):
        ops.zeros(2, "bfloat16")
