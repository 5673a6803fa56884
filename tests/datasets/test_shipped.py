"""What ships with scikit-learn, and batches of arrays."""

import hornbeam as hb
import numpy as np
import pytest
import sklearn.datasets
from hornbeam_datasets import ArrayLoader, breast_cancer, diabetes, digits, iris, wine


def test_digits_are_all_there_and_split_evenly():
    (x, y), (x_test, y_test) = digits.load_data()
    assert x.shape == (1438, 8, 8, 1) and x_test.shape == (359, 8, 8, 1)
    assert x.dtype == np.float32 and x.min() == 0 and x.max() == 1
    shares = np.bincount(y_test) / np.bincount(np.concatenate([y, y_test]))
    assert np.abs(shares - 0.2).max() < 0.01
    with pytest.raises(hb.InvalidArgumentError, match="between 0 and 1"):
        digits.load_data(1.5)


@pytest.mark.parametrize("module", [iris, wine, breast_cancer, diabetes])
def test_tables_are_all_there_in_two_parts(module):
    whole = getattr(sklearn.datasets, f"load_{module.__name__.rpartition('.')[2]}")()
    (x, y), (x_test, y_test) = module.load_data(0.3, seed=1)
    assert x.dtype == np.float32 and len(x) == len(y) and abs(len(y_test) - 0.3 * len(whole.target)) <= 1.5
    found = np.column_stack([np.concatenate([x, x_test]), np.concatenate([y, y_test])])
    expected = np.column_stack([whole.data, whole.target]).astype("float32")
    np.testing.assert_array_equal(np.sort(found, 0), np.sort(expected, 0))
    assert {tuple(row) for row in found.tolist()} == {tuple(row) for row in expected.tolist()}
    again = module.load_data(0.3, seed=1)
    np.testing.assert_array_equal(again[0][0], x)
    assert (module.load_data(0.3, seed=2)[0][0] != x).any()


def test_every_epoch_gives_every_sample_once_in_an_order_of_its_own():
    loader = ArrayLoader(np.arange(10), np.arange(10) * 2, batch_size=4)
    first, second = (np.concatenate([x for x, _ in loader]) for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(10))
    assert first.tolist() != second.tolist()
    again = ArrayLoader(np.arange(10), batch_size=4)
    assert np.concatenate([x for (x,) in again]).tolist() == first.tolist()
