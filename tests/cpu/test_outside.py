"""Where inputs and outputs of a program lie: on cache lines, in the memory of the variables replaced, and never where others look."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam_cpu.memory import LINE, SMALL
from hypothesis import given
from hypothesis import strategies as st

SIZE = 3 * SMALL


@pytest.fixture(autouse=True)
def engine():
    """The CPU engine."""
    with using_backend("cpu"):
        yield


def place(variable):
    return variable.stored.value.__array_interface__["data"][0]


def test_large_arrays_begin_on_a_cache_line():
    given = np.empty(4 * SIZE + 4, np.uint8)[4:].view(np.float32)
    given[...] = np.arange(SIZE)
    tensor = hb.ops.asarray(given)
    out = hb.jit(lambda x: x + 1)(tensor)
    assert tensor.value.ctypes.data % LINE == out.value.ctypes.data % LINE == 0
    assert (out.numpy() == np.arange(SIZE) + 1).all()


def test_a_transposed_array_of_the_host_is_copied_in_c_order():
    given = np.arange(2 * SIZE, dtype=np.float32).reshape(2, SIZE).T
    tensor = hb.ops.asarray(given)
    given[...] = 0
    assert tensor.value.flags.c_contiguous and (tensor.numpy() == np.arange(2 * SIZE).reshape(2, SIZE).T).all()


@given(st.lists(st.sampled_from(("step", "batch", "look", "hold", "set", "twice")), min_size=3, max_size=12))
def test_variables_change_in_their_memory_and_what_was_read_before_stays(events):
    """Against plain NumPy: steps between readings, assignments from outside, and other batches."""
    with using_backend("cpu"):
        variables = [hb.Variable(np.full(5, float(i), "float32")) for i in range(3)]
        truth = [np.full(5, float(i)) for i in range(3)]
        batch, count = np.ones(5, "float32"), 1.0
        held: list[tuple[hb.Tensor, np.ndarray]] = []

        @hb.jit
        def step(x):
            old = [v.value for v in variables]
            for v in variables:
                v.assign(v.value + x)
            variables[2].assign(variables[2].value + old[0])  # reads what has been replaced by then
            return hb.ops.sum(x), old[1] * 2

        for event in events:
            if event == "batch":
                count += 1
                batch = np.full(5, count, "float32")
            elif event == "look":
                assert all((v.numpy() == t).all() for v, t in zip(variables, truth, strict=True))
            elif event == "hold":
                held.append((variables[1].value, truth[1].copy()))
            elif event == "set":
                variables[0].assign(np.full(5, 7.0, "float32"))
                truth[0] = np.full(5, 7.0)
            for _ in range({"step": 1, "batch": 1, "twice": 2}.get(event, 0)):
                total, doubled = step(batch)
                assert float(total) == 5 * count and (doubled.numpy() == 2 * truth[1]).all()
                held.append((doubled, 2 * truth[1]))
                old = truth[0].copy()
                truth = [t + count for t in truth]
                truth[2] = truth[2] + old
        assert all((tensor.numpy() == values).all() for tensor, values in held)
        assert all((v.numpy() == t).all() for v, t in zip(variables, truth, strict=True))


def test_a_step_that_nobody_watches_keeps_its_variables_where_they_are():
    variable = hb.Variable(np.zeros(SIZE, "float32"))

    @hb.jit
    def step():
        variable.assign(variable.value + 1)

    step()  # the first value may be seen by others: it is replaced
    before = place(variable)
    step()
    assert place(variable) == before and before % LINE == 0
    assert (variable.numpy() == 2).all()
