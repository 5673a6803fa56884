"""Arguments and data that cannot be meant: refused before any training, with what was got and what to do."""

import json
import zipfile

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import Conv2D, Dense, Input
from hornbeam_models import Model, Sequential, load_model
from hornbeam_models.callbacks import EarlyStopping, ModelCheckpoint

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
        ({"validation_steps": 0}, "validation_steps must be an integer of at least 1; got validation_steps=0"),
        ({"verbose": "loud"}, "verbose must be 'auto', 0, 1 or 2; got 'loud'"),
        ({"validation_split": 1.0}, "validation_split must be at least 0 and less than 1; got 1.0"),
        ({"validation_split": float("nan")}, "validation_split must be at least 0 and less than 1; got nan"),
        ({"validation_data": [X, Y, Y, Y]}, r"validation_data is a tuple .*; got a list of 4"),
        ({"validation_data": (X, Y, Y, Y)}, r"validation_data is a tuple .*; got a tuple of 4"),
        ({"validation_data": (X, Y + 5)}, "class indices from 0 to 1.*sample 0 has 5"),
        ({"validation_data": (X, Y * np.nan)}, "NaN or infinity, first in sample 0"),
        ({"class_weight": [1, 2]}, r"class_weight must be a dict .*; got \[1, 2\]"),
        ({"class_weight": {"a": 1}}, r"class_weight must map class indices to factors .*; got 'a': 1"),
        ({"class_weight": {0: -1}}, r"class_weight must map class indices to factors .*; got 0: -1"),
        ({"validation_data": (X[:, :2], Y)}, r"expects shape \(None, 3\); got \(8, 2\)"),
        ({"validation_data": (X, None)}, "no labels were given"),
        ({"callbacks": ["stop"]}, r"callbacks must be objects .*; got 'stop'"),
        ({"callbacks": [EarlyStopping]}, "callbacks must be objects of subclasses of Callback"),
        ({"sample_weight": np.ones(3)}, r"differ in their number of samples: .*sample_weight: \[3\]"),
        ({"sample_weight": np.ones((8, 5))}, "sample_weight of shape .* does not fit values of shape"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
def test_fit_refuses_arguments(how, message):
    model = make()
    before = model.get_weights()
    with pytest.raises(hb.HornbeamError, match=message):
        model.fit(X, Y, **{"verbose": 0, **how})
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


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (
            list(np.ones((64, 3))),
            r"x: \[3, 3, 3, 3, ...\] of 64 arrays, y: \[64\]. A list of arrays means several inputs; for samples",
        ),
        (np.array([[1, "red", 2]] * 64, object), "array of object such as 'red'. Text among numbers(.*)get_dummies"),
        (
            np.array([[1, 2, 3.5]] * 64, object),
            r"array of object such as 1. If all of them are numbers, write array.astype",
        ),
    ],
    ids=["samples", "table", "objects"],
)
def test_data_that_are_nearly_arrays(x, message):
    with pytest.raises(hb.InvalidArgumentError, match=message):
        make().fit(x, np.zeros(64), verbose=0)


def test_images_without_an_axis_of_channels():
    with pytest.raises(
        hb.ShapeError,
        match=r"got shape \(None, 28, 28\). Where there is one channel, it is an axis too: x\[..., None\]",
    ):
        Sequential([Input((28, 28)), Conv2D(3, 3)])


ONE_HOT = np.eye(2, dtype=np.float32)[Y]
SPARSE = "sparse_categorical_crossentropy"


@pytest.mark.parametrize(
    ("loss", "units", "labels", "message"),
    [
        (SPARSE, 2, ONE_HOT, r"labels of shape \(batch, 2\).*One-hot labels go with categorical_crossentropy\.$"),
        (SPARSE, 2, Y + 0.5, "must be class indices from 0 to 1.*sample 0 has 0.5"),
        (SPARSE, 2, -Y, "must be class indices from 0 to 1.*sample 1 has -1"),
        ("categorical_crossentropy", 2, Y, "Class indices go with sparse_categorical_crossentropy"),
        (
            "categorical_crossentropy",
            2,
            ONE_HOT * 2,
            "must be between 0 and 1 for categorical_crossentropy; sample 0 has 2",
        ),
        ("binary_crossentropy", 1, Y + 1, r"must be between 0 and 1 for binary_crossentropy; sample 1 has 2"),
        ("binary_crossentropy", 2, Y, "need a last layer of one unit"),
        ("mse", 3, ONE_HOT, r"y_true has shape \(batch, 2\) and y_pred \(batch, 3\)"),
        (SPARSE, 2, None, "no labels were given: pass y, or batches"),
        (SPARSE, 2, 3, "y must be arrays.*got y=3"),
        (
            SPARSE,
            2,
            np.array(["cat", "dog"] * 4),
            r"array of <U3 such as 'cat'.*numpy.unique\(labels, return_inverse=True\)",
        ),
        (SPARSE, 2, np.array([None] * 8), "array of object such as None"),
        (lambda t, p: None, 2, Y, "returned None; it has to return the losses"),
        (
            hb.losses.MeanSquaredError(reduction="none"),
            1,
            Y,
            r"gives values of shape \(1,\) for one sample.*another reduction",
        ),
    ],
)
def test_labels_that_the_loss_is_not_made_for(loss, units, labels, message):
    model = Sequential([Input((3,)), Dense(units, activation="sigmoid")])
    model.compile("adam", loss)
    before = model.get_weights()
    with pytest.raises(hb.HornbeamError, match=message):
        model.fit(X, labels, verbose=0)
    np.testing.assert_array_equal(before[0], model.get_weights()[0])


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        ([(X, Y + 1)], "sample 1 has 2"),
        ([(X, Y), (X, Y - 1)], "sample 0 has -1"),
        ([(X, Y * np.nan)], "labels hold NaN or infinity"),
        ([(X, Y[:3])], "differ in their number of samples"),
        ([(X, Y, Y, Y)], "a batch is .*; got a tuple of 4"),
        ([X], "no labels were given"),
        ([], "the iterable gives no batch"),
    ],
    ids=["range", "range later", "nan", "lengths", "four", "no labels", "none"],
)
def test_batches_of_an_iterable_are_checked(batches, message):
    for call in ("fit", "evaluate"):
        with pytest.raises(hb.InvalidArgumentError, match=message):
            getattr(make(), call)(iter(batches), verbose=0)


def test_labels_beside_an_iterable_of_batches():
    with pytest.raises(hb.InvalidArgumentError, match="x is a list_iterator, which has to give the batches"):
        make().fit(iter([(X, Y)]), Y, verbose=0)


def test_labels_of_several_outputs():
    x = Input((3,))
    model = Model(x, [Dense(2, activation="softmax", name="kind")(x), Dense(1, name="size")(x)])
    model.compile("sgd", {"kind": SPARSE, "size": "mse"})
    for labels, message in (
        (Y, "the model has 2 outputs, but 1 arrays of labels were given"),
        ({"kind": Y, "weight": Y}, r"outputs are \['kind', 'size'\], but labels were given for \['kind', 'weight'\]"),
        ([Y + 1, Y], "labels of output 'kind' must be class indices from 0 to 1"),
    ):
        with pytest.raises(hb.InvalidArgumentError, match=message):
            model.fit(X, labels, verbose=0)
    model.compile("sgd", {"kind": SPARSE, "weight": "mse"})
    with pytest.raises(hb.InvalidArgumentError, match=r"loss names the outputs \['weight'\], but the outputs are"):
        model.fit(X, [Y, Y], verbose=0)
    model.compile("sgd", ["mse"] * 3)
    with pytest.raises(hb.InvalidArgumentError, match="loss has 3 entries for 2 outputs"):
        model.fit(X, [Y, Y], verbose=0)


def test_labels_by_the_names_of_outputs_are_in_the_order_of_the_outputs():
    x = Input((3,))
    model = Model(x, [Dense(1, name="z")(x), Dense(1, name="a")(x)])
    model.set_weights([w * 0 for w in model.get_weights()])
    model.compile("sgd", "mse")
    found = model.evaluate(X, {"a": np.ones(8), "z": np.full(8, 3.0)}, return_dict=True)
    assert (found["a_loss"], found["z_loss"], found["loss"]) == (1.0, 9.0, 10.0)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (X[0], r"expects shape \(None, 3\); got \(3,\). For a single sample, write x\[None\]"),
        (X[:, :2], r"expects shape \(None, 3\); got \(8, 2\)"),
        (X[:0], "the data are empty"),
        (None, "no data were given"),
        (5, "x must be arrays"),
        ([X, X], "expects an array of shape .*; got list"),
        (list(X), "expects an array of shape .*; got list"),
    ],
)
def test_inputs_that_do_not_fit(x, message):
    with pytest.raises(hb.HornbeamError, match=message):
        make().predict(x)


def test_a_last_axis_of_one_may_be_left_out_or_given():
    model = Sequential([Input((1,)), Dense(1)])
    x = np.arange(3, dtype=np.float32)
    np.testing.assert_array_equal(model.predict(x), model.predict(x[:, None]))
    model = Sequential([Input((3,)), Dense(1)])
    np.testing.assert_array_equal(model.predict(X[:, :, None]), model.predict(X))


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda m: m.compile(-1), "optimizer must be a name .*; got -1"),
        (lambda m: m.compile("adam", -1), "loss must be a name .*; got -1"),
        (lambda m: m.compile("adam", "mse", metrics=[-1]), "metrics must be names .*; got -1"),
        (lambda m: m.compile("adam", "mse", metrics=["acuracy"]), "Unknown metric 'acuracy'. Did you mean"),
        (lambda m: m.get_layer("dens"), "Unknown layer 'dens'"),
        (lambda m: m.get_layer(index=9), "has 2 layers; there is no layer 9"),
        (lambda m: m.get_layer(), "needs the name or the index"),
        (lambda m: m.save("/dev/null/m.keras"), "cannot write to the folder /dev/null"),
        (lambda m: m.save(None), "filepath must be a text or a pathlib.Path; got None"),
        (lambda m: load_model(5), "filepath must be a text or a pathlib.Path; got 5"),
        (lambda m: m("text"), "expects an array of shape .*; got str"),
        (lambda m: m.train_on_batch(iter([])), "train_on_batch takes the arrays of one batch; got a list_iterator"),
        (lambda m: Sequential([None]), "Sequential takes layers; got NoneType"),
        (lambda m: Sequential([Input((3,)), Dense]), r"Sequential takes layers; got a class: write Dense\(...\)"),
        (lambda m: Sequential({"a": Dense(2)}), "Sequential takes a list of layers; got dict"),
        (lambda m: Model(Input((3,))), "needs the outputs too"),
        (lambda m: EarlyStopping(patience=-1), "patience must be an integer of at least 0; got -1"),
        (lambda m: EarlyStopping(mode="best"), "mode must be 'auto', 'min' or 'max'; got 'best'"),
        (lambda m: ModelCheckpoint("model"), "filepath must end in '.keras' or '.h5' or '.hdf5'; got 'model'"),
    ],
)
def test_the_rest(use, message):
    with pytest.raises(hb.HornbeamError, match=message):
        use(make())


def test_a_checkpoint_named_by_a_figure_that_there_is_not():
    with pytest.raises(
        hb.InvalidArgumentError, match=r"asks for 'val_loss'; there are \['epoch', 'accuracy', 'loss'\]"
    ):
        make().fit(X, Y, verbose=0, callbacks=[ModelCheckpoint("{val_loss}.keras")])


def test_nan_inputs_are_named_as_the_cause_of_a_loss_that_is_nan():
    with pytest.warns(UserWarning, match="NaN after the first epoch. The inputs hold NaN"):
        make().fit(X * np.nan, Y, verbose=0)


def test_batches_that_run_out_end_training():
    with pytest.warns(UserWarning, match="the batches ran out after 1 epochs of 3"):
        history = make().fit(iter([(X, Y)] * 2), epochs=3, verbose=0)
    assert len(history.history["loss"]) == 1


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
