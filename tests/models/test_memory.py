"""fit and predict in a loop hold memory flat: 500 rounds in the nightly profile, fewer otherwise."""

import gc
import os

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import LSTM, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input
from hornbeam_models import Sequential

ROUNDS = 500 if os.environ.get("HORNBEAM_HYPOTHESIS") == "nightly" else 15
WARM = 6
MOST = 3 << 20  # bytes


def resident():
    """Bytes of this process in memory."""
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def is_flat(step):
    """Whether some rounds leave neither memory nor objects behind. What an allocator keeps once is no leak: that goes on growing."""
    for _ in range(WARM):
        step()
    found = []
    for _ in range(4):
        before, objects = resident(), len(gc.get_objects())
        for _ in range(ROUNDS):
            step()
        found.append((resident() - before, len(gc.get_objects()) - objects))
        if found[-1][0] < MOST and found[-1][1] < 50:
            return True
    pytest.fail(f"bytes and objects that each {ROUNDS} rounds left behind: {found}")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="reads Linux's figures")
def test_memory_is_flat():
    hb.set_random_seed(0)
    model = Sequential(
        [
            Input((6, 6, 2)),
            Conv2D(8, 3, activation="relu"),
            BatchNormalization(),
            Dropout(0.3),
            Flatten(),
            Dense(200),
            Dense(3),
        ]
    )
    model.compile("adam", hb.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    x = np.random.default_rng(0).normal(size=(50, 6, 6, 2)).astype("float32")
    y = np.arange(50) % 3

    def step():
        model.fit(x, y, batch_size=16, verbose=0, validation_data=(x, y))
        model.predict(x, verbose=0)
        model.predict(x[:1], verbose=0)
        model(x[:2])
        for size in (5, 7):
            model.train_on_batch(x[:size], y[:size])
            model.test_on_batch(x[:size], y[:size])
            model.predict_on_batch(x[:size])

    assert is_flat(step)


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="reads Linux's figures")
def test_models_that_are_let_go_are_gone():
    x, y = np.ones((8, 5, 3), np.float32), np.ones((8, 1), np.float32)

    def step():
        model = Sequential([Input((5, 3)), LSTM(8), Dense(1)])
        model.compile("adam", "mse")
        model.fit(x, y, verbose=0)
        model.predict(x, verbose=0)

    assert is_flat(step)


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="reads Linux's figures")
def test_batches_of_any_sizes_share_the_memory_that_the_largest_needs():
    model = Sequential([Input((20,)), *(Dense(1000, activation="tanh") for _ in range(4)), Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((1000, 20), np.float32), np.ones((1000, 1), np.float32)

    def step(size):
        model.train_on_batch(x[:size], y[:size])

    for size in (1000, 20):  # each layer's outputs, and their gradients, are 4 MB for the largest
        step(size)
    before = resident()
    for size in range(999, 985, -1):
        step(size)
    assert resident() - before < 12 << 20
