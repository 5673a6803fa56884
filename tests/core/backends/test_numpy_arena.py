"""Executables that do not run at once share one arena; those that do have their own; nothing is kept for those that are gone."""

import gc
import threading
import weakref

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.backends.base import using_backend
from hornbeam.backends.numpy_arena import Borrower
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(autouse=True, scope="module")
def _none_known():
    """No arena of other tests is among those that are tried."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Borrower, "_known", [])
        yield


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=8))
def test_one_after_the_other_have_one_arena_as_large_as_the_largest_wants(sizes):
    borrowers, found = [Borrower(n) for n in sizes], []
    for borrower in borrowers:
        with borrower as arena:
            found.append(arena)
            assert arena.address % 64 == 0
            assert arena.memory.ctypes.data == arena.address
            assert len(arena.memory) >= borrower.size
    assert len({id(arena) for arena in found}) == 1


@given(st.lists(st.integers(1, 500), min_size=2, max_size=5))
def test_what_is_borrowed_at_once_does_not_overlap(sizes):
    def enter(rest, number):
        if rest:
            with rest[0] as arena:
                arena.memory[: rest[0].size] = number
                enter(rest[1:], number + 1)
                assert (arena.memory[: rest[0].size] == number).all()

    enter([Borrower(n) for n in sizes], 1)


def test_a_failure_gives_back():
    borrower, other = Borrower(10), Borrower(10)
    with pytest.raises(KeyError), borrower as first:
        raise KeyError
    with other as second:
        assert second is first


def test_memory_goes_with_the_last_borrower_and_what_is_bound_to_it_when_it_grows():
    small = Borrower(10)
    with small as arena:
        size = len(arena.memory)
        small.bound = "calls"
        memory = weakref.ref(arena.memory)
    large = Borrower(size + 1)
    with large:
        assert small.bound is None
        gc.collect()
        assert memory() is None
    gone = weakref.ref(arena)
    del small, large, arena
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("backend", ["numpy", "cpu"])
def test_compiled_functions_in_many_threads_keep_their_values_apart(backend):
    """Eight functions of other sizes, in threads that start together, against NumPy's own numbers."""
    pytest.importorskip("hornbeam_cpu")
    wrong = []

    def work(n):
        x = np.random.default_rng(n).normal(size=(n, n))
        step = hb.jit(lambda t: ops.sum(ops.sort(ops.tanh(t @ t), axis=0) * t, axis=1))
        expected = (np.sort(np.tanh(x @ x), axis=0) * x).sum(1)
        start.wait()
        wrong.extend(n for _ in range(20) if not np.allclose(step(x).numpy(), expected, atol=1e-9))

    start = threading.Barrier(8)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(20, 100, 10)]
    with using_backend(backend):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong
