"""A vocabulary: taken, kept, written and read."""

from __future__ import annotations

from collections import Counter
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.preprocessing.arguments import wrong
from hornbeam_layers.preprocessing.encoding import check_dense, check_output_mode

__all__ = ["MODES", "Vocabulary"]

MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")


class Vocabulary(Layer):
    """The numbers of tokens: the mask's, those of unknown tokens, then the vocabulary's."""

    token_dtype: Any = object

    def set_up(
        self, max_tokens: int | None, num_oov_indices: int, mask_token: Any, oov_token: Any, vocabulary: Any,
        idf_weights: Any, invert: bool, output_mode: str, sparse: bool, pad_to_max_tokens: bool, salt: Any,
    ) -> None:  # fmt: skip
        """Check and keep the arguments that every lookup has."""
        if max_tokens is not None and (
            isinstance(max_tokens, bool) or not isinstance(max_tokens, int) or max_tokens <= 1
        ):
            raise wrong(self, "max_tokens", "None, or an integer above 1", max_tokens)
        if pad_to_max_tokens and max_tokens is None:
            raise wrong(self, "max_tokens", "given where pad_to_max_tokens is True", max_tokens)
        if isinstance(num_oov_indices, bool) or not isinstance(num_oov_indices, int) or num_oov_indices < 0:
            raise wrong(self, "num_oov_indices", "an integer that is not negative", num_oov_indices)
        self.output_mode = check_output_mode(self, output_mode, MODES)
        if invert and self.output_mode != "int":
            raise wrong(self, "output_mode", "'int' where invert is True", output_mode)
        if (idf_weights is not None) and self.output_mode != "tf_idf":
            raise wrong(self, "idf_weights", "None where output_mode is not 'tf_idf'", idf_weights)
        if self.output_mode == "tf_idf" and vocabulary is not None and idf_weights is None:
            raise wrong(self, "idf_weights", "given with a vocabulary where output_mode is 'tf_idf'", idf_weights)
        self.sparse = check_dense(self, sparse)
        self.max_tokens, self.num_oov_indices, self.pad_to_max_tokens = (
            max_tokens,
            num_oov_indices,
            bool(pad_to_max_tokens),
        )
        self.mask_token, self.oov_token, self.invert, self.salt = mask_token, oov_token, bool(invert), salt
        self.input_vocabulary: Any = None
        self.input_idf_weights: Any = None
        self.take_tokens(np.zeros(0, self.token_dtype))
        self.idf_weights: Any = None
        self.fixed = vocabulary is not None
        self.expected_size: int | None = None  # that of a vocabulary which is still to be read
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)
            if not isinstance(vocabulary, (str, Path)):
                self.input_vocabulary = np.asarray(vocabulary, self.token_dtype).tolist()
                self.input_idf_weights = None if idf_weights is None else np.asarray(idf_weights).tolist()
        self.built = True

    # ---- the vocabulary

    @property
    def oov_start(self) -> int:
        """The first number of unknown tokens: behind the mask's, where it has one."""
        return 1 if self.mask_token is not None and self.output_mode == "int" else 0

    @property
    def token_start(self) -> int:
        """The first number of the vocabulary."""
        return self.oov_start + self.num_oov_indices

    def vocabulary_size(self) -> int:
        """How many numbers there are: tokens, the mask, unknown ones."""
        return len(self.tokens) + self.token_start

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """The tokens in the order of their numbers.

        Args:
            include_special_tokens: whether the mask and the unknown tokens come first.
        """
        special = [self.mask_token] * self.oov_start + [self.oov_token] * self.num_oov_indices
        return (special if include_special_tokens else []) + list(self.tokens.tolist())

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take a vocabulary.

        Args:
            vocabulary: tokens, without or with the special ones at the beginning; or the path of a text file, a token a line.
            idf_weights: inverse document frequencies, as many as tokens given, where output_mode is "tf_idf".

        Raises:
            InvalidArgumentError: it is empty or too large, a token comes twice, or special tokens stand elsewhere.
        """
        if (idf_weights is None) == (self.output_mode == "tf_idf"):
            raise wrong(self, "idf_weights", "given if and only if output_mode is 'tf_idf'", idf_weights)
        if isinstance(vocabulary, (str, Path)):
            lines = Path(vocabulary).read_text(encoding="utf-8").splitlines()
            vocabulary = [self.parsed(line) for line in lines if line]
        given = np.asarray([*vocabulary], self.token_dtype)
        if not given.size:
            raise wrong(self, "vocabulary", "a list of tokens that is not empty", vocabulary)
        special = self.get_vocabulary()[: self.token_start]
        found = given.tolist()[: self.token_start] == special
        tokens = given[self.token_start :] if found else given
        twice = [t for t, n in Counter(tokens.tolist()).items() if n > 1]
        if twice:
            raise wrong(self, "vocabulary", "without repeated tokens", twice)
        for argument, token in (
            ("mask_token", self.mask_token),
            ("oov_token", self.oov_token if self.invert else None),
        ):
            if token is not None and token in tokens.tolist():
                raise wrong(
                    self, "vocabulary", f"without {argument} {token!r} but at the beginning, as {special}", found
                )
        if self.max_tokens is not None and self.token_start + len(tokens) > self.max_tokens:
            raise wrong(self, "vocabulary", f"of {self.max_tokens} tokens at most, special ones included", len(tokens))
        self.take_tokens(tokens)
        if idf_weights is not None:
            weights = np.asarray(idf_weights, "float32")
            if weights.shape != given.shape:
                raise wrong(self, "idf_weights", f"of shape {given.shape}, as the vocabulary", weights.shape)
            self._weigh(
                weights[self.token_start :] if found else weights, weights[: self.token_start] if found else None
            )

    def take_tokens(self, tokens: Any) -> None:
        """Keep tokens, without special ones, and what looks them up."""
        self.tokens: Any = tokens

    def _weigh(self, weights: Any, special: Any = None) -> None:
        """Keep the weights of tokens; unknown ones have the mean, if nothing else is said, and padding 0."""
        if special is None:
            special = np.full(self.token_start, weights.mean(), "float32")
        rest = self.max_tokens - self.token_start - len(weights) if self.pad_to_max_tokens and self.max_tokens else 0
        self.idf_weights = np.concatenate([special, weights, np.zeros(rest)]).astype("float32")

    # ---- configurations and files

    def get_config(self) -> dict[str, Any]:
        """The arguments; a vocabulary that was learnt is an asset."""
        own = (
            "invert",
            "max_tokens",
            "num_oov_indices",
            "oov_token",
            "mask_token",
            "output_mode",
            "sparse",
            "pad_to_max_tokens",
        )
        size = self.vocabulary_size() if len(self.tokens) else self.expected_size
        config = {
            **super().get_config(),
            **{n: getattr(self, n) for n in own},
            "salt": self.salt,
            "vocabulary_size": size,
        }
        return {**config, "idf_weights": self.input_idf_weights, "vocabulary": self.input_vocabulary}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer of what `get_config` returned; a configuration names no file."""
        size = config.get("vocabulary_size")
        config = {k: v for k, v in config.items() if k not in ("vocabulary_size", "has_input_vocabulary")}
        if isinstance(config.get("vocabulary"), str):
            raise InvalidArgumentError(
                f"{cls.__name__}: a configuration may not name a vocabulary file; got {config['vocabulary']!r}. Make the layer "
                "yourself, or call set_vocabulary(path)."
            )
        layer = cls(**config)
        layer.expected_size = size
        return layer

    def parsed(self, line: str) -> Any:
        """The token that a line of a text stands for."""
        return line if self.token_dtype is object else int(line)

    def save_assets(self, dir_path: Any) -> None:
        """Write the vocabulary as vocabulary.txt, if it was learnt."""
        if self.input_vocabulary is None:
            tokens = "\n".join(str(t) for t in self.get_vocabulary())
            Path(dir_path, "vocabulary.txt").write_text(tokens, encoding="utf-8")

    def load_assets(self, dir_path: Any) -> None:
        """Read what `save_assets` wrote."""
        if self.input_vocabulary is None:
            lines = Path(dir_path, "vocabulary.txt").read_text(encoding="utf-8").split("\n")  # "" may be a token, too
            tokens = [self.parsed(line) for line in lines if line or self.token_dtype is object]
            if len(tokens) > self.token_start:
                weights = self.idf_weights
                self.set_vocabulary(tokens, None if weights is None else weights[: len(tokens)])

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """The weights of documents, where there are some."""
        if self.output_mode == "tf_idf" and self.idf_weights is not None:
            store["idf_weights"] = self.idf_weights

    def load_own_variables(self, store: Any) -> None:
        """Take what `save_own_variables` stored."""
        if self.output_mode == "tf_idf" and "idf_weights" in store:
            self.idf_weights = np.asarray(store["idf_weights"], "float32")
