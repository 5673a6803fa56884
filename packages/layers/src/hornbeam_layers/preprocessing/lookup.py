"""Tokens looked up in a vocabulary, which may be learnt: what the layers that look up tokens share."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from hornbeam import Tensor, ops
from hornbeam.dtypes import floatx
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.preprocessing.arguments import wrong
from hornbeam_layers.preprocessing.encoding import encode, encoded_shape
from hornbeam_layers.preprocessing.host import batches
from hornbeam_layers.preprocessing.vocabulary import Vocabulary

__all__ = ["NOWHERE", "Lookup"]

NOWHERE = 2**63 - 1  # the index of masked tokens where the mask has no place of its own


class Lookup(Vocabulary):
    """Tokens as their numbers in a vocabulary: mask, unknown tokens, then the vocabulary.

    A subclass says what its tokens are: `tokens_of(data)` gives an array of them, or lists of different lengths.
    """

    def set_up(self, *args: Any) -> None:
        """Check and keep the arguments that every lookup has."""
        self.reset_state()
        super().set_up(*args)

    def tokens_of(self, data: Any) -> Any:
        """Data as an array of tokens, or as a list of arrays, one for each sample."""
        raise InvalidArgumentError(f"{type(self).__name__} has no tokens_of(): override it")

    # ---- learning it

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn the vocabulary: the most frequent tokens first, of equally frequent ones the last in order.

        Args:
            data: an array, a data frame, a list, or an iterable of batches; a row is a document.
            steps: at most so many batches of an iterable.

        Raises:
            InvalidArgumentError: the vocabulary was given.
        """
        self.reset_state()
        whole = hasattr(data, "shape") or hasattr(data, "to_numpy") or isinstance(data, (list, tuple))
        for batch in batches(data, steps):
            tokens = self.tokens_of(batch)
            if not isinstance(tokens, list) and tokens.ndim < 2:
                tokens = tokens.reshape((-1, 1) if whole else (1, -1))
            self.see(tokens)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """See more data; without a batch axis they are one document."""
        tokens = self.tokens_of(data)
        self.see(tokens if isinstance(tokens, list) or tokens.ndim > 1 else tokens.reshape(1, -1))

    def see(self, documents: Any) -> None:
        """Count tokens of documents."""
        if self.fixed:
            raise InvalidArgumentError(
                f"{type(self).__name__} {self.name!r} has its vocabulary from __init__: it cannot adapt to data"
            )
        for document in documents:
            tokens = np.ravel(document).tolist()
            self._counts.update(tokens)
            self._documents.update(set(tokens))
        self._seen += len(documents)

    def reset_state(self) -> None:
        """Forget the data seen, not the vocabulary."""
        self._counts: Counter[Any] = Counter()
        self._documents: Counter[Any] = Counter()
        self._seen = 0

    def finalize_state(self) -> None:
        """Make a vocabulary of the data seen."""
        for token in (self.mask_token, self.oov_token):
            self._counts.pop(token, None)
        if not self._counts:
            return
        ordered = sorted(self._counts, key=lambda t: (self._counts[t], t), reverse=True)
        if self.max_tokens is not None:
            ordered = ordered[: self.max_tokens - self.token_start]
        self.take_tokens(np.asarray(ordered, self.token_dtype))
        if self.output_mode == "tf_idf":
            among = np.asarray([self._documents[t] for t in ordered], "float64")
            self._weigh(np.log(1 + self._seen / (1 + among)).astype("float32"))
        self.reset_state()

    # ---- using it

    @property
    def key(self) -> tuple[int, int] | None:
        """The key of the hash of unknown tokens."""
        return None if self.salt is None else (self.salt[0], self.salt[1])

    def unknown(self, tokens: list[Any]) -> InvalidArgumentError:
        """The error of tokens that are not in the vocabulary."""
        return wrong(self, "inputs", "in the vocabulary, where num_oov_indices is 0 (set num_oov_indices=1)", tokens)

    def without(self) -> InvalidArgumentError:
        """The error of a layer that knows no tokens."""
        return InvalidArgumentError(
            f"{type(self).__name__} {self.name!r} has no vocabulary: call adapt(data) first, or give vocabulary"
        )

    @property
    def depth(self) -> int | None:
        """How long rows are."""
        if self.pad_to_max_tokens:
            return self.max_tokens
        return self.vocabulary_size() if len(self.tokens) else self.expected_size

    def rows(self, indices: Any) -> Tensor:
        """Numbers of tokens in the output mode."""
        if self.output_mode == "int":
            return ops.convert_to_tensor(indices, dtype="int64")
        if self.depth is None:
            raise self.without()
        depth = self.depth
        if self.output_mode != "tf_idf":
            return encode(indices, self.output_mode, depth, "int64")
        weights = 1.0 if self.idf_weights is None else ops.convert_to_tensor(self.idf_weights, dtype=floatx())
        return encode(indices, "count", depth, floatx()) * weights

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The inputs' shape, or rows."""
        return encoded_shape(input_shape, self.output_mode, self.depth)
