"""chrF: n-grams of characters (and of words) that predictions and references share."""

from __future__ import annotations

import string
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.metrics.text import Sentence, TextMetric, common, counted

__all__ = ["ChrF"]


def split_words(text: str) -> list[str]:
    """Words, with one sign of punctuation taken off the end of each, or else off its beginning."""
    found = []
    for word in text.split():
        if len(word) > 1 and word[-1] in string.punctuation:
            found += [word[:-1], word[-1]]
        elif len(word) > 1 and word[0] in string.punctuation:
            found += [word[0], word[1:]]
        else:
            found.append(word)
    return found


class ChrF(TextMetric):
    """chrF, from 0 to 100: the F-beta score of n-grams of characters, averaged over their lengths. Sums are kept, no text.

    Args:
        char_order: the longest n-grams of characters, from 1.
        word_order: the longest n-grams of words; 2 makes it chrF++.
        beta: how much more recall counts than precision.
        lowercase: whether case does not matter.
        whitespace: whether spaces are characters.
        decode: makes a text, or a list of tokens, of a row of whole numbers; default: the numbers are the characters.
        ignore_class: a token that is left out, such as that of padding.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = ChrF()
        >>> metric.update_state(["The cat is on the mat."], ["A cat sat on the mat."]); round(float(metric.result()), 2)
        51.86

    Sources:
        Popović 2015, 2017 (chrF++); Post 2018 (sacrebleu, whose figures these are).
    """

    _direction = "up"

    def __init__(
        self, char_order: int = 6, word_order: int = 0, beta: float = 2.0, lowercase: bool = False,
        whitespace: bool = False, decode: Any = None, ignore_class: int | None = None, name: str | None = "chrf",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        for what, value, least in (("char_order", char_order, 1), ("word_order", word_order, 0)):
            if not isinstance(value, int) or value < least:
                raise InvalidArgumentError(f"ChrF: {what} must be a whole number from {least}; got {value!r}")
        if not beta > 0:
            raise InvalidArgumentError(f"ChrF: beta must be above 0; got {beta!r}")
        self.char_order, self.word_order, self.beta = char_order, word_order, beta
        self.lowercase, self.whitespace = lowercase, whitespace
        super().__init__(decode, ignore_class, name, dtype)

    def _forget(self) -> None:
        self.counts = np.zeros((self.char_order + self.word_order, 3))  # predicted, given, common

    def _grams(self, sentence: Sentence) -> list[dict[Any, int]]:
        if isinstance(sentence, str):
            text = sentence.lower() if self.lowercase else sentence
            characters: list[Any] = list(text if self.whitespace else "".join(text.split()))
            words: list[Any] = split_words(text)
        else:
            characters = words = sentence
        found = [counted(characters, n + 1) for n in range(self.char_order)]
        return found + [counted(words, n + 1) for n in range(self.word_order)]

    def _add(self, references: list[Sentence], hypothesis: Sentence, weight: float) -> None:
        said, best = self._grams(hypothesis), None
        for reference in references:
            given = self._grams(reference)
            counts = np.array(
                [
                    # an order that the reference has no n-gram of says nothing of the prediction
                    (sum(s.values()) if g else 0, sum(g.values()), common(s, g))
                    for s, g in zip(said, given, strict=True)
                ]
            )
            score = self._score(counts)
            if best is None or score > best[0]:
                best = score, counts
        assert best is not None
        self.counts = self.counts + weight * best[1]

    def _score(self, counts: np.ndarray[Any, Any]) -> float:
        """The F-beta score of precision and recall, each averaged over the orders of which both have n-grams."""
        used = counts[(counts[:, 0] > 0) & (counts[:, 1] > 0)].astype(np.float64)
        if not len(used):
            return 0.0
        precision, recall = np.mean(used[:, 2] / used[:, 0]), np.mean(used[:, 2] / used[:, 1])
        square = self.beta**2
        total = square * precision + recall
        return float(100.0 * (1 + square) * precision * recall / total) if total > 0 else 0.0

    def figure(self) -> float:
        """chrF of all sentences; 0 before anything was seen."""
        return self._score(self.counts)

    def get_config(self) -> dict[str, Any]:
        """The arguments, but for `decode`, which is a function of yours."""
        return {
            **super().get_config(), "char_order": self.char_order, "word_order": self.word_order, "beta": self.beta,
            "lowercase": self.lowercase, "whitespace": self.whitespace,
        }  # fmt: skip
