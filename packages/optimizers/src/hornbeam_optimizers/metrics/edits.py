"""Error rates of recognised text: edits that make the reference of it, by words and by characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam_optimizers.metrics.text import Sentence, TextMetric

__all__ = ["CharacterErrorRate", "WordErrorRate", "edit_distance"]


def edit_distance(one: Sequence[Any], other: Sequence[Any]) -> int:
    """The fewest insertions, deletions and replacements that turn one sequence into the other.

    Example:
        >>> edit_distance("kitten", "sitting")
        3

    Sources:
        Levenshtein 1966.
    """
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]


class _ErrorRate(TextMetric):
    """Edits over the length of the references; of several references the nearest counts."""

    _direction = "down"

    def _forget(self) -> None:
        self.edits = self.length = 0.0

    def _tokens(self, sentence: Sentence) -> Sequence[Any]:
        return sentence

    def _add(self, references: list[Sentence], hypothesis: Sentence, weight: float) -> None:
        said = self._tokens(hypothesis)
        edits, length = min(((edit_distance(r, said), len(r)) for r in map(self._tokens, references)), key=_share)
        self.edits, self.length = self.edits + weight * edits, self.length + weight * length

    def figure(self) -> float:
        """The rate; 0 before anything was seen."""
        return self.edits / (self.length or 1.0)


def _share(found: tuple[int, int]) -> float:
    return found[0] / max(found[1], 1)


class WordErrorRate(_ErrorRate):
    """Edits of words over words of the references: 0 is perfect, above 1 is possible. Two sums are kept, no text.

    Args:
        decode: makes a text, or a list of tokens, of a row of whole numbers; default: the numbers are the words.
        ignore_class: a token that is left out, such as that of padding.
        name: name of the figure.
        dtype: of the figure.

    Example:
        >>> metric = WordErrorRate()
        >>> metric.update_state(["the cat sat down"], ["the cat sit"]); float(metric.result())
        0.5
    """

    def __init__(
        self, decode: Any = None, ignore_class: int | None = None, name: str | None = "word_error_rate", dtype: Any = None
    ) -> None:  # fmt: skip
        super().__init__(decode, ignore_class, name, dtype)

    def _tokens(self, sentence: Sentence) -> Sequence[Any]:
        return sentence.split() if isinstance(sentence, str) else sentence


class CharacterErrorRate(_ErrorRate):
    """Edits of characters over characters of the references. Arguments as for `WordErrorRate`.

    Example:
        >>> metric = CharacterErrorRate()
        >>> metric.update_state(["kitten"], ["sitting"]); float(metric.result())
        0.5
    """

    def __init__(
        self, decode: Any = None, ignore_class: int | None = None, name: str | None = "character_error_rate",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(decode, ignore_class, name, dtype)
