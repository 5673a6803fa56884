"""Integers as numbers of a vocabulary."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam import KerasTensor, Tensor, ops
from hornbeam.host_calls import host_call
from hornbeam.interpret import capturing

from hornbeam_layers.preprocessing.arguments import check_choice, wrong
from hornbeam_layers.preprocessing.fingerprints import hashed
from hornbeam_layers.preprocessing.hashing import salt_of
from hornbeam_layers.preprocessing.host import host_values
from hornbeam_layers.preprocessing.lookup import NOWHERE, Lookup

__all__ = ["IntegerLookup"]


class IntegerLookup(Lookup):
    """Integers as their numbers in a vocabulary, or back; in a model or before it.

    Args:
        max_tokens: size of the vocabulary at most, special tokens included; None: as many as there are.
        num_oov_indices: how many numbers unknown integers fall into, by their remainder; 0: unknown integers are an error.
        mask_token: an integer that is number 0 in mode "int", and counts for nothing in the others; None: there is none.
        oov_token: what stands for unknown integers in the vocabulary and where `invert` is True.
        vocabulary: a list of integers, or the path of a text file; None: `adapt` learns it.
        vocabulary_dtype: "int64".
        idf_weights: inverse document frequencies of the vocabulary, for "tf_idf".
        invert: numbers to integers.
        output_mode: "int", "one_hot", "multi_hot", "count" or "tf_idf".
        sparse: False: tensors are dense.
        pad_to_max_tokens: make rows of `max_tokens` elements even if there are fewer tokens.
        oov_method: "floormod", or "farmhash", which works on the host.
        salt: one or two integers, the key of the hash.
        **kwargs: `name`, ...

    Example:
        >>> import hornbeam as hb
        >>> layer = hb.layers.IntegerLookup(vocabulary=[12, 36, 1138])
        >>> layer(hb.ops.asarray([[12, 1138], [7, 36]])).numpy().tolist()
        [[1, 3], [0, 2]]
    """

    token_dtype = np.int64

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **{k: v for k, v in kwargs.items() if k != "dtype"})
        self.vocabulary_dtype = check_choice(self, "vocabulary_dtype", vocabulary_dtype, ("int64",))
        self.oov_method = check_choice(self, "oov_method", oov_method, ("floormod", "farmhash"))
        if salt is not None and oov_method != "farmhash":
            raise wrong(self, "salt", "None where oov_method is not 'farmhash'", salt)
        self.set_up(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode, sparse,
            pad_to_max_tokens, salt_of(self, salt),
        )  # fmt: skip

    def tokens_of(self, data: Any) -> Any:
        """An array of integers."""
        return host_values(data).astype("int64")

    def call(self, inputs: Any) -> Tensor:
        """int64 of the inputs' shape, or rows (batch, tokens)."""
        x = ops.cast(inputs, "int64")
        if self.invert:
            size, known = self.vocabulary_size(), np.asarray([*self.get_vocabulary(), self.oov_token], "int64")
            inside = ops.logical_and(x >= 0, x < size)
            return ops.take(ops.convert_to_tensor(known), ops.where(inside, x, size))
        return self.rows(self.indices(x))

    def indices(self, x: Tensor) -> Tensor:
        """The numbers of integers."""
        order = np.argsort(self.tokens)
        known, found = ops.full(x.shape, False, "bool"), ops.zeros(x.shape, "int64")
        if order.size:
            sorted_tokens = ops.convert_to_tensor(self.tokens[order])
            place = ops.clip(ops.searchsorted(sorted_tokens, x), 0, order.size - 1)
            known = ops.take(sorted_tokens, place) == x
            found = ops.take(ops.convert_to_tensor(order.astype("int64") + self.token_start), place)
        if self.mask_token is not None:
            masked = x == self.mask_token
            found = ops.where(masked, 0 if self.output_mode == "int" else NOWHERE, found)
            known = ops.logical_or(known, masked)
        if not self.num_oov_indices:
            if not capturing() and not bool(ops.all(known)):
                raise self.unknown(np.unique(host_values(x)[~host_values(known)]).tolist())
            return ops.where(known, found, -1)
        return ops.where(known, found, self.oov_start + self._bins(x))

    def _bins(self, x: Tensor) -> Any:
        if self.num_oov_indices == 1:
            return 0
        if self.oov_method == "farmhash":
            return host_call(self._hashed, lambda x: KerasTensor(x.shape, "int64"), x)
        return ops.mod(x, self.num_oov_indices)

    def _hashed(self, x: Tensor) -> Tensor:
        return ops.convert_to_tensor(hashed(host_values(x), self.num_oov_indices, self.key))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "vocabulary_dtype": self.vocabulary_dtype, "oov_method": self.oov_method}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer of what `get_config` returned."""
        return super().from_config(config)
