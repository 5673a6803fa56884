"""Every primitive, on inputs of its own cases, gives on every backend what the reference backend gives."""

import zlib

import array_api_strict
import numpy as np
import pytest
from hornbeam.backends.array_api import ArrayAPIBackend
from hornbeam.backends.base import make_backend
from hornbeam.dtypes import as_dtype
from hornbeam.graph.ir import Graph
from hornbeam.primitive import Composite, primitives

BACKENDS = {
    "numpy": lambda: make_backend("numpy"),
    "array_api_strict": lambda: ArrayAPIBackend("array_api_strict", array_api_strict),
}
NARROW = {"float64": "float32", "int32": "int64"}


class Draw:
    """Fills a primitive's cases with NumPy arrays: axes named by letters have sizes 2, 3, ..."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def case(self, *arrays, **params):
        return arrays, params

    def array(self, shape, low=-3.0, high=3.0):
        return self.rng.uniform(low, high, shape)

    def _shape(self, axes):
        return tuple(2 + i for i, _ in enumerate(axes.split()))

    def floats(self, axes, low=-3.0, high=3.0):
        return self.array(self._shape(axes), low, high)

    def ints(self, axes, low=-3, high=3):
        return self.rng.integers(int(low), int(high), self._shape(axes), dtype=np.int32)

    def bools(self, axes):
        return self.rng.random(self._shape(axes)) < 0.5

    def key(self):
        return self.rng.integers(0, 2**32, 4, dtype=np.uint32)


def case_of(primitive, seed=0):
    case = primitive.cases(Draw(zlib.crc32(primitive.name.encode()) + seed))
    return case if isinstance(case, tuple) else ((case,), {})


def run(backend, primitive, arrays, params):
    moved = [backend.from_host(a, as_dtype(a.dtype)) for a in arrays]
    out = backend.run(primitive, moved, params)
    return [backend.to_host(o) for o in (out if primitive.multiple else (out,))]


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", sorted(primitives()))
def test_backends_agree(name, backend, narrow):
    primitive = primitives()[name]
    for seed in range(3):
        arrays, params = case_of(primitive, seed)
        if narrow and any(isinstance(b, Graph) for v in params.values() for b in (v if isinstance(v, tuple) else (v,))):
            pytest.skip("its body is a graph of one dtype")
        if narrow:
            arrays = [a.astype(NARROW.get(a.dtype.name, a.dtype)) for a in arrays]
        expected = run(make_backend("reference"), primitive, arrays, params)
        got = run(BACKENDS[backend](), primitive, arrays, params)
        tolerance = 1e-3 if narrow else 1e-10
        for g, e in zip(got, expected, strict=True):
            assert (g.shape, g.dtype) == (e.shape, e.dtype), f"{name}: {g.dtype}{g.shape}, should be {e.dtype}{e.shape}"
            np.testing.assert_allclose(g, e, rtol=tolerance, atol=tolerance / 10, err_msg=name)


@pytest.mark.parametrize("name", sorted(primitives()))
def test_shape_rules_say_what_comes_out(name):
    primitive, backend = primitives()[name], make_backend("shapes")
    arrays, params = case_of(primitive)
    specs = backend.run(primitive, [backend.from_host(a, as_dtype(a.dtype)) for a in arrays], params)
    found = run(make_backend("reference"), primitive, arrays, params)
    for spec, array in zip(specs if primitive.multiple else [specs], found, strict=True):
        assert (spec.shape, spec.dtype) == (array.shape, array.dtype.name)


def test_every_composite_runs_by_its_decomposition():
    for primitive in primitives().values():
        if isinstance(primitive, Composite):
            assert primitive.name not in BACKENDS["array_api_strict"]().kernels
