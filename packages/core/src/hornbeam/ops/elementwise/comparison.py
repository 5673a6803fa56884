"""Comparisons, logic on booleans, tests of single values, and the choice between two tensors."""

from __future__ import annotations

from typing import Any, overload

from hornbeam import dtypes
from hornbeam.errors import DTypeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.ops.elementwise.define import binary, unary
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = [
    "equal", "greater", "greater_equal", "isfinite", "isinf", "isnan", "less", "less_equal", "logical_and",
    "logical_not", "logical_or", "logical_xor", "not_equal", "signbit", "where",
]  # fmt: skip

equal = binary("equal", "Whether x1 == x2.", takes="any", gives="bool")
not_equal = binary("not_equal", "Whether x1 != x2.", takes="any", gives="bool")
less = binary("less", "Whether x1 < x2.", takes="real", gives="bool")
less_equal = binary("less_equal", "Whether x1 <= x2.", takes="real", gives="bool")
greater = binary("greater", "Whether x1 > x2.", takes="real", gives="bool")
greater_equal = binary("greater_equal", "Whether x1 >= x2.", takes="real", gives="bool")


def _truth(xp: Any, x: Any) -> Any:
    return x if x.dtype == xp.bool else x != 0


logical_and = binary(
    "logical_and",
    "Whether both are true.",
    takes="any",
    gives="bool",
    kernel=lambda xp, x, y: xp.logical_and(_truth(xp, x), _truth(xp, y)),
)
logical_or = binary(
    "logical_or",
    "Whether either is true.",
    takes="any",
    gives="bool",
    kernel=lambda xp, x, y: xp.logical_or(_truth(xp, x), _truth(xp, y)),
)
logical_xor = binary(
    "logical_xor",
    "Whether just one is true.",
    takes="any",
    gives="bool",
    kernel=lambda xp, x, y: xp.logical_xor(_truth(xp, x), _truth(xp, y)),
)
logical_not = unary(
    "logical_not", "Whether it is false.", takes="any", gives="bool", kernel=lambda xp, x: xp.logical_not(_truth(xp, x))
)
isnan = unary("isnan", "Whether it is NaN.", takes="any", gives="bool", kernel=lambda xp, x: xp.not_equal(x, x))
isinf = unary(
    "isinf",
    "Whether it is infinite.",
    takes="any",
    gives="bool",
    kernel=lambda xp, x: xp.isinf(x) if x.dtype != xp.bool else xp.zeros_like(x),
)
isfinite = unary(
    "isfinite",
    "Whether it is neither NaN nor infinite.",
    takes="any",
    gives="bool",
    kernel=lambda xp, x: xp.isfinite(x) if x.dtype != xp.bool else xp.ones_like(x),
)
signbit = unary("signbit", "Whether the sign bit is set (also of -0.0).", takes="real", gives="bool")


def _where_infer(condition: Any, x: Any, y: Any) -> Spec:
    if condition.dtype != "bool" or x.dtype != y.dtype:
        raise DTypeError(
            f"where needs a boolean condition and two tensors of one dtype; got {condition!r}, {x!r}, {y!r}"
        )
    return Spec(x.shape, x.dtype)


where_p = primitive(
    "where",
    _where_infer,
    broadcasts=True,
    elementwise=True,
    cases=lambda t: t.case(t.bools("n d"), t.floats("n d"), t.floats("n d")),
)


@where_p.kernel
def _(xp: Any, condition: Any, x: Any, y: Any) -> Any:
    return xp.where(condition, x, y)


@where_p.vjp("condition")
def _(ct: Tensor, condition: Tensor) -> Any:
    return None, lambda: where(condition, ct, 0), lambda: where(condition, 0, ct)


@overload
def where(condition: Any) -> tuple[Tensor, ...]: ...
@overload
def where(condition: Any, x1: Any, x2: Any) -> Tensor: ...
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """Elements of `x1` where the condition holds, of `x2` elsewhere; with the condition alone, its true indices.

    Args:
        condition: boolean tensor (numbers count as true where they are not zero).
        x1, x2: tensors or numbers; all three broadcast.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.where(hb.ops.asarray([True, False]), 1.0, 2.0).numpy().tolist()
        [1.0, 2.0]
    """
    mask = as_tensor(condition)
    if x1 is None and x2 is None:
        from hornbeam.ops.indexing import nonzero

        return nonzero(mask)
    if mask.dtype is not dtypes.bool:
        mask = not_equal(mask, 0)
    return bind(where_p, mask, *promote_tensors(x1, x2))
