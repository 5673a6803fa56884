"""How an element-wise primitive and its public function are made from one row."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

from hornbeam import dtypes
from hornbeam.dtypes import DType, to_float
from hornbeam.errors import DTypeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor, promote_tensors
from hornbeam.primitive import Primitive, Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["Elementwise", "binary", "unary"]

_KINDS = {
    "any": ("bool", "int", "uint", "float", "complex"),
    "number": ("int", "uint", "float", "complex"),
    "real": ("bool", "int", "uint", "float"),
    "float": ("float", "complex"),
    "integer": ("bool", "int", "uint"),
}


class Elementwise:
    """A public element-wise function: converts and promotes its arguments, then binds its primitive."""

    def __init__(self, p: Primitive, doc: str, arity: int, takes: str) -> None:
        self.primitive = p
        self.__name__ = self.__qualname__ = p.name
        self.__doc__ = doc
        self.__module__ = "hornbeam.ops"
        names = ("x",) if arity == 1 else ("x1", "x2")
        self.__signature__ = Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in names])
        self.arity = arity
        self.takes = takes

    def __call__(self, *args: Any, **named: Any) -> Tensor:
        if named:
            args = self.__signature__.bind(*args, **named).args
        if len(args) != self.arity:
            raise TypeError(f"{self.__name__}() takes {self.arity} positional arguments but {len(args)} were given")
        tensors = [as_tensor(args[0])] if self.arity == 1 else promote_tensors(*args)
        dtype = tensors[0].dtype
        if self.takes == "float" and not dtype.is_inexact:
            tensors = [as_tensor(t, to_float(dtype)) for t in tensors]
        elif dtype.kind not in _KINDS[self.takes]:
            raise DTypeError(f"{self.__name__} takes {self.takes} dtypes; got {dtype}.")
        return bind(self.primitive, *tensors)

    def __repr__(self) -> str:
        return f"<hornbeam.ops.{self.__name__}>"


def _result(name: str, kind: str) -> Callable[..., Spec]:
    def infer(*xs: Any) -> Spec:
        x = xs[0]
        for y in xs[1:]:
            if y.dtype != x.dtype or y.shape != x.shape:
                raise DTypeError(f"{name} needs operands of one shape and dtype; got {x!r} and {y!r}")
        if kind == "same":
            return Spec(x.shape, x.dtype)
        if kind == "real":
            real: DType = {"complex64": dtypes.float32, "complex128": dtypes.float64}.get(x.dtype, x.dtype)
            return Spec(x.shape, real)
        return Spec(x.shape, dtypes.bool)

    return infer


def unary(
    name: str,
    doc: str,
    *,
    takes: str = "float",
    gives: str = "same",
    kernel: Any = None,
    vjp: Any = None,
    saves: str = "",
    low: float = -3.0,
    high: float = 3.0,
) -> Elementwise:
    """An element-wise function of one tensor.

    Args:
        name: also the array API's name of the default kernel.
        doc: its docstring.
        takes: "any", "number", "real", "float" (others are converted to the default float) or "integer".
        gives: "same" dtype, "real" part's dtype, or "bool".
        kernel: `(xp, x)`; default `xp.<name>`.
        vjp: `(ct, *saved)`; absent: the derivative is zero.
        saves: see `Primitive.vjp`.
        low, high: range of the test cases.
    """
    draw = "ints" if takes == "integer" else "floats"
    p = primitive(
        name,
        _result(name, gives),
        cases=lambda t: getattr(t, draw)("n d", low=low, high=high),
        zero_gradient=vjp is None,
        elementwise=True,
    )
    p.kernel(kernel or (lambda xp, x: getattr(xp, name)(x)))
    if vjp is not None:
        p.vjp(saves)(vjp)
    return Elementwise(p, doc, 1, takes)


def binary(
    name: str,
    doc: str,
    *,
    takes: str = "number",
    gives: str = "same",
    kernel: Any = None,
    vjp: Any = None,
    saves: str = "",
    low: float = -3.0,
    high: float = 3.0,
    low2: float | None = None,
    high2: float | None = None,
) -> Elementwise:
    """An element-wise function of two tensors, which broadcast and promote; arguments as for `unary`."""
    draw = "ints" if takes == "integer" else "floats"
    second = (low if low2 is None else low2, high if high2 is None else high2)
    p = primitive(
        name,
        _result(name, gives),
        broadcasts=True,
        elementwise=True,
        zero_gradient=vjp is None,
        cases=lambda t: t.case(
            getattr(t, draw)("n d", low=low, high=high), getattr(t, draw)("n d", low=second[0], high=second[1])
        ),
    )
    p.kernel(kernel or (lambda xp, x, y: getattr(xp, name)(x, y)))
    if vjp is not None:
        p.vjp(saves)(vjp)
    return Elementwise(p, doc, 2, takes)
