"""Class weights: factors of the loss by class, for one output or several."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import leaves

__all__ = ["ClassWeights"]

_EXAMPLE = "such as {0: 1.0, 1: 2.0}"


class ClassWeights:
    """Turns class weights into sample weights, batch by batch.

    Args:
        given: a dict from class index to factor (classes that are not in it count 1); for several outputs a dict of such dicts by
            the outputs' names, or a list of them (None: none).
        names: of the outputs.

    Raises:
        InvalidArgumentError: they are something else, or for an output that there is not.
    """

    def __init__(self, given: Any, names: list[str]) -> None:
        self.names = names
        self.parts = self._by_output(given)
        for part in self.parts:
            if part is not None:
                _check(part)

    def _by_output(self, given: Any) -> list[dict[int, float] | None]:
        if isinstance(given, list) and len(self.names) > 1:
            if len(given) != len(self.names):
                raise InvalidArgumentError(f"class_weight has {len(given)} entries for {len(self.names)} outputs")
            return list(given)
        if not isinstance(given, dict):
            raise InvalidArgumentError(
                f"class_weight must be a dict from class index to factor, {_EXAMPLE}; got {given!r}"
            )
        if given and all(
            isinstance(key, str) and isinstance(value, (dict, type(None))) for key, value in given.items()
        ):
            unknown = sorted(set(given) - set(self.names))
            if unknown:
                raise InvalidArgumentError(
                    f"class_weight names the outputs {unknown}, but the outputs are {self.names}"
                )
            return [given.get(name) for name in self.names]
        if len(self.names) > 1:
            raise InvalidArgumentError(
                f"the model has the outputs {self.names}: give class_weight as a dict by output, such as "
                f"{{{self.names[0]!r}: {{0: 1.0, 1: 2.0}}}}"
            )
        return [given]

    def applied(self, batch: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
        """The batch, with the class weights in its sample weights."""
        x, y, sample_weight = batch
        found = _spread(y, self.names)
        if len(found) != len(self.names):
            raise InvalidArgumentError(
                f"class_weight needs labels for each of the outputs {self.names}; got {len(found)}"
            )
        before = (
            _spread(sample_weight, self.names)
            if isinstance(sample_weight, (list, tuple, dict))
            else [sample_weight] * len(found)
        )
        weights = []
        for labels, part, given in zip(found, self.parts, before, strict=True):
            weight = given if part is None else _weights(labels, part)
            if part is not None and given is not None:
                weight = weight * np.reshape(given, (given.shape[0], *given.shape[1 : weight.ndim]))
            weights.append(weight)
        if len(weights) == 1:
            return x, y, weights[0]
        return x, y, dict(zip(self.names, weights, strict=True))


def _check(part: Any) -> None:
    if not isinstance(part, dict):
        raise InvalidArgumentError(f"class_weight must be a dict from class index to factor, {_EXAMPLE}; got {part!r}")
    for key, factor in part.items():
        number = isinstance(factor, (int, float, np.number)) and factor >= 0
        if not isinstance(key, (int, np.integer)) or not number:
            raise InvalidArgumentError(
                f"class_weight must map class indices to factors of at least 0, {_EXAMPLE}; got {key!r}: {factor!r}"
            )


def _spread(tree: Any, names: list[str]) -> list[Any]:
    if isinstance(tree, dict) and set(tree) <= set(names):
        return [tree.get(name) for name in names]
    return leaves(tree)


def _weights(labels: Any, part: dict[int, float]) -> Any:
    """One weight a sample, of class indices (also as floats, or in a column) or of one-hot rows."""
    labels = np.asarray(labels)
    classes = labels.argmax(-1) if labels.ndim > 1 and labels.shape[-1] > 1 else labels.reshape(len(labels)).round()
    kinds, place = np.unique(classes.astype(np.int64), return_inverse=True)
    return np.array([part.get(int(k), 1.0) for k in kinds], np.float32)[place.reshape(classes.shape)]
