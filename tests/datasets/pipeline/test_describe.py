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


def test_numbers_of_samples_are_not_listed_and_columns_are_below_one_another():
    told = Dataset.of({"城市": np.arange(9) % 2, "row": np.arange(9)}).describe()
    assert told.columns["row"]["values"] == "all different"
    lines = str(told).splitlines()
    cells = [line.index("()") + sum(ord(letter) > 0x2E80 for letter in line) for line in lines[2:]]
    assert cells == [lines[1].index("shape")] * 2


def test_a_description_of_a_sorted_dataset_looks_all_over_it():
    told = Dataset.of(np.repeat(np.arange(5), 1000)).describe(100)
    assert told.samples == 5000 and told.looked_at == 100
    assert sorted(told.columns["sample"]["values"].split(", ")) == [f"{i}: 20 %" for i in range(5)]
    told = Dataset.of(np.arange(1010)).describe(1009)  # no sample twice
    assert 1000 <= told.looked_at <= 1009 and told.columns["sample"]["values"] == "all different"


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


def drawn(samples, **how):
    """The first place of the picture of samples."""
    figure = Dataset.from_iterable(samples).show(**how)
    figure.canvas.draw()
    return figure.axes[0]


IMAGE = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)


def test_a_mask_lies_over_its_image():
    mask = np.zeros((6, 9), np.int32)
    mask[2:4, 1:5] = 2
    place = drawn([(IMAGE, mask)] * 2)
    below, above = (np.ma.asarray(image.get_array()) for image in place.images)
    np.testing.assert_array_equal(below, IMAGE)
    np.testing.assert_array_equal(above.filled(0), mask)
    assert place.get_title() == "mask of 0, 2"


def test_boxes_lie_over_their_image():
    boxes = {"boxes": np.array([[1.0, 2.0, 4.0, 5.0], [3.0, 0.0, 8.0, 1.0]]), "labels": np.array([1, 0])}
    place = drawn([(IMAGE, boxes)], class_names=["cat", "dog"])
    assert [p.get_bbox().extents.tolist() for p in place.patches] == boxes["boxes"].tolist()
    assert place.get_title() == "dog, cat"


@pytest.mark.parametrize("channels", [(), (1,), (2,)])
def test_sounds_are_spectrograms(channels):
    wave = np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000).astype("float32")
    place = drawn([(np.broadcast_to(wave.reshape(-1, *[1] * len(channels)), (8000, *channels)), 3)])
    (picture,) = place.images
    assert set(np.asarray(picture.get_array()).argmax(0)) == {32}  # 1000 Hz of 8000, in windows of 256
    assert place.get_title() == "3"


def test_windows_go_on_with_what_is_to_be_predicted():
    series = np.arange(24.0).reshape(12, 2)
    place = drawn([(series[:9], series[9:])])
    assert [line.get_xdata().tolist() for line in place.lines] == [[*range(9)]] * 2 + [[9, 10, 11]] * 2
    assert [line.get_ydata().tolist() for line in place.lines[2:]] == [[18, 20, 22], [19, 21, 23]]
    assert [line.get_color() for line in place.lines[2:]] == [line.get_color() for line in place.lines[:2]]
    assert place.get_title() == ""


def test_rows_of_tables_are_told_by_column():
    place = drawn([({"age": np.float64(31.5), "job": "smith", "x": np.zeros((4, 4))}, 1)], class_names=["no", "yes"])
    assert place.texts[0].get_text() == "age: 31.5\njob: smith\nx: float64 (4, 4)" and place.get_title() == "yes"
    assert drawn([(IMAGE, np.array([0.0, 1.0, 0.0]))], class_names="abc").get_title() == "b"
    assert drawn([("a" * 300, "b" * 40)]).get_title() == "b" * 27 + "..."
