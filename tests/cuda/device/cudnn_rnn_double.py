"""The recurrent part of cuDNN that computes: descriptors hold what they were given, and layers are computed on the host's memory."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from hornbeam_cuda.library import Recurrent

from tests.cuda.emulator import recurrent
from tests.cuda.emulator.memory import seen

KINDS = {0: "float32", 1: "float64", 2: "float16", 9: "bfloat16"}
CELLS = ("relu", "tanh", "lstm", "gru")
BIASES = ((False, False), (True, False), (True, True), (False, True))
HANDLE, WORKSPACE = 5, 4096


class FakeRnn:
    """The functions of libcudnn by attribute, as ctypes gives them; `calls` lists the names.

    Args:
        refuse: the function that answers with an error.
    """

    def __init__(self, refuse: str = "") -> None:
        self.objects: dict[int, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.streams: list[int] = []
        self.workspaces: set[int] = set()
        self.rooms: dict[int, int] = {}  # where arrays begin, and their bytes; nothing is looked at where it is empty
        self.refuse = refuse

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("cudnn"):
            raise AttributeError(name)
        plain = name.removeprefix("cudnn")

        def function(*arguments: Any) -> Any:
            if plain == "GetErrorString":
                return b"CUDNN_STATUS_NOT_SUPPORTED"
            self.calls.append(plain)
            types = function.argtypes  # type: ignore[attr-defined]
            assert len(arguments) == len(types), f"{name} got {len(arguments)} arguments"
            for kind, given in zip(types, arguments, strict=True):
                kind.from_param(given)  # what ctypes would not take, is an error
            if plain == self.refuse:
                return 3000
            if plain.startswith("Create"):
                return self._new(arguments[0], plain)
            if plain.startswith("Destroy"):
                del self.objects[arguments[0].value]
                return 0
            return getattr(self, f"_{plain}")(*arguments) or 0

        setattr(self, name, function)
        return function

    def _new(self, pointer: Any, name: str) -> int:
        number = HANDLE if name == "Create" else 1000 + len(self.calls)
        self.objects[number] = {}
        pointer._obj.value = number
        return 0

    def _fits(self, descriptor: Any, *addresses: int | None) -> None:
        """Whether arrays are as large as their descriptor says."""
        about = self._about(descriptor)
        size = int(np.prod(about["shape"])) * recurrent.SIZES[KINDS[about["kind"]]]
        assert all(self.rooms.get(a, size) == size for a in addresses if a is not None)
        assert not self.rooms or all(a in self.rooms for a in addresses if a is not None)

    def _about(self, descriptor: Any) -> dict[str, Any]:
        return self.objects[descriptor.value]

    # ---- descriptors

    def _SetStream(self, handle: Any, stream: int) -> None:  # noqa: N802 - cuDNN's names
        assert handle.value == HANDLE
        self.streams.append(stream)

    def _SetRNNDescriptor_v8(self, of: Any, *given: Any) -> None:  # noqa: N802
        names = "algorithm cell biases direction input kind wide math features units projection layers dropout flags"
        self._about(of).update(zip(names.split(), given, strict=True))

    def _SetRNNDataDescriptor(
        self, of: Any, kind: int, layout: int, time: int, batch: int, size: int, lengths: Any, fill: Any
    ) -> None:  # noqa: N802, E501
        assert list(lengths) == [time] * batch and layout == 1 and fill is None
        self._about(of).update(kind=kind, shape=(time, batch, size))

    def _SetTensorNdDescriptor(self, of: Any, kind: int, axes: int, sizes: Any, strides: Any) -> None:  # noqa: N802
        one, batch, units = sizes
        assert axes == 3 and one == 1 and list(strides) == [batch * units, units, 1]
        self._about(of).update(kind=kind, shape=(batch, units))

    def _call(self, layer: Any, x: Any, training: bool, direction: str = "forward") -> Recurrent:
        about, data = self._about(layer), self._about(x)
        time, batch, features = data["shape"]
        assert features == about["features"] and data["kind"] == about["kind"]
        sizes = (time, batch, features, about["units"])
        biases = BIASES[about["biases"]]
        return Recurrent(direction, CELLS[about["cell"]], KINDS[about["kind"]], sizes, biases, training)

    # ---- what it needs

    def _GetRNNTempSpaceSizes(self, handle: Any, layer: Any, mode: int, x: Any, work: Any, reserve: Any) -> None:  # noqa: N802
        work._obj.value = WORKSPACE + mode
        reserve._obj.value = recurrent.spaces(self._call(layer, x, bool(mode))).reserve

    def _of_weights(self, layer: Any) -> Any:
        about = self._about(layer)
        sizes = (1, 1, about["features"], about["units"])
        return recurrent.spaces(
            Recurrent("forward", CELLS[about["cell"]], KINDS[about["kind"]], sizes, BIASES[about["biases"]])
        )

    def _GetRNNWeightSpaceSize(self, handle: Any, layer: Any, size: Any) -> None:  # noqa: N802
        size._obj.value = self._of_weights(layer).weights

    def _GetRNNWeightParams(
        self, handle: Any, layer: Any, pseudo: int, size: int, base: int, number: int, *out: Any
    ) -> None:  # noqa: N802, E501
        places, (matrix, matrix_at, bias, bias_at) = self._of_weights(layer), out
        about = self._about(layer)
        assert pseudo == 0 and size == places.weights and matrix.value in self.objects and bias.value in self.objects
        count = len(places.matrices) // 2
        inputs, state = BIASES[about["biases"]]
        matrix_at._obj.value = base + places.matrices[number]
        there = inputs if number < count else state
        bias_at._obj.value = base + places.biases[number - (0 if inputs else count)] if there else None

    # ---- what it computes

    def _shapes(self, layer: Any, x: Any, y: Any, state: Any) -> None:
        about, (time, batch, _) = self._about(layer), self._about(x)["shape"]
        assert self._about(y)["shape"] == (time, batch, about["units"]) and self._about(state)["shape"] == (
            batch,
            about["units"],
        )

    def _spaces(self, call: Recurrent, spaces: Any) -> tuple[int, int]:
        size, weights, work, workspace, kept, reserve = spaces
        wanted = recurrent.spaces(call)
        assert (size, work, kept) == (wanted.weights, WORKSPACE + call.training, wanted.reserve)
        for address, room in ((weights, size), (reserve, kept)):
            assert not self.rooms or address is None or self.rooms[address] == room
        self.workspaces.add(workspace)
        return weights, reserve

    def _RNNForward(
        self, handle: Any, layer: Any, mode: int, lengths: Any, x: Any, x_at: int, y: Any, y_at: int, *rest: Any
    ) -> None:  # noqa: N802, E501
        h, h0, last_h, c, c0, last_c, *spaces = rest
        call = self._call(layer, x, bool(mode))
        self._shapes(layer, x, y, h)
        weights, reserve = self._spaces(call, spaces)
        assert lengths is None and (reserve is not None) == call.training
        for descriptor, addresses in ((x, [x_at]), (y, [y_at]), (h, [h0, last_h]), (c, [c0, last_c])):
            self._fits(descriptor, *addresses)
        found = [x_at, h0, c0, weights, y_at, last_h, last_c, reserve]
        recurrent.run(call, [a for a in found if a is not None])

    def _RNNBackwardData_v8(
        self, handle: Any, layer: Any, lengths: Any, y: Any, y_at: int, dy: int, x: Any, dx: int, *rest: Any
    ) -> None:  # noqa: N802, E501
        h, h0, dlast_h, dh0, c, c0, dlast_c, dc0, *spaces = rest
        call = self._call(layer, x, True, "data")
        self._shapes(layer, x, y, h)
        weights, reserve = self._spaces(call, spaces)
        assert lengths is None
        for descriptor, addresses in ((x, [dx]), (y, [y_at, dy]), (h, [h0, dlast_h, dh0]), (c, [c0, dlast_c, dc0])):
            self._fits(descriptor, *addresses)
        found = [y_at, dy, h0, c0, dlast_h, dlast_c, weights, dx, dh0, dc0, reserve]
        recurrent.run(call, [a for a in found if a is not None])

    def _RNNBackwardWeights_v8(
        self, handle: Any, layer: Any, add: int, lengths: Any, x: Any, x_at: int, h: Any, h0: int, *rest: Any
    ) -> None:  # noqa: N802, E501
        y, y_at, *spaces = rest
        call = self._call(layer, x, True, "weights")
        self._shapes(layer, x, y, h)
        gradients, reserve = self._spaces(call, spaces)
        for descriptor, address in ((x, x_at), (y, y_at), (h, h0)):
            self._fits(descriptor, address)
        size = recurrent.spaces(call).weights
        made = np.zeros(size, np.uint8)
        recurrent.run(call, [x_at, h0, y_at, made.ctypes.data, reserve])
        assert add == 0 and lengths is None
        goal = seen(gradients, (size // made_size(call),), call.dtype)
        goal += made.view(goal.dtype)


def made_size(call: Recurrent) -> int:
    """Bytes of one number of a layer."""
    return recurrent.SIZES[call.dtype]


def fill(address: int, value: int, size: int) -> None:
    """Set bytes, as a device does."""
    ctypes.memset(address, value, size)
