"""Layers for numbers, categories, texts and sound by what must hold of them; numbers are compared with Keras's in tests/interop."""

from collections import Counter

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers.preprocessing.fingerprints import keyed_hash
from hypothesis import given
from hypothesis import strategies as st

L = hb.layers
TABLE = np.random.default_rng(0).normal(3.0, 2.0, (60, 2)).astype("float32")
TEXTS = ["the cat sat", "the dog sat", "a cat"]


class Frame:
    """A data frame, as far as it is asked for its values."""

    def __init__(self, values):
        self.values = values

    def to_numpy(self):
        return np.asarray(self.values)


def batched(values, size):
    return [values[i : i + size] for i in range(0, len(values), size)]


SOURCES = {
    "array": lambda v: v,
    "tensor": hb.ops.asarray,
    "frame": Frame,
    "list": lambda v: v.tolist(),
    "batches": lambda v: batched(v, 7),
    "generator": lambda v: (b for b in batched(v, 7)),
    "pairs": lambda v: ((b, np.zeros(len(b))) for b in batched(v, 7)),
    "tensors": lambda v: (hb.ops.asarray(b) for b in batched(v, 9)),
    "frames": lambda v: (Frame(b) for b in batched(v, 9)),
}


@pytest.mark.parametrize("source", SOURCES)
def test_normalization_learns_from(source):
    layer = L.Normalization()
    layer.adapt(SOURCES[source](TABLE))
    mean, variance, _ = layer.get_weights()
    np.testing.assert_allclose(mean, TABLE.mean(0), rtol=1e-5)
    np.testing.assert_allclose(variance, TABLE.var(0), rtol=1e-5)
    out = layer(TABLE).numpy()
    np.testing.assert_allclose((out.mean(0), out.std(0)), ([0, 0], [1, 1]), atol=1e-5)
    back = L.Normalization(invert=True, mean=mean, variance=variance)
    np.testing.assert_allclose(back(out).numpy(), TABLE, rtol=1e-5)


@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=5), seed=st.integers(0, 99))
def test_statistics_of_batches_are_those_of_all(sizes, seed):
    rng = np.random.default_rng(seed)
    parts = [rng.normal(seed, 1 + seed, (n, 3, 2)) for n in sizes]
    whole = np.concatenate(parts)
    layer = L.Normalization(axis=(1, 2))
    layer.adapt(parts)
    np.testing.assert_allclose(layer.get_weights()[0], whole.mean(0), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(layer.get_weights()[1], whole.var(0), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("source", SOURCES)
def test_bins_of_about_as_many_data_from(source):
    layer = L.Discretization(num_bins=4, epsilon=0.02)
    layer.adapt(SOURCES[source](TABLE))
    np.testing.assert_allclose(layer.bin_boundaries, np.quantile(TABLE, [0.25, 0.5, 0.75]), atol=0.35)
    assert np.bincount(np.ravel(layer(TABLE).numpy())).min() > 20  # of 120
    assert L.Discretization.from_config(layer.get_config()).bin_boundaries == layer.bin_boundaries


@given(edges=st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=5, unique=True), seed=st.integers(0, 99))
def test_bins_are_numpys(edges, seed):
    x = np.random.default_rng(seed).uniform(-6, 6, 20).astype("float32")
    layer = L.Discretization(sorted(edges))
    assert layer(x).numpy().tolist() == np.digitize(x, np.asarray(sorted(edges), "float32")).tolist()


def test_siphash_gives_the_papers_value():
    words = tuple(int.from_bytes(bytes(range(8 * i, 8 * i + 8)), "little") for i in range(2))
    assert keyed_hash(bytes(range(15)), words) == 0xA129CA6149BE45E5


@given(words=st.lists(st.text("abé中😀", max_size=9), min_size=1, max_size=9), bins=st.integers(2, 50))
def test_hashes_depend_on_the_string_alone(words, bins):
    found = L.Hashing(bins)(np.asarray(words, object)).numpy()
    assert ((found >= 0) & (found < bins)).all()
    assert found.tolist() == [int(L.Hashing(bins)(w)) for w in words]
    masked = L.Hashing(bins, mask_value=words[0])(words).numpy()
    assert [(m == 0) == (w == words[0]) for m, w in zip(masked, words, strict=True)] == [True] * len(words)


TOKENS = st.lists(st.text("abcé中", min_size=1, max_size=3), min_size=1, max_size=30)


@given(tokens=TOKENS, most=st.integers(3, 9))
def test_the_most_frequent_words_are_learnt_and_found(tokens, most):
    layer = L.StringLookup(max_tokens=most, mask_token="")
    layer.adapt(np.asarray(tokens, object))
    counts = Counter(tokens)
    expected = sorted(counts, key=lambda t: (counts[t], t), reverse=True)[: most - 2]
    assert layer.get_vocabulary() == ["", "[UNK]", *expected]
    numbers = layer([tokens]).numpy()
    assert numbers.tolist() == [[2 + expected.index(t) if t in expected else 1 for t in tokens]]
    back = L.StringLookup(vocabulary=layer.get_vocabulary(), mask_token="", invert=True)
    assert back(numbers).tolist() == [[t if t in expected else "[UNK]" for t in tokens]]


@given(tokens=st.lists(st.integers(-9, 9), min_size=1, max_size=30), queries=st.lists(st.integers(-12, 12), min_size=1))
def test_integers_are_learnt_and_found(tokens, queries):
    layer = L.IntegerLookup(mask_token=0)
    layer.adapt(np.asarray(tokens))
    known = layer.get_vocabulary(include_special_tokens=False)
    assert sorted(known) == sorted(set(tokens) - {0, -1})
    expected = [0 if q == 0 else 2 + known.index(q) if q in known else 1 for q in queries]
    assert layer(queries).numpy().tolist() == expected


@pytest.mark.parametrize("source", ["array", "list", "frame", "generator", "pairs", "frames"])
def test_words_are_learnt_from(source):
    layer = L.TextVectorization()
    layer.adapt(SOURCES[source](np.asarray(TEXTS, object)))
    assert layer.get_vocabulary() == ["", "[UNK]", "the", "sat", "cat", "dog", "a"]
    assert layer(["The dog, the bird!", "a"]).numpy().tolist() == [[2, 5, 2, 1], [6, 0, 0, 0]]


def test_adapting_stops_after_some_steps():
    layer = L.StringLookup()
    layer.adapt(iter([["a"], ["b"], ["c"]]), steps=2)
    assert sorted(layer.get_vocabulary()[1:]) == ["a", "b"]
    bins = L.Discretization(num_bins=2)
    bins.adapt(iter([np.arange(9.0), np.full(9, 1e9)]), steps=1)
    assert bins.bin_boundaries[0] < 10


def test_functions_that_make_words():
    layer = L.TextVectorization(
        standardize=lambda texts: np.char.upper(texts), split=lambda texts: [t.split(",") for t in texts]
    )
    layer.adapt(["a,b", "b,c d"])
    assert layer.get_vocabulary()[2:] == ["B", "C D", "A"]
    assert layer([b"b,a"]).numpy().tolist() == [[2, 4]]
    letters = L.TextVectorization(split="character", vocabulary=["我", "们"])
    assert letters("我们在").numpy().tolist() == [2, 3, 1]
    assert L.TextVectorization(split="character", vocabulary=["我"], output_sequence_length=3)(
        "们我"
    ).numpy().tolist() == [1, 2, 0]


@given(documents=st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=6), min_size=1, max_size=6))
def test_weights_of_rare_words(documents):
    layer = L.TextVectorization(output_mode="tf_idf", standardize=None)
    layer.adapt([" ".join(d) for d in documents])
    out = layer([" ".join(documents[0])]).numpy()[0]
    for number, word in enumerate(layer.get_vocabulary()[1:], 1):
        among = sum(word in d for d in documents)
        assert out[number] == pytest.approx(
            documents[0].count(word) * np.log(1 + len(documents) / (1 + among)), rel=1e-5
        )


def test_what_is_learnt_is_saved_and_read(tmp_path):
    layer = L.StringLookup(output_mode="tf_idf")
    layer.adapt([["a", "b"], ["a", ""]])
    layer.save_assets(tmp_path)
    stored = {}
    layer.save_own_variables(stored)
    again = L.StringLookup.from_config(layer.get_config())
    again.load_own_variables(stored)
    again.load_assets(tmp_path)
    assert again.get_vocabulary() == layer.get_vocabulary()
    assert np.array_equal(again([["a", ""]]).numpy(), layer([["a", ""]]).numpy())
    file = tmp_path / "words.txt"
    file.write_text("a\nb\n", encoding="utf-8")
    assert L.StringLookup(vocabulary=file).get_vocabulary() == ["[UNK]", "a", "b"]
    with pytest.raises(hb.InvalidArgumentError, match="may not name a vocabulary file"):
        L.StringLookup.from_config({**layer.get_config(), "vocabulary": str(file)})
    given_ = L.TextVectorization(vocabulary=["a", "b"])
    assert L.TextVectorization.from_config(given_.get_config()).get_vocabulary() == given_.get_vocabulary()


def test_integers_are_looked_up_inside_of_a_model():
    model = hb.Sequential([
        hb.Input((3,), dtype="int64"), L.IntegerLookup(vocabulary=[40, 10, 30], output_mode="multi_hot"),
    ])  # fmt: skip
    assert model.predict(np.array([[10, 10, 7]]), verbose=0).tolist() == [[1, 0, 1, 0]]


def test_pipelines():
    chain = L.Pipeline([L.TextVectorization(vocabulary=["a", "b"]), L.CategoryEncoding(4, "count")])
    assert chain(["a b a"]).numpy().tolist() == [[0, 0, 2, 1]]
    images = np.full((2, 6, 6, 3), 200, "uint8")
    prepare = L.Pipeline([L.RandomFlip(seed=1), L.Resizing(4, 4), L.Rescaling(1 / 200), L.Dropout(0.5, seed=1)])
    assert set(np.ravel(prepare(images).numpy())) == {0.0, 2.0}
    assert np.allclose(prepare(images, training=False).numpy(), 1.0)
    again = L.Pipeline.from_config(prepare.get_config())
    assert [type(layer) for layer in again.layers] == [type(layer) for layer in prepare.layers]


def test_a_tone_is_found_where_it_is():
    rate, tone = 8000, 1000.0
    wave = np.sin(2 * np.pi * tone * np.arange(4000) / rate).astype("float32")
    mel = L.MelSpectrogram(512, 128, num_mel_bins=40, sampling_rate=rate)(wave).numpy()
    edges = np.linspace(*(1127 * np.log(1 + np.array([20.0, 4000.0]) / 700)), 42)
    band = np.abs(edges[1:-1] - 1127 * np.log(1 + tone / 700)).argmin()
    assert (mel[:, 5:-5].argmax(0) == band).all()
    linear = L.STFTSpectrogram("magnitude", 256, fft_length=256)(wave[None, :, None]).numpy()
    assert (linear[0].argmax(-1) == tone / rate * 256).all()


WORDS = np.array([["a b"], ["c"], ["b"]], object)
IN_MODELS = {
    "words": (lambda: L.TextVectorization(vocabulary=["a", "b"], output_sequence_length=3), [WORDS]),
    "words as long as they are": (lambda: L.TextVectorization(vocabulary=["a", "b"]), [WORDS]),
    "bags of words": (lambda: L.TextVectorization(vocabulary=["a", "b"], output_mode="multi_hot"), [WORDS]),
    "weighted": (lambda: L.TextVectorization(vocabulary=["a"], idf_weights=[0.7], output_mode="tf_idf"), [WORDS]),
    "looked up": (lambda: L.StringLookup(vocabulary=["c", "b"]), [WORDS]),
    "one hot": (lambda: L.StringLookup(vocabulary=["c", "b"], output_mode="one_hot"), [WORDS]),
    "hashed": (lambda: L.Hashing(5), [WORDS]),
    "hashed numbers": (lambda: L.Hashing(5, output_mode="multi_hot"), [np.array([[3, 4], [5, 6]])]),
    "unknown numbers hashed": (
        lambda: L.IntegerLookup(vocabulary=[3], num_oov_indices=4, oov_method="farmhash"),
        [np.array([[3], [4], [70]])],
    ),
    "crossed": (lambda: L.HashedCrossing(5), [WORDS, np.array([[1], [2], [3]])]),
    "crossed, one hot": (lambda: L.HashedCrossing(5, output_mode="one_hot"), [WORDS, np.array([[1], [2], [3]])]),
}


@pytest.mark.parametrize("name", IN_MODELS)
def test_layers_of_strings_are_drawn_and_captured(name):
    make, values = IN_MODELS[name]
    layer = make()
    given = values if len(values) > 1 else values[0]
    expected = layer(given)
    places = [hb.KerasTensor((None, *v.shape[1:]), "string" if v.dtype == object else "int64") for v in values]
    out = layer(places if len(places) > 1 else places[0])
    assert out.dtype == expected.dtype
    assert len(out.shape) == expected.ndim
    assert all(a in (None, b) for a, b in zip(out.shape, expected.shape, strict=True))
    assert out.shape[0] is None
    np.testing.assert_array_equal(hb.jit(lambda x: layer(x) * 2)(given).numpy(), expected.numpy() * 2)


def test_numbers_become_strings_at_the_end_of_a_model():
    layer = L.StringLookup(vocabulary=["a", "b"], invert=True)
    assert layer(hb.KerasTensor((None,), "int64")).dtype == "string"
    assert hb.jit(lambda x: layer(x + 1))(np.array([0, 1, 7])).tolist() == ["a", "b", "[UNK]"]


def test_an_input_of_strings():
    place = hb.Input((2,), dtype="string", name="s")
    assert place.dtype == "string"
    layer = place.history.operation
    assert layer.get_config() == {"batch_shape": [None, 2], "dtype": "string", "name": "s"}
    assert type(layer).from_config(layer.get_config()).output.dtype == "string"


ERRORS = [
    (lambda: L.Normalization(mean=1.0), "variance must be given if and only if mean is"),
    (lambda: L.Normalization(axis=3)(TABLE), r"axis must be from -2 to 1 for inputs of shape \(60, 2\); got axis=\(3,\)"),
    (lambda: L.Normalization().adapt([]), "an iterable without batches"),
    (lambda: L.Normalization().adapt(3), "adapt takes an array"),
    (lambda: L.Normalization(mean=1.0, variance=1.0).adapt(TABLE), "it learns nothing"),
    (lambda: L.Discretization(), "num_bins must be given if and only if bin_boundaries are not"),
    (lambda: L.Discretization(num_bins=3)(TABLE), r"knows no edges: call adapt\(data\) first"),
    (lambda: L.Discretization([0.0], output_mode="bins"), "output_mode must be one of 'int', 'one_hot'"),
    (lambda: L.CategoryEncoding(), "num_tokens must be a positive integer; got num_tokens=None"),
    (lambda: L.CategoryEncoding(3)([[1]], count_weights=[[1.0]]), "count_weights must be None where"),
    (lambda: L.CategoryEncoding(3, sparse=True), "sparse must be False: tensors are dense"),
    (lambda: L.Hashing(0), "num_bins must be a positive integer; got num_bins=0"),
    (lambda: L.Hashing(3, salt="a"), "salt must be None, an integer, or two of them; got salt='a'"),
    (lambda: L.Hashing(3, dtype="float32"), "dtype must be 'int32' or 'int64' where"),
    (lambda: L.HashedCrossing(3)([["a"]]), "inputs must be two arrays or more"),
    (lambda: L.HashedCrossing(3)((["a"], [1, 2])), "inputs must be of one shape"),
    (lambda: L.StringLookup(max_tokens=1, name="s"), "StringLookup 's': max_tokens must be None, or an integer above 1; got"),
    (lambda: L.StringLookup(vocabulary=["a", "a"]), r"vocabulary must be without repeated tokens; got vocabulary=\['a'\]"),
    (lambda: L.StringLookup(vocabulary=["a", ""], mask_token=""), "without mask_token '' but at the beginning"),
    (lambda: L.StringLookup(vocabulary=["a"], num_oov_indices=0)(["b"]), r"inputs must be in the vocabulary.*got inputs=\['b'\]"),
    (lambda: L.StringLookup(vocabulary=["a", "b"], max_tokens=2), "vocabulary must be of 2 tokens at most"),
    (lambda: L.StringLookup(vocabulary=["a"]).adapt(["b"]), "it cannot adapt to data"),
    (lambda: L.StringLookup(output_mode="count")(["a"]), r"has no vocabulary: call adapt\(data\) first"),
    (lambda: L.StringLookup(vocabulary=["a"], output_mode="tf_idf"), "idf_weights must be given with a vocabulary"),
    (lambda: L.StringLookup(vocabulary=["a"])([1.5]), "expected strings; got an array of float64"),
    (lambda: L.IntegerLookup(vocabulary=[3], num_oov_indices=0)([4]), r"got inputs=\[4\]"),
    (lambda: L.IntegerLookup(salt=3), "salt must be None where oov_method is not"),
    (lambda: L.TextVectorization(split="words"), "split must be one of 'whitespace', 'character', None, or a function"),
    (lambda: L.TextVectorization(ngrams="two"), "ngrams must be None, a positive integer, or several"),
    (lambda: L.TextVectorization(output_mode="count", output_sequence_length=3), "output_sequence_length must be None, or, in mode 'int'"),
    (lambda: L.TextVectorization(vocabulary=["a"])([["a", "b"]]), r"texts to be split must have shape \(batch,\)"),
    (lambda: L.Pipeline(3), "layers must be a list of layers; got layers=3"),
    (lambda: L.MelSpectrogram(fft_length=4, sequence_length=8), "sequence_length must be at most fft_length, 4; got"),
    (lambda: L.STFTSpectrogram("power"), "mode must be one of 'log', 'magnitude'"),
    (lambda: L.STFTSpectrogram(frame_length=8, frame_step=9), "frame_step must be None, or from 1 to frame_length, 8"),
    (lambda: L.STFTSpectrogram()(np.zeros((3, 4), "float32")), "takes inputs of rank 3"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), ERRORS, ids=range(len(ERRORS)))
def test_errors(call, message):
    with pytest.raises(hb.HornbeamError, match=message):
        call()
