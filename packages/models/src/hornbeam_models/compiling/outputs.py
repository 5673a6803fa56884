"""A model's outputs: what they are called, and what belongs to which."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import flatten, leaves

__all__ = ["kind_for", "labels", "output_names", "sample_weights", "spread"]


def output_names(pred: Any, known: list[str] | None) -> list[str]:
    """What the outputs are called: by their keys, by the layers that make them, or by their numbers.

    Example:
        >>> output_names({"kind": 1.0, "box": [2.0, 3.0]}, None)
        ['box_0', 'box_1', 'kind']
    """
    if isinstance(pred, dict):
        return [name for name, _ in _named(pred, "")]
    count = len(leaves(pred))
    return known if known is not None and len(known) == count else [f"output_{i}" for i in range(count)]


def _named(tree: Any, path: str) -> list[tuple[str, Any]]:
    """The leaves of nested containers, in the order of `flatten`, with the keys and numbers that lead to them."""
    if isinstance(tree, dict):
        parts: Any = ((str(key), tree[key]) for key in flatten(tree)[1][1])
    elif isinstance(tree, (list, tuple)):
        parts = ((str(i), part) for i, part in enumerate(tree))
    else:
        return [(path, tree)]
    return [pair for name, part in parts for pair in _named(part, f"{path}_{name}" if path else name)]


def spread(given: Any, names: list[str], what: str) -> list[Any]:
    """One entry per output, of one entry for all, a list, or a dict by the outputs' names (nested as the outputs are).

    Raises:
        InvalidArgumentError: there are not as many, or for an output that there is not.
    """
    if isinstance(given, dict):
        if not set(given) <= set(names) and any(isinstance(v, dict) for v in given.values()):
            given = dict(_named(given, ""))
        unknown = sorted(set(given) - set(names))
        if unknown:
            raise InvalidArgumentError(f"compile: {what} names the outputs {unknown}, but the outputs are {names}")
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise InvalidArgumentError(f"compile: {what} has {len(given)} entries for {len(names)} outputs")
        return list(given)
    return [given] * len(names)


def labels(y: Any, pred: Any, names: list[str]) -> list[Any]:
    """The labels of every output, in the order of the outputs.

    Raises:
        InvalidArgumentError: they are not as many, or are not named as the outputs are.
    """
    if isinstance(y, dict) and not (isinstance(pred, dict) and set(y) == set(pred)):
        if sorted(y) != sorted(names):
            raise InvalidArgumentError(f"the model's outputs are {names}, but labels were given for {sorted(y)}")
        return [y[name] for name in names]
    if y is None:
        raise InvalidArgumentError("no labels were given: pass y, or batches (x, y)")
    found = leaves(y)
    if len(found) != len(names):
        raise InvalidArgumentError(f"the model has {len(names)} outputs, but {len(found)} arrays of labels were given")
    return found


def sample_weights(given: Any, names: list[str]) -> list[Any]:
    """The sample weights of every output: the same for all, or of a list, or of a dict by their names (others have none).

    Raises:
        InvalidArgumentError: there are not as many as outputs, or for an output that there is not.
    """
    if isinstance(given, dict):
        unknown = sorted(set(given) - set(names))
        if unknown:
            raise InvalidArgumentError(f"sample_weight names the outputs {unknown}, but the outputs are {names}")
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise InvalidArgumentError(f"sample_weight has {len(given)} arrays for {len(names)} outputs")
        return list(given)
    return [given] * len(names)


def kind_for(true: Any, pred: Any) -> str:
    """Which accuracy or cross-entropy "accuracy" and "crossentropy" mean, as in Keras: by the shapes of labels and outputs."""
    if pred.shape[-1] == 1:
        return "Binary"
    shape = tuple(true.shape)
    same = len(shape) == len(pred.shape) and shape[-1] == pred.shape[-1]
    return "Categorical" if same else "SparseCategorical"
