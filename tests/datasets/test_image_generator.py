"""ImageDataGenerator: what is drawn, which images come, and how scripts for Keras 2 use it."""

import hornbeam as hb
import numpy as np
import pandas as pd
import pytest
from hornbeam.errors import InvalidArgumentError
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

Generator = hb.datasets.ImageDataGenerator
RNG = np.random.default_rng(0)
X, Y = RNG.integers(0, 256, (11, 6, 5, 3)).astype("float32"), np.arange(11)


@given(
    rotation=st.floats(0, 90), shift=st.one_of(st.floats(0, 0.9), st.integers(0, 4), st.just([1, 3])), zoom=st.floats(0, 0.9),
    seed=st.integers(0, 2**31),
)  # fmt: skip
def test_what_is_drawn_is_within_its_range(rotation, shift, zoom, seed):
    made = Generator(
        rotation_range=rotation,
        width_shift_range=shift,
        zoom_range=zoom,
        brightness_range=(0.5, 2),
        horizontal_flip=True,
    )
    drawn = made.get_random_transform((6, 5, 3), seed)
    assert abs(drawn["theta"]) <= rotation and abs(drawn["zx"] - 1) <= zoom + 1e-9 and 0.5 <= drawn["brightness"] <= 2
    most = max(shift) if isinstance(shift, list) else shift * (5 if isinstance(shift, float) else 1)
    assert abs(drawn["ty"]) <= most + 1e-9 and drawn["tx"] == 0 and not drawn["flip_vertical"]
    assert drawn == made.get_random_transform((6, 5, 3), seed)
    if isinstance(shift, list):
        assert abs(drawn["ty"]) in shift


def test_every_image_comes_once_an_epoch_and_next_goes_on():
    batches = Generator().flow(X, Y, batch_size=4, seed=1)
    assert len(batches) == 3 and batches.n == 11
    epochs = [np.concatenate([next(batches)[1] for _ in range(3)]).tolist() for _ in range(2)]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(11)) and epochs[0] != epochs[1]
    again = Generator().flow(X, Y, batch_size=4, seed=1)
    assert [again[i][1].tolist() for i in range(3)] == [epochs[0][:4], epochs[0][4:8], epochs[0][8:]]
    images, labels = Generator(rescale=0.5).flow(X, Y, batch_size=11, shuffle=False)[0]
    np.testing.assert_array_equal(images, X / 2)
    assert labels.tolist() == Y.tolist()
    changed = Generator(rotation_range=40).flow(X, batch_size=11, shuffle=False, seed=3)
    first = changed[0]
    np.testing.assert_array_equal(first, changed[0])
    changed.on_epoch_end()
    assert not np.array_equal(first, changed[0])


def test_subsets_share_no_image():
    made = Generator(validation_split=0.3)
    parts = [
        np.concatenate([b[1] for b in (f[i] for i in range(len(f)))])
        for f in (made.flow(X, Y, subset=s) for s in ("training", "validation"))
    ]
    assert sorted([*parts[0], *parts[1]]) == list(range(11)) and len(parts[1]) == 3


@pytest.fixture
def folder(tmp_path):
    for kind in ("a", "b"):
        (tmp_path / kind).mkdir()
        for i in range(4):
            Image.fromarray(RNG.integers(0, 256, (6, 5, 3), np.uint8)).save(tmp_path / kind / f"{i}.png")
    return tmp_path


def test_folders(folder, capsys):
    batches = Generator(validation_split=0.25).flow_from_directory(
        folder, (6, 5), batch_size=3, subset="training", shuffle=False
    )
    assert "Found 8 images belonging to 2 classes." in capsys.readouterr().out
    assert batches.class_indices == {"a": 0, "b": 1} and batches.classes.tolist() == [0] * 3 + [1] * 3
    images, labels = batches[1]
    assert images.shape == (3, 6, 5, 3) and labels.tolist() == [[0, 1]] * 3
    with Image.open(folder / batches.filenames[4]) as image:
        np.testing.assert_array_equal(images[1], np.asarray(image, "float32"))
    binary = Generator().flow_from_directory(folder, (6, 5), class_mode="binary", classes=["b", "a"], shuffle=False)
    assert binary[0][1].tolist() == [0] * 4 + [1] * 4
    itself = Generator().flow_from_directory(folder, (6, 5), class_mode="input", color_mode="grayscale")[0]
    np.testing.assert_array_equal(*itself)
    assert Generator().flow_from_directory(folder, (6, 5), class_mode=None)[0].shape == (8, 6, 5, 3)


def test_data_frames(folder):
    frame = pd.DataFrame(
        {"file": [f"a/{i}.png" for i in range(4)] + ["a/9.png"], "kind": list("xyxyx"), "w": np.arange(5.0)}
    )
    made = Generator().flow_from_dataframe(
        frame, folder, "file", "kind", "w", (6, 5), class_mode="sparse", shuffle=False
    )
    images, labels, weights = made[0]
    assert images.shape == (4, 6, 5, 3) and labels.tolist() == [0, 1, 0, 1] and weights.tolist() == [0, 1, 2, 3]
    numbers = frame.assign(p=np.arange(5), q=np.arange(5) * 2)
    raw = Generator().flow_from_dataframe(
        numbers, folder, "file", ["p", "q"], target_size=(6, 5), class_mode="raw", shuffle=False
    )
    assert raw[0][1].tolist() == [[0, 0], [1, 2], [2, 4], [3, 6]]
    several = Generator().flow_from_dataframe(
        numbers, folder, "file", ["p", "q"], target_size=(6, 5), class_mode="multi_output", shuffle=False
    )
    assert [a.tolist() for a in several[0][1]] == [[0, 1, 2, 3], [0, 2, 4, 6]]
    with pytest.raises(InvalidArgumentError, match="no column 'name'"):
        Generator().flow_from_dataframe(frame, folder, "name", "kind")


def test_images_are_written_as_they_come(tmp_path):
    Generator().flow(X[:2], batch_size=2, shuffle=False, save_to_dir=tmp_path, save_prefix="x")[0]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x_0_0.png", "x_1_0.png"]


def test_a_model_is_fitted():
    x = np.concatenate([np.zeros((20, 4, 4, 1)), np.ones((20, 4, 4, 1))]).astype("float32") * 255
    y = np.repeat([0, 1], 20)
    model = hb.Sequential([hb.Input((4, 4, 1)), hb.layers.Flatten(), hb.layers.Dense(1, activation="sigmoid")])
    model.compile(hb.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    made = Generator(rescale=1 / 255, horizontal_flip=True, width_shift_range=0.2)
    history = model.fit(
        made.flow(x, y, batch_size=8, seed=0), epochs=15, verbose=0, validation_data=made.flow(x, y, seed=1)
    )
    assert history.history["val_accuracy"][-1] == 1.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Generator(fill_mode="mirror"), "fill_mode must be one of"),
        (lambda: Generator(zoom_range=(1, 2, 3)), "zoom_range must be a pair"),
        (lambda: Generator(brightness_range=0.5), "brightness_range must be a pair"),
        (lambda: Generator(validation_split=1.5), "validation_split must be"),
        (lambda: Generator(featurewise_center=True).standardize(X[0]), r"call fit\(x\) first"),
        (lambda: Generator().flow(X[0]), "array of four axes"),
        (lambda: Generator().flow(X, Y[:3]), r"11 images, and \[3, None\] labels"),
        (lambda: Generator().flow(X, subset="test"), "subset must be"),
        (lambda: Generator().flow(X, subset="validation"), "no images in this subset"),
    ],
)
def test_what_is_refused(make, message):
    with pytest.raises(InvalidArgumentError, match=message):
        make()
