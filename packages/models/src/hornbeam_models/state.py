"""State trees: all variables of a model, nested by their paths."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import InvalidArgumentError

__all__ = ["state_tree", "take_state_tree"]


def _groups(model: Any) -> dict[str, list[Any]]:
    metrics = [v for metric in model.metrics for v in _named(metric)]
    optimizer = model.optimizer
    return {
        "trainable_variables": [(v.path, v) for v in model.trainable_variables],
        "non_trainable_variables": [(v.path, v) for v in model.non_trainable_variables],
        "optimizer_variables": []
        if optimizer is None
        else [(f"{optimizer.name}/{v.path}", v) for v in optimizer.variables],
        "metrics_variables": metrics,
    }


def _named(metric: Any) -> list[Any]:
    return [(f"{metric.name}/{v.name}", v) for v in metric.variables]


def _unique(pairs: list[Any]) -> list[Any]:
    """Paths that several variables have are numbered."""
    seen: dict[str, int] = {}
    found = []
    for path, variable in pairs:
        count = seen.get(path, 0)
        seen[path] = count + 1
        found.append((path if not count else f"{path}_{count}", variable))
    return found


def state_tree(model: Any, value_format: str) -> dict[str, Any]:
    """Every variable's value, in nested dicts: kind, then the parts of the variable's path."""
    if value_format not in ("backend_tensor", "numpy_array"):
        raise InvalidArgumentError(f"value_format must be 'backend_tensor' or 'numpy_array'; got {value_format!r}")
    tree: dict[str, Any] = {}
    for kind, pairs in _groups(model).items():
        branch = tree.setdefault(kind, {})
        for path, variable in _unique(pairs):
            *parents, last = path.split("/")
            place = branch
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = variable.numpy().copy() if value_format == "numpy_array" else variable.value
    return tree


def take_state_tree(model: Any, tree: dict[str, Any]) -> None:
    """Assign what `state_tree` gave; kinds that are left out stay as they are."""
    groups = _groups(model)
    unknown = sorted(set(tree) - set(groups))
    if unknown:
        raise InvalidArgumentError(f"a state tree has the keys {sorted(groups)}; got {unknown}")
    for kind, branch in tree.items():
        for path, variable in _unique(groups[kind]):
            place: Any = branch
            for part in path.split("/"):
                if not isinstance(place, dict) or part not in place:
                    raise InvalidArgumentError(f"the state tree has no {kind}/{path}")
                place = place[part]
            variable.assign(place)
