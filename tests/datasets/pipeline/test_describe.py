"""What a dataset says of itself, and the picture that it draws."""

import numpy as np
import pytest
from hornbeam.errors import InvalidArgumentError
from hornbeam_datasets import Dataset


def test_a_description():
    x = np.arange(12.0).reshape(4, 3)
    x[0, 0] = np.nan
    told = Dataset.of(({"a": x, "word": np.array(["u", "v", "v", "v"])}, np.array([3, 3, 3, 1]))).describe()
    assert told.samples == told.looked_at == 4
    assert told.columns["0.a"]["shape"] == "(3,)" and told.columns["0.a"]["missing"] == 1
    assert (told.columns["0.a"]["min"], told.columns["0.a"]["max"]) == (1, 11)
    np.testing.assert_allclose(told.columns["0.a"]["mean"], 6)
    assert told.columns["0.word"]["values"] == "v: 75 %, u: 25 %" and told.columns["1"]["values"] == "3: 75 %, 1: 25 %"
    assert str(told).splitlines()[0] == "4 samples; 4 looked at" and "8.33 % missing" in str(told)
    ragged = Dataset.from_iterable(lambda: (np.zeros(n) for n in (2, 5, 3))).describe(2)
    assert ragged.samples is None and ragged.looked_at == 2 and ragged.columns["sample"]["shape"] == "(2..5,)"
    with pytest.raises(InvalidArgumentError, match="gives no sample"):
        Dataset.of(np.zeros(0)).describe()


IMAGES = np.random.default_rng(0).integers(0, 256, (9, 8, 8, 3), np.uint8)


@pytest.mark.parametrize(
    ("dataset", "count", "title"),
    [
        (Dataset.of((IMAGES, np.arange(9) % 2)), 9, "dog"),
        (Dataset.of((IMAGES, np.arange(9) % 2)).batch(5), 5, "dog"),
        (Dataset.of((IMAGES.astype("float32"), np.eye(2)[np.arange(9) % 2])).batch(4), 4, "dog"),
        (Dataset.of((np.random.default_rng(0).normal(size=(3, 100)), np.array([0.5, 1.5, 2.5]))), 3, "1.5"),
        (Dataset.of((np.array(["some $text$", "b", "c"]), np.array([0, 1, 0]))), 3, "dog"),
        (Dataset.of(IMAGES), 9, ""),
    ],
)
def test_a_picture(dataset, count, title, tmp_path):
    figure = dataset.show(class_names=["cat", "dog"])
    drawn = [a for a in figure.axes if a.images or a.lines or a.texts]
    assert len(drawn) == count and drawn[1].get_title() == title
    figure.savefig(tmp_path / "batch.png")
    assert (tmp_path / "batch.png").stat().st_size > 1000
