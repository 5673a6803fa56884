"""Texts as numbers of words."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.preprocessing.arguments import wrong
from hornbeam_layers.preprocessing.encoding import check_output_mode
from hornbeam_layers.preprocessing.host import HostLayer, batches, host_values, text
from hornbeam_layers.preprocessing.string_lookup import StringLookup
from hornbeam_layers.preprocessing.vocabulary import MODES
from hornbeam_layers.preprocessing.words import joined, made_alike, words_of

__all__ = ["TextVectorization"]


class TextVectorization(HostLayer):
    """Texts as numbers of their words: made alike, split, joined to n-grams, looked up; on the host.

    Args:
        max_tokens: size of the vocabulary at most, the two special tokens included; None: as many as there are.
        standardize: "lower_and_strip_punctuation", "lower", "strip_punctuation" (all of ASCII), None, or a function of an
            array of strings.
        split: "whitespace", "character", None, or a function of an array of texts that gives lists of words.
        ngrams: also n words in a row up to this number, or those of a tuple of numbers only; None: single words.
        output_mode: "int", "one_hot", "multi_hot", "count" or "tf_idf".
        output_sequence_length: how many words of a text are kept, with zeros for missing ones, in mode "int"; None: as many
            as the longest of a batch has.
        pad_to_max_tokens: make rows of `max_tokens` elements even if there are fewer words.
        vocabulary: a list of words, or the path of a text file; None: `adapt` learns it.
        idf_weights: inverse document frequencies of the vocabulary, for "tf_idf".
        sparse, ragged: False: tensors are dense.
        encoding: of bytes.
        **kwargs: `name`, ...

    Number 0 is padding, 1 an unknown word.

    Example:
        >>> import hornbeam as hb
        >>> layer = hb.layers.TextVectorization(output_sequence_length=4)
        >>> layer.adapt(["the cat", "the dog!"])
        >>> layer.get_vocabulary()
        ['', '[UNK]', 'the', 'dog', 'cat']
        >>> layer(["The dog and the cat"]).numpy().tolist()
        [[2, 3, 1, 2]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: Any = "lower_and_strip_punctuation",
        split: Any = "whitespace",
        ngrams: Any = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **{k: v for k, v in kwargs.items() if k != "dtype"})
        for argument, value, known in (
            ("standardize", standardize, ("lower_and_strip_punctuation", "lower", "strip_punctuation")),
            ("split", split, ("whitespace", "character")),
        ):
            if value is not None and not callable(value) and value not in known:
                raise wrong(self, argument, f"one of {', '.join(map(repr, known))}, None, or a function", value)
        self.output_mode = check_output_mode(self, output_mode, MODES)
        numbers = ngrams if isinstance(ngrams, (tuple, list)) else () if ngrams is None else (ngrams,)
        if any(isinstance(n, bool) or not isinstance(n, int) or n < 1 for n in numbers):
            raise wrong(self, "ngrams", "None, a positive integer, or several", ngrams)
        length = output_sequence_length
        if length is not None and (
            self.output_mode != "int" or isinstance(length, bool) or not isinstance(length, int)
        ):
            raise wrong(self, "output_sequence_length", "None, or, in mode 'int', an integer", length)
        if ragged:
            raise wrong(self, "ragged", "False: tensors are dense", ragged)
        self.standardize, self.split, self.ngrams, self.ragged, self.encoding = (
            standardize,
            split,
            ngrams,
            False,
            encoding,
        )
        self.output_sequence_length = length
        self.widths = tuple(range(1, ngrams + 1)) if isinstance(ngrams, int) else tuple(numbers)
        self._lookup_layer = StringLookup(
            max_tokens, mask_token="", vocabulary=vocabulary, idf_weights=idf_weights, output_mode=self.output_mode,
            pad_to_max_tokens=pad_to_max_tokens, sparse=sparse, encoding=encoding,
        )  # fmt: skip
        self.built = True

    # ---- the vocabulary, which the lookup has

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn the vocabulary.

        Args:
            data: texts: a list, an array, a data frame or series, or an iterable of batches of texts.
            batch_size: kept for Keras's signature.
            steps: at most so many batches of an iterable.
        """
        self.reset_state()
        for batch in batches(data, steps):
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """See more texts."""
        words = self.words(data)
        rows = (
            words
            if isinstance(words, list) or words.ndim > 1
            else words.reshape(-1, 1)
            if self.split is None
            else words[None]
        )
        self._lookup_layer.see(rows)

    def finalize_state(self) -> None:
        """Make a vocabulary of the texts seen."""
        self._lookup_layer.finalize_state()

    def reset_state(self) -> None:
        """Forget the texts seen, not the vocabulary."""
        self._lookup_layer.reset_state()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """The words in the order of their numbers."""
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """How many numbers there are."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take a vocabulary, as `StringLookup.set_vocabulary`."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    # ---- words

    def words(self, inputs: Any) -> Any:
        """The words of texts: a list of arrays, one for each text; of one text an array.

        Raises:
            InvalidArgumentError: texts that are to be split have a last axis of another size than 1.
        """
        texts = made_alike(text(host_values(inputs), self.encoding), self.standardize, self.encoding)
        if self.split is None:
            if not self.widths:
                return texts
            rows = [joined(row.tolist(), self.widths) for row in texts.reshape(-1, texts.shape[-1])]
            return np.stack(rows).reshape(*texts.shape[:-1], -1)
        if texts.ndim > 1:
            if texts.shape[-1] != 1:
                raise InvalidArgumentError(
                    f"TextVectorization {self.name!r}: texts to be split must have shape (batch,) or (batch, 1); got {texts.shape}"
                )
            texts = texts[..., 0]
        if not texts.ndim:
            return joined(words_of([texts.item()], self.split)[0], self.widths)
        return [joined(row, self.widths) for row in words_of(texts.tolist(), self.split)]

    def call(self, inputs: Any) -> Any:
        """int64 (batch, words), or rows (batch, tokens)."""
        words, length = self.words(inputs), self.output_sequence_length
        whole = not isinstance(words, list)
        if whole and (self.output_mode != "int" or length is None):
            return self._lookup_layer.rows(self._lookup_layer.indices(words))
        rows = [*words.reshape(-1, words.shape[-1])] if whole else words
        if length is None:
            length = max(map(len, rows), default=0)
        rows = [row[:length] for row in rows]
        found = np.full((len(rows), length), 0 if self.output_mode == "int" else -1, "int64")
        places = np.arange(length) < np.asarray([len(row) for row in rows], "int64").reshape(-1, 1)
        found[places] = self._lookup_layer.indices(np.concatenate([*rows, np.zeros(0, object)]))
        return self._lookup_layer.rows(found.reshape(*words.shape[:-1], length) if whole else found)

    @property
    def output_dtype(self) -> Any:
        """The dtype of the output."""
        return self._lookup_layer.output_dtype

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(batch, output_sequence_length), or rows (batch, tokens)."""
        if self.output_mode == "int":
            return (input_shape[0], self.output_sequence_length)
        shape = tuple(input_shape)
        return self._lookup_layer.compute_output_shape(
            (*shape, None if self.split is not None else 1)[: max(2, len(shape))]
        )

    # ---- configurations and files

    def get_config(self) -> dict[str, Any]:
        """The arguments; a vocabulary that was learnt is an asset."""
        own = ("standardize", "split", "ngrams", "output_mode", "output_sequence_length", "ragged", "encoding")
        of_lookup = ("max_tokens", "pad_to_max_tokens", "sparse")
        return {
            **super().get_config(),
            **{n: getattr(self, n) for n in own},
            **{n: getattr(self._lookup_layer, n) for n in of_lookup},
            **{n: self._lookup_layer.get_config()[n] for n in ("vocabulary", "idf_weights", "vocabulary_size")},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer of what `get_config` returned."""
        size = config.get("vocabulary_size")
        config = {k: v for k, v in config.items() if k not in ("vocabulary_size", "has_input_vocabulary")}
        if isinstance(config.get("ngrams"), list):
            config["ngrams"] = tuple(config["ngrams"])
        if isinstance(config.get("vocabulary"), str):
            raise InvalidArgumentError(
                f"{cls.__name__}: a configuration may not name a vocabulary file; got {config['vocabulary']!r}. Make the layer "
                "yourself, or call set_vocabulary(path)."
            )
        layer = cls(**config)
        layer._lookup_layer.expected_size = size
        return layer

    def save_assets(self, dir_path: Any) -> None:
        """Write the vocabulary as vocabulary.txt, if it was learnt."""
        self._lookup_layer.save_assets(dir_path)

    def load_assets(self, dir_path: Any) -> None:
        """Read what `save_assets` wrote."""
        self._lookup_layer.load_assets(dir_path)

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """The weights of documents, where there are some."""
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store: Any) -> None:
        """Take what `save_own_variables` stored."""
        self._lookup_layer.load_own_variables(store)
