"""Functions that write into what they get change nothing but that; and what has no end, or no meaning, is told."""

import itertools

import numpy as np
import pytest
from hornbeam.errors import InvalidArgumentError
from hornbeam_datasets import Dataset


def doubled(x):
    x *= 2
    return x


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("batched", [False, True])
def test_arrays_stay_as_they_are(batched, shuffled):
    data = np.arange(12.0).reshape(4, 3)
    rows = Dataset.of({"x": data})
    rows = rows.shuffle(seed=1) if shuffled else rows
    rows = (rows.batch(2) if batched else rows).map(lambda s: doubled(s["x"]))
    for _ in range(2):
        assert sorted(np.concatenate([np.ravel(row) for row in rows])) == [2.0 * n for n in range(12)]
    np.testing.assert_array_equal(data, np.arange(12.0).reshape(4, 3))


@pytest.mark.parametrize("by_number", [False, True])
def test_what_is_kept_stays_as_it_was(by_number):
    def made():
        return (np.full(2, float(n)) for n in range(3))

    source = Dataset.of(np.arange(3.0)).map(lambda n: np.full(2, n)) if by_number else Dataset.from_iterable(made)
    kept = source.cache().map(doubled)
    for _ in range(3):
        assert [row.tolist() for row in kept] == [[0.0] * 2, [2.0] * 2, [4.0] * 2]


@pytest.mark.parametrize("batched", [False, True])
def test_nothing_repeated_without_end_ends(batched):
    nothing = Dataset.of(np.arange(5)).filter(lambda x: False).repeat()
    assert list(nothing.batch(2) if batched else nothing) == []
    some = Dataset.of(np.arange(5)).filter(lambda x: x == 3).repeat()
    assert list(itertools.islice(some, 4)) == [3] * 4
    assert list(Dataset.of(np.arange(5)).filter(lambda x: False).repeat(3)) == []


def test_two_runs_fill_one_folder(tmp_path):
    rows = Dataset.of(np.arange(6).reshape(3, 2))
    one, other = rows.cache(tmp_path / "kept"), rows.cache(tmp_path / "kept")
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)
    for kept in (one, other, rows.cache(tmp_path / "kept")):
        assert [row.tolist() for row in kept] == [[0, 1], [2, 3], [4, 5]]
    assert [p.name for p in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize("sample", [np.arange(3), (np.zeros((2, 3)), np.array(["abc", "def"]))])
def test_only_arrays_have_rows(sample):
    with pytest.raises(InvalidArgumentError, match="unbatch: samples must be of arrays"):
        list(Dataset.of(sample).unbatch())


def test_a_size_of_one_is_a_sample_or_everything():
    assert list(map(len, Dataset.of(np.arange(10)).split(1))) == [1, 9]
    with pytest.raises(InvalidArgumentError, match="shares below 1, or whole numbers"):
        Dataset.of(np.arange(10)).split(1.0)
