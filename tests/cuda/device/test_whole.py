"""The engine on the device of CuPy: training steps, recorded and replayed, with CuPy's double below and emulated kernels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hornbeam.backends.base import Executable, make_backend, using_backend
from hornbeam.backends.numpy import NumpyBackend
from hornbeam_cuda.device.cupy import CupyDevice
from hornbeam_cuda.executable import CudaExecutable

from tests.cpu.workloads import MODELS, batch, model, state
from tests.cuda.device.cupy_double import FakeCupy
from tests.cuda.emulator import library, recurrent
from tests.cuda.emulator.compiled import compiled
from tests.cuda.emulator.device import EmulatedDevice, _know


class Known(FakeCupy):
    """Kernels may touch what was allocated."""

    def alloc(self, size: int) -> Any:
        made = super().alloc(size)
        if not hasattr(self, "known"):
            self.known: dict[int, Any] = {}
        raw = made.mem.raw
        if id(raw) not in self.known:
            self.known[id(raw)] = raw  # for good: its address may be in a recorded graph
            _know(raw, raw.ctypes.data, raw.nbytes)
        return made


class Device(CupyDevice):
    """Memory, streams and graphs as on a GPU; kernels and libraries on the host, when their turn comes."""

    def __init__(self, seed: int) -> None:
        self.double = Known(seed, room=1 << 26)
        super().__init__(0, self.double)
        self.emulated = EmulatedDevice()
        self.launched = 0

    def load(self, kernels: Any) -> Any:
        return list(zip(kernels, compiled(kernels), strict=True))

    def launch(self, loaded: Any, grid: Any, block: Any, shared: int, arguments: Sequence[Any]) -> None:
        self.launched += 1
        with self.active():
            work = lambda: self.emulated.launch(loaded, grid, block, shared, arguments)  # noqa: E731
            self.double.enqueue(self.stream, work)

    def supports(self, call: Any) -> bool:
        return True

    def spaces(self, call: Any) -> Any:
        return recurrent.spaces(call)

    def workspace(self, call: Any) -> int:
        return 512

    def library(self, call: Any, addresses: Sequence[int], workspace: int) -> None:
        with self.active():
            self.double.enqueue(self.stream, lambda: library.run(call, addresses))

    def shared(self, count: int) -> tuple[int, Any]:
        address, array = super().shared(count)
        _know(array, address, max(4, 4 * count))
        return address, array


class Whole(NumpyBackend):
    """Arrays on the device; single operations are computed by NumPy, there and back."""

    name = "whole"

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.target = Device(seed)

    def from_host(self, array: Any, dtype: Any) -> Any:
        return self.target.upload(super().from_host(array, dtype))

    def to_host(self, array: Any) -> Any:
        return super().to_host(self.target.download(array))

    def run(self, primitive: Any, arrays: Sequence[Any], params: Any) -> Any:
        out = super().run(primitive, [self.target.download(a) for a in arrays], params)
        return tuple(map(self.target.upload, out)) if primitive.multiple else self.target.upload(out)

    def copy(self, array: Any) -> Any:
        return self.target.upload(self.target.download(array))

    def compile(self, graph: Any) -> Executable:
        return CudaExecutable(graph, self, self.target)


@pytest.mark.parametrize("kind", MODELS)
def test_training_is_recorded_and_replayed(kind: str) -> None:
    """Nothing is allocated while a graph is recorded, no memory is reused too early, no upload overtaken: NumPy's numbers."""
    found, launched = [], []
    for backend in (make_backend("numpy"), Whole(seed=3)):
        with using_backend(backend):
            made = model(kind)
            losses = []
            for i in range(6):
                losses.append(float(np.ravel(made.train_on_batch(*batch(kind, 6, seed=i)))[0]))
                launched.append(backend.target.launched if isinstance(backend, Whole) else 0)
            found.append((losses, state(made)))
    first, second, *_, last = launched[6:]
    assert 0 < first < second == last  # run, recorded, replayed
    np.testing.assert_allclose(found[1][0], found[0][0], rtol=1e-3)
    for a, b in zip(found[1][1], found[0][1], strict=True):
        np.testing.assert_allclose(np.asarray(a, float), np.asarray(b, float), rtol=2e-3, atol=5e-4)
