"""IMDB: 50,000 reviews of films, half of them good, as lists of numbers of words (Maas et al. 2011)."""

from __future__ import annotations

import bz2
import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.download import get_file
from hornbeam_datasets.numbered import numbered_words
from hornbeam_datasets.restricted import arrays_of_npz

__all__ = ["get_word_index", "load_data"]

ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_WORD = re.compile(r"[^\s!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~]+")


def load_data(
    path: Any = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
) -> Any:
    """The reviews as lists of numbers: the more frequent a word, the smaller its number.

    Args:
        path: Keras's `imdb.npz`, which is fetched where it is not here; or a folder: of the original files (`train/pos/*.txt`
            and so on), or of tables `imdb_train.csv` and `imdb_test.csv` (also .bz2) with columns `label` and `text`.
        num_words: words with larger numbers are replaced by `oov_char`.
        skip_top: so are the most frequent words.
        maxlen: longer reviews are left out.
        seed: of the order of the reviews.
        start_char: number before each review; None: none.
        oov_char: number of words that are left out; None: they are not there.
        index_from: words are numbered from here on.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: arrays of lists, and labels 0 (bad) or 1 (good), int64.

    Raises:
        DownloadError: the file is not here and cannot be fetched.
        InvalidArgumentError: there is nothing of that kind at `path`, or no review is short enough.
    """
    place = Path(path)
    found = _from_folder(place) if place.is_dir() else _from_npz(get_file(str(path), ADDRESS + "imdb.npz"))
    generator = np.random.RandomState(seed)
    return tuple(
        numbered_words(reviews, labels, generator, num_words, skip_top, maxlen, start_char, oov_char, index_from)
        for reviews, labels in found
    )


def get_word_index(path: Any = "imdb_word_index.json") -> dict[str, int]:
    """Each word's number, from 1 on; `load_data` adds `index_from` to it.

    Args:
        path: Keras's file, which is fetched where it is not here; or a folder as for `load_data`.
    """
    if Path(path).is_dir():
        return _numbered(_texts(Path(path), "train"))[2]
    with open(get_file(str(path), ADDRESS + "imdb_word_index.json"), encoding="utf-8") as file:
        return dict(json.load(file))


def _from_npz(path: str) -> list[tuple[Any, Any]]:
    x_train, y_train, x_test, y_test = arrays_of_npz(path, "x_train", "y_train", "x_test", "y_test")
    return [(x_train, y_train), (x_test, y_test)]


# ---- the original texts


def _from_folder(folder: Path) -> list[tuple[list[list[int]], list[int]]]:
    rows, labels, index = _numbered(_texts(folder, "train"))
    test = [([index[w] for w in _words(text) if w in index], label) for text, label in _texts(folder, "test")]
    return [(rows, labels), ([row for row, _ in test], [label for _, label in test])]


def _numbered(texts: Any) -> tuple[list[list[int]], list[int], dict[str, int]]:
    """Reviews as numbers of words, their labels, and the number of each word, the most frequent first."""
    met: dict[str, int] = {}  # in the order in which they are met
    rows, labels = [], []
    for text, label in texts:
        rows.append([met.setdefault(word, len(met)) for word in _words(text)])
        labels.append(label)
    counts = np.bincount(np.concatenate([np.asarray(row, "int64") for row in rows]), minlength=len(met))
    numbers = np.empty(len(met), "int64")
    numbers[np.argsort(-counts, kind="stable")] = np.arange(1, len(met) + 1)
    renumber = numbers.tolist()
    return [[renumber[w] for w in row] for row in rows], labels, {word: renumber[i] for word, i in met.items()}


def _texts(folder: Path, part: str) -> Iterator[tuple[str, int]]:
    for name in (f"imdb_{part}.csv", f"imdb_{part}.csv.bz2"):
        if (folder / name).is_file():
            raw = (folder / name).read_bytes()
            rows = csv.DictReader(io.StringIO((bz2.decompress(raw) if name.endswith("bz2") else raw).decode()))
            yield from ((row["text"], int(row["label"])) for row in rows)
            return
    if not (folder / part / "pos").is_dir():
        raise InvalidArgumentError(f"{folder} has neither imdb_{part}.csv nor the folder {part}/pos")
    for label, name in enumerate(("neg", "pos")):
        for file in sorted((folder / part / name).glob("*.txt")):
            yield file.read_text(encoding="utf-8"), label


def _words(text: str) -> list[str]:
    return _WORD.findall(text.replace("<br />", " ").lower())
