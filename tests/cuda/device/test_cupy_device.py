"""The device of CuPy, on a double of CuPy whose streams run late and in any order that their events allow."""

from __future__ import annotations

import struct
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np
import pytest
from hornbeam.errors import BackendError, OutOfMemoryError
from hornbeam_cuda.device.cupy import CupyDevice
from hornbeam_cuda.device.errors import LostDeviceError
from hornbeam_cuda.library import Attention, Product, Recurrent
from hornbeam_cuda.source.kernel import Kernel
from hypothesis import given
from hypothesis import strategies as st

from tests.cuda.device.cublaslt_double import FakeLt
from tests.cuda.device.cudnn_rnn_double import WORKSPACE, FakeRnn
from tests.cuda.device.cupy_double import FakeCupy
from tests.cuda.emulator import recurrent


def test_what_it_says_of_itself() -> None:
    device = CupyDevice(1, FakeCupy())
    assert (device.name, device.architecture) == ("cuda:1", "sm_90")
    assert device.properties == (132, 232448, 1 << 20, "NVIDIA H100")
    with pytest.raises(BackendError, match=r"no GPU cuda:2; there are: cuda:0, cuda:1"):
        CupyDevice(2, FakeCupy())


@given(
    steps=st.lists(st.tuples(st.sampled_from(["upload", "keep", "drop", "read"]), st.integers(0, 3)), max_size=40),
    seed=st.integers(0, 10_000),
)
def test_no_upload_is_overtaken(steps: Any, seed: int) -> None:
    """Uploads, work on the GPU that reads them later, and arrays that die meanwhile: every number arrives."""
    device = CupyDevice(0, FakeCupy(seed))
    alive: list[tuple[Any, Any]] = []
    results: list[tuple[Any, Any]] = []
    number = 0
    for what, which in steps:
        if what == "upload":
            number += 1
            host = np.full((2, 1 + which), number, np.float32)
            alive.append((device.upload(host), host.copy()))
            host[:] = -1  # the caller may change it at once
        elif alive and what == "keep":  # the GPU copies it, later
            array, expected = alive[which % len(alive)]
            memory = device.allocate(expected.nbytes)
            device.copy(memory.address, device.address(array), memory.size)
            results.append((device.array(memory, 0, expected.shape, "float32"), expected))
        elif alive and what == "drop":
            alive.pop(which % len(alive))
        elif alive and what == "read":
            array, expected = alive[which % len(alive)]
            np.testing.assert_array_equal(device.download(array), expected)
    for array, expected in alive + results:
        np.testing.assert_array_equal(device.download(array), expected)


@pytest.mark.parametrize("seed", range(10))
def test_batches_that_die_at_once_are_read_before_they_are_overwritten(seed: int) -> None:
    device = CupyDevice(0, FakeCupy(seed))
    results, alive = [], []
    for number in range(32):
        batch = device.upload(np.full(3, number, np.int32))
        memory = device.allocate(12)
        device.copy(memory.address, device.address(batch), 12)
        results.append(device.array(memory, 0, (3,), "int32"))
        alive.append(batch)
        if number < 16 or len(alive) == 8:  # one by one; then many together, more than are kept
            alive.clear()
        del batch
    for number, result in enumerate(results):
        np.testing.assert_array_equal(device.download(result), [number] * 3)


def test_an_upload_goes_on_beside_the_step() -> None:
    """The next batch is on the GPU before the step that is under way has run: nothing waits for the main stream."""
    cupy = FakeCupy()
    device = CupyDevice(0, cupy)
    main, side = cupy.streams[0], cupy.streams[1]
    memory = device.allocate(16)
    for _ in range(4):  # a batch each: it goes up, a step reads it, it dies; one step is always under way
        before = len(main.queue)
        batch = device.upload(np.ones(4, np.float32))
        while side.queue and side.able():
            side.step()
        assert not side.queue and len(main.queue) >= before
        while len(main.queue) > 1:
            main.step()
        device.copy(memory.address, device.address(batch), 16)
        del batch


def test_a_buffer_is_one_threads_until_it_is_on_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    cupy = FakeCupy()
    device = CupyDevice(0, cupy)
    begun, goes_on, pinned = threading.Event(), threading.Event(), cupy.cuda.alloc_pinned_memory

    def slow(size: int) -> Any:
        begun.set()
        assert goes_on.wait(60)
        return pinned(size)

    monkeypatch.setattr(cupy.cuda, "alloc_pinned_memory", slow)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(device.upload, np.full(4, 1))
        assert begun.wait(60)
        others = [pool.submit(device.upload, np.full(4, number)) for number in (2, 3)]
        assert not wait(others, timeout=0.1).done
        goes_on.set()
        arrays = [each.result(60) for each in (first, *others)]
    for number, array in enumerate(arrays, 1):
        np.testing.assert_array_equal(device.download(array), [number] * 4)


@pytest.mark.parametrize("shape", [(), (0, 3), (5,), (2, 3, 4)])
@pytest.mark.parametrize("dtype", ["float32", "bool", "int64", "complex64", "float16", "bfloat16"])
def test_arrays_come_back_as_they_went(shape: tuple[int, ...], dtype: str) -> None:
    from hornbeam.dtypes import as_dtype
    from hornbeam.host import native_dtype

    device = CupyDevice(0, FakeCupy())
    host = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(native_dtype(as_dtype(dtype)))
    back = device.download(device.upload(host.T))
    assert back.dtype == host.dtype
    np.testing.assert_array_equal(back, host.T)


def test_parts_of_a_memory_are_arrays_that_keep_it() -> None:
    device = CupyDevice(0, FakeCupy())
    memory = device.allocate(64)
    device.fill(memory.address, 0, 64)
    device.fill(memory.address + 16, 1, 4)
    part = device.array(memory, 16, (2,), "int32")
    del memory
    np.testing.assert_array_equal(device.download(part), [0x01010101, 0])
    assert device.contiguous(part).shape == (2,)
    assert device.download(device.empty((3, 0), "float16")).shape == (3, 0)


KERNEL = Kernel("add", "text", ("pointer", "int64", "float32", "int8", "uint32", "float64", "bytes 5", "bool"))


def test_kernels_are_launched_with_the_types_of_their_parameters(monkeypatch: Any) -> None:
    import hornbeam_cuda.compiler as compiler

    def compile_kernels(kernels: Any, architecture: str) -> list[bytes]:
        return [f"{k.name} {architecture}".encode() for k in kernels]

    monkeypatch.setattr(compiler, "compile_kernels", compile_kernels, raising=False)
    cupy = FakeCupy()
    device = CupyDevice(1, cupy)
    (loaded,) = device.load([KERNEL])
    assert cupy.log == [("load", b"add sm_90")]
    cupy.sizes = (8, 8, 4, 1, 4, 8, 5, 1)
    given = [1 << 63, -2, 0.5, -3, 4, 2.5, b"abcde", True]
    for shared in (0, 60_000, 50_000):
        device.launch(loaded, (2, 3, 1), (128, 1, 1), shared, given)
    device.synchronize()
    assert cupy.log[1] == ("attribute", 4711, 8, 60_000)  # asked for once, before the launch
    assert [entry[3] for entry in cupy.log[2:]] == [0, 60_000, 50_000]
    function, grid, block, _, read, number = cupy.log[2]
    assert (function, grid, block, number) == (4711, (2, 3, 1), (128, 1, 1), 1)
    assert read == [*struct.unpack("8s8s4s1s4s8s5s1s", struct.pack("<Qqfbid5s?", *given))]
    with pytest.raises(BackendError, match="8 parameters was given 1 arguments"):
        device.launch(loaded, (1, 1, 1), (1, 1, 1), 0, [1])


def test_a_graph_is_what_was_launched_and_runs_when_it_is_replayed() -> None:
    cupy = FakeCupy()
    device = CupyDevice(0, cupy)
    memory = device.allocate(8)
    array = device.array(memory, 0, (8,), "uint8")
    device.fill(memory.address, 0, 8)
    with device.capture() as recorded:
        device.copy(memory.address + 4, memory.address, 4)
        device.fill(memory.address, 9, 4)
    np.testing.assert_array_equal(device.download(array), [0] * 8)
    recorded.replay()
    np.testing.assert_array_equal(device.download(array), [9] * 4 + [0] * 4)
    recorded.replay()
    np.testing.assert_array_equal(device.download(array), [9] * 8)
    assert ("upload", device.stream.ptr) in cupy.log


def test_memory_cannot_be_had_while_a_graph_is_captured() -> None:
    cupy = FakeCupy()
    device = CupyDevice(0, cupy)
    for ask in (
        lambda: device.allocate(8),
        lambda: device.empty((2,), "float32"),
        lambda: cupy.empty((2,), np.float32),
        lambda: device.upload(np.ones(3)),
    ):
        with pytest.raises(BackendError, match="while a graph is being captured"), device.capture():
            ask()
        device.synchronize()  # the capture has ended
        device.allocate(8)


def test_products_go_to_the_library_of_the_device(monkeypatch: Any) -> None:
    library = FakeLt()
    monkeypatch.setattr("hornbeam_cuda.device.libraries.load", lambda name: {"cublasLt": library}[name])
    device = CupyDevice(0, FakeCupy())
    call = Product("float32", "float32", (1, 2, 2, 3), (6, 3, 1), (6, 2, 1), (4, 2))
    assert device.supports(call) and device.workspace(call) == 32 << 20
    left, right = device.upload(np.arange(6, dtype=np.float32)), device.upload(np.ones(6, np.float32))
    out = device.empty((2, 2), "float32")
    device.synchronize()
    device.library(call, [device.address(a) for a in (left, right, out)], 0)
    np.testing.assert_array_equal(device.download(out), [[3, 3], [12, 12]])
    assert library.calls[-1] == "Matmul"


def test_recurrent_layers_go_to_cudnn(monkeypatch: Any) -> None:
    library = FakeRnn()
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    monkeypatch.setattr("hornbeam_cuda.device.libraries.load", lambda name: {"cudnn": library}[name])
    device = CupyDevice(0, FakeCupy())
    call = Recurrent("forward", "tanh", "float32", (2, 1, 3, 4), (False, False), training=False)
    assert device.supports(call) and device.workspace(call) == WORKSPACE
    spaces = device.spaces(call)
    assert spaces == recurrent.spaces(call)
    x, h0 = device.upload(np.ones((2, 1, 3), np.float32)), device.upload(np.zeros((1, 4), np.float32))
    weights = device.upload(np.full(spaces.weights // 4, 0.5, np.float32))
    y, last = device.empty((2, 1, 4), "float32"), device.empty((1, 4), "float32")
    device.synchronize()
    device.library(call, [device.address(a) for a in (x, h0, weights, y, last)], 0)
    first = np.tanh(1.5)
    np.testing.assert_allclose(device.download(y)[0], np.full((1, 4), first), rtol=1e-6)
    np.testing.assert_allclose(device.download(last), np.full((1, 4), np.tanh(1.5 + 2 * first)), rtol=1e-6)


def test_a_library_that_is_not_there_is_not_supported(monkeypatch: Any) -> None:
    from hornbeam_cuda.device.libraries import MissingLibraryError

    def load(name: str) -> Any:
        raise MissingLibraryError(name)

    monkeypatch.setattr("hornbeam_cuda.device.libraries.load", load)
    monkeypatch.setitem(__import__("sys").modules, "cudnn", None)
    device = CupyDevice(0, FakeCupy())
    assert not device.supports(Product("float32", "float32", (1, 2, 2, 3), (6, 3, 1), (6, 2, 1), (4, 2)))
    assert not device.supports(Attention(False, "float16", (1, 8, 8, 1, 8, 8), 1.0))
    assert not device.supports(Recurrent("forward", "lstm", "float32", (2, 1, 3, 4)))


def test_out_of_memory_says_what_to_do_and_kept_memory_is_given_back_first() -> None:
    cupy = FakeCupy(room=3000)
    device = CupyDevice(0, cupy)
    kept = device.upload(np.ones(500, np.float32))
    del kept
    device.upload(np.ones(1, np.float32))
    memory = device.allocate(2900)  # does not fit beside what uploads keep
    with pytest.raises(OutOfMemoryError, match=r"cuda:0: out of memory .*smaller batches") as caught:
        device.allocate(2000)
    assert isinstance(caught.value, (MemoryError, BackendError))
    with pytest.raises(OutOfMemoryError):
        device.upload(np.ones(500, np.float32))
    del memory
    device.allocate(2000)
    assert device.memory_left() >= 0


@pytest.mark.parametrize("status", [700, 719, 46])
def test_a_lost_device_is_told_and_the_host_keeps_its_data(status: int) -> None:
    cupy = FakeCupy()
    device = CupyDevice(0, cupy)
    host = np.arange(4)
    device.upload(host)
    cupy.failure = status
    with pytest.raises(LostDeviceError, match="go on from the last saved state"):
        device.upload(host)
    np.testing.assert_array_equal(host, np.arange(4))


def test_other_errors_of_cuda_are_named_and_all_else_passes() -> None:
    cupy = FakeCupy()
    device = CupyDevice(0, cupy)
    memory = device.allocate(8)
    cupy.failure = 1
    with pytest.raises(BackendError, match="cuda:0: error 1"):
        device.fill(memory.address, 0, 8)
    with pytest.raises(RuntimeError, match="mine") as caught, device.active():
        raise RuntimeError("mine")
    assert not isinstance(caught.value, BackendError)
