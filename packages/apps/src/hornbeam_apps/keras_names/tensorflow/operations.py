"""The functions that `hornbeam.ops` has under TensorFlow's names, with the names of their first argument."""

from __future__ import annotations

import inspect
from typing import Any

from hornbeam import ops

from hornbeam_apps.keras_names.tensorflow.naming import renamed

FIRST = ("input", "tensor", "logits", "features", "value", "values", "input_tensor", "data")
OTHERS = {"argsort", "histogram", "map", "scan", "unique"}  # mean something else there
__all__ = [n for n in dir(ops) if callable(getattr(ops, n)) and not n.startswith("_") and n not in OTHERS]


def __getattr__(name: str) -> Any:
    found = getattr(ops, name, None) if name in __all__ else None
    if found is None:
        raise AttributeError(name)
    if not inspect.isfunction(found):
        return found
    first = next(iter(inspect.signature(found).parameters), "")
    return renamed(found, **({name: first for name in FIRST} if first in ("x", "xs", "inputs") else {}))
