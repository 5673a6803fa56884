"""Every public name of keras.layers, .activations, .initializers, .regularizers and .constraints, argument by argument.

signatures.json holds Keras's (made by make_layers.py); the table in docs/differences.md says what differs on purpose.
"""

import inspect
import json
import re
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

SIGNATURES = json.loads(Path(__file__).with_name("signatures.json").read_text())
PAGE = (Path(__file__).parents[3] / "docs" / "differences.md").read_text(encoding="utf-8")
ENTRY = r"`((?:layers|activations|initializers|regularizers|constraints)\.[\w*]+(?:\(\w+\))?)`"
ROWS = [row.split(" | ") for row in PAGE.splitlines() if row.startswith("| `")]
INTENDED = {  # arguments of every row; whole names of the rows that say so
    entry for what, how, *_ in ROWS for entry in re.findall(ENTRY, what) if "(" in entry or how == "not here"
}
NAMES = [(module, name) for module, names in SIGNATURES.items() for name in names]
HERE = [(m, n) for m, n in NAMES if f"{m}.{n}" not in INTENDED]


def plain(default):
    """A default as it is stored; sizes that are the same on every axis may be written once."""
    if isinstance(default, str) and re.fullmatch(r"\((\d+)(, \1)+\)", default):
        return int(default[1 : default.index(",")])
    return default if default is None or isinstance(default, (bool, int, float, str)) else plain(repr(default))


def arguments(thing):
    found = inspect.signature(thing.__init__ if inspect.isclass(thing) else thing).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [
        [p.name, "no default" if p.default is p.empty else plain(p.default)]
        for p in found
        if p.kind in kinds and p.name != "self"
    ]


@pytest.mark.parametrize(("module", "name"), HERE, ids=[".".join(n) for n in HERE])
def test_arguments_are_kerass(module, name):
    def kept(argument):
        return not INTENDED & {f"{module}.{name}({argument})", f"{module}.*({argument})"}

    ours = [[a, d] for a, d in arguments(getattr(getattr(hb, module), name)) if kept(a)]
    theirs = [[a, plain(d)] for a, d in SIGNATURES[module][name] if kept(a)]
    assert ours == theirs


def test_what_is_not_here_is_not_here():
    """The table is true: of the names that it leaves out none is there."""
    assert [f"{m}.{n}" for m, n in NAMES if f"{m}.{n}" in INTENDED and hasattr(getattr(hb, m), n)] == []


def compared():
    """The layers whose numbers stand in stored files."""
    for path in Path(__file__).parent.glob("values_*.npz"):
        yield from (case["layer"] for case in json.loads(np.load(path)["cases"].tobytes()))
    for path in Path(__file__).parents[1].glob("preprocessing/make_*.py"):
        yield from re.findall(r"\b[A-Z]\w+", path.read_text(encoding="utf-8"))


BASES = {"Layer", "InputLayer", "InputSpec", "Wrapper", "Lambda", "Pipeline"}  # nothing of their own to compute
STEPS = {"StackedRNNCells", "LSTMCell", "GRUCell", "SimpleRNNCell"}  # compared within their layers


def test_every_layer_is_compared():
    """With genuine Keras, by itself or under another name of it."""
    found = set(compared()) | BASES | STEPS
    classes = {n: getattr(hb.layers, n) for m, n in HERE if m == "layers" and inspect.isclass(getattr(hb.layers, n))}
    known = {thing for name, thing in classes.items() if name in found}
    assert [name for name, thing in classes.items() if thing not in known] == []
