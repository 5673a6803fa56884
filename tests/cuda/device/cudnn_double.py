"""The frontend of cuDNN as far as it is used: graphs keep what they were given, in order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any


class cudnnGraphNotSupportedError(Exception):  # noqa: N801, N818 - cuDNN's name
    """As the frontend raises it."""


def _names(*names: str) -> Any:
    return SimpleNamespace(**{name: name for name in names})


class FakeCudnn:
    """The module `cudnn`.

    Args:
        refuse: where planning fails: the name of a graph's method, or "".
        costs: seconds that each engine takes; 0: it cannot be built; negative: it fails when it runs.
        cupy: the double on whose streams engines that are measured run.
    """

    __version__ = "1.24.0"
    cudnnGraphNotSupportedError = cudnnGraphNotSupportedError
    data_type = _names("FLOAT", "HALF", "BFLOAT16", "DOUBLE")
    heur_mode = _names("A", "FALLBACK")
    numerical_note = _names("TENSOR_CORE", "DOWN_CONVERT_INPUTS", "REDUCED_PRECISION_REDUCTION", "NONDETERMINISTIC")

    def __init__(self, refuse: str = "", costs: Sequence[float] = (1.0,), cupy: Any = None) -> None:
        self.refuse, self.costs, self.cupy = refuse, costs, cupy
        self.graphs: list[Graph] = []
        self.streams: list[Any] = []
        self.handles = 0

    @staticmethod
    def backend_version() -> int:
        return 91900

    def create_handle(self) -> int:
        self.handles += 1
        return 77

    def set_stream(self, *, handle: int, stream: int) -> None:
        self.streams.append((handle, stream))

    def pygraph(self, **how: Any) -> Graph:
        self.graphs.append(Graph(self, how))
        return self.graphs[-1]


class Tensor(dict[str, Any]):
    """What is known of a tensor; each setter gives the tensor."""

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("set_"):
            raise AttributeError(name)

        def set_it(value: Any) -> Tensor:
            self[name[4:]] = value
            return self

        return set_it


class Graph:
    """A graph: `tensors` by uid, the operation, and the calls of its life."""

    def __init__(self, cudnn: FakeCudnn, how: dict[str, Any]) -> None:
        self.cudnn, self.how = cudnn, how
        self.inputs: dict[int, Tensor] = {}
        self.operation: tuple[str, dict[str, Any]] = ("", {})
        self.outputs: list[Tensor] = []
        self.life: list[Any] = []
        self.executed: list[Any] = []
        self.engines: list[int] = []  # those that ran
        self.built = 0

    def tensor(self, **about: Any) -> Tensor:
        made = self.inputs[about["uid"]] = Tensor(about)
        return made

    def _operate(self, name: str, how: dict[str, Any], results: int) -> list[Tensor]:
        self.operation = name, {k: v["name"] if isinstance(v, Tensor) else v for k, v in how.items()}
        self.outputs = [Tensor() for _ in range(results)]
        return self.outputs

    def conv_fprop(self, **how: Any) -> Tensor:
        return self._operate("conv_fprop", how, 1)[0]

    def conv_dgrad(self, **how: Any) -> Tensor:
        return self._operate("conv_dgrad", how, 1)[0]

    def conv_wgrad(self, **how: Any) -> Tensor:
        return self._operate("conv_wgrad", how, 1)[0]

    def sdpa(self, **how: Any) -> list[Tensor]:
        return self._operate("sdpa", how, 2)

    def sdpa_backward(self, **how: Any) -> list[Tensor]:
        return self._operate("sdpa_backward", how, 3)

    def __getattr__(self, name: str) -> Any:
        steps = (
            "validate", "build_operation_graph", "create_execution_plans", "deselect_numeric_notes", "check_support",
            "build_plans",
        )  # fmt: skip
        if name not in steps:
            raise AttributeError(name)

        def step(*arguments: Any) -> None:
            if name == self.cudnn.refuse:
                raise cudnnGraphNotSupportedError("No valid engine configs")
            self.life.append((name, *arguments))

        return step

    # engine i takes costs[i] seconds and i MiB of workspace; 0: it cannot be built

    def get_execution_plan_count(self) -> int:
        return len(self.cudnn.costs)

    def build_plan_at_index(self, index: int) -> None:
        if not self.cudnn.costs[index]:
            raise cudnnGraphNotSupportedError("not built")
        self.built = index

    def get_workspace_size_plan_at_index(self, index: int) -> int:
        return index << 20

    def get_workspace_size(self) -> int:
        return 4096

    def serialize(self) -> list[int]:
        return list(json.dumps([self.operation[0], self.built]).encode())

    def deserialize(self, handle: int, data: list[int]) -> None:
        if self.cudnn.refuse == "deserialize":
            raise cudnnGraphNotSupportedError("made by another version")
        operation, self.built = json.loads(bytes(data))
        self.life.append(("deserialize", handle, operation))

    def execute(self, places: dict[int, int], workspace: int, handle: int) -> None:
        self.executed.append((places, workspace, handle))
        self.engines.append(self.built)

    def execute_plan_at_index(self, places: dict[int, int], workspace: int, index: int, handle: int) -> None:
        self.engines.append(index)
        cost = self.cudnn.costs[index]
        if cost < 0:
            raise cudnnGraphNotSupportedError("fails when it runs")
        self.cudnn.cupy.enqueue(self.cudnn.streams[-1][1], self._takes(cost))

    def _takes(self, cost: float) -> Any:
        def work() -> None:
            self.cudnn.cupy.clock += cost

        return work
