"""Calls on the host: in a captured function they see the values of each run, and what follows is compiled for their results."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.dtypes import string
from hornbeam.host_calls import Text, host_call, is_text
from hornbeam.symbolic import KerasTensor
from hypothesis import given
from hypothesis import strategies as st


def strings(*values):
    return np.array(values, object)


def lengths(texts):
    return hb.ops.asarray(np.array([len(t) for t in texts.ravel()], "int32").reshape(texts.shape))


def letters(texts):
    """As many columns as the longest has letters."""
    width = max(map(len, texts))
    return hb.ops.asarray(np.array([[ord(c) for c in t.ljust(width)] for t in texts], "int32"))


def counted(texts):
    return host_call(lengths, lambda t: KerasTensor(t.shape, "int32"), texts)


@given(st.lists(st.lists(st.text(max_size=5), min_size=3, max_size=3), min_size=1, max_size=4))
def test_each_run_sees_its_own_values(runs):
    step = hb.jit(lambda t, x: counted(t) * x)
    for values in runs:
        texts = strings(*values)
        found = step(texts, np.array([1, 2, 3], "int32"))
        assert found.numpy().tolist() == [len(v) * i for i, v in enumerate(values, 1)]
    assert len({id(c) for c in step.compiled.values()}) == 1


def test_another_shape_of_the_result_compiles_anew():
    step = hb.jit(lambda t: hb.ops.sum(host_call(letters, lambda t: KerasTensor((*t.shape, None), "int32"), t), axis=1))
    for texts in (strings("ab", "c"), strings("abc", "d"), strings("x", "yz")):
        assert step(texts).numpy().tolist() == letters(texts).numpy().sum(1).tolist()
    assert len({id(c) for c in step.compiled.values()}) == 2


def test_numbers_that_the_function_computes_reach_the_host():
    scale = hb.Variable(lambda shape, dtype: hb.ops.full(shape, 2.0), ())

    def double(x):
        return hb.ops.asarray(x.numpy() * 2)

    def whole(x, t):
        y = x * scale + hb.ops.cast(counted(t), "float32")
        scale.assign(scale + 1.0)
        return host_call(double, lambda v: KerasTensor(v.shape, v.dtype), y) + y

    step = hb.jit(whole)
    for factor, texts in ((2.0, strings("a", "bcd")), (3.0, strings("ef", ""))):
        x = np.array([1.0, 5.0], "float32")
        y = x * factor + [len(t) for t in texts]
        np.testing.assert_allclose(step(x, texts).numpy(), 3 * y, rtol=1e-6)
    assert float(scale) == 4.0


def test_strings_may_come_out():
    def upper(texts):
        return strings(*(t.upper() for t in texts))

    step = hb.jit(lambda t, x: {"y": x + 1, "t": host_call(upper, lambda t: KerasTensor(t.shape, "string"), t)})
    for texts in (strings("a", "b"), strings("c", "d")):
        found = step(texts, 1.5 * np.ones(1, "float32"))
        assert found["t"].tolist() == [t.upper() for t in texts]
        assert found["y"].numpy().tolist() == [2.5]


def test_gradients_flow_past():
    def loss(w, t):
        return hb.ops.sum(hb.ops.cast(counted(t), "float32") * w * w)

    step = hb.jit(lambda w, t: hb.grad(loss)(w, t))
    w = np.array([1.0, -2.0], "float32")
    np.testing.assert_allclose(step(w, strings("abc", "d")).numpy(), [6.0, -4.0])


def test_what_is_known_at_capture_is_called_then_alone():
    calls = []

    def known(texts):
        calls.append(1)
        return lengths(texts)

    step = hb.jit(lambda x: x + host_call(known, lambda t: KerasTensor(t.shape, "int32"), strings("ab")))
    assert [int(step(np.array([i], "int32"))[0]) for i in range(3)] == [2, 3, 4]
    assert len(calls) == 1


def test_values_of_strings_are_not_known_while_capturing():
    for function in (
        lambda t: t[0],
        lambda t: list(t),
        lambda t: 1 if t == "a" else 2,
        lambda t: hb.ops.asarray(t) + 1,
    ):
        with pytest.raises(hb.CaptureError, match="the values of strings are asked for while"):
            hb.jit(function)(strings("a"))
    with pytest.raises(hb.CaptureError, match="cannot be in the body of a loop or branch"):
        hb.jit(lambda t, n: hb.ops.fori_loop(0, n, lambda i, s: s + counted(t)[0], hb.ops.asarray(0)))(strings("a"), 3)


def test_what_strings_are():
    tensor = KerasTensor((None, 1), "string")
    assert tensor.dtype == "string" and tensor.dtype is string and is_text(tensor)
    assert is_text(strings("a")) and is_text(np.array(["a"])) and is_text(Text(None, 0, (2, 3)))
    assert not is_text(np.zeros(2)) and not is_text(hb.ops.zeros(2)) and not is_text("a")
    assert Text(None, 0, (2, 3)).reshape((3, 2)).shape == (3, 2) and len(Text(None, 0, (2, 3))) == 2
    with pytest.raises(hb.UnknownNameError, match="string"):
        hb.ops.zeros(3, "string")
