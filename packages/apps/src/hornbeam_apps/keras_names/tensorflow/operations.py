"""The functions that `hornbeam.ops` has under TensorFlow's names, with the names of their first argument."""

# ruff: noqa: F822 - the names of __all__ are found by __getattr__

from __future__ import annotations

import inspect
from typing import Any

from hornbeam import ops

from hornbeam_apps.keras_names.tensorflow.naming import renamed

FIRST = ("input", "tensor", "logits", "features", "value", "values", "input_tensor", "data")
__all__ = [
    "abs", "acosh", "add", "angle", "asinh", "atan2", "atanh", "ceil", "complex",
    "cond", "conj", "cos", "cosh", "count_nonzero", "custom_gradient",
    "depth_to_space", "digamma", "divide", "divide_no_nan", "einsum", "elu", "equal", "erf", "erfc", "erfinv",
    "exp", "expm1", "floor", "gelu", "greater", "greater_equal", "imag", "less", "less_equal",
    "lgamma", "log", "log1p", "log_sigmoid", "log_softmax", "logical_and", "logical_not", "logical_or", "logical_xor",
    "maximum", "minimum", "mod", "moments", "multiply", "negative", "nextafter", "not_equal", "ones_like",
    "polygamma", "real", "reciprocal", "relu", "relu6", "repeat", "roll", "round", "rsqrt",
    "searchsorted", "segment_max", "segment_min", "segment_prod", "segment_sum", "selu", "shape",
    "sigmoid", "sign", "silu", "sin", "sinh", "slice", "softmax", "softplus", "softsign", "space_to_depth", "sqrt",
    "square", "stack", "subtract", "swish", "tan", "tanh", "tensordot", "unstack",
    "vectorized_map", "while_loop", "zeros_like",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    found = getattr(ops, name, None) if name in __all__ else None
    if found is None:
        raise AttributeError(name)
    if not inspect.isfunction(found):
        return found
    first = next(iter(inspect.signature(found).parameters), "")
    return renamed(found, **({name: first for name in FIRST} if first in ("x", "xs", "inputs") else {}))
