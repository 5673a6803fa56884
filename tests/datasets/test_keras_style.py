"""Keras's functions for files: what they give, how they split, and what they refuse."""

import hornbeam as hb
import numpy as np
import pytest
import soundfile
from hornbeam.errors import InvalidArgumentError
from PIL import Image

RNG = np.random.default_rng(0)


@pytest.fixture
def folder(tmp_path):
    for kind in range(3):
        place = tmp_path / f"kind {kind}"
        place.mkdir()
        for i in range(4 + kind):
            Image.fromarray(RNG.integers(0, 256, (6, 9, 3), dtype=np.uint8)).save(place / f"{i}.png")
            (place / f"{i}.txt").write_text(f"text {kind} {i}")
            soundfile.write(place / f"{i}.wav", np.full(50 + 10 * i, 0.1 * kind, "float32"), 8000)
    return tmp_path


def test_images(folder, capsys):
    dataset = hb.datasets.image_dataset_from_directory(folder, image_size=(4, 5), batch_size=4, seed=1)
    assert capsys.readouterr().out == "Found 15 files belonging to 3 classes.\n"
    assert dataset.class_names == ["kind 0", "kind 1", "kind 2"] and len(dataset) == 4
    x, y = next(iter(dataset))
    assert x.shape == (4, 4, 5, 3) and x.dtype == np.float32 and y.dtype == np.int32
    counted = np.bincount(np.concatenate([y for _, y in dataset]))
    assert counted.tolist() == [4, 5, 6]
    whole = hb.datasets.image_dataset_from_directory(
        folder, image_size=(6, 9), batch_size=None, shuffle=False, verbose=False
    )
    with Image.open(whole.file_paths[7]) as image:
        np.testing.assert_array_equal(list(whole)[7][0], np.asarray(image, np.float32))
    first = hb.datasets.image_dataset_from_directory(
        folder, data_format="channels_first", verbose=False, label_mode=None
    )
    assert next(iter(first)).shape == (15, 3, 256, 256)


def test_labels_of_every_mode(folder):
    def labels(**how):
        dataset = hb.datasets.image_dataset_from_directory(
            folder, shuffle=False, verbose=False, image_size=(2, 2), **how
        )
        return np.concatenate([y for _, y in dataset])

    numbers = np.repeat([0, 1, 2], [4, 5, 6])
    assert labels().tolist() == numbers.tolist()
    np.testing.assert_array_equal(labels(label_mode="categorical"), np.eye(3)[numbers])
    assert labels(labels=list(range(15))).tolist() == list(range(15))
    turned = labels(class_names=["kind 2", "kind 0", "kind 1"])
    assert np.bincount(turned).tolist() == [6, 4, 5]
    with pytest.raises(InvalidArgumentError, match="needs two classes; there are 3"):
        labels(label_mode="binary")
    binary = labels(labels=[0, 1, 1] * 5, label_mode="binary")
    assert binary.shape == (15, 1) and binary.dtype == np.float32


def test_padding_keeps_the_whole_image(folder):
    dataset = hb.datasets.image_dataset_from_directory(
        folder, image_size=(9, 9), pad_to_aspect_ratio=True, shuffle=False, batch_size=None, verbose=False
    )
    image, _ = dataset[0]
    with Image.open(dataset.file_paths[0]) as whole:
        np.testing.assert_array_equal(image[1:7], np.asarray(whole, np.float32))
    assert not image[0].any() and not image[7:].any()


def test_the_parts_of_a_split_share_no_file(folder):
    how = {"validation_split": 0.3, "seed": 5, "image_size": (2, 2), "verbose": False}
    parts = hb.datasets.image_dataset_from_directory(folder, subset="both", **how)
    alone = [hb.datasets.image_dataset_from_directory(folder, subset=s, **how) for s in ("training", "validation")]
    assert [p.file_paths for p in parts] == [p.file_paths for p in alone]
    paths = [set(p.file_paths) for p in parts]
    assert not paths[0] & paths[1] and len(paths[0] | paths[1]) == 15 and len(paths[1]) == 4


def test_texts_and_sounds(folder):
    texts = hb.datasets.text_dataset_from_directory(folder, batch_size=6, max_length=6, shuffle=False, verbose=False)
    x, y = next(iter(texts))
    assert x.tolist()[:5] == ["text 0"] * 4 + ["text 1"] and y.tolist() == [0, 0, 0, 0, 1, 1]
    sounds = hb.datasets.audio_dataset_from_directory(folder, batch_size=3, shuffle=False, verbose=False)
    x, _ = next(iter(sounds))
    assert x.shape == (3, 70, 1) and x.dtype == np.float32
    sounds = hb.datasets.audio_dataset_from_directory(folder, output_sequence_length=64, shuffle=False, verbose=False)
    x, _ = next(iter(sounds))
    assert x.shape == (15, 64, 1) and not x[4, 50:].any() and abs(x[4, 49, 0] - 0.1) < 1e-4


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"label_mode": "ints"}, "label_mode must be"),
        ({"validation_split": 0.2}, "go together"),
        ({"validation_split": 0.2, "subset": "training"}, "give a seed"),
        ({"validation_split": 0.2, "subset": "test", "seed": 1}, "subset must be"),
        ({"validation_split": 2, "subset": "both", "seed": 1}, "between 0 and 1"),
        ({"color_mode": "bgr"}, "color_mode must be one of"),
        ({"labels": [1, 2]}, "15 files and 2 labels"),
        ({"labels": None, "class_names": ["a"]}, "go with labels='inferred'"),
        ({"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, "not both"),
    ],
)
def test_what_is_refused(how, message, folder):
    with pytest.raises(InvalidArgumentError, match=message):
        hb.datasets.image_dataset_from_directory(folder, verbose=False, **how)


def test_single_images(tmp_path):
    array = RNG.integers(0, 256, (5, 8, 3)).astype("float32")
    hb.datasets.save_img(tmp_path / "x.png", array, scale=False)
    image = hb.datasets.load_img(tmp_path / "x.png")
    np.testing.assert_array_equal(hb.datasets.img_to_array(image), array)
    assert hb.datasets.img_to_array(image, "channels_first").shape == (3, 5, 8)
    gray = hb.datasets.load_img(tmp_path / "x.png", color_mode="grayscale", target_size=(4, 4), keep_aspect_ratio=True)
    assert hb.datasets.img_to_array(gray).shape == (4, 4, 1)
    scaled = hb.datasets.img_to_array(hb.datasets.array_to_img(array / 7 - 3))
    np.testing.assert_allclose(scaled, (array - array.min()) / (array.max() - array.min()) * 255, atol=1.01)
    with pytest.raises(InvalidArgumentError, match="has 1, 3 or 4 channels; got 2"):
        hb.datasets.array_to_img(np.zeros((2, 2, 2)))


def test_pairs_of_words():
    pairs, labels = hb.datasets.skipgrams([1, 2, 0, 3], 50, window_size=1, negative_samples=2.0, seed=0)
    true = sorted(p for p, label in zip(pairs, labels, strict=True) if label)
    assert true == [[1, 2], [2, 1]] and labels.count(0) == 4
    assert all(1 <= b < 50 for _, b in pairs)
    assert hb.datasets.skipgrams([1, 2, 0, 3], 50, 1, 2.0, seed=0) == (pairs, labels)
    _, rows = hb.datasets.skipgrams([1, 2], 50, shuffle=False, categorical=True, seed=0)
    assert rows == [[0, 1]] * 2 + [[1, 0]] * 2


def test_a_matrix_in_a_file(tmp_path):
    import h5py

    x = RNG.normal(size=(12, 3)).astype("float32")
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["x"], file["y"] = x, x @ np.ones((3, 1), "float32")
    matrix = hb.datasets.HDF5Matrix(tmp_path / "x.h5", "x", 2, 11, normalizer=lambda a: 2 * a)
    assert matrix.shape == (9, 3) and len(matrix) == 9 and matrix.dtype == np.float32
    np.testing.assert_array_equal(matrix[1:4], 2 * x[3:6])
    np.testing.assert_array_equal(matrix[[8, 0, 3]], 2 * x[[10, 2, 5]])
    np.testing.assert_array_equal(matrix[-1], 2 * x[10])
    model = hb.Sequential([hb.Input((3,)), hb.layers.Dense(1)])
    model.compile(hb.optimizers.Adam(0.1), "mse")
    y = hb.datasets.HDF5Matrix(tmp_path / "x.h5", "y", 2, 11)
    losses = model.fit(matrix, y, epochs=200, batch_size=4, verbose=0).history["loss"]
    assert losses[-1] < 0.01 * losses[0]
