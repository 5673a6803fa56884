"""Texts made alike, split into words, and words joined to n-grams, as TensorFlow does it."""

from __future__ import annotations

import re
import string
from operator import methodcaller
from typing import Any

import numpy as np

from hornbeam_layers.preprocessing.host import mapped, text

__all__ = ["joined", "made_alike", "words_of"]

LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)  # TensorFlow leaves other letters as they are
PUNCTUATION = str.maketrans("", "", string.punctuation)
WORD = re.compile(r"[^ \t\n\r\v\f]+")  # only ASCII's white space is white to it


def made_alike(texts: Any, how: Any, encoding: str) -> Any:
    """An array of texts in lower case, without punctuation, as a function makes them, or as they are (None)."""
    if callable(how):
        return text(np.asarray(how(texts.astype("U"))), encoding)
    for step, table in (("lower", LOWER), ("strip_punctuation", PUNCTUATION)):
        if step in (how or ""):
            texts = mapped(methodcaller("translate", table), texts)
    return texts


def words_of(texts: list[str], how: Any) -> list[list[str]]:
    """The words of each text: split at white space ("whitespace"), letters ("character"), or by a function."""
    if callable(how):
        return [[str(word) for word in row] for row in how(np.asarray(texts, "U"))]
    return [WORD.findall(t) if how == "whitespace" else list(t) for t in texts]


def joined(words: list[str], widths: tuple[int, ...]) -> Any:
    """Words in a row as one, n at a time for each n of `widths`; the words themselves where it is empty."""
    if widths:
        words = [" ".join(words[i : i + n]) for n in widths for i in range(len(words) - n + 1)]
    return np.asarray(words, object)
