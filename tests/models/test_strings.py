"""Models that begin with strings: subclassed, nested, of texts of any length; and data that do not fit them."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.saving import register_keras_serializable
from hornbeam_models import ready

L = hb.layers
TEXTS = np.array(["good film", "a bad film", "bad", "good plot", "so bad", "good good"], object)
RATINGS = np.array([1, 0, 0, 1, 0, 1], "float32")


def words(length=None):
    return L.TextVectorization(vocabulary=["good", "bad", "film"], output_sequence_length=length)


@register_keras_serializable("strings")
class Rater(hb.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.words, self.embedding, self.out = words(), L.Embedding(5, 3, mask_zero=True), L.Dense(1)
        self.mean = L.GlobalAveragePooling1D()

    def call(self, texts):
        return self.out(self.mean(self.embedding(self.words(texts))))


def split(model):
    """The same model, which gets the numbers of words that the layer makes of the texts beforehand."""
    numbers = words(3)(TEXTS).numpy()
    bare = hb.Sequential([L.Embedding(5, 3, mask_zero=True), L.GlobalAveragePooling1D(), L.Dense(1)])
    bare(numbers)
    bare.set_weights(model.get_weights())
    return bare, numbers


@pytest.mark.parametrize("eager", [False, True], ids=["compiled", "eager"])
def test_a_subclass_learns_as_from_the_numbers_of_its_words(eager):
    model = Rater()
    model(TEXTS)
    bare, numbers = split(model)
    figures = []
    for one, x in ((model, TEXTS), (bare, numbers)):
        one.compile(hb.optimizers.SGD(0.1), "mse", metrics=["mae"], run_eagerly=eager)
        history = one.fit(x, RATINGS, batch_size=2, epochs=3, shuffle=False, validation_data=(x, RATINGS), verbose=0)
        figures.append([*history.history.values(), one.evaluate(x, RATINGS, verbose=0)])
    for ours, theirs in zip(*figures, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    np.testing.assert_allclose(model.predict(TEXTS, batch_size=4), bare.predict(numbers), rtol=1e-5)
    np.testing.assert_allclose(model.predict_on_batch(TEXTS), bare.predict(numbers), rtol=1e-5)


def test_a_subclass_is_saved_and_loaded(tmp_path):
    model = Rater()
    model.compile("adam", "mse")
    model.fit(TEXTS, RATINGS, verbose=0)
    model.save(tmp_path / "it.keras")
    again = hb.models.load_model(tmp_path / "it.keras")
    np.testing.assert_allclose(again.predict(TEXTS), model.predict(TEXTS), rtol=1e-6)


def test_a_model_of_strings_within_another():
    inner = hb.Sequential([hb.Input((1,), dtype="string"), words(4), L.Embedding(5, 2), L.Flatten()])
    text, number = hb.Input((1,), dtype="string", name="text"), hb.Input((2,), name="number")
    shape = inner(text).shape
    model = hb.Model({"text": text, "number": number}, L.Dense(1)(L.Concatenate()([inner(text), number])))
    assert shape == (None, 8)
    numbers = np.random.default_rng(0).normal(size=(6, 2)).astype("float32")
    given = {"text": TEXTS[:, None], "number": numbers}
    first, bias = model.get_weights()[1:]
    expected = np.concatenate([inner(TEXTS[:, None]).numpy(), numbers], 1) @ first + bias
    np.testing.assert_allclose(model.predict(given), expected, rtol=1e-5, atol=1e-6)  # sums that cancel
    model.compile("adam", "mse")
    batches = [({k: v[i : i + 2] for k, v in given.items()}, RATINGS[i : i + 2]) for i in (0, 2, 4)]
    assert len(model.fit(iter(batches * 2), steps_per_epoch=3, epochs=2, verbose=0).history["loss"]) == 2


def test_a_large_model_that_ends_in_strings(monkeypatch):
    monkeypatch.setattr(ready, "LARGE", 0)
    inputs = hb.Input((3,))
    scores = L.Dense(2, name="scores")(inputs)
    names = L.StringLookup(vocabulary=["red", "blue"], num_oov_indices=0, invert=True)(hb.ops.argmax(scores, axis=-1))
    model = hb.Model(inputs, {"name": names, "scores": scores})
    x = np.random.default_rng(0).normal(size=(9, 3)).astype("float32")
    found = model.predict(x, batch_size=4, verbose=0)
    np.testing.assert_allclose(found["scores"], model.get_layer("scores")(x).numpy(), rtol=1e-5)
    assert found["name"].tolist() == np.array(["red", "blue"])[found["scores"].argmax(1)].tolist()


def test_texts_in_every_form():
    model = Rater()
    expected = model(TEXTS).numpy()
    forms = (list(TEXTS), [t.encode() for t in TEXTS], TEXTS.astype("U"), np.array([t.encode() for t in TEXTS]))
    for form in forms:
        np.testing.assert_allclose(model(form), expected, rtol=1e-6)
        np.testing.assert_allclose(model.predict(form, verbose=0), expected, rtol=1e-6)


def test_layers_that_adapt_are_no_metrics():
    model = hb.Sequential([hb.Input((1,)), L.Discretization([0.0, 1.0], output_mode="one_hot"), L.Dense(1)])
    model.compile("sgd", "mse")
    assert model.metrics_names == ["loss"]
    assert set(model.fit(np.zeros((4, 1)), np.zeros(4), verbose=0).history) == {"loss"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.zeros((4, 1), "float32"), "data must be strings; got numbers for input 'it'"),
        (np.array([["a", "b"]]), r"expects shape \(None, 1\); got \(1, 2\)"),
        (np.array(["a", 1], object), "data must be numbers; got an array of object such as 'a'"),
    ],
    ids=["numbers", "shape", "mixed"],
)
def test_data_that_do_not_fit(data, message):
    model = hb.Sequential([hb.Input((1,), dtype="string", name="it"), words(2), L.Embedding(5, 1)])
    with pytest.raises(hb.HornbeamError, match=message):
        model.predict(data, verbose=0)


def test_strings_for_what_takes_none():
    model = hb.Sequential([hb.Input((1,), name="it"), L.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(hb.DTypeError, match="data must be numbers; got strings for input 'it'"):
        model.predict(TEXTS)
    with pytest.raises(hb.DTypeError, match="Encode strings"):
        hb.Sequential([L.Dense(1)]).predict(TEXTS[:, None])
    with pytest.raises(hb.InvalidArgumentError, match=r"data must be numbers.*numpy.unique"):
        model.fit(np.zeros((6, 1)), TEXTS.astype("U"), verbose=0)


def test_a_vocabulary_that_was_learnt_is_not_lost(tmp_path):
    layer = L.TextVectorization(output_sequence_length=2)
    model = hb.Sequential([hb.Input((1,), dtype="string"), layer, L.Embedding(9, 2), L.Flatten()])
    with pytest.raises(hb.InvalidArgumentError, match=r"has no vocabulary: call adapt\(data\) first"):
        model.predict(TEXTS, verbose=0)
    layer.adapt(TEXTS)
    expected = model.predict(TEXTS, verbose=0)
    model.save(tmp_path / "it.keras")
    np.testing.assert_array_equal(hb.models.load_model(tmp_path / "it.keras").predict(TEXTS, verbose=0), expected)
    with pytest.raises(hb.SerializationError, match=r"no place for \['layers/text_vectorization.*vocabulary.txt'\]"):
        model.save(tmp_path / "it.h5")
    assert not (tmp_path / "it.h5").exists()
    given = hb.Sequential([hb.Input((1,), dtype="string"), words(2), L.Embedding(9, 2), L.Flatten()])
    given.save(tmp_path / "given.h5")
    again = hb.models.load_model(tmp_path / "given.h5")
    np.testing.assert_array_equal(again.predict(TEXTS, verbose=0), given.predict(TEXTS, verbose=0))
