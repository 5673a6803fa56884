"""Graphs on the NumPy backend: variables are updated in their own memory, and never when someone could notice."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.backends.base import using_backend


@pytest.fixture(autouse=True)
def _numpy():
    with using_backend("numpy"):
        yield


def address(variable):
    return variable.stored.value.ctypes.data


def test_a_variable_keeps_its_memory_from_step_to_step():
    v = hb.Variable(np.arange(4.0))
    step = hb.jit(lambda x: v.assign(v - x * 0.5))
    step(np.ones(4))  # the first value may be held elsewhere
    before = address(v)
    for _ in range(3):
        step(np.ones(4))
    assert address(v) == before
    assert v.numpy().tolist() == [-2.0, -1.0, 0.0, 1.0]


def test_a_value_that_was_read_is_not_overwritten():
    v = hb.Variable(np.zeros(3))
    step = hb.jit(lambda: v.assign(v + 1.0))
    step()
    held, array = v.value, v.numpy()
    step()
    step()
    assert held.numpy().tolist() == array.tolist() == [1.0, 1.0, 1.0]
    assert v.numpy().tolist() == [3.0, 3.0, 3.0]


@pytest.mark.parametrize(
    "use",
    [lambda x: x, lambda x: x[1:], lambda x: x.reshape((2, 2)), lambda x: x * 2.0],
    ids=["it", "part", "view", "twice"],
)
def test_a_step_that_returns_the_old_value_gets_the_old_value(use):
    v = hb.Variable(np.arange(4.0))

    @hb.jit
    def step():
        before = v.value
        v.assign(before + 10.0)
        return use(before), ops.sum(before)

    for n in range(4):
        value, total = step()
        expected = np.arange(4.0) + 10.0 * n
        np.testing.assert_array_equal(value.numpy(), use(expected))
        assert float(total) == expected.sum()


def test_two_variables_that_exchange_their_values():
    a, b = hb.Variable(np.zeros(3)), hb.Variable(np.ones(3))

    @hb.jit
    def swap():
        old = a.value
        a.assign(b + 1.0)
        b.assign(old * 2.0)

    x, y = np.zeros(3), np.ones(3)
    for _ in range(5):
        swap()
        x, y = y + 1.0, x * 2.0
        assert (a.numpy().tolist(), b.numpy().tolist()) == (x.tolist(), y.tolist())


def test_a_step_that_fails_leaves_the_variables_as_they_were():
    v = hb.Variable(np.zeros(2))

    @hb.jit
    def step(i):
        v.assign(v + 1.0)
        return ops.take(ops.asarray([1.0, 2.0]), i, axis=0)

    step(ops.asarray([0]))
    step(ops.asarray([1]))
    with pytest.raises(hb.OutOfRangeError):
        step(ops.asarray([7]))
    assert v.numpy().tolist() == [2.0, 2.0]


def test_operands_that_are_broadcast_are_read_as_they_are():
    f = hb.jit(lambda x, row, number: (x * row + number) - ops.maximum(row, number))
    x, row = np.arange(6.0).reshape(2, 3), np.array([1.0, -2.0, 3.0])
    expected = x * row + 0.5 - np.maximum(row, 0.5)
    np.testing.assert_allclose(f(x, row, ops.asarray(0.5, dtype="float64")).numpy(), expected)
    assert hb.jit(lambda n: ops.broadcast_to(n, (2, 2)) + ops.broadcast_to(n, (2, 2)))(1.5).shape == (2, 2)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "int32", "float16", "float32", "float64", "complex64"])
def test_choosing_keeps_every_bit(dtype):
    rng = np.random.default_rng(0)
    wide = np.dtype(dtype).itemsize
    raw = rng.integers(0, 2 if dtype == "bool" else 256, size=(2, 7, 5, wide), dtype=np.uint8)  # NaNs of every kind
    x, row = raw.view(dtype)[..., 0][0], raw.view(dtype)[..., 0][1][:1]
    condition = rng.random((5, 7)) < 0.5
    found = hb.jit(lambda c, x, y: hb.ops.where(c.T, x, y))(condition, x, row)
    assert found.numpy().tobytes() == np.where(condition.T, x, row).tobytes()


def test_choosing_in_place_of_what_is_replaced():
    x, condition = np.linspace(-2, 2, 12, dtype="float32").reshape(3, 4), np.arange(12).reshape(3, 4) % 3 == 0
    found = hb.jit(lambda c, x: ops.sum(ops.where(c, 7.0, ops.square(x)), axis=0))(condition, x)
    np.testing.assert_allclose(found.numpy(), np.where(condition, 7, x * x).sum(0), rtol=1e-6)


def test_choosing_a_single_number():
    found = hb.jit(lambda c, x: -ops.where(c, x, 0.0))(np.array(True), np.float32(1.5))
    assert found.numpy() == -1.5
