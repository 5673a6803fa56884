"""Code in saved files: lambdas as Keras writes them, marshalled. Read only where the caller asks for it."""

from __future__ import annotations

import base64
import marshal
from types import FunctionType
from typing import Any

from hornbeam.errors import SerializationError

__all__ = ["dumped", "loaded"]


def dumped(function: Any) -> dict[str, Any]:
    """A lambda's code, defaults and the values it closes over, as Keras writes them."""
    code = base64.b64encode(marshal.dumps(function.__code__)).decode()
    closure = None if function.__closure__ is None else [cell.cell_contents for cell in function.__closure__]
    return {"code": code, "defaults": function.__defaults__, "closure": closure}


def loaded(form: Any, safe: bool) -> Any:
    """The function of `dumped`'s result, or of Keras 2's list of code, defaults and closure.

    Raises:
        SerializationError: `safe`: code in files may do anything; or it is not code of this version of Python.
    """
    if safe:
        raise SerializationError(
            "the file holds the code of a Python lambda, which could do anything on this machine, and is not run. If you trust "
            "whoever wrote the file, pass safe_mode=False; better: put the function into a layer of your own, or register it."
        )
    code, defaults, closure = (form["code"], form["defaults"], form["closure"]) if isinstance(form, dict) else form
    try:
        found = marshal.loads(base64.b64decode(code))
        cells = None if closure is None else tuple(_cell(value) for value in closure)
        return FunctionType(found, _globals(), found.co_name, tuple(defaults) if defaults else None, cells)
    except (EOFError, ValueError, TypeError) as error:
        raise SerializationError(
            f"the code of the lambda cannot be read ({error}): it was most likely written by another version of Python"
        ) from None


def _cell(value: Any) -> Any:
    def inner() -> Any:
        return value

    assert inner.__closure__ is not None
    return inner.__closure__[0]


def _globals() -> dict[str, Any]:
    """What the code finds by name: builtins, and `hb`, `ops`, `np` and `keras` as scripts call them."""
    import sys

    import hornbeam
    from hornbeam import ops

    names = {"np": sys.modules.get("numpy"), "keras": sys.modules.get("keras"), "K": sys.modules.get("keras.backend")}
    return {"hb": hornbeam, "ops": ops, **{name: module for name, module in names.items() if module is not None}}
