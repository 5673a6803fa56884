"""Recurrent layers by cuDNN: descriptors made once for each description, calls by address that nothing waits for."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from ctypes import c_void_p
from typing import Any, NamedTuple

from hornbeam.debug import show
from hornbeam.errors import BackendError

from hornbeam_cuda.device import cudnn_rnn
from hornbeam_cuda.device.cudnn_rnn import CudnnRnn
from hornbeam_cuda.library.recurrent import GATES, Recurrent, Spaces
from hornbeam_cuda.precision import deterministic

__all__ = ["Recurrents"]

_BASE = 1 << 20  # an address that is none: where weights would be, to be told where in them each one is


class _Plan(NamedTuple):
    """Descriptors of a layer, and what it needs."""

    layer: c_void_p
    x: c_void_p
    y: c_void_p
    state: c_void_p
    spaces: Spaces
    workspace: int


class Recurrents:
    """Runs `Recurrent` calls on one device.

    Args:
        library: cuDNN, loaded.
        fill: sets bytes on the device to one value: `(address, value, size)`, on the stream of the calls.
        algorithm: one of cuDNN's; others than "standard" are for some sizes alone.
    """

    def __init__(self, library: Any, fill: Callable[[int, int, int], None], algorithm: str = "standard") -> None:
        if deterministic():
            # cuDNN calls cuBLAS on several streams; with workspaces of one size alone its sums do not depend on which one is free
            os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        self._rnn = CudnnRnn(library)
        self._fill = fill
        self._algorithm = cudnn_rnn.ALGORITHMS[algorithm]
        self._handle: c_void_p | None = None
        self._stream: int | None = None
        self._plans: dict[tuple[Any, ...], _Plan | None] = {}

    def supports(self, call: Recurrent) -> bool:
        """Whether the library takes a layer."""
        return call.dtype in cudnn_rnn.DATA_TYPES and self._plan(call) is not None

    def spaces(self, call: Recurrent) -> Spaces:
        """What a layer needs beside its arrays."""
        return self._known(call).spaces

    def workspace(self, call: Recurrent) -> int:
        """Bytes that a call needs beside its arrays."""
        return self._known(call).workspace

    def run(self, call: Recurrent, addresses: Sequence[int], workspace: int, stream: int) -> None:
        """Launch a call; see `Recurrent` for the addresses.

        Raises:
            BackendError: the library does not take the layer, or failed.
        """
        plan = self._known(call)
        direction = {"forward": self._forward, "data": self._data, "weights": self._weights}
        try:
            if stream != self._stream:
                self._rnn.call("SetStream", self._handle, stream)
                self._stream = stream
            direction[call.direction](call, plan, list(addresses), workspace)
        except BackendError as error:
            raise BackendError(
                f"{error}, for {call}. With HORNBEAM_CUDA_RECURRENT=own recurrent layers do without cuDNN."
            ) from error

    def _forward(self, call: Recurrent, plan: _Plan, at: list[int], workspace: int) -> None:
        x, h0 = at.pop(0), at.pop(0)
        c0 = at.pop(0) if call.states == 2 else None
        weights, y, last_h = at.pop(0), at.pop(0), at.pop(0)
        last_c = at.pop(0) if call.states == 2 else None
        reserve = at.pop(0) if call.training else None
        mode = cudnn_rnn.TRAINING if call.training else cudnn_rnn.INFERENCE
        self._rnn.call(
            "RNNForward", self._handle, plan.layer, mode, None, plan.x, x, plan.y, y, plan.state, h0, last_h, plan.state, c0,
            last_c, plan.spaces.weights, weights, plan.workspace, workspace, plan.spaces.reserve, reserve,
        )  # fmt: skip

    def _data(self, call: Recurrent, plan: _Plan, at: list[int], workspace: int) -> None:
        y, dy, h0 = at.pop(0), at.pop(0), at.pop(0)
        c0 = at.pop(0) if call.states == 2 else None
        dlast_h = at.pop(0)
        dlast_c = at.pop(0) if call.states == 2 else None
        weights, dx, dh0 = at.pop(0), at.pop(0), at.pop(0)
        dc0 = at.pop(0) if call.states == 2 else None
        (reserve,) = at
        self._rnn.call(
            "RNNBackwardData_v8", self._handle, plan.layer, None, plan.y, y, dy, plan.x, dx, plan.state, h0, dlast_h, dh0,
            plan.state, c0, dlast_c, dc0, plan.spaces.weights, weights, plan.workspace, workspace, plan.spaces.reserve, reserve,
        )  # fmt: skip

    def _weights(self, call: Recurrent, plan: _Plan, at: list[int], workspace: int) -> None:
        x, h0, y, gradients, reserve = at
        self._fill(gradients, 0, plan.spaces.weights)  # they are added to what is there
        self._rnn.call(
            "RNNBackwardWeights_v8", self._handle, plan.layer, cudnn_rnn.ADD_GRADIENTS, None, plan.x, x, plan.state, h0, plan.y,
            y, plan.spaces.weights, gradients, plan.workspace, workspace, plan.spaces.reserve, reserve,
        )  # fmt: skip

    # ---- descriptors

    def _known(self, call: Recurrent) -> _Plan:
        plan = self._plan(call)
        if plan is None:
            raise BackendError(f"cuDNN does not take {call}")
        return plan

    def _plan(self, call: Recurrent) -> _Plan | None:
        """The plan of a layer, the same for all of its directions; None where the library does not take it."""
        key = (call.cell, call.dtype, call.sizes, call.biases, call.training, call.precision)
        if key not in self._plans:
            try:
                self._plans[key] = self._planned(call)
            except BackendError as error:
                show("kernels", f"cuDNN does not take {call}: {error}")
                self._plans[key] = None
        return self._plans[key]

    def _planned(self, call: Recurrent) -> _Plan:
        rnn = self._rnn
        self._handle = self._handle or rnn.made("")
        time, batch, features, units = call.sizes
        layer = self.describe(call)
        x, y = rnn.data(call.dtype, time, batch, features), rnn.data(call.dtype, time, batch, units)
        mode = cudnn_rnn.TRAINING if call.training else cudnn_rnn.INFERENCE
        workspace, reserve = rnn.size("GetRNNTempSpaceSizes", self._handle, layer, mode, x, results=2)
        (weights,) = rnn.size("GetRNNWeightSpaceSize", self._handle, layer)
        places = [
            rnn.place("GetRNNWeightParams", _BASE, self._handle, layer, 0, weights, _BASE, number)
            for number in range(2 * len(GATES[call.cell]))
        ]
        matrices = tuple(matrix for matrix, _ in places if matrix is not None)
        biases = tuple(bias for _, bias in places if bias is not None)
        if len(matrices) != len(places) or len(biases) != sum(call.biases) * len(GATES[call.cell]):
            raise BackendError(f"cuDNN tells of {len(matrices)} matrices and {len(biases)} biases")
        spaces = Spaces(weights, reserve, matrices, biases)
        return _Plan(layer, x, y, rnn.state(call.dtype, batch, units), spaces, workspace)

    def describe(self, call: Recurrent) -> c_void_p:
        """The descriptor of a layer."""
        *_, features, units = call.sizes
        kind = cudnn_rnn.DATA_TYPES[call.dtype]
        wide = cudnn_rnn.DATA_TYPES["float64" if call.dtype == "float64" else "float32"]
        math = cudnn_rnn.MATH_FMA  # no rounding to TF32
        if call.dtype in ("float16", "bfloat16"):
            math = cudnn_rnn.MATH_TENSOR_OP
        elif call.precision == "tf32":
            math = cudnn_rnn.MATH_DEFAULT
        layer = self._rnn.made("RNNDescriptor")
        self._rnn.call(
            "SetRNNDescriptor_v8", layer, self._algorithm, cudnn_rnn.CELLS[call.cell],
            cudnn_rnn.BIASES[call.biases], cudnn_rnn.ONE_DIRECTION, cudnn_rnn.LINEAR_INPUT, kind, wide, math,
            features, units, units, 1, None, 0,
        )  # fmt: skip
        return layer
