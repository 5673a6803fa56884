"""Strings as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.dtypes import floatx, int64, string

from hornbeam_layers.preprocessing.fingerprints import hashed
from hornbeam_layers.preprocessing.hashing import salt_of
from hornbeam_layers.preprocessing.host import HostLayer, host_values, text
from hornbeam_layers.preprocessing.lookup import NOWHERE, Lookup

__all__ = ["StringLookup"]


class StringLookup(Lookup, HostLayer):
    """Strings as their numbers in a vocabulary, or numbers as strings; on the host.

    Args:
        max_tokens: size of the vocabulary at most, special tokens included; None: as many as there are.
        num_oov_indices: how many numbers unknown strings are hashed into; 0: unknown strings are an error.
        mask_token: a string that is number 0 in mode "int", and counts for nothing in the others; None: there is none.
        oov_token: what stands for unknown strings in the vocabulary and where `invert` is True.
        vocabulary: a list of strings, or the path of a text file; None: `adapt` learns it.
        idf_weights: inverse document frequencies of the vocabulary, for "tf_idf".
        invert: numbers to strings.
        output_mode: "int", "one_hot", "multi_hot", "count" or "tf_idf".
        pad_to_max_tokens: make rows of `max_tokens` elements even if there are fewer tokens.
        sparse: False: tensors are dense.
        encoding: of bytes.
        salt: one or two integers, the key of the hash of unknown strings.
        **kwargs: `name`, ...

    Example:
        >>> import hornbeam as hb
        >>> layer = hb.layers.StringLookup(vocabulary=["a", "b", "c"])
        >>> layer([["a", "c"], ["d", "b"]]).numpy().tolist()
        [[1, 3], [0, 2]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **{k: v for k, v in kwargs.items() if k != "dtype"})
        self.encoding = encoding
        self.set_up(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode, sparse,
            pad_to_max_tokens, salt_of(self, salt),
        )  # fmt: skip

    def tokens_of(self, data: Any) -> Any:
        """An array of strings, or a list of them of different lengths."""
        ragged = isinstance(data, list) and data and isinstance(data[0], (list, np.ndarray))
        if ragged and len({len(row) for row in data}) > 1:
            return [text(np.asarray(row, object), self.encoding) for row in data]
        return text(host_values(data), self.encoding)

    def take_tokens(self, tokens: Any) -> None:
        """Keep tokens and their numbers."""
        self.tokens = tokens
        self.numbers: dict[Any, int] = {token: number for number, token in enumerate(tokens.tolist(), self.token_start)}
        if self.mask_token is not None:
            self.numbers[self.mask_token] = 0 if self.output_mode == "int" else NOWHERE

    @property
    def output_dtype(self) -> Any:
        """The dtype of the output; "string" where numbers become strings."""
        return string if self.invert else floatx() if self.output_mode == "tf_idf" else int64

    def call(self, inputs: Any) -> Any:
        """int64 of the inputs' shape, or rows (batch, tokens); with `invert` an array of strings."""
        if self.invert:
            return self._strings(host_values(inputs).astype("int64"))
        tokens = self.tokens_of(inputs)
        if isinstance(tokens, list):
            longest = max(map(len, tokens), default=0)
            filling = 0 if self.output_mode == "int" else -1
            found = np.full((len(tokens), longest), filling, "int64")
            for row, document in enumerate(tokens):
                found[row, : len(document)] = self.indices(document)
            return self.rows(found)
        return self.rows(self.indices(tokens))

    def indices(self, tokens: Any) -> Any:
        """The numbers of an array of strings."""
        if not len(self.tokens):
            raise self.without()
        flat = tokens.ravel().tolist()
        found = np.asarray([self.numbers.get(t, -1) for t in flat], "int64")
        (unknown,) = np.nonzero(found < 0)
        if unknown.size:
            strangers = np.asarray([flat[i] for i in unknown], object)
            if not self.num_oov_indices:
                raise self.unknown(list(dict.fromkeys(strangers)))
            bins = 0 if self.num_oov_indices == 1 else hashed(strangers, self.num_oov_indices, self.key)
            found[unknown] = self.oov_start + bins
        return found.reshape(tokens.shape)

    def _strings(self, numbers: Any) -> Any:
        known = np.asarray([*self.get_vocabulary(), self.oov_token], object)
        inside = (numbers >= 0) & (numbers < len(known) - 1)
        return known[np.where(inside, numbers, len(known) - 1)]

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "encoding": self.encoding}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer of what `get_config` returned."""
        return super().from_config({k: v for k, v in config.items() if k not in ("vocabulary_dtype", "oov_method")})
