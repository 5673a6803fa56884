"""Reuters: 11,228 newswires in 46 topics, as lists of numbers of words."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from hornbeam_datasets.download import get_file
from hornbeam_datasets.numbered import numbered_words
from hornbeam_datasets.restricted import arrays_of_npz

__all__ = ["get_label_names", "get_word_index", "load_data"]

ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
TOPICS = (
    "cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton carcass crude nat-gas cpi "
    "money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock retail ipi iron-steel rubber heat jobs lei bop "
    "zinc orange pet-chem dlr gas silver wpi hog lead"
)


def load_data(
    path: Any = "reuters.npz", num_words: int | None = None, skip_top: int = 0, maxlen: int | None = None,
    test_split: float = 0.2, seed: int = 113, start_char: int | None = 1, oov_char: int | None = 2, index_from: int = 3,
) -> Any:  # fmt: skip
    """The newswires as lists of numbers: the more frequent a word, the smaller its number.

    Args:
        path: Keras's `reuters.npz`, which is fetched where it is not here.
        test_split: share at the end that is for testing.
        num_words, skip_top, maxlen, seed, start_char, oov_char, index_from: as for `imdb.load_data`.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: arrays of lists, and topics from 0 to 45, int64.

    Raises:
        DownloadError: the file is not here and cannot be fetched.
        InvalidArgumentError: the file is another one, or no newswire is short enough.
    """
    texts, labels = arrays_of_npz(get_file(str(path), ADDRESS + "reuters.npz"), "x", "y")
    generator = np.random.RandomState(seed)
    x, y = numbered_words(texts, labels, generator, num_words, skip_top, maxlen, start_char, oov_char, index_from)
    cut = int(len(x) * (1 - test_split))
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])


def get_word_index(path: Any = "reuters_word_index.json") -> dict[str, int]:
    """Each word's number, from 1 on; `load_data` adds `index_from` to it."""
    with open(get_file(str(path), ADDRESS + "reuters_word_index.json"), encoding="utf-8") as file:
        return dict(json.load(file))


def get_label_names() -> tuple[str, ...]:
    """The topics."""
    return tuple(TOPICS.split())
