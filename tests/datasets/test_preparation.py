"""Preparation of tables, beside NumPy and scikit-learn."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hornbeam.errors import InvalidArgumentError
from hornbeam_datasets import Dataset, Scaler, Statistics, find_outliers, impute, load, select_features
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import preprocessing

numbers = st.one_of(st.floats(-1e6, 1e6, width=32), st.just(np.nan))
tables = st.integers(1, 4).flatmap(
    lambda c: arrays(np.float64, st.tuples(st.integers(1, 30), st.just(c)), elements=numbers)
)


@given(x=tables, cuts=st.lists(st.integers(0, 30), max_size=3))
def test_one_pass_in_pieces_gives_what_numpy_gives_of_the_whole(x, cuts):
    seen = Statistics()
    for piece in np.split(x, sorted(min(c, len(x)) for c in cuts)):
        if len(piece):
            seen.update(piece)
    assert seen.rows == len(x) and seen.missing.tolist() == np.isnan(x).sum(0).tolist()
    for column in range(x.shape[1]):
        there = x[~np.isnan(x[:, column]), column]
        if not len(there):
            continue
        scale = max(1.0, np.abs(there).max())
        np.testing.assert_allclose(seen.mean[column], there.mean(), atol=1e-12 * scale)
        np.testing.assert_allclose(seen.variance[column], there.var(), atol=1e-10 * scale**2)
        assert (seen.minimum[column], seen.maximum[column]) == (there.min(), there.max())
        np.testing.assert_allclose(seen.quantile(0.3)[column], np.quantile(there, 0.3), atol=1e-12 * scale)


def test_quantiles_of_many_rows_are_those_of_a_fair_sample():
    x = np.random.default_rng(0).permutation(100_000.0 * np.linspace(0, 1, 60_000))
    seen = Statistics(seed=1).update(Dataset.of(x[:, None]).batch(7000))
    # the median of 10,000 draws is normal about the true one with deviation 0.5 / sqrt(10,000) of the range
    assert abs(seen.quantile(0.5)[0] / 100_000 - 0.5) < 5 * 0.005
    assert len(seen._sample) == 10_000


KINDS = {
    "standard": preprocessing.StandardScaler(), "minmax": preprocessing.MinMaxScaler(), "maxabs": preprocessing.MaxAbsScaler(),
    "robust": preprocessing.RobustScaler(),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 99), rows=st.integers(2, 40))
def test_scaling_is_scikit_learns(kind, seed, rows):
    x = np.random.default_rng(seed).normal([0, 5, -3], [1, 9, 0], (rows, 3))
    scaler = Scaler(kind).fit(x)
    np.testing.assert_allclose(scaler.transform(x), KINDS[kind].fit_transform(x), atol=1e-9)
    np.testing.assert_allclose(scaler.inverse_transform(scaler.transform(x)), x, atol=1e-9)
    streamed = Scaler(kind).fit(Dataset.from_iterable(list(x)).batch(7))
    np.testing.assert_allclose(streamed.scale, scaler.scale, rtol=1e-9)
    rows_as_samples = Scaler(kind).fit(Dataset.of((x, np.arange(rows))))
    np.testing.assert_allclose(rows_as_samples.center, scaler.center, atol=1e-9)
    assert scaler.transform(x[0].astype("float32")).dtype == np.float32


@pytest.mark.parametrize("method", ["zscore", "iqr", "isolation_forest"])
def test_outliers_are_found(method):
    x = np.random.default_rng(0).normal(size=(300, 3))
    x[[5, 77, 200]] += [[9, 0, 0], [0, -9, 0], [6, 6, 6]]
    found = np.flatnonzero(find_outliers(x, method, 0.02 if method == "isolation_forest" else None))
    assert {5, 77, 200} <= set(found) and len(found) <= 15


@pytest.mark.parametrize("strategy", ["mean", "median", "most_frequent", "constant", "knn", "iterative"])
def test_missing_numbers_are_filled_in(strategy):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 1)) * [1, 2, -1]
    holes = x.copy()
    holes[rng.random(x.shape) < 0.1] = np.nan
    found = impute(holes, strategy, fill_value=-7.0)
    there = ~np.isnan(holes)
    assert not np.isnan(found).any() and np.array_equal(found[there], holes[there])
    expected = {
        "mean": lambda: np.nanmean(holes, 0)[1], "median": lambda: np.nanmedian(holes, 0)[1], "constant": lambda: -7.0,
    }  # fmt: skip
    if strategy in expected:
        assert np.allclose(found[~there[:, 1], 1], expected[strategy]())
    if strategy == "iterative":
        known = there.sum(1) >= 1  # the columns are multiples of one another
        np.testing.assert_allclose(found[known], x[known], atol=0.1)  # scikit-learn stops before it is exact
    train = impute(np.array([[np.nan]]), "mean", like=np.array([[2.0], [4.0]])) if strategy == "mean" else None
    assert train is None or train.tolist() == [[3.0]]


@pytest.mark.parametrize("method", ["filter", "wrapper", "embedded"])
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_columns_that_tell_are_chosen(method, task):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(250, 6))
    y = 2 * x[:, 4] - 1.5 * x[:, 1] + 0.1 * rng.normal(size=250)
    found = select_features(x, y > 0 if task == "classification" else y, 2, method, task)
    assert set(found) == {1, 4}
    assert method == "wrapper" or found[0] == 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Scaler("log"), "kind must be one of"),
        (lambda: Scaler().transform([[1.0]]), r"call fit\(data\) first"),
        (lambda: Scaler().fit(np.zeros((3, 2))).transform([[1.0]]), "expected rows of 2 columns"),
        (lambda: Scaler().fit(np.zeros((0, 2))), "there is none"),
        (lambda: Scaler().fit(np.array([["a"]])), "expected a table of numbers"),
        (lambda: find_outliers([1.0], "far"), "method must be one of"),
        (lambda: impute([[1.0]], "zero"), "strategy must be one of"),
        (lambda: impute([[1.0]], "constant"), "needs fill_value"),
        (lambda: select_features(np.zeros((3, 2)), [0, 1, 0], 3), "count must be from 1 to 2"),
        (lambda: select_features(np.zeros((3, 2)), [0, 1, 0], 1, "best"), "method must be one of"),
        (lambda: Statistics().update([[1.0]]).update([[1.0, 2.0]]), "statistics of 1 columns"),
        (lambda: Statistics().quantile(0.5), "no row was taken in"),
    ],
)
def test_what_cannot_be_meant_is_refused(call, message):
    with pytest.raises(InvalidArgumentError, match=message):
        call()


def test_statistics_keep_a_sample_and_not_the_data():
    tracemalloc.start()
    seen = Statistics()
    for seed in range(150):
        seen.update(np.random.default_rng(seed).normal(size=(2000, 10)))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen.rows == 300_000 and kept < 2 * 10_000 * 10 * 8  # the data are 24 MB


def test_columns_by_name_are_a_table(tmp_path):
    frame = pd.DataFrame({"a": np.arange(50.0), "b": np.arange(50) ** 2, "y": np.arange(50) % 2})
    frame.to_parquet(tmp_path / "rows.parquet")
    rows = load(tmp_path / "rows.parquet", label="y")
    expected = preprocessing.StandardScaler().fit_transform(frame[["a", "b"]].to_numpy())
    for dataset in (rows, rows.batch(16), load(frame, label="y")):
        scaler = Scaler().fit(dataset)
        np.testing.assert_allclose(scaler(frame[["a", "b"]]), expected, rtol=1e-9)
    found = np.concatenate([scaler(x) for x, _ in rows.batch(16)])
    np.testing.assert_allclose(found, expected, rtol=1e-9)
