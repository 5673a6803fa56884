"""LSTM, GRU and simple RNN on the engine: their results and gradients are the decomposition's in double precision on NumPy."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam.composites.recurrent import gru, lstm, simple_rnn
from hornbeam.threads import set_num_threads
from hypothesis import example, given
from hypothesis import strategies as st

GATES = {"lstm": 4, "gru": 3, "gru_before": 3, "simple_rnn": 1}


def layer(kind, tensors, how):
    """What a kind of layer gives, as a tuple."""
    z, recurrent, h0, c0, bias = (tensors.get(name) for name in ("z", "recurrent", "h0", "c0", "bias"))
    masks = {name: tensors[name] for name in ("mask", "recurrent_mask") if name in tensors}
    if kind == "lstm":
        return lstm(z, recurrent, h0, c0, **masks, **how)
    if kind == "simple_rnn":
        return simple_rnn(z, recurrent, h0, **masks, **how)
    if kind == "gru":
        return gru(z, recurrent, h0, bias, **masks, **how)
    return gru(z, recurrent, h0, reset_after=False, **masks, **how)


def results(backend, dtype, kind, arrays, how):
    """Results, and the gradients of their weighted sum by all real tensors."""
    fixed = {n: a for n, a in arrays.items() if n in ("mask", "recurrent_mask")}
    moved = {n: a for n, a in arrays.items() if n not in fixed}
    used = sorted(n for n in moved if n != "c0" or kind == "lstm" if n != "bias" or kind == "gru")

    def tensor(a):
        return hb.ops.asarray(a if a.dtype == bool else a.astype(dtype))

    with using_backend(backend):
        kept = {n: tensor(a) for n, a in fixed.items()}

        def loss(*values):
            out = layer(kind, dict(zip(used, values, strict=True)) | kept, how)
            return sum(((k + 1.0) * o * o).sum() for k, o in enumerate(out))

        values = [tensor(moved[n]) for n in used]
        out = hb.jit(lambda *v: layer(kind, dict(zip(used, v, strict=True)) | kept, how))(*values)
        slopes = hb.jit(lambda *v: hb.grad(loss, argnums=tuple(range(len(v))))(*v))(*values)
        return [np.asarray(t) for t in (*out, *slopes)]


def arrays_of(kind, batch, time, units, masked, dropped, seed):
    rng = np.random.default_rng(seed)
    wide = GATES[kind] * units
    found = {
        "z": rng.normal(size=(time, batch, wide)),
        "recurrent": rng.normal(size=(units, wide)) / units**0.5,
        "h0": rng.normal(size=(batch, units)),
        "c0": rng.normal(size=(batch, units)),
        "bias": rng.normal(size=wide),
    }
    if masked:
        found["mask"] = rng.random((time, batch)) < 0.7
    if dropped:
        found["recurrent_mask"] = (rng.random((batch, units)) < 0.7) / 0.7
    return {n: a if a.dtype == bool else a.astype("float32") for n, a in found.items()}


@pytest.mark.parametrize("kind", GATES)
@given(
    batch=st.integers(1, 40),
    time=st.integers(1, 6),
    units=st.integers(1, 37),
    masked=st.booleans(),
    dropped=st.booleans(),
    reverse=st.booleans(),
    seed=st.integers(0, 99),
)
@example(batch=33, time=5, units=32, masked=True, dropped=True, reverse=True, seed=0)
def test_as_the_decomposition_in_double_precision(kind, batch, time, units, masked, dropped, reverse, seed):
    arrays = arrays_of(kind, batch, time, units, masked, dropped, seed)
    how = {"reverse": reverse}
    found, truth = (results(*where, kind, arrays, how) for where in (("cpu", "float32"), ("numpy", "float64")))
    for x, y in zip(found, truth, strict=True):
        assert x.dtype == np.float32 and x.shape == y.shape
        # rounding errors of a step are carried on through at most six, and gradients are sums over batch and time
        np.testing.assert_allclose(x, y, rtol=1e-4, atol=2e-5 * max(1.0, np.abs(y).max()))


@pytest.mark.parametrize("activation", ["relu", "linear", "hard_sigmoid", "softsign", "elu"])
@pytest.mark.parametrize("kind", GATES)
def test_with_each_activation(kind, activation):
    arrays = arrays_of(kind, 18, 3, 5, True, False, 7)
    found, truth = (
        results(*where, kind, arrays, {"activation": activation})
        for where in (("cpu", "float32"), ("numpy", "float64"))
    )
    for x, y in zip(found, truth, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-4, atol=2e-5 * max(1.0, np.abs(y).max()))


@pytest.mark.parametrize("kind", GATES)
def test_any_number_of_threads_gives_the_same_bits(kind):
    arrays = arrays_of(kind, 50, 4, 20, True, True, 3)
    found = {}
    try:
        for threads in (1, 2, 3):
            set_num_threads(threads)
            found[threads] = results("cpu", "float32", kind, arrays, {})
    finally:
        set_num_threads(None)
    for threads in (2, 3):
        for x, y in zip(found[1], found[threads], strict=True):
            np.testing.assert_array_equal(x, y)
