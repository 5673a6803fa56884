"""Corners of the array API standard 2024.12: copies, DLPack's arguments, empty masks, axes that are none, infinities."""

import inspect
import math
import operator

import array_api_strict as ref
import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.errors import AxisError, CopyNeededError
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

inf = math.inf
BINARY = ["add", "sub", "mul", "truediv", "floordiv", "pow", "matmul", "mod", "and", "or", "xor", "lshift", "rshift"]
METHODS = [
    *(f"__{n}__" for n in ("abs", "bool", "complex", "dlpack", "dlpack_device", "eq", "float", "ge", "getitem", "gt")),
    *(f"__{n}__" for n in ("index", "int", "invert", "le", "lt", "ne", "neg", "pos", "setitem", "array_namespace")),
    *(f"__{side}{n}__" for side in ("", "r", "i") for n in BINARY),
]
EXTENSIONS = [(e, n) for e in ("linalg", "fft") for n in getattr(ref, e).__all__ if n != "annotations"]


def assert_takes_the_same(ours, theirs):
    """Every argument of `theirs` is taken in its place, or by its name."""
    found = list(inspect.signature(ours).parameters.values())
    named = {p.name: p for p in found}
    for i, p in enumerate(inspect.signature(theirs).parameters.values()):
        match = named.get(p.name) if p.kind is p.KEYWORD_ONLY else found[i]
        assert match is not None, f"no {p.name}="
        assert match.kind in (p.kind, p.POSITIONAL_OR_KEYWORD), f"{match} is {match.kind.description}"
        assert p.kind is not p.POSITIONAL_OR_KEYWORD or match.name == p.name


@pytest.mark.parametrize("name", METHODS)
def test_signatures_of_methods(name):
    assert_takes_the_same(getattr(hb.Tensor, name), getattr(type(ref.zeros(())), name))


@pytest.mark.parametrize(("extension", "name"), EXTENSIONS)
def test_signatures_of_extensions(extension, name):
    assert_takes_the_same(getattr(getattr(ops, extension), name), getattr(getattr(ref, extension), name))


COPYING = {
    "asarray": lambda x, copy: ops.asarray(x, copy=copy),
    "asarray of a dtype": lambda x, copy: ops.asarray(x, dtype=x.dtype, copy=copy),
    "astype": lambda x, copy: ops.astype(x, x.dtype, copy=copy),
    "from_dlpack": lambda x, copy: ops.from_dlpack(x, copy=copy),
}


@pytest.mark.parametrize("name", COPYING)
@pytest.mark.parametrize("copy", [True, False])
def test_a_change_in_place_is_seen_in_the_other_unless_it_is_a_copy(name, copy):
    x = ops.asarray([1.0, 2.0])
    other = COPYING[name](x, copy)
    x[0] = 5.0
    assert float(other[0]) == (1.0 if copy else 5.0)
    other[1] = 7.0
    assert float(x[1]) == (2.0 if copy else 7.0)


def test_astype_copies_unless_told_not_to():
    x = ops.asarray([1, 2])
    y = ops.astype(x, "int32")
    x[0] = 9
    assert y.numpy().tolist() == [1, 2]


@pytest.mark.parametrize(
    "call",
    [
        lambda: ops.asarray([1.0], copy=False),
        lambda: ops.asarray(3, copy=False),
        lambda: ops.asarray(np.ones(2), copy=False),
        lambda: ops.asarray(ops.ones(2), dtype="int8", copy=False),
        lambda: ops.from_dlpack(np.ones(2), copy=False),
    ],
)
def test_what_has_to_be_copied_is_refused(call):
    with pytest.raises(CopyNeededError, match="has to be copied") as raised:
        call()
    assert isinstance(raised.value, ValueError) and isinstance(raised.value, BufferError)


def test_copy_false_of_a_variable_is_its_value():
    v = hb.Variable(np.ones(2, "float32"))
    assert ops.asarray(v, copy=False) is v.value


@pytest.mark.skipif(hb.backend() == "array_api_strict", reason="that library exports no memory of its own")
@pytest.mark.parametrize("name", ["bool", "int8", "uint64", "float32", "complex128"])
@given(data=st.data())
def test_dlpack_takes_the_standards_arguments(name, data):
    a = data.draw(hnp.arrays(name, hnp.array_shapes(min_dims=0, min_side=0, max_side=3)))
    x = ops.asarray(a)
    options = {
        "max_version": st.none() | st.tuples(st.integers(0, 2), st.just(0)),
        "dl_device": st.none() | st.just(x.__dlpack_device__()),
        "copy": st.none() | st.booleans(),
        "stream": st.none(),
    }
    assert type(x.__dlpack__(**data.draw(st.fixed_dictionaries({}, optional=options)))).__name__ == "PyCapsule"
    np.testing.assert_array_equal(np.from_dlpack(x), a)


@given(data=st.data())
def test_masks_may_be_empty_along_any_axis(data):
    a = data.draw(hnp.arrays("int16", hnp.array_shapes(max_dims=3, max_side=3)))
    sizes = [data.draw(st.sampled_from([0, n])) for n in a.shape[: data.draw(st.integers(1, a.ndim))]]
    mask = data.draw(hnp.arrays(bool, tuple(sizes)))
    x = ops.asarray(a)
    np.testing.assert_array_equal(x[ops.asarray(mask)].numpy(), a[mask])
    assert x[ops.asarray(mask)].shape == a[mask].shape
    a[mask], x[ops.asarray(mask)] = 5, 5
    np.testing.assert_array_equal(x.numpy(), a)


@pytest.mark.parametrize("shape", [(2,), (3, 4), (3, 1), (0, 4), (3, 2, 2), (1, 2)])
def test_masks_of_another_shape_are_refused(shape):
    with pytest.raises(IndexError):
        ops.zeros((3, 2))[ops.zeros(shape, dtype="bool")]


@pytest.mark.parametrize(
    "call",
    [
        lambda x: ops.expand_dims(x, axis=3),
        lambda x: ops.expand_dims(x, axis=-4),
        lambda x: ops.squeeze(x, axis=2),
        lambda x: ops.sum(x, axis=-3),
        lambda x: ops.flip(x, axis=(0, 0)),
    ],
)
@pytest.mark.parametrize("error", [AxisError, IndexError, ValueError])
def test_axes_that_are_none(call, error):
    with pytest.raises(error):
        call(ops.ones((1, 2)))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("x", "y", "out"),
    [
        (inf, 2.0, inf), (inf, -2.0, -inf), (-inf, 2.0, -inf), (-inf, -2.0, inf),
        (3.0, inf, 0.0), (3.0, -inf, -0.0), (-3.0, inf, -0.0), (-3.0, -inf, 0.0), (0.0, -inf, -0.0), (-0.0, -inf, 0.0),
        (inf, inf, math.nan), (-inf, inf, math.nan), (inf, 0.0, inf), (inf, -0.0, -inf), (math.nan, inf, math.nan),
        (inf, math.nan, math.nan), (3.0, 0.0, inf), (-3.0, 0.0, -inf), (0.0, 0.0, math.nan), (-7.0, 2.0, -4.0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("call", [ops.floor_divide, operator.floordiv, operator.ifloordiv, hb.jit(ops.floor_divide)])
def test_floor_divide_has_the_standards_special_cases(call, x, y, out, dtype):
    found = call(ops.full(3, x, dtype=dtype), ops.full(3, y, dtype=dtype)).numpy()
    np.testing.assert_array_equal(found, np.full(3, out, dtype))
    assert math.isnan(out) or (np.signbit(found) == (math.copysign(1.0, out) < 0)).all()


@pytest.mark.parametrize("k", [2**31, -(2**31), 2**70, -(2**70), 3, -3])
def test_diagonals_far_outside_of_the_matrix(k):
    x = np.ones((3, 3), "float32")
    bounded = max(-5, min(k, 5))
    np.testing.assert_array_equal(ops.eye(3, k=k).numpy(), np.eye(3, k=bounded))
    np.testing.assert_array_equal(ops.tri(3, k=k).numpy(), np.tri(3, k=bounded))
    np.testing.assert_array_equal(ops.tril(x, k=k).numpy(), np.tril(x, bounded))
    np.testing.assert_array_equal(ops.triu(x, k=k).numpy(), np.triu(x, bounded))
