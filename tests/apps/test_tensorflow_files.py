"""Pipelines of files, texts and images in TensorFlow's names; settings and scopes of Keras."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_apps.keras_names import keras_names

RNG = np.random.default_rng(4)


@pytest.fixture(autouse=True)
def names() -> Iterator[None]:
    with keras_names():
        yield


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    from PIL import Image

    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        for i in range(4):
            pixels = RNG.integers(0, 256, (6, 5, 3)).astype("uint8")
            Image.fromarray(pixels).save(tmp_path / name / f"{i}.png")
    return tmp_path


def test_files_of_images_are_listed_read_and_decoded(pictures: Path) -> None:
    import tensorflow as tf

    classes = np.array(["cat", "dog"])

    def load(path):  # type: ignore[no-untyped-def]
        label = tf.argmax(tf.strings.split(path, "/")[-2] == classes)
        image = tf.io.decode_png(tf.io.read_file(path), channels=3)
        return tf.image.convert_image_dtype(image, tf.float32), label

    files = tf.data.Dataset.list_files(f"{pictures}/*/*.png", shuffle=False)
    images, labels = next(iter(files.map(load).batch(8)))
    assert images.shape == (8, 6, 5, 3)
    assert labels.numpy().tolist() == [0] * 4 + [1] * 4
    from PIL import Image

    with Image.open(pictures / "dog" / "0.png") as one:
        np.testing.assert_allclose(images[4].numpy(), np.asarray(one) / 255, atol=1e-6)
    grey = tf.io.decode_image(tf.io.read_file(str(pictures / "cat" / "0.png")), channels=1)
    assert grey.shape == (6, 5, 1) and grey.dtype == "uint8"
    with pytest.raises(hb.InvalidArgumentError, match="there are no files"):
        tf.data.Dataset.list_files(f"{pictures}/*.gif")


def test_folders_are_datasets_with_tensorflows_methods(pictures: Path) -> None:
    import tensorflow as tf
    from keras import utils

    whole = utils.image_dataset_from_directory(pictures, image_size=(6, 5), batch_size=3, seed=1)
    assert whole.class_names == ["cat", "dog"]
    assert len(whole.file_paths) == 8
    ready = whole.map(lambda x, y: (x / 255.0, y)).cache().prefetch(buffer_size=tf.data.AUTOTUNE)
    for images, labels in ready.take(1):
        assert images.numpy().max() <= 1.0
        assert labels.numpy().shape == (3,)
    assert int(tf.data.experimental.cardinality(whole)) == 3
    train, rest = utils.image_dataset_from_directory(
        pictures, image_size=(6, 5), batch_size=2, validation_split=0.5, subset="both", seed=1
    )
    assert len(train) == len(rest) == 2


def test_texts_are_standardised_by_functions_of_tensorflow(tmp_path: Path) -> None:
    import tensorflow as tf
    from keras.layers import TextVectorization

    (tmp_path / "lines.txt").write_text("One<br />two\nTwo THREE\n")
    lines = tf.data.TextLineDataset([str(tmp_path / "lines.txt")])
    assert [line.numpy() for line in lines] == [b"One<br />two", b"Two THREE"]
    first = next(iter(lines))
    assert f"{first}" == "One<br />two"
    assert first.dtype == "string" == tf.string
    layer = TextVectorization(
        standardize=lambda s: tf.strings.regex_replace(tf.strings.lower(s), "<br />", " "), output_sequence_length=3
    )
    layer.adapt(lines.batch(2))
    assert layer.get_vocabulary()[2] == "two"
    found = [ids.numpy().tolist() for ids in lines.batch(2).map(layer)]
    vocabulary = layer.get_vocabulary()
    assert [[vocabulary[i] for i in row] for row in found[0]] == [["one", "two", ""], ["two", "three", ""]]


def test_sounds_and_numbers_in_bytes(tmp_path: Path) -> None:
    import tensorflow as tf

    samples = np.array([0, 16384, -32768], "<i2")
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.tobytes())
    sound, rate = tf.audio.decode_wav(tf.io.read_file(str(tmp_path / "a.wav")), desired_channels=1, desired_samples=4)
    assert sound.numpy().tolist() == [[0.0], [0.5], [-1.0], [0.0]]
    assert int(rate) == 8000
    assert tf.io.decode_raw(samples.tobytes(), tf.int16).numpy().tolist() == samples.tolist()
    tf.io.write_file(str(tmp_path / "b"), "text")
    assert tf.io.gfile.exists(str(tmp_path / "b"))
    assert tf.io.read_file(str(tmp_path / "b")).numpy() == b"text"


@pytest.mark.parametrize("seed", [None, 3, (1, 2)])
def test_images_by_chance_stay_within_what_was_said(seed: object) -> None:
    import tensorflow as tf

    image = RNG.uniform(0.2, 0.8, (8, 6, 3)).astype("float32")
    part = tf.image.random_crop(image, (3, 2, 3), seed=seed).numpy()
    where = [(i, j) for i in range(6) for j in range(5) if np.array_equal(image[i : i + 3, j : j + 2], part)]
    assert len(where) == 1
    shift = tf.image.random_brightness(image, 0.1, seed=seed).numpy() - image
    assert np.ptp(shift) < 1e-6 and abs(shift.mean()) <= 0.1
    factor = tf.image.random_contrast(image, 0.5, 0.6, seed=seed).numpy().std((0, 1)) / image.std((0, 1))
    assert ((factor > 0.4999) & (factor < 0.6001)).all()
    flipped = tf.image.stateless_random_flip_left_right(image, seed=seed or (0, 1)).numpy()
    assert any(np.array_equal(flipped, other) for other in (image, image[:, ::-1]))
    for change in (tf.image.random_hue(image, 0.2, seed), tf.image.random_saturation(image, 0.5, 1.0, seed)):
        np.testing.assert_allclose(change.numpy().max(-1), image.max(-1), atol=1e-5)


def test_parts_that_are_not_within_an_image_are_refused() -> None:
    import tensorflow as tf

    image = np.zeros((4, 4, 1), "float32")
    for call in (
        lambda: tf.image.crop_to_bounding_box(image, 2, 0, 3, 3),
        lambda: tf.image.pad_to_bounding_box(image, 2, 0, 5, 5),
        lambda: tf.image.random_crop(image, (5, 2, 1)),
    ):
        with pytest.raises(hb.ShapeError, match="within|larger"):
            call()


def test_ctc_and_volumes_of_the_backend() -> None:
    import keras.backend as K

    probabilities = RNG.dirichlet(np.ones(4), (2, 5)).astype("float32")
    labels = np.array([[0, 2], [1, 1]])
    found = K.ctc_batch_cost(labels, probabilities, np.array([[5], [4]]), np.array([[2], [1]]))
    expected = hb.ops.ctc_loss(labels, np.log(probabilities), [2, 1], [5, 4], mask_index=3)
    np.testing.assert_allclose(found.numpy()[:, 0], expected.numpy(), rtol=1e-5)
    volume = hb.ops.arange(8.0).reshape((1, 2, 2, 2, 1))
    assert K.resize_volumes(volume, 2, 1, 3).shape == (1, 4, 2, 6, 1)
    assert K.spatial_3d_padding(volume).shape == (1, 4, 4, 4, 1)
    assert K.pool3d(volume, (2, 2, 2)).numpy().item() == 7.0
    assert K.pool3d(volume, (2, 2, 2), pool_mode="avg").numpy().item() == 3.5
    assert float(K.foldr(lambda total, x: total / 2 + x, K.constant([1.0, 2.0, 4.0]))) == 3.0
    values, mean, variance = K.normalize_batch_in_training(K.constant([[1.0], [3.0]]), None, K.constant([5.0]), [0])
    np.testing.assert_allclose(values.numpy()[:, 0], 5 + np.array([-1, 1]) / np.sqrt(1.001), rtol=1e-6)
    assert mean.numpy().tolist() == [2.0] and variance.numpy().tolist() == [1.0]


def test_settings_and_scopes_of_keras() -> None:
    import keras
    import tensorflow as tf

    with keras.device("cpu:0"), keras.name_scope("a"), tf.distribute.MirroredStrategy().scope():
        assert keras.config.backend() == keras.backend.backend()
    assert keras.version() == keras.__version__
    assert keras.utils.standardize_dtype(None) == "float32"
    assert keras.losses.Reduction.NONE == "none"
    assert keras.optimizers.adam is hb.optimizers.Adam
    assert isinstance(keras.regularizers.L2(0.1), keras.Regularizer)
    assert keras.mixed_precision.global_policy().name == "float32"
    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
    assert tf.newaxis is None
    for call, said in (
        (lambda: keras.config.set_backend("jax"), "Hornbeam computes"),
        (keras.config.enable_unsafe_deserialization, "safe_mode"),
    ):
        with pytest.warns(UserWarning, match=said):
            call()


@pytest.mark.parametrize(
    ("where", "name", "said"),
    [
        ("keras.layers", "TFSMLayer", "load_model"),
        ("keras", "distribution", "one machine"),
        ("keras.backend", "get_session", "sessions"),
        ("tensorflow", "lookup", "StringLookup"),
        ("tensorflow", "sparse", "dense"),
        ("tensorflow.io", "parse_single_example", "TFRecord"),
    ],
)
def test_what_is_absent_says_what_to_use(where: str, name: str, said: str) -> None:
    import importlib

    with pytest.raises(AttributeError, match=said):
        getattr(importlib.import_module(where), name)
