"""Training steps on the emulated device: the numbers are NumPy's, at the first run, recorded, and replayed."""

from __future__ import annotations

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import Backend, make_backend, using_backend
from hornbeam.errors import OutOfMemoryError, OutOfRangeError

from tests.cuda.emulator.backend import EmulatedBackend
from tests.cuda.emulator.device import EmulatedDevice


def trained(backend: Backend) -> tuple[np.ndarray, list[np.ndarray]]:
    """Losses of five steps with dropout and Adam, and the weights after them."""
    rng = np.random.default_rng(0)
    with using_backend(backend):
        hb.utils.set_random_seed(1)
        layers = [hb.layers.Dense(16, activation="relu"), hb.layers.Dropout(0.2), hb.layers.Dense(10)]
        model = hb.Sequential([hb.Input((28,)), *layers])
        model.compile("adam", hb.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
        losses = [
            model.train_on_batch(rng.random((32, 28)).astype("float32"), rng.integers(0, 10, 32)) for _ in range(5)
        ]
        return np.array(losses, float), [np.array(w) for w in model.get_weights()]


def test_a_training_step_has_numpys_numbers() -> None:
    backend = EmulatedBackend()
    losses, weights = trained(make_backend("numpy"))
    found, ours = trained(backend)
    np.testing.assert_allclose(found, losses, rtol=1e-5)
    for a, b in zip(ours, weights, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_state_is_updated_in_its_own_memory_and_the_step_is_replayed() -> None:
    backend = EmulatedBackend()
    with using_backend(backend):
        total = hb.Variable(hb.ops.zeros(8), name="total")

        def step(x):  # type: ignore[no-untyped-def]
            total.assign(total.value + x)
            return hb.ops.sum(total.value)

        compiled = hb.jit(step)
        kept = []
        for i in range(5):
            array = hb.ops.full((8,), float(i))
            kept.append(array)  # so that each comes at an address of its own
            assert float(compiled(array)) == 8 * sum(range(i + 1))
        runner = next(iter(compiled.compiled.values())).executable.runner
        assert 1 <= len(runner.recorded) <= 2
        launched = backend.target.launched
        compiled(hb.ops.ones(8))
        assert len(runner.recorded) <= 2 and backend.target.launched > launched
        np.testing.assert_array_equal(total.numpy(), np.full(8, 11.0))


def test_an_index_out_of_range_is_told_of_though_nothing_waits_for_it() -> None:
    backend = EmulatedBackend()
    with using_backend(backend):
        table = hb.ops.arange(12.0).reshape((4, 3))
        taken = hb.jit(lambda x, i: hb.ops.take(x, i, axis=0))
        np.testing.assert_array_equal(taken(table, hb.ops.asarray([3, -4])).numpy(), [[9, 10, 11], [0, 1, 2]])
        with pytest.raises(OutOfRangeError, match="out of range for an axis of size 4: expected -4 to 3"):
            taken(table, hb.ops.asarray([3, 4]))
        np.testing.assert_array_equal(taken(table, hb.ops.asarray([2, 1])).numpy(), [[6, 7, 8], [3, 4, 5]])


def test_two_states_that_change_places_and_an_old_value_that_is_returned() -> None:
    with using_backend(EmulatedBackend()):
        a, b = hb.Variable(hb.ops.zeros(3), name="a"), hb.Variable(hb.ops.ones(3), name="b")

        def step():  # type: ignore[no-untyped-def]
            old = a.value
            a.assign(b.value)
            b.assign(old)
            return old

        compiled = hb.jit(step)
        for i in range(5):
            assert compiled().numpy().tolist() == [float(i % 2)] * 3
            assert (a.numpy()[0], b.numpy()[0]) == ((i + 1) % 2, i % 2)


def test_a_plan_that_does_not_fit_is_refused_with_what_it_needs() -> None:
    backend = EmulatedBackend(EmulatedDevice(memory=2**20))
    with using_backend(backend):
        wide = hb.jit(lambda x: hb.ops.sum(hb.ops.sort(x @ x.T, axis=0)))
        with pytest.raises(
            OutOfMemoryError, match=r"(?s)does not fit into the memory of cuda:0 \(1.00 MiB\).*values in between"
        ):
            wide(hb.ops.ones((600, 8)))
        assert float(wide(hb.ops.ones((10, 8)))) == 800


def test_a_function_for_one_batch_alone_has_no_other() -> None:
    with using_backend(EmulatedBackend(EmulatedDevice(memory=2**20))):
        fixed = hb.jit(lambda x: hb.ops.sum(hb.ops.sort(x @ x.T, axis=0) + hb.ops.ones((600, 600))))
        with pytest.raises(OutOfMemoryError, match=r"Use a smaller batch \(now 600\)"):
            fixed(hb.ops.ones((600, 8)))


def test_special_functions_are_parts_of_the_recorded_step() -> None:
    def loss(x: hb.Tensor, y: hb.Tensor) -> hb.Tensor:  # of counts, under a negative binomial distribution
        return hb.ops.sum(
            hb.ops.lgamma(x + y)
            - hb.ops.lgamma(x)
            + hb.ops.log(hb.ops.i0(x))
            - hb.ops.digamma(y)
            + hb.ops.erfinv(x / 9.0)
        )

    x, y = np.linspace(0.1, 8.0, 40), np.linspace(6.0, -0.4, 40)
    found = []
    for backend in (make_backend("numpy"), EmulatedBackend()):
        with using_backend(backend):
            step = hb.jit(hb.value_and_grad(loss))
            found.append([t.numpy() for _ in range(3) for t in step(hb.ops.asarray(x), hb.ops.asarray(y))])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)
    assert len(next(iter(step.compiled.values())).executable.runner.segments) == 1


def test_plans_of_one_device_share_their_memory() -> None:
    backend = EmulatedBackend()
    with using_backend(backend):
        many = hb.jit(lambda x: hb.ops.sum(hb.ops.tanh(hb.ops.tanh(x @ x.T) @ x)))
        many(hb.ops.ones((200, 2)))
        used = backend.target.used
        for size in range(190, 200, 2):
            for _ in range(3):
                many(hb.ops.ones((size, 2)))
        assert backend.target.used < used + 32 * 1024  # their arrays alone; each arena has 160,000 bytes


def test_a_plan_that_runs_within_another_has_memory_of_its_own() -> None:
    def body(x):  # type: ignore[no-untyped-def]
        return hb.ops.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, hb.ops.sort(y @ y) / 8.0), (0, x))[1]

    x = np.random.default_rng(0).normal(size=(8, 8))
    found = []
    for backend in (make_backend("numpy"), EmulatedBackend()):
        with using_backend(backend):
            step = hb.jit(lambda x: body(hb.ops.exp(x)) + hb.ops.sin(x) * hb.ops.cumsum(x, axis=0))
            found.append([step(x + i).numpy() for i in range(4)])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-10)


def test_copies_into_which_something_is_put_are_not_moved_behind_it() -> None:
    x = np.arange(7.0, dtype="float32")
    found = []
    for backend in (make_backend("numpy"), EmulatedBackend()):
        with using_backend(backend):
            kept, put = hb.Variable(x, name="kept"), hb.ops.asarray([9.0, 8.0])

            def step(kept: hb.Variable = kept, put: hb.Tensor = put) -> tuple[hb.Tensor, ...]:
                old = kept.value
                kept.assign(hb.ops.scatter_update(old, [[2], [1]], put))
                padded = hb.ops.pad(old, (1, 1), constant_values=5.0)
                return old, kept.value, padded, hb.ops.pad(old, (1, 1), constant_values=4.0)

            compiled = hb.jit(step)
            found.append([t.numpy() for _ in range(3) for t in compiled()])
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("size", [4, 8, 12])
def test_views_that_begin_anywhere_are_read_whole(size: int) -> None:
    backend = EmulatedBackend()
    with using_backend(backend):
        data = hb.ops.arange(size + 3, dtype="float32")
        compiled = hb.jit(lambda x: hb.ops.tanh(x) * 2.0 + data[1 : size + 1] * x)
        for begin in (1, 2, 1, 3):  # of four bytes each: a thread loads sixteen at once
            x = np.arange(size + 3, dtype=np.float32)
            expected = np.tanh(x[begin : begin + size]) * 2 + x[1 : size + 1] * x[begin : begin + size]
            np.testing.assert_allclose(compiled(data[begin : begin + size]).numpy(), expected, rtol=1e-6)
        state = hb.Variable(hb.ops.zeros(size), name="state")
        state.assign(data[1 : size + 1])

        @hb.jit
        def step(x):  # type: ignore[no-untyped-def]
            state.assign(state.value + x)

        for _ in range(3):
            step(data[2 : size + 2])
        np.testing.assert_array_equal(state.numpy(), x[1 : size + 1] + 3 * x[2 : size + 2])
