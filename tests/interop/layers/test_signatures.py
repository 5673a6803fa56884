"""Every public name of keras.layers, .activations, .initializers, .regularizers and .constraints, argument by argument.

signatures.json holds Keras's (made by make_layers.py); the table in docs/differences.md says what differs on purpose.
"""

import inspect
import json
import re
from pathlib import Path

import hornbeam as hb
import pytest

SIGNATURES = json.loads(Path(__file__).with_name("signatures.json").read_text())
PAGE = (Path(__file__).parents[3] / "docs" / "differences.md").read_text(encoding="utf-8")
INTENDED = set(
    re.findall(r"`((?:layers|activations|initializers|regularizers|constraints)\.[\w*]+(?:\(\w+\))?)`", PAGE)
)
NAMES = [(module, name) for module, names in SIGNATURES.items() for name in names]
HERE = [(m, n) for m, n in NAMES if hasattr(getattr(hb, m), n)]


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
