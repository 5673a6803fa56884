"""What scripts take from tensorflow itself: tapes, functions, datasets; what is not there says what to use instead.

That each name answers what TensorFlow's does is tested in tests/interop/keras_names.
"""

from typing import Any

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_apps.keras_names import keras_names
from hornbeam_apps.keras_names.tensorflow.missing import ADVICE
from hornbeam_apps.run import main


@pytest.fixture
def tf():
    with keras_names():
        import tensorflow

        yield tensorflow


def test_a_tape_is_used_once_unless_it_is_persistent(tf):
    v = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = v * v
    tape.gradient(y, v)
    with pytest.raises(hb.InvalidArgumentError, match=r"GradientTape\(persistent=True\)"):
        tape.gradient(y, v)
    tape = tf.GradientTape()
    with pytest.raises(hb.InvalidArgumentError, match="recorded nothing yet"):
        tape.gradient(y, v)
    with (
        pytest.raises(hb.InvalidArgumentError, match="tape.watch takes tensors and variables; got a float"),
        tf.GradientTape() as tape,
    ):
        tape.watch(1.0)


def test_what_follows_a_failed_block_is_not_recorded(tf):
    v = tf.Variable(2.0)
    with pytest.raises(ZeroDivisionError), tf.GradientTape() as tape:
        y = v * v
        1 / 0  # noqa: B018
    z = v * v
    with tf.GradientTape() as other:
        w = v * 3.0
    assert float(other.gradient(w, v)) == 3.0
    assert tape.gradient([y, z], v).numpy() == 4.0


def test_a_function_that_branches_on_a_value_goes_on_uncompiled(tf):
    @tf.function
    def f(x):
        return x * 2.0 if x > 0 else x

    assert float(f(tf.constant(1.0))) == 2.0
    with pytest.warns(UserWarning, match="tf.function: f cannot be compiled and runs operation by operation"):
        assert float(f(tf.constant(-1.0))) == -1.0
    assert float(f(tf.constant(3.0))) == 6.0


def test_a_method_and_its_state_are_compiled(tf):
    class Counter:
        def __init__(self):
            self.n, self.traced = tf.Variable(0.0), 0

        @tf.function(jit_compile=True)
        def add(self, x, twice=False):
            self.traced += 1
            self.n.assign_add(x * (2.0 if twice else 1.0))
            return self.n.read_value()

    one, other = Counter(), Counter()
    found = [float(one.add(tf.constant(1.0))) for _ in range(5)] + [
        float(one.add(tf.constant(1.0), twice=True)) for _ in range(2)
    ]
    assert found == [1, 2, 3, 4, 5, 7, 9]
    assert [float(other.add(2.0)) for _ in range(3)] == [2, 4, 6]
    assert one.traced == 3  # once operation by operation, then once for each setting


def test_random_numbers_differ_from_call_to_call_and_are_the_same_in_each_run(tf):
    def draw():
        tf.random.set_seed(3)
        return [tf.random.normal((2,)).numpy(), *(tf.random.uniform([2], 1.0, 5.0, seed=1).numpy() for _ in range(2))]

    first, second = draw(), draw()
    assert not (first[1] == first[2]).any()
    for a, b in zip(first, second, strict=True):
        assert a.tolist() == b.tolist()
    whole = tf.random.uniform((1000,), 2, 5, dtype=tf.int32).numpy()
    assert sorted(set(whole.tolist())) == [2, 3, 4]
    assert sorted(tf.random.shuffle(tf.range(9)).numpy().tolist()) == list(range(9))


def test_datasets_train_models(tf):
    x = np.random.default_rng(0).normal(size=(96, 3)).astype("float32")
    y = x.sum(1, keepdims=True)
    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(96, seed=1).batch(16).cache().prefetch(tf.data.AUTOTUNE)
    assert len(data) == int(data.cardinality()) == 6
    first, second = ([b[0].numpy().tolist() for b in data] for _ in range(2))
    assert all(isinstance(part, tf.Tensor) for part in next(iter(data)))
    assert sorted(sum(first, [])) == sorted(sum(second, [])) == sorted(x.tolist())
    model = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(1)])
    model.compile(tf.keras.optimizers.Adam(0.1), "mse")
    assert model.fit(data, epochs=30, verbose=0, validation_data=data.take(2)).history["val_loss"][-1] < 1e-2
    with pytest.raises(AttributeError, match="has no group_by_window here. Its attribute `pipeline`"):
        data.group_by_window()


def test_what_is_not_there_says_what_to_use(tf, tmp_path, capfd):
    for name, said in ADVICE.items():
        root, _, rest = name.partition(".")
        if root == "tensorflow":
            place = tf
            *parts, last = rest.split(".")
            for part in parts:
                place = getattr(place, part)
            with pytest.raises(AttributeError) as error:
                getattr(place, last)
            assert said in str(error.value)
    with pytest.raises(AttributeError, match="no tensorflow.math.reduce_meen. Did you mean reduce_mean"):
        tf.math.reduce_meen  # noqa: B018
    script = tmp_path / "script.py"
    script.write_text("import tensorflow_datasets as tfds\n")
    assert main([str(script)]) == 1
    assert "hornbeam run: keras.datasets, or hornbeam.datasets.load" in capfd.readouterr().err


def test_strings_for_a_model(tf):
    layers = tf.keras.layers
    words = layers.TextVectorization(vocabulary=["good", "film"], output_sequence_length=3)
    model = tf.keras.Sequential([tf.keras.Input((1,), dtype=tf.string), words, layers.Rescaling(2.0)])
    assert model.predict(tf.constant(["a good film", "film"]), verbose=0).tolist() == [[2.0, 4.0, 6.0], [6.0, 0.0, 0.0]]
    given = tf.convert_to_tensor([[b"good"]], dtype=tf.string)
    assert model(given).numpy().tolist() == [[4.0, 0.0, 0.0]]


def test_sizes_remain_known_within_what_is_compiled() -> None:
    with keras_names():
        import tensorflow as tf

        @hb.jit
        def repeated(x: Any) -> Any:
            rows = tf.cast(tf.shape(x)[0], dtype="int64")
            times = tf.concat([tf.expand_dims(rows, -1), tf.constant([1, 2], dtype=tf.int64)], axis=0)
            return tf.tile(x[tf.newaxis], times) * tf.ones((rows, 1, 1)) + tf.zeros(tf.stack([rows, 2, 1]))

        x = np.array([[1.0], [2.0]], "float32")
        np.testing.assert_array_equal(repeated(x).numpy(), np.tile(x[None], (2, 1, 2)))
        texts = tf.expand_dims(tf.constant(["a", "b"]), -1)
        assert texts.shape == (2, 1)
        assert tf.concat([texts, texts], axis=0)[3, 0].numpy() == b"b"
