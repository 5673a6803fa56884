"""Threads: the same bits on any number of them, none busy while idle, safe in several callers and after a fork."""

import os
import subprocess
import sys
import threading

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import make_backend, using_backend
from hornbeam.errors import InvalidArgumentError
from hornbeam.testing import graphs
from hypothesis import given, settings

CPU = make_backend("cpu")


@pytest.fixture(autouse=True)
def _default_threads():
    yield
    hb.set_num_threads(None)


def results(executable, arrays, threads):
    hb.set_num_threads(threads)
    return [np.array(a).tobytes() for a in executable([np.array(a) for a in arrays])]


@settings(max_examples=60)
@given(graphs(sizes=(1, 7, 16, 33), size=15))
def test_random_graphs_give_the_same_bits_on_any_number_of_threads(sample):
    executable = CPU.compile(sample.graph)
    one = results(executable, sample.arrays, 1)
    assert results(executable, sample.arrays, 2) == one
    assert results(executable, sample.arrays, 3) == one


def work(x, w, y):
    """A convolution, pooling, products, sums over rows and columns, in sizes that are shared out."""

    def loss(w):
        h = hb.ops.max_pool(hb.ops.relu(hb.ops.conv(x, w, padding="same")), 2)
        flat = hb.ops.reshape(h, (x.shape[0], -1))
        return hb.ops.mean((hb.ops.log_softmax(flat @ hb.ops.transpose(flat)) - y) ** 2)

    return hb.value_and_grad(loss)(w)


def test_large_work_gives_the_same_bits_on_any_number_of_threads():
    rng = np.random.default_rng(0)
    shapes = ((32, 20, 20, 8), (3, 3, 8, 40), (32, 32))
    tensors = [rng.normal(size=s).astype("f4") for s in shapes]
    with using_backend("cpu"):
        step = hb.jit(work)
        found = []
        for threads in (1, 2, 3, 5):
            hb.set_num_threads(threads)
            loss, gradient = step(*tensors)
            found.append((loss.numpy().tobytes(), gradient.numpy().tobytes()))
    assert len(set(found)) == 1


def test_several_python_threads_may_call_at_once():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 300)).astype("f4")
    wrong = []
    with using_backend("cpu"):
        steps = [hb.jit(lambda x, k=k: hb.ops.sum(hb.ops.exp(x * 0.1) * k, axis=1)) for k in range(4)]

        def call(k):
            for _ in range(30):
                found = steps[k](x).numpy()
                if not np.allclose(found, (np.exp(x * np.float32(0.1)) * k).sum(1), rtol=1e-4):
                    wrong.append(k)

        callers = [threading.Thread(target=call, args=(k % 4,)) for k in range(6)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
    assert not wrong


def test_the_number_of_threads_may_change_from_call_to_call():
    code = """
import hornbeam as hb
import numpy as np

hb.set_backend("cpu")
x = np.eye(64, dtype="float32")
product = hb.jit(hb.ops.matmul)
for turn in range(3000):
    hb.set_num_threads((2, 4, 2, 8)[turn % 4])
    assert (product(x, x).numpy() == x).all()
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)  # threads that miscount wait for ever


def test_threads_may_come_together_to_the_first_use_of_the_engine():
    code = """
import threading, numpy as np, hornbeam as hb
hb.set_backend("cpu")
hb.set_num_threads(2)
start, right = threading.Barrier(8), []

def work(n):
    x, step = np.full((n, n), 2.0, "f4"), hb.jit(lambda t: t @ t)
    step.prepare(x)
    start.wait()
    right.append(all((step(x).numpy() == 4 * n).all() for _ in range(20)))

threads = [threading.Thread(target=work, args=(n,)) for n in range(20, 100, 10)]
for t in threads: t.start()
for t in threads: t.join()
assert right == [True] * 8
"""
    for _ in range(2):  # most runs ended in a segmentation fault when the native loop was loaded twice
        subprocess.run([sys.executable, "-c", code], check=True, timeout=300)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_computes_with_threads_of_its_own():
    code = """
import os, sys, numpy as np, hornbeam as hb
hb.set_backend("cpu")
hb.set_num_threads(2)
step = hb.jit(lambda x: hb.ops.sum(x * x, axis=1))
x = np.ones((4000, 100), "f4")
step(x)
child = os.fork()
if child == 0:
    good = bool((step(x).numpy() == 100).all())
    os._exit(0 if good else 3)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), bool((step(x).numpy() == 100).all()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ["0", "True"], done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux says of threads")
def test_idle_threads_sleep():
    code = """
import os, time, numpy as np, hornbeam as hb
hb.set_backend("cpu")
hb.set_num_threads(3)
hb.jit(lambda x: hb.ops.sum(x))(np.ones((1000, 1000), "f4"))

def states():
    found = []
    for task in os.listdir("/proc/self/task"):
        if int(task) != os.getpid():
            with open(f"/proc/self/task/{task}/stat") as file:
                found.append(file.read().rsplit(")", 1)[1].split()[0])
    return found

quiet = 0
while quiet < 20:  # threads that spin are never all asleep
    quiet = quiet + 1 if set(states()) == {"S"} else 0
    time.sleep(0.005)
print(len(states()) >= 2)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr


def test_a_process_that_used_threads_ends_at_once():
    code = (
        "import hornbeam as hb; hb.set_backend('cpu'); hb.set_num_threads(2); hb.jit(lambda x: x + 1)(hb.ops.ones(9))"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")


def test_omp_num_threads_and_the_affinity_are_respected():
    code = "import hornbeam as hb; print(hb.get_num_threads())"
    environment = os.environ | {"OMP_NUM_THREADS": "7"}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert told.stdout.strip() == "7"
    if hasattr(os, "sched_setaffinity"):
        one = next(iter(os.sched_getaffinity(0)))
        code = f"import os; os.sched_setaffinity(0, [{one}]); {code}"
        environment.pop("OMP_NUM_THREADS")
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
        assert told.stdout.strip() == "1"


@pytest.mark.parametrize("count", [0, -1, 1.5, True, "2"])
def test_a_number_of_threads_that_makes_no_sense_is_refused(count):
    with pytest.raises(InvalidArgumentError, match="from 1 on"):
        hb.set_num_threads(count)
