"""The contract of a backend: every primitive as the reference backend has it, transfers without loss, graphs as run node by node."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backends.base import Backend, make_backend
from hornbeam.dtypes import ALL, as_dtype
from hornbeam.errors import BackendError
from hornbeam.host import native_dtype
from hornbeam.interpret import bind
from hornbeam.interpreters.capture import capture_specs
from hornbeam.primitive import Primitive, Spec, primitives
from hornbeam.testing.cases import for_cases

__all__ = ["check_backend", "check_transfers"]

TOLERANCE = {"float64": 1e-10, "float32": 1e-3}  # the reference computes both in float64


def check_backend(backend: Backend, primitive: Primitive | None = None) -> None:
    """Compare a backend with the reference backend over the cases of every primitive (or one), in float64 and float32.

    Raises:
        AssertionError: they differ; the message names the primitive.

    Example:
        >>> from hornbeam.backends.base import make_backend
        >>> from hornbeam.primitive import primitives
        >>> check_backend(make_backend("numpy"), primitives()["exp"])
    """
    for each in [primitive] if primitive is not None else primitives().values():
        for dtype in TOLERANCE:
            for_cases(each, lambda *a, e=each, d=dtype, **p: _compare(backend, e, a, p, TOLERANCE[d]), dtype=dtype)()
    if primitive is None:
        check_transfers(backend)


def _run(backend: Backend, primitive: Primitive, arrays: Any, params: dict[str, Any]) -> list[Any]:
    moved = [backend.from_host(a, as_dtype(a.dtype)) for a in arrays]
    out = backend.run(primitive, moved, params)
    return [np.asarray(backend.to_host(o)) for o in (out if primitive.multiple else (out,))]


def _compiled(backend: Backend, primitive: Primitive, arrays: Any, params: dict[str, Any]) -> list[Any]:
    specs = [Spec(a.shape, as_dtype(a.dtype)) for a in arrays]
    graph = capture_specs(lambda *xs: bind(primitive, *xs, **params), specs, {})
    out = backend.compile(graph)([backend.from_host(a, as_dtype(a.dtype)) for a in arrays])
    return [np.asarray(backend.to_host(o)) for o in out]


def _compare(backend: Backend, primitive: Primitive, arrays: Any, params: dict[str, Any], tolerance: float) -> None:
    expected = _run(make_backend("reference"), primitive, arrays, params)
    for how, run in (("run alone", _run), ("compiled", _compiled)):
        what = f"{primitive.name} on backend {backend.name}, {how}"
        for got, want in zip(run(backend, primitive, arrays, params), expected, strict=True):
            found = (got.shape, got.dtype)
            assert found == (want.shape, want.dtype), f"{what}: gives {found}; should be {(want.shape, want.dtype)}"
            np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance / 10, err_msg=what)


def check_transfers(backend: Backend) -> None:
    """Numbers of every dtype go to the backend and come back unchanged; a dtype that it lacks is refused by name.

    Raises:
        AssertionError: something was lost.
    """
    values = np.array([[0, 1, 1], [1, 0, 3]])
    for name, dtype in ALL.items():
        try:
            array = values.astype(native_dtype(dtype))
        except (ImportError, BackendError):
            continue  # bfloat16 without ml_dtypes
        try:
            back = backend.to_host(backend.from_host(array[:, ::2], dtype))
        except BackendError as error:
            assert name in str(error), f"backend {backend.name}: the refusal of {name} does not name it: {error}"
            continue
        assert np.array_equal(np.asarray(back), array[:, ::2]), (
            f"backend {backend.name} changes numbers of dtype {name}"
        )
