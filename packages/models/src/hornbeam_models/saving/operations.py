"""Calls of functions of `hb.ops` in files: Keras has a class for each, whose objects stand between the layers of a model.

operations.json says which: by function, the module and the class, the arguments of the class, and those of its call.
"""

from __future__ import annotations

import functools
import inspect
import json
from importlib.resources import files
from typing import Any

from hornbeam.errors import SerializationError
from hornbeam.serialization import serialize_keras_object
from hornbeam.symbolic import OPERATIONS, OpNode

__all__ = ["is_operation", "operation_call", "operation_form", "operation_of"]

OURS = "hornbeam.ops"  # in the place of a module of Keras's, for functions that Keras lacks
PREFIX = "keras.src.ops."
OTHER_NAMES = {
    "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "astype": "cast", "atan": "arctan",
    "atan2": "arctan2", "atanh": "arctanh", "concat": "concatenate", "hard_swish": "hard_silu", "invert": "bitwise_not",
    "linalg.matmul": "matmul", "linalg.norm": "norm", "permute_dims": "transpose", "pow": "power", "remainder": "mod",
    "swish": "silu",
}  # fmt: skip
CALLED_OTHERWISE = {("reshape", "shape"): "newshape"}  # arguments by function, and what Keras's class calls them
Row = tuple[str, str, list[str], list[str]]


@functools.cache
def _table() -> dict[str, Row]:
    text = files("hornbeam_models.saving").joinpath("operations.json").read_text(encoding="utf-8")
    return {name: tuple(row) for name, row in json.loads(text).items()}


@functools.cache
def _functions() -> dict[tuple[str, str], str]:
    """The function of a module and class of Keras's."""
    found: dict[tuple[str, str], str] = {}
    for name, (module, cls, _, _) in _table().items():
        found.setdefault((module, cls), name)
    return found


def _parameters(function: str) -> list[inspect.Parameter]:
    return list(inspect.signature(OPERATIONS[function]).parameters.values())


def operation_form(node: OpNode, args: Any, kwargs: Any) -> tuple[dict[str, Any], list[Any], dict[str, Any]]:
    """The saved form of a call of a function: of the operation, and the arguments of its call.

    Args:
        node: the operation.
        args, kwargs: with what the function was called.
    """
    function = OTHER_NAMES.get(node.function_name, node.function_name)
    row = _table().get(function)
    split = None if row is None or function not in OPERATIONS else _split(function, row, args, kwargs)
    if row is None or split is None:
        form = {
            "module": OURS,
            "class_name": node.function_name,
            "config": {"name": node.name},
            "registered_name": None,
        }
        return form, list(args), dict(kwargs)
    config, called = split
    module, cls = PREFIX + row[0], row[1]
    form = {"module": module, "class_name": cls, "config": {"name": node.name, **config}, "registered_name": cls}
    return form, called, {}


def _split(function: str, row: Row, args: Any, kwargs: Any) -> tuple[dict[str, Any], list[Any]] | None:
    """The arguments of a function as those of Keras's class and of its call; None where they do not fit."""
    try:
        bound = inspect.signature(OPERATIONS[function]).bind(*args, **kwargs)
    except TypeError:
        return None
    bound.apply_defaults()
    config: dict[str, Any] = {}
    many: list[Any] = []
    called: list[tuple[Any, Any]] = []  # values and their defaults
    for parameter in _parameters(function):
        value = bound.arguments[parameter.name]
        name = CALLED_OTHERWISE.get((function, parameter.name), parameter.name)
        if name in row[2] and name not in config:
            config[name] = serialize_keras_object(value)
        elif parameter.kind is parameter.VAR_POSITIONAL:
            many += value
        elif parameter.kind is not parameter.VAR_KEYWORD:
            called.append((value, parameter.default))
    room = 0 if many else len(row[3])
    if any(value is not default for value, default in called[room:]) or set(row[2]) - set(config):
        return None
    return config, [*many, *(value for value, _ in called[:room])]


def is_operation(form: dict[str, Any]) -> bool:
    """Whether a saved form is of an operation, not of a layer."""
    module = str(form.get("module"))
    return module == OURS or (
        module.startswith(PREFIX) and (module.removeprefix(PREFIX), form["class_name"]) in _functions()
    )


def operation_of(form: dict[str, Any]) -> OpNode:
    """The operation of a saved form.

    Raises:
        SerializationError: `hb.ops` has no such function.
    """
    module, name = str(form["module"]), form["class_name"]
    function = name if module == OURS else _functions()[module.removeprefix(PREFIX), name]
    if function not in OPERATIONS:
        raise SerializationError(f"the model applies hb.ops.{function}, which this version does not have")
    return OpNode(function, form["config"].get("name"))


def operation_call(
    node: OpNode, form: dict[str, Any], args: list[Any], kwargs: Any
) -> tuple[list[Any], dict[str, Any]]:
    """With what to call the function: the arguments of Keras's class and of its call, put together."""
    if form["module"] == OURS:
        return args, kwargs
    function = node.function_name
    given = {name: _tuple(value) for name, value in form["config"].items() if name != "name"} | dict(kwargs)
    values, positional = list(args), list[Any]()
    named: dict[str, Any] = {}
    if function == "get_item" and len(values) == 2 and isinstance(values[1], list):
        values[1] = tuple(values[1])  # JSON knows no tuples; a key that is one means several axes
    for parameter in _parameters(function):
        if parameter.name in given:
            value = given.pop(parameter.name)
        elif parameter.kind is parameter.VAR_POSITIONAL:
            positional += values
            values = []
            continue
        elif values:
            value = values.pop(0)
        else:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY or named or len(positional) < _place(function, parameter.name):
            named[parameter.name] = value
        else:
            positional.append(value)
    return positional, {**named, **given}


def _place(function: str, name: str) -> int:
    return [p.name for p in _parameters(function)].index(name)


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value
