"""Random numbers: the published generator, and the distributions."""

import itertools

import hornbeam as hb
import numpy as np
import pytest
from scipy import stats


def test_philox_known_answer():
    # Random123's known-answer test kat_vectors: philox4x32-10 with all zeros
    words = hb.random.bits((4,), seed=hb.random.key(0)).numpy()
    assert [f"{w:08x}" for w in words] == ["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]


def test_distributions():
    n = (20000,)
    assert stats.kstest(hb.random.uniform(n, seed=1).numpy(), "uniform").pvalue > 1e-3
    assert stats.kstest(hb.random.normal(n, seed=2).numpy(), "norm").pvalue > 1e-3
    assert stats.kstest(hb.random.truncated_normal(n, seed=3).numpy(), stats.truncnorm(-2, 2).cdf).pvalue > 1e-3
    draws = hb.random.categorical(np.log([[0.2, 0.3, 0.5]]), n[0], seed=4).numpy()[0]
    assert stats.chisquare(np.bincount(draws), np.array([0.2, 0.3, 0.5]) * n[0]).pvalue > 1e-3


def test_a_captured_generator_goes_on_where_the_eager_one_would():
    eager, captured = hb.random.SeedGenerator(5), hb.random.SeedGenerator(5)
    step = hb.jit(lambda: hb.random.uniform((3,), seed=captured))
    for _ in range(3):
        np.testing.assert_array_equal(step().numpy(), hb.random.uniform((3,), seed=eager).numpy())


@pytest.mark.parametrize("alpha", [0.1, 0.7, 1.0, 2.5, 40.0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gamma(alpha, dtype):
    draws = hb.random.gamma((20000,), alpha, dtype=dtype, seed=6)
    assert draws.dtype == dtype
    assert stats.kstest(draws.numpy().astype("float64"), stats.gamma(alpha).cdf).pvalue > 1e-3


def test_gamma_of_several_parameters_captured_and_refused():
    alpha = np.array([0.5, 3.0, 9.0], "float32")
    draws = hb.random.gamma((20000, 3), alpha, seed=7).numpy()
    np.testing.assert_allclose(draws.mean(0), alpha, rtol=0.03)
    np.testing.assert_allclose(draws.var(0), alpha, rtol=0.06)
    captured = hb.jit(lambda a: hb.random.gamma((20000, 3), a, seed=7))(alpha).numpy()
    np.testing.assert_allclose(captured, draws, rtol=1e-5)
    with pytest.raises(hb.InvalidArgumentError, match="alpha must be positive; its least element is -1.0"):
        hb.random.gamma((2,), [1.0, -1.0])
    assert float(hb.grad(lambda a: hb.random.gamma((), a, seed=1))(2.0)) == 0.0


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (2.0, 5.0)])
def test_beta(a, b):
    assert stats.kstest(hb.random.beta((20000,), a, b, seed=8).numpy(), stats.beta(a, b).cdf).pvalue > 1e-3


def test_every_permutation_is_equally_likely():
    generator = hb.random.SeedGenerator(9)
    found = [tuple(hb.random.permutation(3, seed=generator).tolist()) for _ in range(1200)]
    counts = [found.count(p) for p in itertools.permutations(range(3))]
    assert sum(counts) == 1200
    assert stats.chisquare(counts).pvalue > 1e-3
    assert hb.random.permutation(0).shape == (0,)


def test_shuffle_keeps_rows_or_columns_together():
    x = np.arange(12).reshape(4, 3)
    rows, columns = hb.random.shuffle(x, seed=3).numpy(), hb.random.shuffle(x, axis=1, seed=3).numpy()
    assert sorted(map(tuple, rows)) == sorted(map(tuple, x))
    assert sorted(map(tuple, columns.T)) == sorted(map(tuple, x.T))
    assert not np.array_equal(rows, x)
