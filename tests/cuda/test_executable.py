"""Training steps on the emulated device: the numbers are NumPy's, at the first run, recorded, and replayed."""

from __future__ import annotations

import hornbeam as hb
import numpy as np
from hornbeam.backends.base import Backend, make_backend, using_backend

from tests.cuda.emulator.backend import EmulatedBackend


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
