"""Whoever knows keras.ops finds its functions here, with the same arguments in the same order.

keras_names.txt is what `keras.ops` of the version on its first line holds, with the signatures, made by
`KERAS_BACKEND=jax python tests/core/ops/list_keras_names.py`.
"""

import inspect
import re
from pathlib import Path

import pytest
from hornbeam import ops

LINES = Path(__file__).with_name("keras_names.txt").read_text().splitlines()[1:]
ABSENT = {  # and why
    "view": "the bytes of a number in another dtype are not the same on every backend",
}
OTHER_ARGUMENTS = {  # where the array API standard, or a spelling of NumPy's, goes before Keras's
    "bitwise_and": "x1 and x2, by the standard",
    "bitwise_left_shift": "x1 and x2, by the standard",
    "bitwise_or": "x1 and x2, by the standard",
    "bitwise_right_shift": "x1 and x2, by the standard",
    "bitwise_xor": "x1 and x2, by the standard",
    "left_shift": "x1 and x2, by the standard",
    "right_shift": "x1 and x2, by the standard",
    "clip": "min and max, by the standard; x_min and x_max are taken, too",
    "reshape": "shape, by the standard; newshape is taken, too",
    "take_along_axis": "axis is -1 by the standard, not None",
}


def parts(line):
    name, _, arguments = line.partition("(")
    return name, arguments.removesuffix(")")


@pytest.mark.parametrize("line", LINES, ids=lambda line: parts(line)[0])
def test_it_is_here(line):
    name, arguments = parts(line)
    if name in ABSENT:
        assert not hasattr(ops, name), f"{name} is here now: take it off the list of absences"
        return
    function = getattr(ops, name)
    if name in OTHER_ARGUMENTS:
        return
    wanted = [a.strip() for a in re.split(r",(?![^()]*\))", arguments)] if arguments else []
    found = inspect.signature(function).parameters
    names = list(found)
    for place, argument in enumerate(a for a in wanted if not a.startswith("*")):
        key, _, default = argument.partition("=")
        assert key in found, f"{name} takes no {key}: {inspect.signature(function)}"
        kind = found[key].kind
        assert kind is not inspect.Parameter.POSITIONAL_ONLY, f"{name}: {key} cannot be named"
        if not any(a.startswith("*") for a in wanted[: place + 1]):
            assert names[place] == key, f"{name}: argument {place} is {names[place]}, in Keras {key}"
            assert kind is not inspect.Parameter.KEYWORD_ONLY, f"{name}: {key} can only be named"
        if default:
            given = found[key].default
            assert given is not inspect.Parameter.empty, f"{name}: {key} has no default"
            assert repr(given) == default or given == eval(default), f"{name}: {key} is {given!r}, in Keras {default}"
