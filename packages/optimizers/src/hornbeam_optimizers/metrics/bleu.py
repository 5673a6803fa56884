"""BLEU: n-grams of predictions that occur in references, over the whole of the data."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_optimizers.metrics.text import Sentence, TextMetric, common, counted

__all__ = ["BLEU"]

SMOOTHINGS = ("exp", "floor", "add-k", "none")
ENTITIES = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))
SPLITS = (  # of tokenizer 13a: symbols stand alone; full stops and commas but within numbers; dashes after digits
    (re.compile(r"([{-~\[-` -&(-+:-@/])"), r" \1 "),
    (re.compile(r"([^0-9])([.,])"), r"\1 \2 "),
    (re.compile(r"([.,])([^0-9])"), r" \1 \2"),
    (re.compile(r"([0-9])(-)"), r"\1 \2 "),
)


def words_13a(text: str) -> list[str]:
    """The words of mteval-v13a, the tokenizer of the WMT campaigns."""
    text = text.rstrip().replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    if "&" in text:
        for entity, sign in ENTITIES:
            text = text.replace(entity, sign)
    text = f" {text} "
    for pattern, replacement in SPLITS:
        text = pattern.sub(replacement, text)
    return text.split()


TOKENIZERS: dict[str, Callable[[str], list[str]]] = {
    "13a": words_13a,
    "none": str.split,
    "char": lambda text: list("".join(text.split())),
}


class BLEU(TextMetric):
    """Corpus BLEU, from 0 to 100: the geometric mean of n-gram precisions times a penalty for brevity. Sums are kept, no text.

    Args:
        max_order: the longest n-grams, from 1.
        smooth_method: of orders without a match: "exp" (halved each time), "floor", "add-k" or "none".
        smooth_value: of "floor" (default 0.1) and "add-k" (default 1).
        tokenize: how texts become words: "13a", "none" (at spaces), "char", or a function. Tokens stay as they are.
        lowercase: whether case does not matter.
        decode: makes a text, or a list of tokens, of a row of whole numbers; default: the numbers are the tokens.
        ignore_class: a token that is left out, such as that of padding.
        name: name of the figure.
        dtype: of the figure.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> metric = BLEU()
        >>> metric.update_state(["The dog bit the man."], ["The dog bit the big man."]); round(float(metric.result()), 2)
        48.89

    Sources:
        Papineni et al. 2002; Post 2018 (sacrebleu, whose figures these are); Chen and Cherry 2014 (smoothing).
    """

    _direction = "up"

    def __init__(
        self, max_order: int = 4, smooth_method: str = "exp", smooth_value: float | None = None, tokenize: Any = "13a",
        lowercase: bool = False, decode: Any = None, ignore_class: int | None = None, name: str | None = "bleu",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        if not isinstance(max_order, int) or max_order < 1:
            raise InvalidArgumentError(f"BLEU: max_order must be a whole number from 1; got {max_order!r}")
        if smooth_method not in SMOOTHINGS:
            raise InvalidArgumentError(f"BLEU: smooth_method must be one of {SMOOTHINGS}; got {smooth_method!r}")
        if not callable(tokenize) and tokenize not in TOKENIZERS:
            raise InvalidArgumentError(
                f"BLEU: tokenize must be one of {tuple(TOKENIZERS)} or a function; got {tokenize!r}"
            )
        self.max_order, self.smooth_method, self.smooth_value = max_order, smooth_method, smooth_value
        self.tokenize, self.lowercase = tokenize, lowercase
        super().__init__(decode, ignore_class, name, dtype)

    def _forget(self) -> None:
        self.matches, self.totals = (np.zeros(self.max_order) for _ in range(2))
        self.length = self.reference_length = 0.0

    def _tokens(self, sentence: Sentence) -> list[Any]:
        if not isinstance(sentence, str):
            return sentence
        text = sentence.lower() if self.lowercase else sentence
        return self.tokenize(text) if callable(self.tokenize) else TOKENIZERS[self.tokenize](text)

    def _add(self, references: list[Sentence], hypothesis: Sentence, weight: float) -> None:
        said, given = self._tokens(hypothesis), [self._tokens(r) for r in references]
        self.length += weight * len(said)
        self.reference_length += weight * min((len(r) for r in given), key=lambda n: (abs(n - len(said)), n))
        for order in range(1, self.max_order + 1):
            most: dict[Any, int] = {}
            for tokens in given:
                for key, count in counted(tokens, order).items():
                    most[key] = max(count, most.get(key, 0))
            self.matches[order - 1] += weight * common(counted(said, order), most)
            self.totals[order - 1] += weight * max(len(said) - order + 1, 0)

    def figure(self) -> float:
        """BLEU of all sentences; 0 before anything was seen."""
        if not self.matches.any():
            return 0.0
        logs, halvings = 0.0, 1.0
        for order in range(1, self.max_order + 1):
            match, total = float(self.matches[order - 1]), float(self.totals[order - 1])
            if self.smooth_method == "add-k" and order > 1:
                k = 1.0 if self.smooth_value is None else self.smooth_value
                match, total = match + k, total + k
            if not total:
                return 0.0
            if not match and self.smooth_method == "exp":
                halvings *= 2
                match = 1.0 / halvings
            elif not match and self.smooth_method == "floor":
                match = 0.1 if self.smooth_value is None else self.smooth_value
            if not match:
                return 0.0
            logs += math.log(match / total)
        short = min(0.0, 1.0 - self.reference_length / self.length)
        return 100.0 * math.exp(short + logs / self.max_order)

    def get_config(self) -> dict[str, Any]:
        """The arguments, but for `decode`, which is a function of yours."""
        return {
            **super().get_config(), "max_order": self.max_order, "smooth_method": self.smooth_method,
            "smooth_value": self.smooth_value, "tokenize": self.tokenize, "lowercase": self.lowercase,
        }  # fmt: skip
