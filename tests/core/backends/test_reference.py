"""The reference backend as a whole: it knows every primitive; composites, gradients and graphs run on it."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import make_backend, using_backend
from hornbeam.primitive import Composite, primitives

# Primitives without a kernel of their own: they run graphs, node by node, on whatever backend they are given.
RUN_GRAPHS = {"switch", "while", "scan"}


def test_every_primitive_has_a_kernel():
    known = set(make_backend("reference").kernels)
    needed = {name for name, p in primitives().items() if not isinstance(p, Composite)}
    assert needed - RUN_GRAPHS == known, "the reference backend defines exactly the primitives"
    assert {name for name in needed if primitives()[name].uses_backend} == RUN_GRAPHS


def test_its_kernels_import_no_array_library():
    import ast
    from pathlib import Path

    import hornbeam.backends.reference as package

    for path in Path(package.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(n.partition(".")[0] == "numpy" for n in names), path


@pytest.mark.parametrize(
    "dtype", ["bool", "int8", "uint64", "float16", "float32", "float64", "complex64", "complex128"]
)
def test_arrays_come_back_as_they_went(dtype):
    x = np.array([[0, 1], [2, 3]]).astype(dtype)
    with using_backend("reference"):
        t = hb.ops.asarray(x)
        assert t.dtype == dtype and t.shape == (2, 2)
        np.testing.assert_array_equal(t.numpy(), x)
        assert t.numpy().dtype == x.dtype and not t.numpy().flags.writeable


def test_large_unsigned_integers_are_exact():
    x = np.array([2**64 - 1, 1], np.uint64)
    with using_backend("reference"):
        np.testing.assert_array_equal((hb.ops.asarray(x) - hb.ops.asarray(x)).numpy(), [0, 0])
        np.testing.assert_array_equal(hb.ops.asarray(x).numpy(), x)


def test_it_prints():
    from hornbeam.backends.reference.array import RefArray
    from hornbeam.dtypes import float32

    assert repr(RefArray((2,), [1.0, 2.0], float32)) == "RefArray((2,), [1.0, 2.0], float32)"


def simple(x, w):
    return hb.ops.sum(hb.ops.log_softmax(hb.ops.tanh(hb.ops.matmul(x, w)), axis=-1) ** 2)


def test_gradients_and_graphs_agree_with_the_numpy_backend():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(3, 4)), rng.normal(size=(4, 5))
    found = []
    for name in ("reference", "numpy"):
        with using_backend(name):
            args = hb.ops.asarray(x), hb.ops.asarray(w)
            value, gradient = hb.value_and_grad(simple, argnums=1)(*args)
            compiled = hb.jit(hb.grad(simple, argnums=1))(*args)
            np.testing.assert_allclose(compiled.numpy(), gradient.numpy(), rtol=1e-12)
            found.append((float(value), gradient.numpy()))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-12)
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-12)
