"""Random numbers: the published generator, and the distributions."""

import hornbeam as hb
import numpy as np
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
