"""Arguments and data that cannot be meant: refused before any training, with what was got and what to do."""

import json
import zipfile

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import Dense, Input
from hornbeam_models import Sequential, load_model
from hornbeam_models.callbacks import EarlyStopping

X = np.linspace(0, 1, 24, dtype=np.float32).reshape(8, 3)
Y = np.arange(8) % 2


def make():
    model = Sequential([Input((3,)), Dense(4), Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"epochs": -1}, "epochs must be an integer of at least 0; got epochs=-1"),
        ({"epochs": 1.5}, "epochs must be an integer of at least 0; got epochs=1.5"),
        ({"initial_epoch": -1}, "initial_epoch must be an integer of at least 0; got initial_epoch=-1"),
        ({"batch_size": 0}, "batch_size must be an integer of at least 1; got batch_size=0"),
        ({"batch_size": "a"}, "batch_size must be an integer of at least 1; got batch_size='a'"),
        ({"steps_per_epoch": 0}, "steps_per_epoch must be an integer of at least 1; got steps_per_epoch=0"),
        ({"validation_freq": 0}, "validation_freq must be an integer of at least 1; got validation_freq=0"),
        ({"validation_split": 1.0}, "validation_split must be at least 0 and less than 1; got 1.0"),
        ({"validation_split": float("nan")}, "validation_split must be at least 0 and less than 1; got nan"),
        ({"validation_data": [X, Y]}, r"validation_data is a tuple .*; got a list of 2"),
        ({"validation_data": (X, Y, Y, Y)}, r"validation_data is a tuple .*; got a tuple of 4"),
        ({"validation_data": (X, Y + 5)}, "class indices from 0 to 1.*sample 0 has 5"),
        ({"validation_data": (X, Y * np.nan)}, "NaN or infinity, first in sample 0"),
        ({"class_weight": [1, 2]}, r"class_weight must be a dict .*; got \[1, 2\]"),
        ({"callbacks": ["stop"]}, r"callbacks must be objects .*; got 'stop'"),
        ({"callbacks": [EarlyStopping]}, "callbacks must be objects of subclasses of Callback"),
        ({"sample_weight": np.ones(3)}, r"differ in their number of samples: .*sample_weight: \[3\]"),
        ({"sample_weight": np.ones((8, 5))}, "sample_weight of shape .* does not fit losses of shape"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
def test_fit_refuses_arguments(how, message):
    model = make()
    before = model.get_weights()
    with pytest.raises(hb.HornbeamError, match=message):
        model.fit(X, Y, verbose=0, **how)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("x", "message"),
    [("pixels.csv", "got the text 'pixels.csv'"), ([[1, 2, 3], [4]], "must be rectangular")],
    ids=["text", "ragged"],
)
def test_data_that_are_no_arrays(x, message):
    with pytest.raises(hb.InvalidArgumentError, match=message):
        make().fit(x, [0, 1], verbose=0)


@pytest.mark.parametrize("method", ["evaluate", "train_on_batch", "test_on_batch"])
def test_class_indices_are_checked_everywhere(method):
    with pytest.raises(hb.InvalidArgumentError, match="class indices from 0 to 1.*sample 3 has 7"):
        getattr(make(), method)(X, np.array([0, 1, 0, 7, 0, 0, 0, 0]))


def test_zero_steps_of_predict_and_evaluate():
    for call in (lambda m: m.predict(X, steps=0), lambda m: m.evaluate(X, Y, steps=0)):
        with pytest.raises(hb.InvalidArgumentError, match="steps must be an integer of at least 1; got steps=0"):
            call(make())


def test_sequential_of_a_single_layer_without_a_list():
    with pytest.raises(hb.DTypeError, match=r"takes a list of layers; got Dense. Write Sequential\(\[layer\]\)"):
        Sequential(Dense(2))


def test_a_folder_is_no_model(tmp_path):
    with pytest.raises(hb.SerializationError, match="there is no file"):
        load_model(tmp_path)
    with pytest.raises(hb.SerializationError, match="there is no file"):
        make().load_weights(tmp_path)


@pytest.mark.parametrize("config", [{}, {"name": "m", "layers": 5}], ids=["empty", "no list"])
def test_a_file_with_spoilt_arguments(tmp_path, config):
    make().save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        saved, weights = json.loads(archive.read("config.json")), archive.read("model.weights.h5")
    with zipfile.ZipFile(tmp_path / "bad.keras", "w") as archive:
        archive.writestr("config.json", json.dumps({**saved, "config": config}))
        archive.writestr("model.weights.h5", weights)
    with pytest.raises(hb.SerializationError, match="saved arguments of Sequential are not ones that it takes"):
        load_model(tmp_path / "bad.keras")
