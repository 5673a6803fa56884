"""Texts that come as lists of numbers of words: IMDB's and Reuters'."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

__all__ = ["numbered_words"]


def numbered_words(
    texts: Any, labels: Any, generator: np.random.RandomState, num_words: int | None, skip_top: int, maxlen: int | None,
    start_char: int | None, oov_char: int | None, index_from: int,
) -> tuple[Any, Any]:  # fmt: skip
    """Texts in an order that `generator` draws, with words numbered and left out as Keras does; and their labels.

    Args:
        texts, labels: lists of numbers of words, and a label for each.
        generator: of the order.
        num_words, skip_top, maxlen, start_char, oov_char, index_from: as for `imdb.load_data`.

    Returns:
        An array of lists, and labels, int64.

    Raises:
        InvalidArgumentError: no text is short enough.
    """
    order = np.arange(len(texts))
    generator.shuffle(order)
    start = [] if start_char is None else [start_char]
    numbered = [start + [w + index_from for w in texts[i]] for i in order]
    kept = [i for i, r in enumerate(numbered) if maxlen is None or len(r) < maxlen]
    if not kept:
        raise InvalidArgumentError(f"no text is shorter than maxlen={maxlen}: choose a larger one")
    top = num_words or 1 + max(max(r, default=0) for r in numbered)
    x = np.empty(len(kept), object)
    x[:] = [_cut(numbered[i], skip_top, top, oov_char) for i in kept]
    return x, np.asarray(labels, "int64")[order][kept]


def _cut(text: list[int], lowest: int, top: int, oov: int | None) -> list[int]:
    if oov is None:
        return [w for w in text if lowest <= w < top]
    return [w if lowest <= w < top else oov for w in text]
