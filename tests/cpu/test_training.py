"""Training steps as a whole: no kernel for another batch size, the same bits on any number of threads, memory that stays, interrupts."""

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam_cpu.llvm import library
from hornbeam_cpu.lower.plan import Lowering

from tests.cpu import workloads
from tests.cpu.harness import threads


@pytest.fixture(autouse=True)
def _engine():
    with using_backend("cpu"):
        yield


def all_steps(model, kind, size):
    """Train, evaluate and predict on a batch of that size."""
    x, y = workloads.batch(kind, size)
    model.train_on_batch(x, y)
    model.test_on_batch(x, y)
    model.predict_on_batch(x)


@pytest.mark.parametrize("kind", workloads.MODELS)
def test_another_batch_size_needs_no_other_kernel(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path))
    monkeypatch.setattr(library, "_loaded", {})
    loaded, load = [], library._load
    monkeypatch.setattr(
        library, "_load", lambda key, kernel, target: loaded.append(kernel) or load(key, kernel, target)
    )
    model = workloads.model(kind)
    all_steps(model, kind, 200)
    assert loaded
    loaded.clear()
    for size in (32, 31, 64, 500, 7, 2):
        all_steps(model, kind, size)
        assert not loaded, f"a batch of {size} needs {loaded}"


@pytest.mark.parametrize("kind", workloads.MODELS)
def test_nothing_runs_on_numpy_kernels(kind, monkeypatch):
    left, fall_back = [], Lowering._fall_back

    def noted(lowering, node):
        left.append(node.primitive.name)
        fall_back(lowering, node)

    monkeypatch.setattr(Lowering, "_fall_back", noted)
    all_steps(workloads.model(kind), kind, 33)
    assert not left


@pytest.mark.parametrize("kind", workloads.MODELS)
@pytest.mark.parametrize("size", [97, 5])
def test_training_gives_the_same_bits_on_any_number_of_threads(kind, size):
    found = []
    for count in (1, 2, 3):
        with threads(count):
            model = workloads.model(kind)
            for seed in range(3):
                model.train_on_batch(*workloads.batch(kind, size, seed))
            found.append([a.tobytes() for a in workloads.state(model)])
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("kind", workloads.MODELS)
def test_training_is_as_on_numpy(kind):
    found = []
    for backend in ("cpu", "numpy"):
        with using_backend(backend):
            model = workloads.model(kind)
            for seed in range(4):
                model.train_on_batch(*workloads.batch(kind, 33, seed))
            found.append(workloads.state(model))
    for one, other in zip(*found, strict=True):
        # Adam divides by the size of gradients: where that is nearly zero, rounding errors count
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-4)


def least_growth(steps, rounds=4):
    """How many blocks of memory, and how many bytes of the process, a round of steps leaves behind: the least of some rounds.

    What grows once, such as the interpreter's own tables, is in one round; a leak is in all of them.
    """
    found = []
    for _ in range(rounds + 1):
        before = sys.getallocatedblocks(), resident()
        steps()
        gc.collect()
        found.append((sys.getallocatedblocks() - before[0], resident() - before[1]))
    return min(blocks for blocks, _ in found[1:]), min(size for _, size in found[1:])


def resident():
    """Bytes of memory that the process has."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def test_ten_thousand_steps_keep_no_memory():
    w = hb.Variable(np.ones((20, 3), "float32"))
    m = hb.Variable(np.zeros((20, 3), "float32"))

    @hb.jit
    def step(x):
        loss, gradient = hb.value_and_grad(lambda w: hb.ops.mean((x @ w) ** 2))(w.value)
        m.assign(0.9 * m.value + gradient)
        w.assign(w.value - 0.01 * m.value)
        return loss

    x = hb.ops.asarray(np.random.default_rng(0).normal(size=(16, 20)).astype("float32"))

    def steps():
        for _ in range(2000):
            step(x)

    blocks, size = least_growth(steps)
    assert blocks < 100 and size < 100_000, (blocks, size)


def test_batches_of_several_sizes_in_turn_keep_no_memory():
    model = workloads.model("mlp")

    def steps():
        for turn in range(100):
            model.train_on_batch(*workloads.batch("mlp", 2 + turn % 10))

    blocks, size = least_growth(steps, 2)
    assert blocks < 50 and size < 200_000, (blocks, size)


INTERRUPTED = """
import os, signal, sys, threading, time
import numpy as np
import hornbeam as hb

signal.signal(signal.SIGINT, signal.default_int_handler)
hb.set_backend(sys.argv[1])
hb.set_num_threads(2)
# Counters, some of them updated in their own memory: after each whole step they agree. float64: their sum stays exact.
names = [hb.Variable(np.zeros((300, 40), "float64")) for _ in range(6)]

@hb.jit
def step(x):
    values = [v.value for v in names]
    more = hb.ops.mean(x) + 1.0
    total = hb.ops.sum(values[5])  # what reads a variable late keeps it from being updated in place
    for k, (v, value) in enumerate(zip(names, values)):
        v.assign(value + more)
    return total

x = np.zeros((200, 50), "float32")
step(x)
armed, ended = threading.Event(), False

def pester():  # one interrupt each time that it is asked for, so that none comes where it is not caught
    rng = np.random.default_rng(0)
    while armed.wait() and not ended:
        armed.clear()
        time.sleep(float(rng.random()) * 0.002)
        os.kill(os.getpid(), signal.SIGINT)

def consistent():
    counts = {float(c) for v in names for c in np.unique(v.numpy())}
    assert len(counts) == 1, counts
    return counts.pop()

thread = threading.Thread(target=pester)
thread.start()
rounds, last = 0, 0.0
while rounds < 300 or last < 300:
    try:
        armed.set()
        while True:
            step(x)
    except KeyboardInterrupt:
        rounds += 1
    now = consistent()
    assert now >= last
    last = now
ended = True
armed.set()
thread.join()
before = consistent()
assert float(step(x)) == before * 300 * 40
assert consistent() == before + 1
print("whole")
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has it")
@pytest.mark.parametrize("backend", ["cpu", "numpy"])
def test_interrupted_steps_are_whole(backend):
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, backend], capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "whole"), done.stderr[-3000:]


@pytest.mark.parametrize("backend", ["cpu", "numpy"])
def test_an_interrupt_between_two_variables_waits_for_the_others(backend, monkeypatch):
    with using_backend(backend):
        variables = [hb.Variable(np.zeros(5, "float32")) for _ in range(4)]

        @hb.jit
        def step():
            for v in variables:
                v.assign(v.value + 1)

        step()
        store = hb.Variable.store

        def interrupted(variable, *args, **kwargs):
            if variable is variables[1]:
                signal.raise_signal(signal.SIGINT)
            store(variable, *args, **kwargs)

        monkeypatch.setattr(hb.Variable, "store", interrupted)
        handler = signal.getsignal(signal.SIGINT)
        kept = [
            v.value for v in variables[1:3]
        ]  # so new values are written beside these, those of the others over the old
        with pytest.raises(KeyboardInterrupt):
            step()
        assert signal.getsignal(signal.SIGINT) is handler
        monkeypatch.undo()
        assert [v.numpy().tolist() for v in kept] == [[1.0] * 5] * 2
        assert [v.numpy().tolist() for v in variables] == [[2.0] * 5] * 4
        step()
        assert [v.numpy().tolist() for v in variables] == [[3.0] * 5] * 4


def test_an_index_out_of_range_leaves_variables_as_they_were():
    table = hb.Variable(np.arange(12, dtype="float32").reshape(4, 3))
    count = hb.Variable(np.zeros((), "float32"))

    @hb.jit
    def step(index):
        count.assign(count.value + 1)
        rows, pull = hb.vjp(lambda t: hb.ops.take(t, index, axis=0), table.value)
        (gradient,) = pull(hb.ops.ones_like(rows))
        table.assign(table.value - gradient)
        return hb.ops.sum(rows)

    assert float(step(np.array([0, 3], "int32"))) == 0 + 1 + 2 + 9 + 10 + 11
    before = table.numpy().copy()
    for _ in range(3):
        with pytest.raises(IndexError):
            step(np.array([1, 4], "int32"))
        np.testing.assert_array_equal(table.numpy(), before)
        assert float(count.numpy()) == 1
    step(np.array([1, 1], "int32"))
    before[1] -= 2
    np.testing.assert_array_equal(table.numpy(), before)
    assert float(count.numpy()) == 2
