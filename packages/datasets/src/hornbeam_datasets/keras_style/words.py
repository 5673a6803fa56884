"""Keras 2's text: words to numbers, and pairs of neighbouring words."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

__all__ = [
    "Tokenizer", "hashing_trick", "make_sampling_table", "one_hot", "skipgrams", "text_to_word_sequence", "tokenizer_from_json",
]  # fmt: skip

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
MODES = ("binary", "count", "freq", "tfidf")


def text_to_word_sequence(input_text: str, filters: str = FILTERS, lower: bool = True, split: str = " ") -> list[str]:
    """The words of a text.

    Args:
        input_text: the text.
        filters: characters that part words like `split`.
        lower: whether to write all in lower case.
        split: what parts words.

    Example:
        >>> text_to_word_sequence("Nice, isn't it?")
        ['nice', "isn't", 'it']
    """
    text = input_text.lower() if lower else input_text
    return [word for word in text.translate({ord(c): split for c in filters}).split(split) if word]


def hashing_trick(
    text: str, n: int, hash_function: Any = None, filters: str = FILTERS, lower: bool = True, split: str = " ",
    analyzer: Callable[[str], Sequence[str]] | None = None,
) -> list[int]:  # fmt: skip
    """The words of a text as numbers from 1 to n - 1, by a hash: different words may get the same.

    Args:
        text: the text.
        n: one more than the largest number.
        hash_function: function of a word; "md5"; None: Python's `hash`, which differs from process to process.
        filters, lower, split: as for `text_to_word_sequence`.
        analyzer: function of the text that gives its words, instead.
    """
    words = text_to_word_sequence(text, filters, lower, split) if analyzer is None else analyzer(text)
    if hash_function == "md5":
        return [int(hashlib.md5(w.encode(), usedforsecurity=False).hexdigest(), 16) % (n - 1) + 1 for w in words]
    number = hash if hash_function is None else hash_function
    return [number(w) % (n - 1) + 1 for w in words]


def one_hot(
    input_text: str, n: int, filters: str = FILTERS, lower: bool = True, split: str = " ", analyzer: Any = None
) -> list[int]:
    """`hashing_trick` by Python's `hash`."""
    return hashing_trick(input_text, n, None, filters, lower, split, analyzer)


class Tokenizer:
    """Texts to numbers, by how often words occur: the most frequent word is 1.

    Args:
        num_words: one more than the number of most frequent words that are kept; None: all.
        filters, lower, split: as for `text_to_word_sequence`.
        char_level: whether characters are the words.
        oov_token: a word that stands for those that are not kept, and has number 1; None: they are left out.
        analyzer: function of a text that gives its words, instead.

    Attributes:
        word_index, index_word: number of each word, and word of each number.
        word_counts, word_docs, index_docs: how often words occur, and in how many texts.
        document_count: texts seen.

    Source: keras.preprocessing.text.Tokenizer of Keras 2.

    Example:
        >>> words = Tokenizer(num_words=4)
        >>> words.fit_on_texts(["the tree", "the old tree", "The wind"])
        >>> words.texts_to_sequences(["the wind in the old tree"])
        [[1, 1, 3, 2]]
    """

    def __init__(
        self, num_words: int | None = None, filters: str = FILTERS, lower: bool = True, split: str = " ",
        char_level: bool = False, oov_token: str | None = None, analyzer: Callable[[str], Sequence[str]] | None = None,
    ) -> None:  # fmt: skip
        self.num_words, self.filters, self.lower, self.split = num_words, filters, lower, split
        self.char_level, self.oov_token, self.analyzer = char_level, oov_token, analyzer
        self.word_counts: dict[str, int] = {}
        self.word_docs: dict[str, int] = {}
        self.index_docs: dict[int, int] = {}
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}
        self.document_count = 0

    def _words(self, text: Any) -> Sequence[str]:
        if self.char_level or isinstance(text, (list, tuple)):
            if not self.lower:
                return text
            return text.lower() if isinstance(text, str) else [word.lower() for word in text]
        if self.analyzer is not None:
            return self.analyzer(text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def fit_on_texts(self, texts: Iterable[Any]) -> None:
        """Count the words of texts (or of lists of words), and number them anew."""
        for text in texts:
            self.document_count += 1
            words = self._words(text)
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in dict.fromkeys(words):
                self.word_docs[word] = self.word_docs.get(word, 0) + 1
        ranked = sorted(self.word_counts, key=lambda w: -self.word_counts[w])
        if self.oov_token is not None:
            ranked = [self.oov_token, *ranked]
        self.word_index = {word: number for number, word in enumerate(ranked, 1)}
        self.index_word = {number: word for word, number in self.word_index.items()}
        self.index_docs = {self.word_index[word]: count for word, count in self.word_docs.items()}

    def fit_on_sequences(self, sequences: Sequence[Sequence[int]]) -> None:
        """Count in how many lists of numbers each number occurs, for "tfidf"."""
        self.document_count += len(sequences)
        for sequence in sequences:
            for number in set(sequence):
                self.index_docs[number] = self.index_docs.get(number, 0) + 1

    @property
    def _oov(self) -> int | None:
        return None if self.oov_token is None else self.word_index.get(self.oov_token)

    def texts_to_sequences(self, texts: Iterable[Any]) -> list[list[int]]:
        """Texts as lists of numbers."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Any]) -> Iterator[list[int]]:
        """The same, one after another."""
        limit, other = self.num_words or float("inf"), self._oov
        for text in texts:
            numbers = (self.word_index.get(word) for word in self._words(text))
            kept = (n if n is not None and n < limit else other for n in numbers)
            yield [n for n in kept if n is not None]

    def sequences_to_texts(self, sequences: Iterable[Sequence[int]]) -> list[str]:
        """Lists of numbers as texts."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Sequence[int]]) -> Iterator[str]:
        """The same, one after another."""
        limit = self.num_words or float("inf")
        for sequence in sequences:
            words = (self.index_word.get(n) if n < limit else None for n in sequence)
            yield " ".join(w for w in (word if word is not None else self.oov_token for word in words) if w is not None)

    def texts_to_matrix(self, texts: Iterable[Any], mode: str = "binary") -> Any:
        """Texts as rows; see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences: Sequence[Sequence[int]], mode: str = "binary") -> Any:
        """Lists of numbers as rows of an array [lists, num_words].

        Args:
            sequences: lists of numbers.
            mode: "binary": 1 where the word occurs; "count": how often; "freq": that by the list's length; "tfidf": (1 + log
                count) * log(1 + texts / (1 + texts with the word)).

        Raises:
            InvalidArgumentError: the mode is another word, or nothing is known about words.
        """
        if mode not in MODES:
            raise InvalidArgumentError(f"mode must be one of {', '.join(MODES)}; got {mode!r}")
        columns = self.num_words or (len(self.word_index) + 1 if self.word_index else 0)
        if not columns:
            raise InvalidArgumentError(
                "how many words there are is not known: give num_words, or call fit_on_texts first"
            )
        if mode == "tfidf" and not self.document_count:
            raise InvalidArgumentError('"tfidf" needs to know texts: call fit_on_texts first')
        found = np.zeros((len(sequences), columns))
        for row, sequence in zip(found, sequences, strict=True):
            for number, count in Counter(n for n in sequence if n < columns).items():
                if mode == "tfidf":
                    rare = np.log(1 + self.document_count / (1 + self.index_docs.get(number, 0)))
                    row[number] = (1 + np.log(count)) * rare
                else:
                    row[number] = {"binary": 1, "count": count, "freq": count / len(sequence)}[mode]
        return found

    def get_config(self) -> dict[str, Any]:
        """Arguments and counts; the counts as JSON, as Keras has it."""
        names = "num_words", "filters", "lower", "split", "char_level", "oov_token", "document_count"
        counts = "word_counts", "word_docs", "index_docs", "index_word", "word_index"
        return {n: getattr(self, n) for n in names} | {n: json.dumps(getattr(self, n)) for n in counts}

    def to_json(self, **kwargs: Any) -> str:
        """As text, for `tokenizer_from_json`; **kwargs: of json.dumps."""
        return json.dumps({"class_name": "Tokenizer", "config": self.get_config()}, **kwargs)


def tokenizer_from_json(json_string: str) -> Tokenizer:
    """The Tokenizer that `to_json` wrote, here or in Keras.

    Raises:
        InvalidArgumentError: the text is none of it.
    """
    try:
        config = dict(json.loads(json_string)["config"])
        counts = {
            name: json.loads(config.pop(name))
            for name in ("word_counts", "word_docs", "index_docs", "index_word", "word_index")
        }
        documents = config.pop("document_count")
        found = Tokenizer(**config)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidArgumentError(
            f"this is no Tokenizer written by to_json(): {type(error).__name__}: {error}"
        ) from error
    found.document_count = documents
    found.word_counts, found.word_docs, found.word_index = (
        counts["word_counts"],
        counts["word_docs"],
        counts["word_index"],
    )
    found.index_docs = {int(k): v for k, v in counts["index_docs"].items()}
    found.index_word = {int(k): v for k, v in counts["index_word"].items()}
    return found


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> Any:
    """For each rank of a word the chance with which `skipgrams` keeps it, if words are distributed as Zipf says.

    Source: Mikolov et al. 2013, "Distributed Representations of Words and Phrases"; Keras 2's approximation of the frequencies.
    """
    rank = np.maximum(np.arange(size, dtype=np.float64), 1.0)
    scaled = sampling_factor * (rank * (np.log(rank) + 0.577) + 0.5 - 1.0 / (12.0 * rank))
    return np.minimum(1.0, np.sqrt(scaled))


def skipgrams(
    sequence: Sequence[int], vocabulary_size: int, window_size: int = 4, negative_samples: float = 1.0, shuffle: bool = True,
    categorical: bool = False, sampling_table: Any = None, seed: int | None = None,
) -> tuple[list[list[int]], list[Any]]:  # fmt: skip
    """Pairs of words: neighbours (label 1), and as many with words at random (label 0).

    Args:
        sequence: words as numbers; 0 is no word and is skipped.
        vocabulary_size: one more than the largest number.
        window_size: how far apart neighbours are at most.
        negative_samples: random pairs for each pair of neighbours.
        shuffle: whether pairs come in random order.
        categorical: labels [0, 1] and [1, 0] instead of 1 and 0.
        sampling_table: chances with which words are kept; see `make_sampling_table`.
        seed: of everything that is random.

    Returns:
        The pairs and their labels.

    Source: Mikolov et al. 2013, "Efficient Estimation of Word Representations in Vector Space"; Keras 2's function, whose random
    numbers differ.
    """
    draw = np.random.default_rng(seed)
    pairs: list[list[int]] = []
    for at, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < draw.random()):
            continue
        around = range(max(0, at - window_size), min(len(sequence), at + window_size + 1))
        pairs += [[int(word), int(sequence[j])] for j in around if j != at and sequence[j]]
    labels: list[Any] = [1] * len(pairs)
    if negative_samples > 0 and pairs:
        count = int(len(pairs) * negative_samples)
        words = draw.permutation([word for word, _ in pairs])
        others = draw.integers(1, vocabulary_size, count)
        pairs += [[int(words[i % len(words)]), int(others[i])] for i in range(count)]
        labels += [0] * count
    if categorical:
        labels = [[0, 1] if label else [1, 0] for label in labels]
    order = draw.permutation(len(pairs)) if shuffle else range(len(pairs))
    return [pairs[i] for i in order], [labels[i] for i in order]
