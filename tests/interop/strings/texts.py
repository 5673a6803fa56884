"""Models of strings that both libraries can build: `BUILDERS[name](k)`, where k is keras or hornbeam; and data for them."""

import numpy as np

REVIEWS = [
    "A good film.", "bad, bad film", "the plot was good!", "no plot, bad sound", "Good sound; good plot", "what a bad plot",
]  # fmt: skip
RATINGS = np.array([[1.0], [0.0], [1.0], [0.0], [1.0], [0.0]], "float32")
WORDS = ["good", "bad", "plot", "film", "sound"]
COLOURS = ["red", "green", "blue", "red", "violet", "green"]
SIZES = [3, 1, 4, 1, 5, 9]


def column(values, dtype=object):
    return np.array(values, dtype)[:, None]


def reviews(k):
    words = k.layers.TextVectorization(output_sequence_length=5)
    words.adapt(REVIEWS)
    return k.Sequential(
        [
            k.Input((1,), dtype="string"),
            words,
            k.layers.Embedding(words.vocabulary_size(), 4, mask_zero=True),
            k.layers.GRU(3),
            k.layers.Dense(1, activation="sigmoid"),
        ]
    )


def bags(k):
    pairs = k.layers.TextVectorization(ngrams=2, output_mode="multi_hot", vocabulary=[*WORDS, "good plot", "bad film"])
    weights = [0.5 + i / 10 for i in range(len(WORDS))]
    weighted = k.layers.TextVectorization(vocabulary=WORDS, idf_weights=weights, output_mode="tf_idf")
    text = k.Input((1,), dtype="string", name="text")
    both = k.layers.Concatenate()([k.ops.cast(pairs(text), "float32"), k.ops.cast(weighted(text), "float32")])
    return k.Model(text, k.layers.Dense(1)(both))


def features(k):
    colour, size = k.Input((1,), dtype="string", name="colour"), k.Input((1,), dtype="int64", name="size")
    known = k.layers.StringLookup(vocabulary=["red", "green", "blue"], num_oov_indices=2, output_mode="one_hot")(colour)
    binned = k.layers.Hashing(4, salt=[1, 2])(colour)
    crossed = k.layers.HashedCrossing(6, output_mode="one_hot")([colour, size])
    parts = [
        k.ops.cast(known, "float32"),
        k.layers.CategoryEncoding(4, "one_hot")(binned),
        k.ops.cast(crossed, "float32"),
        k.layers.Flatten()(k.layers.Embedding(4, 2)(binned)),
        k.layers.Rescaling(0.1)(size),
    ]
    return k.Model([colour, size], k.layers.Dense(1, activation="sigmoid")(k.layers.Concatenate()(parts)))


def names(k):
    colour = k.Input((1,), dtype="string", name="colour")
    number = k.layers.StringLookup(vocabulary=["red", "green", "blue"])(colour)
    return k.Model(colour, k.layers.StringLookup(vocabulary=["rot", "gruen", "blau"], invert=True)(number))


BUILDERS = {f.__name__: f for f in (reviews, bags, features, names)}


def data(name):
    """Inputs of a model."""
    if name == "features":
        return [column(COLOURS), column(SIZES, "int64")]
    return column(COLOURS if name == "names" else REVIEWS)


def randomize(built):
    """Give every weight a value that no initializer gives."""
    rng = np.random.default_rng(1)
    built.set_weights([rng.normal(0, 0.5, np.shape(w)).astype("float32") for w in built.get_weights()])


def plain(predicted):
    """Predictions as an array of numbers or of str."""
    array = np.asarray(predicted)
    if array.dtype.kind == "f":
        return array
    return np.array([[v.decode() if isinstance(v, bytes) else v for v in row] for row in array])
