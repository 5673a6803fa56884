"""Makes cupy_names.json: what CuPy offers, read from an installed CuPy. Made with CuPy 14.2.0; no GPU is needed.

For each name: the types of a ufunc's loops, or the names of a function's arguments. Of the namespace only what array-API code
may use is kept.
"""

from __future__ import annotations

import inspect
import json
import types
from pathlib import Path
from typing import Any

import cupy
import cupyx.scipy.special
import numpy as np


def about(found: Any) -> str | list[str] | None:
    """Types as NumPy's letters (E is bfloat16), arguments as names, or None where neither is known."""
    if isinstance(found, cupy.ufunc):
        return " ".join(found.types)
    if isinstance(found, (type, types.BuiltinFunctionType)) or not callable(found):
        return None
    parameters = list(inspect.signature(found).parameters.values())
    return None if any(p.kind is p.VAR_KEYWORD for p in parameters) else [p.name for p in parameters]


def names(module: Any, like: Any) -> dict[str, Any]:
    """The public names of a module that another one has too."""
    return {n: about(getattr(module, n)) for n in sorted(dir(module)) if not n.startswith("_") and hasattr(like, n)}


def main() -> None:
    """Write the file beside this one."""
    import scipy.special

    found = {
        "version": cupy.__version__,
        "cupy": names(cupy, np),
        "linalg": names(cupy.linalg, np.linalg),
        "fft": names(cupy.fft, np.fft),
        "special": names(cupyx.scipy.special, scipy.special),
        "where": " ".join(cupy._sorting.search._where_ufunc.types),
    }
    Path(__file__).with_name("cupy_names.json").write_text(json.dumps(found, indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
