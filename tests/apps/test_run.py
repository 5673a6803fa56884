"""`hornbeam run`: scripts for Keras, of 2016 and of today, unchanged."""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_apps.keras_names import keras_names
from hornbeam_apps.run import main, run_script

EXAMPLES = Path(__file__).parents[2] / "examples" / "keras_scripts"


@pytest.fixture
def run(tmp_path: Path, capfd: Any) -> Any:
    """Write a script, run it, and answer its status and what it printed."""

    def call(text: str, *arguments: str) -> tuple[int, str, str]:
        script = tmp_path / "script.py"
        script.write_text(textwrap.dedent(text))
        status = main([str(script), *arguments])
        said = capfd.readouterr()
        return status, said.out, said.err

    return call


@pytest.mark.parametrize(
    "imports",
    [
        "import keras",
        "import tensorflow as tf\nkeras = tf.keras",
        "from tensorflow import keras",
        "import tensorflow.keras as keras",
        "from tensorflow.keras import layers, models\nimport tensorflow.keras as keras",
        "import tensorflow.compat.v1\nfrom tensorflow.python import keras",
        "import tf_keras as keras",
    ],
)
def test_every_way_of_importing_keras(run: Any, imports: str) -> None:
    text = f"{imports}\nmodel = keras.models.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n"
    status, out, err = run(text + "print(type(model).__module__, model.count_params(), keras.__version__)\n")
    assert (status, err) == (0, "")
    assert out.split() == ["hornbeam_models.sequential", "8", "3.15.1"]


def test_one_module_under_all_its_names() -> None:
    with keras_names():
        import keras.layers.core  # noqa: F401
        from keras.engine.topology import Layer
        from keras.layers import Dense
        from keras.layers.convolutional import Convolution2D, MaxPooling2D
        from keras.layers.core import Dense as SameDense
        from keras.objectives import mean_squared_error
        from tensorflow.keras.layers import Dense as Again

        assert Dense is Again is SameDense is hb.layers.Dense
        assert Convolution2D is hb.layers.Conv2D
        assert MaxPooling2D is hb.layers.MaxPooling2D
        assert Layer is hb.Layer
        assert mean_squared_error is hb.losses.mean_squared_error
    assert not [name for name in sys.modules if name.partition(".")[0] in ("keras", "tensorflow")]


def test_nothing_is_left_behind() -> None:
    before = sys.meta_path[:], hb.optimizers.SGD.__init__, vars(hb.Layer).copy()
    with keras_names():
        assert sys.meta_path != before[0]
    assert (sys.meta_path, hb.optimizers.SGD.__init__, vars(hb.Layer)) == before
    with pytest.raises(hb.InvalidArgumentError, match="Write learning_rate"):
        hb.optimizers.SGD(lr=0.1)
    assert not hasattr(hb.models.Model, "fit_generator")


OLD = """
import numpy as np
from keras import backend as K
from keras.callbacks import ModelCheckpoint, ReduceLROnPlateau
from keras.layers import Dense, Dropout, Embedding, LSTM, Activation
from keras.models import Sequential, model_from_json
from keras.optimizers import SGD
from keras.utils import np_utils
from keras.utils.np_utils import to_categorical

rng = np.random.RandomState(0)
x = rng.randn(60, 4)
labels = (x[:, 0] > 0).astype(int)
y = np_utils.to_categorical(labels, 2)

def closeness(y_true, y_pred):
    return K.mean(K.cast(K.equal(K.argmax(y_true, axis=-1), K.argmax(y_pred, axis=-1)), K.floatx()))

def own_loss(y_true, y_pred):
    return -K.sum(y_true * K.log(K.clip(y_pred, K.epsilon(), 1.0)), axis=-1)

model = Sequential()
model.add(Dense(8, input_dim=4, activation="tanh"))
model.add(Dropout(0.1))
model.add(Dense(2))
model.add(Activation("softmax"))
model.compile(loss=own_loss, optimizer=SGD(lr=0.5, momentum=0.9, nesterov=True), metrics=["acc", closeness])

def batches():
    while True:
        for i in range(0, 60, 20):
            yield x[i : i + 20], y[i : i + 20]

history = model.fit_generator(batches(), steps_per_epoch=3, epochs=30, verbose=0, workers=2, max_queue_size=4,
                              validation_data=(x, y), callbacks=[ReduceLROnPlateau(monitor="loss", epsilon=1e-3)])
print(sorted(history.history))
print(model.evaluate_generator(batches(), steps=3)[1] > 0.9, model.predict_generator(batches(), steps=3).shape)
print((model.predict_classes(x) == labels).mean() > 0.9)
json = model.to_json()
model.save_weights("weights.h5")
other = model_from_json(json)
other.load_weights("weights.h5")
print(np.abs(other.predict(x) - model.predict(x)).max())
hidden = K.function([model.layers[0].input], [model.layers[0].output])([x])[0]
print(hidden.shape, K.int_shape(model.output))

recurrent = Sequential([Embedding(10, 3, input_length=5), LSTM(2), Dense(1)])
print(recurrent.input_shape, recurrent.count_params())
stateful = Sequential([LSTM(2, batch_input_shape=(4, 5, 3), stateful=True)])
print(stateful.input_shape)
print(Sequential([LSTM(2, input_dim=3, input_length=5)]).input_shape)
"""


def test_a_script_of_keras_2(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run(OLD)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert {"acc", "closeness", "loss", "val_acc", "val_closeness", "val_loss"} <= set(eval(lines[0]))
    assert lines[1:] == [
        "True (60, 2)", "True", "0.0", "(60, 8) (None, 2)", "(None, 5) 81", "(4, 5, 3)", "(None, 5, 3)",
    ]  # fmt: skip


def test_lr_and_decay_are_those_of_keras_2() -> None:
    with keras_names():
        from keras.optimizers import SGD

        assert float(SGD(lr=0.25).lr) == 0.25
        decaying = SGD(lr=0.5, decay=0.1)
        decaying.iterations.assign(5)
        assert float(decaying.learning_rate) == pytest.approx(0.5 / 1.5)


LAYER = """
from keras import backend as K
from keras.engine.topology import Layer
import numpy as np

class MyDense(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super(MyDense, self).__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight("kernel", (input_shape[1], self.output_dim), initializer="ones", trainable=True)
        super(MyDense, self).build(input_shape)

    def call(self, x):
        return K.dot(x, self.kernel)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.output_dim)

from keras.models import Sequential
model = Sequential([MyDense(2, input_shape=(3,))])
print(model.predict(np.ones((1, 3))).tolist(), model.output_shape)
"""


def test_a_layer_of_one_s_own_as_keras_2_had_it(run: Any) -> None:
    assert run(LAYER) == (0, "[[3.0, 3.0]] (None, 2)\n", "")


def test_sequences_and_names_of_utils() -> None:
    with keras_names():
        from keras.layers import Dense
        from keras.models import Sequential
        from keras.utils import Sequence, multi_gpu_model, plot_model, to_categorical  # noqa: F401
        from keras.utils.data_utils import Sequence as SameSequence

        class Batches(Sequence):  # type: ignore[misc, valid-type]
            def __init__(self) -> None:  # as scripts of that era: without calling that of the base
                self.taken: list[int] = []

            def __len__(self) -> int:
                return 4

            def __getitem__(self, index: int) -> Any:
                self.taken.append(index)
                return np.full((2, 3), index, "float32"), to_categorical([0, 1])

        assert SameSequence is Sequence
        model = Sequential([Dense(2, activation="softmax", input_dim=3)])
        model.compile("sgd", "categorical_crossentropy")
        batches = Batches()
        model.fit_generator(batches, epochs=2, verbose=0)
        assert sorted(batches.taken[-4:]) == [0, 1, 2, 3]
        with pytest.warns(UserWarning, match="runs on one device"):
            assert multi_gpu_model(model, gpus=2) is model


def test_scikit_learn_wrappers() -> None:
    pytest.importorskip("sklearn")
    from sklearn.model_selection import GridSearchCV

    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 3)).astype("float32")
    y = np.where(x[:, 0] > 0, "up", "down")
    with keras_names():
        from keras.layers import Dense
        from keras.models import Sequential
        from keras.wrappers.scikit_learn import KerasClassifier, KerasRegressor

        def build(units: int = 2, last: str = "softmax") -> Any:
            model = Sequential([Dense(8, activation="tanh", input_shape=(3,)), Dense(units, activation=last)])
            model.compile(
                "adam" if last == "linear" else "rmsprop", "mse" if last == "linear" else "categorical_crossentropy"
            )
            model.optimizer.learning_rate = 0.05
            return model

        search = GridSearchCV(KerasClassifier(build, epochs=1, verbose=0), {"epochs": [1, 20]}, cv=2)
        search.fit(x, y)
        assert search.best_params_ == {"epochs": 20}
        best = search.best_estimator_
        assert best.score(x, y) > 0.9
        assert set(best.predict(x)) == {"up", "down"}
        np.testing.assert_allclose(best.predict_proba(x).sum(1), 1, rtol=1e-5)
        regressor = KerasRegressor(build_fn=build, units=1, last="linear", epochs=20, verbose=0)
        regressor.fit(x, x[:, 1])
        assert regressor.score(x, x[:, 1]) > -0.1
        with pytest.raises(hb.InvalidArgumentError, match="colour: no argument of"):
            KerasClassifier(build, colour=1)


def test_what_hornbeam_lacks_is_told(run: Any) -> None:
    status, _, err = run("from keras.layers import Dens\n")
    assert status == 1
    assert "cannot import name 'Dens'" in err
    assert "answered by Hornbeam" in err
    assert 'script.py", line 1' in err
    assert "runpy" not in err
    status, _, err = run("import keras\nkeras.layers.Dens\n")
    assert "Hornbeam has no keras.layers.Dens. Did you mean Dense" in err
    status, _, err = run("import keras\nkeras.backend.gradients(None, None)\n")
    assert "hornbeam.grad(function)" in err


def test_old_numpy_is_explained(run: Any) -> None:
    status, _, err = run("import numpy as np\nnp.zeros(3, dtype=np.float)\n")
    assert status == 1
    assert "np.float was Python's own float" in err
    assert "Write float instead" in err


def test_arguments_status_and_missing_files(run: Any, capfd: Any) -> None:
    assert run("import sys\nprint(sys.argv[1:], __name__)\nsys.exit(3)\n", "a", "--b") == (
        3,
        "['a', '--b'] __main__\n",
        "",
    )
    assert run("import sys\nsys.exit('no')\n") == (1, "", "no\n")
    with pytest.raises(SystemExit):
        main(["nothing.py"])
    assert "there is no file nothing.py" in capfd.readouterr().err


def shortened(name: str, folder: Path, **changes: str) -> Path:
    """An example, in which some text is replaced so that it is soon done."""
    text = (EXAMPLES / name).read_text()
    for before, after in changes.values():
        assert before in text
        text = text.replace(before, after)
    (folder / name).write_text(text)
    return folder / name


def test_the_text_generator_writes(tmp_path: Path, capfd: Any) -> None:
    (tmp_path / "text.txt").write_text("abcd " * 64)
    script = shortened(
        "lstm_text_generation.py",
        tmp_path,
        written=("range(200)", "range(12)"),
        size=("LSTM(128", "LSTM(32"),
        steps=("batch_size=128", "batch_size=8"),
    )
    assert run_script(script, [str(tmp_path / "text.txt"), "5"]) == 0
    out = capfd.readouterr().out
    assert out.count("temperature 0.2") == out.count("temperature 0.5") == out.count("temperature 1.0") == 5
    written = out.rpartition("temperature 0.2")[2].partition("temperature 0.5")[0].partition("\n")[2].partition("\n")[0]
    assert len(written) == 12 and written in "abcd " * 4  # it begins where the seed text ends


def test_the_reviews_are_told_apart(tmp_path: Path, capfd: Any) -> None:
    rng = np.random.default_rng(0)
    for part in ("train", "test"):
        rows = ["label,text"]
        for i in range(160):
            words = rng.choice(["film", "the", "actor", "scene"], 6).tolist() + [("bad", "good")[i % 2]]
            rows.append(f"{i % 2},{' '.join(words)}")
        (tmp_path / f"imdb_{part}.csv").write_text("\n".join(rows))
    script = shortened("imdb_lstm.py", tmp_path, sizes=("batch_size = 5000, 400, 128", "batch_size = 5000, 8, 8"))
    assert run_script(script, [str(tmp_path), "6"]) == 0
    assert float(capfd.readouterr().out.rpartition("Test accuracy: ")[2]) > 0.95


def test_networks_of_keras_applications_under_all_their_names(run: Any) -> None:
    text = """
        import keras
        from keras.applications import imagenet_utils
        from keras.applications.vgg16 import VGG16, decode_predictions, preprocess_input
        from tensorflow.keras.applications.mobilenet_v2 import MobileNetV2
        model = keras.applications.MobileNet(weights=None, alpha=0.25, input_shape=(32, 32, 3), classes=3)
        print(model.count_params(), keras.applications.resnet50.ResNet50 is keras.applications.ResNet50)
        print(MobileNetV2 is keras.applications.MobileNetV2, VGG16.__name__, callable(imagenet_utils.preprocess_input))
    """
    status, out, err = run(text)
    assert (status, err) == (0, "")
    assert out.split() == ["219315", "True", "True", "VGG16", "True"]


def test_a_training_loop_of_its_own_makes_digits(tmp_path: Path, capfd: Any) -> None:
    """A few small epochs: there is more ink where digits have it."""
    script = shortened(
        "gan_digits.py",
        tmp_path,
        judge=("Conv2D(32, 3, strides", "Conv2D(8, 3, strides"),
        maker=("Dense(4 * 4 * 32", "Dense(4 * 4 * 8"),
        shape=("Reshape((4, 4, 32))", "Reshape((4, 4, 8))"),
        last=("Conv2DTranspose(32", "Conv2DTranspose(8"),
        faster=("Adam(1e-3", "Adam(1e-2"),
        too=("Adam(5e-4", "Adam(5e-3"),
    )
    assert run_script(script, ["2"]) == 0
    out = capfd.readouterr().out
    assert "epoch 2: judge" in out
    (line,) = [line for line in out.splitlines() if line.startswith("made ")]
    within, beside, *_ = (float(number) for number in re.findall(r"\d\.\d\d", line))
    assert within > beside + 0.1


def test_a_number_found_by_numpy_is_a_key() -> None:
    with keras_names():
        import keras

        words = {0: "no", 1: "yes"}
        assert words[np.argmax(keras.ops.asarray([0.1, 0.9]))] == "yes"
        with pytest.raises(TypeError, match="unhashable"):
            hash(keras.ops.asarray([1, 2]))
    with pytest.raises(TypeError, match="unhashable"):
        hash(hb.ops.asarray(1))
