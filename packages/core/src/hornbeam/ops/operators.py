"""Attach operators and methods to Tensor and Variable: sugar over the functions of hornbeam.ops."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

from hornbeam.ops import contraction, movement, reduction
from hornbeam.ops.elementwise import arithmetic, bitwise, cast, comparison
from hornbeam.tensor import Tensor
from hornbeam.variable import Variable

_BINARY = {
    **{"add": arithmetic.add, "sub": arithmetic.subtract, "mul": arithmetic.multiply, "truediv": arithmetic.divide},
    **{
        "floordiv": arithmetic.floor_divide,
        "mod": arithmetic.remainder,
        "pow": arithmetic.pow,
        "matmul": contraction.matmul,
    },
    **{"and": bitwise.bitwise_and, "or": bitwise.bitwise_or, "xor": bitwise.bitwise_xor},
    **{"lshift": bitwise.bitwise_left_shift, "rshift": bitwise.bitwise_right_shift},
}
_COMPARE = {
    **{"eq": comparison.equal, "ne": comparison.not_equal, "lt": comparison.less, "le": comparison.less_equal},
    **{"gt": comparison.greater, "ge": comparison.greater_equal},
}
_UNARY = {
    "neg": arithmetic.negative,
    "pos": arithmetic.positive,
    "abs": arithmetic.abs,
    "invert": bitwise.bitwise_invert,
}


def _operand(x: Any) -> bool:
    return isinstance(x, (Tensor, Variable, numbers.Number)) or hasattr(x, "__array__")


def _forward(function: Any) -> Callable[..., Any]:
    return lambda self, other: function(self, other) if _operand(other) else NotImplemented


def _reflected(function: Any) -> Callable[..., Any]:
    return lambda self, other: function(other, self) if _operand(other) else NotImplemented


def _in_place(function: Any) -> Callable[..., Any]:
    def operator(self: Tensor, other: Any) -> Any:
        result = function(self, other)
        if result.shape != self.shape:
            from hornbeam.errors import ShapeError

            raise ShapeError(f"an in-place operation cannot change shape {self.shape} to {result.shape}")
        return result

    return operator


for _name, _function in _BINARY.items():
    for _kind in (Tensor, Variable):
        setattr(_kind, f"__{_name}__", _forward(_function))
        setattr(_kind, f"__r{_name}__", _reflected(_function))
    setattr(Tensor, f"__i{_name}__", _in_place(_function))
for _name, _function in _COMPARE.items():
    setattr(Tensor, f"__{_name}__", _forward(_function))
    if _name not in ("eq", "ne"):  # variables compare by identity, so they can be keys
        setattr(Variable, f"__{_name}__", _forward(_function))
for _name, _function in _UNARY.items():
    for _kind in (Tensor, Variable):
        setattr(_kind, f"__{_name}__", (lambda f: lambda self: f(self))(_function))
for _name in ("sum", "prod", "mean", "max", "min", "any", "all", "argmax", "argmin", "var", "std"):
    setattr(Tensor, _name, getattr(reduction, _name))


def _reshape(self: Tensor, *shape: Any) -> Tensor:
    return movement.reshape(self, shape[0] if len(shape) == 1 else shape)


def _transpose(self: Tensor, *axes: Any) -> Tensor:
    return movement.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)


Tensor.reshape = _reshape  # type: ignore[attr-defined]
Tensor.transpose = _transpose  # type: ignore[attr-defined]
Tensor.astype = cast.astype  # type: ignore[attr-defined]
Tensor.T = property(lambda self: movement.transpose(self))  # type: ignore[attr-defined]
Tensor.mT = property(lambda self: movement.matrix_transpose(self))  # type: ignore[attr-defined]
