"""Attention and its gradient on the engine, against their decompositions in double precision on NumPy."""

import numpy as np
import pytest
from hornbeam.composites.attention import attention_grad_p, attention_p
from hornbeam.dtypes import as_dtype
from hornbeam.interpret import bind
from hornbeam.interpreters.capture import capture_specs
from hornbeam.primitive import Spec
from hornbeam_cpu.executable import CpuExecutable
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cpu.harness import CPU, NUMPY, threads

TOLERANCE = {"float32": 3e-5, "float64": 1e-12}


def graph(primitive, arrays, how):
    specs = [Spec(a.shape, as_dtype(a.dtype)) for a in arrays]
    return capture_specs(lambda *xs: tuple(bind(primitive, *xs, **how)), specs, {})


def compare(primitive, arrays, dtype, how):
    """The engine's results in `dtype`, which must be NumPy's of float64, and the same bits on any number of threads."""
    given_ = [a.astype(dtype) if a.dtype.kind == "f" else a for a in arrays]
    exact = [a.astype("float64") if a.dtype.kind == "f" else a for a in given_]
    run = CpuExecutable(graph(primitive, given_, how), CPU)
    assert not any(g.fallback for g in run.groups)
    found = run(given_)
    truth = NUMPY.run_graph(graph(primitive, exact, how), exact)
    for one, other in zip(found, truth, strict=True):
        assert str(one.dtype) == dtype
        np.testing.assert_allclose(one, other, rtol=0, atol=TOLERANCE[dtype] * max(1.0, np.abs(other).max()))
    for count in (1, 3):
        with threads(count):
            again = run(given_)
        assert [a.tobytes() for a in again] == [a.tobytes() for a in found]
    return truth


@given(
    st.integers(1, 3), st.integers(1, 70), st.integers(1, 70), st.integers(1, 3), st.integers(1, 19), st.integers(1, 19),
    st.sampled_from(("none", "full", "one row", "one key", "shared")), st.booleans(), st.booleans(),
    st.sampled_from(("float32", "float64")), st.sampled_from((0.0, 0.0, 0.3, 0.9)), st.integers(0, 99),
)  # fmt: skip
@example(2, 57, 33, 2, 16, 17, "full", True, True, "float32", 0.0, 0)
@example(1, 1, 1, 1, 1, 1, "full", True, True, "float64", 0.0, 0)
@example(2, 113, 200, 1, 32, 8, "shared", False, True, "float32", 0.0, 1)
@example(2, 113, 201, 2, 32, 8, "none", False, True, "float32", 0.1, 1)
def test_as_the_decomposition(batch, queries, keys, heads, dim, value, mask, causal, through, dtype, rate, seed):
    rng = np.random.default_rng(seed)
    shapes = (batch, queries, heads, dim), (batch, keys, heads, dim), (batch, keys, heads, value)
    arrays = [rng.normal(size=s).astype("float32") for s in shapes]
    how = {"extra": (), "scale": dim**-0.5, "causal": causal, "rate": rate}
    masks = []
    if mask != "none":
        full = (batch, heads, queries, keys)
        ones = {"full": (), "one row": (2,), "one key": (3,), "shared": (0, 1)}[mask]
        masks = [rng.random(tuple(1 if a in ones else n for a, n in enumerate(full))) < 0.6]
    more = ("mask",) * len(masks) + ("key",) * bool(rate)
    masks += [rng.integers(0, 2**32, 4, dtype="uint32")] if rate else []
    out, logsumexp = compare(attention_p, [*arrays, *masks], dtype, how | {"extra": more})
    cts = [rng.normal(size=out.shape)] + ([rng.normal(size=logsumexp.shape)] if through else [])
    extra = ("dout", "dlogsumexp")[: len(cts)] + more
    compare(attention_grad_p, [*arrays, out, logsumexp, *cts, *masks], dtype, how | {"extra": extra})


@pytest.mark.parametrize("where", ["q", "k", "v"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_seen_where_the_formula_has_it(where, bad):
    rng = np.random.default_rng(0)
    arrays = {name: rng.normal(size=(2, 20, 2, 5)) for name in "qkv"}
    arrays[where][1, 7, 0, 3] = bad
    how = {"extra": (), "scale": 0.4, "causal": False, "rate": 0.0}
    wanted = graph(attention_p, list(arrays.values()), how)
    found = CpuExecutable(wanted, CPU)(list(arrays.values()))[0]
    with np.errstate(all="ignore"):
        truth = NUMPY.run_graph(wanted, list(arrays.values()))[0]
    np.testing.assert_array_equal(np.isfinite(found), np.isfinite(truth))
    assert not np.isfinite(found).all()
