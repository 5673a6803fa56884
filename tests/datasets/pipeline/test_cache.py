"""Caches: computed once, kept to the bit, never used half-written or damaged."""

import json

import numpy as np
import pytest
from hornbeam.errors import InvalidArgumentError
from hornbeam_datasets.pipeline.dataset import Dataset
from hypothesis import given
from hypothesis import strategies as st

samples = st.lists(
    st.tuples(st.integers(-5, 5), st.lists(st.floats(width=32, allow_nan=False), max_size=4), st.booleans()), max_size=6
)


def pipeline(rows, calls=None):
    def make(row):
        if calls is not None:
            calls.append(row)
        ((number, list_, flag),) = row
        return {"n": np.int16(number), "deep": (np.array(list_, "float32"), [np.bool_(flag)])}

    return Dataset.from_iterable([[row] for row in rows]).map(make)


def flat(found):
    return [(s["n"].item(), s["deep"][0].tolist(), s["deep"][1][0].item(), s["deep"][0].dtype.name) for s in found]


@given(rows=samples)
def test_a_folder_gives_back_what_was_put_in(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cache") / "kept"
    calls = []
    dataset = pipeline(rows, calls).cache(folder)
    first = flat(dataset)
    assert first == flat(pipeline(rows)) and len(calls) == len(rows)
    assert flat(dataset) == first and flat(pipeline(rows, calls).cache(folder)) == first
    assert len(calls) == len(rows) and dataset.slots == len(rows)


def test_an_epoch_that_was_not_finished_leaves_nothing(tmp_path):
    dataset = pipeline([(1, [], True)] * 3).cache(tmp_path / "kept")
    iteration = iter(dataset)
    next(iteration)
    iteration.close()
    assert not list(tmp_path.iterdir())


def test_in_memory_each_sample_is_computed_once():
    calls = []
    for source in (Dataset.of(np.arange(4)), Dataset.from_iterable(lambda: iter(range(4)))):
        calls.clear()
        dataset = source.map(lambda x: calls.append(x) or 2 * x).cache()
        assert list(dataset) == list(dataset) == [0, 2, 4, 6] and len(calls) == 4


@pytest.mark.parametrize("damage", ["cut", "index", "foreign"])
def test_a_damaged_folder_is_refused(tmp_path, damage):
    folder = tmp_path / "kept"
    list(pipeline([(1, [1.0, 2.0], True)] * 3).cache(folder))
    if damage == "cut":
        (folder / "0.bin").write_bytes((folder / "0.bin").read_bytes()[:-1])
    elif damage == "index":
        (folder / "index.json").write_text("{")
    else:
        (folder / "index.json").write_text(json.dumps({"template": 0, "dtypes": ["O"]}))
    with pytest.raises(InvalidArgumentError, match=r"no cache of samples, or a damaged one .*Remove it"):
        pipeline([]).cache(folder)


def test_text_and_changing_dtypes_are_refused(tmp_path):
    with pytest.raises(InvalidArgumentError, match="keeps numbers; a sample has an array of <U1"):
        list(Dataset.of(np.array(["a"])).cache(tmp_path / "text"))
    with pytest.raises(InvalidArgumentError, match="one structure and dtype"):
        list(Dataset.from_iterable([[1], [2.0]]).map(np.asarray).cache(tmp_path / "mixed"))
    assert not list(tmp_path.iterdir())
