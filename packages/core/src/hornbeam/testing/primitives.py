"""The contract of every primitive and composite."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.autodiff import vjp
from hornbeam.backends.base import make_backend, using_backend
from hornbeam.dtypes import as_dtype
from hornbeam.errors import DifferentiationError
from hornbeam.interpret import bind
from hornbeam.jit import jit
from hornbeam.ops.convert import as_tensor
from hornbeam.primitive import Primitive, Spec, specs_of
from hornbeam.testing.cases import for_cases
from hornbeam.testing.gradients import check_gradients

__all__ = ["check_primitive"]

BY_DEFINITION = {"stop_gradient"}  # its gradient is zero although its derivative is not: that is what it is for


def check_primitive(primitive: Primitive) -> None:
    """Check one primitive or composite on the NumPy backend, over its own cases.

    The shape rule says what the kernel gives; captured gives the same as eager; inputs are not changed, and may lie in
    memory in any way; gradients agree with finite differences at two orders, or are refused with a reason.

    Raises:
        AssertionError: a property does not hold; the message names it.

    Example:
        >>> import hornbeam as hb
        >>> from hornbeam.primitive import primitives
        >>> check_primitive(primitives()["tanh"])
    """
    with using_backend("numpy"):
        for_cases(primitive, lambda *inputs, **params: _check_run(primitive, inputs, params))()
        for_cases(primitive, lambda *inputs, **params: _check_run(primitive, inputs, params), dtype="float32")()
        made = [0]

        def gradients(*inputs: Any, **params: Any) -> None:
            made[0] += _check_gradient(primitive, inputs, params)

        for_cases(primitive, gradients, smallest=1)()
        if _differentiable(primitive):
            assert made[0], f"{primitive.name}: no case was smooth enough for finite differences: choose others"


def _outputs(primitive: Primitive, out: Any) -> list[Any]:
    return list(out) if primitive.multiple else [out]


def _check_run(primitive: Primitive, inputs: tuple[Any, ...], params: dict[str, Any]) -> None:
    name, backend = primitive.name, make_backend("numpy")
    specs = [Spec(a.shape, as_dtype(a.dtype)) for a in inputs]
    inferred = _outputs(primitive, primitive.infer(*specs, **params))
    before = [a.copy() for a in inputs]
    eager = [o.numpy() for o in _outputs(primitive, bind(primitive, *map(as_tensor, inputs), **params))]
    _assert_same_specs(f"{name}: infer and the run", inferred, eager)
    captured = jit(lambda *xs: bind(primitive, *xs, **params))(*map(as_tensor, inputs))
    _assert_near(f"{name}: captured and eager differ", [o.numpy() for o in _outputs(primitive, captured)], eager)
    scattered = [_scattered(a) for a in inputs]
    again = [np.asarray(o) for o in _outputs(primitive, backend.run(primitive, scattered, params))]
    _assert_near(f"{name}: inputs that do not lie contiguously in memory give another result", again, eager)
    for a, b, c in zip(inputs, before, scattered, strict=True):
        assert np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"), f"{name}: the kernel changed its input"
        assert np.array_equal(c, b, equal_nan=b.dtype.kind in "fc"), f"{name}: the kernel changed its input"


def _assert_near(what: str, found: list[Any], expected: list[Any]) -> None:
    """Equal but for rounding: another layout in memory may mean another order of summation."""
    for one, other in zip(found, expected, strict=True):
        narrow = other.dtype.itemsize <= 4 or other.dtype == np.complex64
        rtol, atol = (1e-5, 1e-6) if narrow else (1e-12, 1e-12)
        np.testing.assert_allclose(one, other, rtol=rtol, atol=atol, err_msg=what)


def _scattered(array: Any) -> Any:
    """The same elements, with gaps between them and the axes in another order in memory."""
    if not array.shape:
        return array.copy()
    wide = np.zeros((*(2 * s for s in array.shape[::-1]),), array.dtype)
    view = wide[tuple(slice(None, None, 2) for _ in array.shape)].T
    view[...] = array
    return view


def _assert_same_specs(what: str, inferred: list[Any], arrays: list[Any]) -> None:
    found = [Spec(a.shape, as_dtype(a.dtype)) for a in arrays]
    assert list(map(tuple, specs_of(inferred))) == list(map(tuple, found)), f"{what} disagree: {inferred}, {found}"


def _differentiable(primitive: Primitive) -> bool:
    return not (primitive.zero_gradient or primitive.no_gradient)


def _check_gradient(primitive: Primitive, inputs: tuple[Any, ...], params: dict[str, Any]) -> int:
    def run(*tensors: Any) -> Any:
        return bind(primitive, *tensors, **params)

    floats = [i for i, a in enumerate(inputs) if a.dtype == np.float64]
    if not floats or primitive.name in BY_DEFINITION:
        return 0
    if primitive.no_gradient:
        try:
            vjp(
                lambda *xs: run(*(xs[floats.index(i)] if i in floats else a for i, a in enumerate(inputs))),
                *(inputs[i] for i in floats),
            )
        except DifferentiationError as error:
            assert primitive.no_gradient in str(error), f"{primitive.name}: the error does not say why: {error}"
            return 0
        raise AssertionError(f"{primitive.name} says that it has no gradient, but gives one")
    return check_gradients(run, *inputs)
