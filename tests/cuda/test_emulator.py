"""The emulated device runs threads as a GPU does, and tells of what would be wrong on one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hornbeam_cuda.source.kernel import At, Given, call, number, read, write

from tests.cuda.emulator import COMPILER
from tests.cuda.source.harness import Bench

pytestmark = pytest.mark.skipif(COMPILER is None, reason="the emulated device needs g++")


def ran(text: str, given: list[Given], bench: Bench, threads: int = 64, blocks: int = 1) -> Any:
    """Run a kernel of a few lines."""
    return bench.run([call("tried", given, "@@\n" + text, blocks, threads)])


def result(text: str, count: int = 64, backwards: bool = False, threads: int = 64) -> np.ndarray[Any, Any]:
    """What a kernel writes to `out`."""
    bench = Bench(backwards)
    out = bench.given(np.zeros(count, np.int32))
    ran(text, [write("out", "int32", out)], bench, threads)
    return bench.seen(out, (count,), "int32")


@pytest.mark.parametrize("backwards", [False, True])
def test_threads_of_a_block_meet(backwards: bool) -> None:
    text = """
    __shared__ int turned[64];
    turned[63 - threadIdx.x] = threadIdx.x;
    __syncthreads();
    put(out + threadIdx.x, turned[threadIdx.x]);"""
    np.testing.assert_array_equal(result(text, backwards=backwards), np.arange(64)[::-1])


def test_shared_memory_whose_size_is_told_at_the_launch() -> None:
    bench = Bench()
    out = bench.given(np.zeros(64, np.int32))
    text = """@@
    HORNBEAM_DYNAMIC(bytes);
    int* turned = (int*)bytes;
    turned[63 - threadIdx.x] = threadIdx.x;
    __syncthreads();
    put(out + threadIdx.x, turned[threadIdx.x]);"""
    bench.run([replace(call("tried", [write("out", "int32", out)], text, 1, 64), shared=256)])
    np.testing.assert_array_equal(bench.seen(out, (64,), "int32"), np.arange(64)[::-1])


def test_a_barrier_that_is_missing_shows() -> None:
    text = """
    __shared__ int turned[64];
    turned[threadIdx.x] = 0;
    __syncthreads();
    turned[63 - threadIdx.x] = threadIdx.x + 1;
    put(out + threadIdx.x, turned[threadIdx.x]);"""
    assert (result(text) != result(text, backwards=True)).any()


@pytest.mark.parametrize("backwards", [False, True])
def test_lanes_of_a_warp_exchange(backwards: bool) -> None:
    lanes = np.arange(64)
    seen = {
        "__shfl_xor_sync(EVERY_LANE, (int)threadIdx.x, 5)": lanes ^ 5,
        "__shfl_sync(EVERY_LANE, (int)threadIdx.x, 3)": lanes // 32 * 32 + 3,
        "__shfl_up_sync(EVERY_LANE, (int)threadIdx.x, 2)": np.where(lanes % 32 < 2, lanes, lanes - 2),
        "__shfl_down_sync(EVERY_LANE, (int)threadIdx.x, 2)": np.where(lanes % 32 > 29, lanes, lanes + 2),
        "(int)__ballot_sync(EVERY_LANE, threadIdx.x % 3 == 0)": [
            sum(1 << i for i in range(30) if (first + i) % 3 == 0) for first in (0, 32) for _ in range(32)
        ],
    }
    for text, expected in seen.items():
        got = result(f"put(out + threadIdx.x, {text});", backwards=backwards)
        if "ballot" in text:
            got = got & (2**30 - 1)
        np.testing.assert_array_equal(got, expected, err_msg=text)


def test_threads_that_wait_for_others_that_never_come() -> None:
    with pytest.raises(RuntimeError, match="threads wait for others that never come"):
        result("if (threadIdx.x < 40) __syncwarp();")
    assert result("put(out + threadIdx.x, 1);").all()  # and the next kernel runs


def test_what_lies_outside_is_not_touched() -> None:
    with pytest.raises(RuntimeError, match="a store outside any memory .* by thread 63"):
        result("put(out + threadIdx.x, 1);", count=63)
    with pytest.raises(RuntimeError, match="a load outside any memory"):
        result("put(out, get(out - 1 - (int)threadIdx.x));", threads=32)


def test_words_begin_at_multiples_of_their_size() -> None:
    bench = Bench()
    x = bench.given(np.zeros(16, np.float32))
    given = [read("x", "float32", At(x.base, 4)), write("out", "float32", x)]
    with pytest.raises(RuntimeError, match="no multiple of what is accessed"):
        ran("float v[4]; get_pack(v, x, 4); put(out, v[0]);", given, bench, 32)


def test_accesses_are_counted() -> None:
    bench = Bench()
    x, out = bench.given(np.arange(128, dtype=np.float32)), bench.room(512)
    given = [read("x", "float32", x), write("out", "float32", out), number("n", 128)]
    counts = ran(
        "float v[4]; int i = threadIdx.x * 4; if (i < n) { get_pack(v, x + i, 4); put_pack(v, out + i, 4); }",
        given,
        bench,
    )
    assert counts == (32, 32, 512, 512)
    np.testing.assert_array_equal(bench.seen(out, (128,), "float32"), np.arange(128))


def test_memory_is_freed_and_limited() -> None:
    device = Bench().device
    with pytest.raises(MemoryError):
        device.allocate(2**40)
    memory = device.allocate(1000)
    assert memory.address % 256 == 0 and device.used == 1000
    del memory
    assert device.used == 0
