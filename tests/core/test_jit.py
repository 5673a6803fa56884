"""Captured functions: the same results as eager ones, state, and errors that name the user's line."""

import gc

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.host_calls import host_call
from hornbeam.symbolic import KerasTensor


def test_captured_equals_eager_with_gradients():
    x = ops.asarray(np.random.default_rng(0).normal(size=(4, 3)))
    f = hb.value_and_grad(lambda t: ops.sum(ops.softmax(t @ ops.matrix_transpose(t)) ** 2))
    for a, b in zip(f(x), hb.jit(f)(x), strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-12)


def test_one_compilation_per_signature():
    step = hb.jit(lambda x: x + 1)
    for shape in ((2,), (2,), (3,)):
        step(ops.zeros(shape))
    assert len(step.compiled) == 2


def test_a_graph_for_another_batch_is_captured_again_without_running_anything():
    v = hb.Variable(ops.zeros(4))

    def step(x, words, y):
        v.assign(v + 1.0)
        lengths = host_call(lambda w: ops.asarray([len(t) for t in w]), lambda w: KerasTensor(w.shape, "int32"), words)
        return ops.sum(x[None] * y[:, None], axis=1), lengths

    compiled = hb.jit(step)
    before = compiled(ops.ones(4), np.array(["a", "bc", "d"], object), ops.ones(3))
    (graph,) = {found.executable.graph for found in compiled.compiled.values()}
    assert graph.resized is not None
    other = graph.resized(3, 5)
    assert [o.shape for o in graph.outputs] == [(3,), (3,), (4,)] == [*(b.shape for b in before), v.shape]
    assert [o.shape for o in other.outputs] == [(5,), (5,), (4,)] and other.donated == graph.donated
    assert v.numpy().tolist() == [1.0] * 4  # as often as it ran


def test_variables_are_state_and_old_values_stay():
    v = hb.Variable([1.0, 2.0])
    step = hb.jit(lambda: v.assign(v * 2.0))
    before = v.value
    step()
    step()
    assert before.numpy().tolist() == [1.0, 2.0]
    assert v.numpy().tolist() == [4.0, 8.0]
    kept = v.value
    step()
    assert kept.numpy().tolist() == [4.0, 8.0]


def test_results_are_not_overwritten_by_the_next_call():
    step = hb.jit(lambda x: (x * 2.0, x * 2.0 + 1.0, ops.reshape(x, (2, 1))))
    first = step(ops.asarray([1.0, 2.0]))
    step(ops.asarray([5.0, 6.0]))
    assert [t.numpy().tolist() for t in first] == [[2.0, 4.0], [3.0, 5.0], [[1.0], [2.0]]]


def test_a_branch_on_a_captured_value_names_the_line_and_the_remedy():
    def f(x):
        if x > 0:
            return x
        return -x

    with pytest.raises(hb.CaptureError, match=r"test_jit.py:\d+ in f") as error:
        hb.jit(f)(1.0 * ops.ones(()))
    assert "hb.ops.where" in str(error.value)


def test_a_leaked_tensor_is_refused():
    kept = []
    hb.jit(lambda x: kept.append(x) or x)(ops.ones(()))
    with pytest.raises(hb.LeakError, match="leaked"):
        kept[0] + 1.0


def test_the_print_is_stable():
    graph = hb.capture(lambda x, w: ops.sum(ops.tanh(x @ w)), ops.zeros((2, 3)), ops.zeros((3, 4)))
    assert str(graph).splitlines() == [
        "<lambda>(%0: float32[2,3], %1: float32[3,4]) -> (float32[]):",
        "  %2: float32[2,4] = dot_general(%0, %1, batch=((), ()), contracting=((1,), (0,)))",
        "  %3: float32[2,4] = tanh(%2)",
        "  %4: float32[] = reduce_sum(%3, axes=(0, 1))",
        "  return %4",
    ]


def test_cycles_are_not_looked_for_while_a_function_is_captured_and_are_afterwards():
    seen = []

    def f(x):
        seen.append(gc.isenabled())
        if len(seen) == 2:
            raise ValueError("no more")
        return x

    step = hb.jit(f)
    step(ops.zeros((2,)))
    assert gc.isenabled()
    with pytest.raises(ValueError, match="no more"):
        step(ops.zeros((3,)))
    assert seen == [False, False] and gc.isenabled()
