"""What metrics of text are given: sentences, or rows of tokens, with one reference or several each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from hornbeam.errors import DTypeError, InvalidArgumentError, ShapeError

from hornbeam_optimizers.metrics.host import HostMetric, on_host, sample_weights

__all__ = ["TextMetric"]

Sentence = str | list[Any]  # text, or tokens


class TextMetric(HostMetric):
    """A metric of sentences, of which sums over sentences are kept; subclasses have `_add` for one sentence.

    Args:
        decode: makes a text, or a list of tokens, of a row of whole numbers; default: the numbers are the tokens.
        ignore_class: a token that is left out, such as that of padding.
        name: name of the figure.
        dtype: of the figure.
    """

    def __init__(
        self, decode: Callable[[list[int]], Sentence] | None, ignore_class: int | None, name: Any, dtype: Any
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.decode, self.ignore_class = decode, ignore_class

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch.

        Args:
            y_true: references: texts, or lists of several texts for one prediction, or whole numbers (batch, tokens).
            y_pred: predictions: texts, or whole numbers (batch, tokens), or scores (batch, tokens, vocabulary), of which the
                largest counts.
            sample_weight: (batch,); a weight of 2 counts as the sentence twice.

        Raises:
            InvalidArgumentError: a prediction has no reference.
            ShapeError: there are more or fewer predictions than references, or weights.
        """
        mask = getattr(y_pred, "mask", None)
        keep = None if mask is None else on_host(mask)
        said = list(self._sentences(y_pred, keep))
        given = list(self._references(y_true, keep))
        if len(said) != len(given):
            raise ShapeError(f"{type(self).__name__}: {len(given)} references for {len(said)} predictions")
        weights = sample_weights(sample_weight, len(said), type(self).__name__)
        for index, (references, hypothesis) in enumerate(zip(given, said, strict=True)):
            if not references:
                raise InvalidArgumentError(f"{type(self).__name__}: sample {index} has no reference")
            self._add(references, hypothesis, float(weights[index]))

    def _add(self, references: list[Sentence], hypothesis: Sentence, weight: float) -> None:
        """Take in one sentence."""
        raise AttributeError("_add")

    def _references(self, y_true: Any, keep: Any) -> Iterator[list[Sentence]]:
        if isinstance(y_true, (list, tuple)) and y_true and isinstance(y_true[0], (list, tuple)):
            several = [row for row in y_true if row and isinstance(row[0], (str, list, tuple))]
            if several:
                yield from (list(self._sentences(row, None)) for row in y_true)
                return
        yield from ([sentence] for sentence in self._sentences(y_true, keep))

    def _sentences(self, rows: Any, keep: Any) -> Iterator[Sentence]:
        if isinstance(rows, str):
            raise DTypeError(f"{type(self).__name__}: expected a list of texts; got the text {rows[:40]!r}")
        listed = isinstance(rows, (list, tuple)) or getattr(getattr(rows, "dtype", None), "kind", "") in "OUST"
        if listed and all(isinstance(row, (str, bytes)) for row in rows):
            yield from (row.decode() if isinstance(row, bytes) else str(row) for row in rows)
            return
        if listed and isinstance(rows, (list, tuple)):
            yield from (self._sentence([int(t) for t in row]) for row in rows)
            return
        array = on_host(rows)
        if array.dtype.kind == "f" and array.ndim == 3:
            array = array.argmax(-1)
        if array.ndim != 2:
            raise ShapeError(f"{type(self).__name__}: tokens must be (batch, tokens); got shape {array.shape}")
        for i, row in enumerate(array.astype(np.int64)):
            yield self._sentence((row if keep is None else row[keep[i]]).tolist())

    def _sentence(self, tokens: list[int]) -> Sentence:
        if self.ignore_class is not None:
            tokens = [t for t in tokens if t != self.ignore_class]
        return tokens if self.decode is None else self.decode(tokens)

    def get_config(self) -> dict[str, Any]:
        """The arguments, but for `decode`, which is a function of yours."""
        return {**super().get_config(), "ignore_class": self.ignore_class}


def counted(tokens: Sequence[Any], order: int) -> dict[tuple[Any, ...], int]:
    """How often each run of `order` tokens occurs."""
    found: dict[tuple[Any, ...], int] = {}
    for i in range(len(tokens) - order + 1):
        key = tuple(tokens[i : i + order])
        found[key] = found.get(key, 0) + 1
    return found


def common(one: dict[Any, int], other: dict[Any, int]) -> int:
    """How many occurrences both have."""
    return sum(min(count, other.get(key, 0)) for key, count in one.items())
