"""ROUGE: n-grams and longest common subsequences that summaries and references share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.metrics.text import Sentence, TextMetric, common, counted

__all__ = ["ROUGE"]

MEASURES = ("precision", "recall", "f1_score")


def words(sentence: Sentence) -> list[Any]:
    """Lower-case runs of letters and digits; tokens stay as they are."""
    return re.findall(r"[a-z0-9]+", sentence.lower()) if isinstance(sentence, str) else sentence


def longest_common(one: Sequence[Any], other: Sequence[Any]) -> list[int]:
    """The places in `one` of a longest subsequence that `other` has, too."""
    lengths = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        row, above = lengths[i + 1], lengths[i]
        for j, b in enumerate(other):
            row[j + 1] = above[j] + 1 if a == b else max(above[j + 1], row[j])
    found, i, j = [], len(one), len(other)
    while i and j:
        if one[i - 1] == other[j - 1]:
            i, j = i - 1, j - 1
            found.append(i)
        elif lengths[i][j - 1] > lengths[i - 1][j]:
            j -= 1
        else:
            i -= 1
    return found[::-1]


def _sentences(text: Sentence) -> list[list[Any]]:
    """The words of each line."""
    return [words(line) for line in text.split("\n") if line] if isinstance(text, str) else [text]


class ROUGE(TextMetric):
    """The mean over samples of ROUGE-n, ROUGE-L or ROUGE-Lsum; of several references the one of the best F1 counts.

    Words are lower-case runs of letters and digits; they are not stemmed. A sum is kept, no text.

    Args:
        variant: "rouge1", "rouge2", ... (n-grams), "rougeL" (longest common subsequence) or "rougeLsum" (of each line with all
            lines of the prediction).
        measure: "f1_score", "precision" or "recall".
        decode: makes a text, or a list of tokens, of a row of whole numbers; default: the numbers are the tokens.
        ignore_class: a token that is left out, such as that of padding.
        name: name of the figure; default: the variant.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = ROUGE("rougeL")
        >>> metric.update_state(["The quick brown fox jumps over the lazy dog"], ["The quick brown dog jumps on the log."])
        >>> round(float(metric.result()), 4)
        0.5882

    Sources:
        Lin 2004, ROUGE: A Package for Automatic Evaluation of Summaries.
    """

    _direction = "up"

    def __init__(
        self, variant: str = "rougeL", measure: str = "f1_score", decode: Any = None, ignore_class: int | None = None,
        name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        if not re.fullmatch(r"rouge([1-9]|L|Lsum)", str(variant)):
            raise InvalidArgumentError(
                f"ROUGE: variant must be 'rouge1' to 'rouge9', 'rougeL' or 'rougeLsum'; got {variant!r}"
            )
        if measure not in MEASURES:
            raise InvalidArgumentError(f"ROUGE: measure must be one of {MEASURES}; got {measure!r}")
        self.variant, self.measure = variant, measure
        super().__init__(decode, ignore_class, name or variant, dtype)

    def _forget(self) -> None:
        self.total = self.count = 0.0

    def _add(self, references: list[Sentence], hypothesis: Sentence, weight: float) -> None:
        scores = [self._scores(reference, hypothesis) for reference in references]
        best = max(scores, key=lambda score: score["f1_score"])
        self.total += weight * best[self.measure]
        self.count += weight

    def _scores(self, reference: Sentence, hypothesis: Sentence) -> dict[str, float]:
        if self.variant == "rougeLsum":
            shared, given, said = _union(_sentences(reference), _sentences(hypothesis))
        else:
            target, found = words(reference), words(hypothesis)
            if self.variant == "rougeL":
                shared, given, said = len(longest_common(target, found)), len(target), len(found)
            else:
                order = int(self.variant.removeprefix("rouge"))
                shared = common(counted(target, order), counted(found, order))
                given, said = (max(len(x) - order + 1, 0) for x in (target, found))
        precision, recall = shared / max(said, 1), shared / max(given, 1)
        f1 = 2 * precision * recall / (precision + recall) if shared else 0.0
        return dict(zip(MEASURES, (precision, recall, f1), strict=True))

    def figure(self) -> float:
        """The mean; 0 before anything was seen."""
        return self.total / (self.count or 1.0)

    def get_config(self) -> dict[str, Any]:
        """The arguments, but for `decode`, which is a function of yours."""
        return {**super().get_config(), "variant": self.variant, "measure": self.measure}


def _union(given: list[list[Any]], said: list[list[Any]]) -> tuple[int, int, int]:
    """Words of the reference that some line of the prediction shares in order, each word of either counted once; and sizes."""
    left_given, left_said = (
        {k[0]: v for k, v in counted([w for line in x for w in line], 1).items()} for x in (given, said)
    )
    shared = 0
    for line in given:
        places = sorted({place for other in said for place in longest_common(line, other)})
        for word in (line[p] for p in places):
            if left_given.get(word, 0) > 0 and left_said.get(word, 0) > 0:
                shared += 1
                left_given[word] -= 1
                left_said[word] -= 1
    return shared, sum(map(len, given)), sum(map(len, said))
