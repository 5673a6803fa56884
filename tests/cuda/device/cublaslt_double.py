"""A cuBLASLt that computes: descriptors hold what they were given, and a product is carried out on the host's memory."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import ml_dtypes
import numpy as np

SIZES = {"TRANSA": 3, "TRANSB": 4, "EPILOGUE": 7, "BIAS": 8, "BIAS_TYPE": 26}
KINDS = {0: np.float32, 1: np.float64, 2: np.float16, 14: ml_dtypes.bfloat16}


class FakeLt:
    """The functions of libcublasLt by attribute, as ctypes gives them; `calls` lists the names.

    Args:
        refuse: whether it has no algorithm for anything.
        costs: seconds that each of its algorithms takes; 0: it fails.
        cupy: the double on whose streams products are computed; None: at once.
    """

    def __init__(self, *, refuse: bool = False, costs: Sequence[float] = (1.0,), cupy: Any = None) -> None:
        self.costs, self.cupy = costs, cupy
        self.taken: list[int] = []  # algorithms
        self.objects: dict[int, dict[Any, Any]] = {}
        self.calls: list[str] = []
        self.preferences: list[dict[int, int]] = []
        self.refuse = refuse

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("cublasLt"):
            raise AttributeError(name)
        plain = name.removeprefix("cublasLt")

        def function(*arguments: Any) -> int:
            self.calls.append(plain)
            assert len(arguments) == len(function.argtypes), f"{name} got {len(arguments)} arguments"  # type: ignore[attr-defined]
            return self._call(plain, arguments)

        setattr(self, name, function)
        return function

    def _new(self, pointer: Any, **fields: Any) -> int:
        number = len(self.objects) + 1000
        self.objects[number] = fields
        pointer._obj.value = number
        return 0

    def _call(self, name: str, arguments: Any) -> int:
        if name == "Create":
            return self._new(arguments[0])
        if name == "MatmulDescCreate":
            return self._new(arguments[0], compute=arguments[1], scale=arguments[2])
        if name == "MatrixLayoutCreate":
            kind, rows, columns, leading = arguments[1:]
            assert leading >= rows and rows > 0 and columns > 0
            return self._new(arguments[0], kind=kind, rows=rows, columns=columns, leading=leading)
        if name == "MatmulPreferenceCreate":
            return self._new(arguments[0])
        if name.endswith("SetAttribute"):
            of, attribute, value, size = arguments
            assert size == ctypes.sizeof(value._obj)
            self.objects[of.value][attribute] = value._obj.value
            return 0
        if name == "MatmulPreferenceDestroy":
            self.preferences.append(self.objects[arguments[0].value])
            return 0
        if name == "MatmulAlgoGetHeuristic":
            if self.refuse:
                return 15
            count = min(arguments[-3], len(self.costs))
            arguments[-1]._obj.value = count
            for number in range(count):
                arguments[-2][number].algorithm.data[0] = number
            return 0
        if name == "GetVersion":
            return 130200
        if name == "Matmul":
            return self._matmul(*arguments)
        raise AssertionError(f"not expected: {name}")

    def _matrix(self, address: int, layout: Any, turned: int) -> Any:
        about = self.objects[layout.value]
        dtype = np.dtype(KINDS[about["kind"]])
        batch, apart = about.get(5, 1), about.get(6, 0)
        strides = (apart * dtype.itemsize, dtype.itemsize, about["leading"] * dtype.itemsize)
        last = sum(s * (n - 1) for s, n in zip(strides, (batch, about["rows"], about["columns"]), strict=True))
        memory = (ctypes.c_char * (last + dtype.itemsize)).from_address(address)
        found = np.ndarray((batch, about["rows"], about["columns"]), dtype, memory, strides=strides)
        return found.transpose(0, 2, 1) if turned else found

    def _matmul(
        self, handle: Any, description: Any, alpha: Any, a: int, la: Any, b: int, lb: Any, beta: Any, c: int, lc: Any,
        d: int, ld: Any, algorithm: Any, workspace: int, size: int, stream: int,
    ) -> int:  # fmt: skip
        number = algorithm._obj.data[0]
        self.taken.append(number)
        if not self.costs[number]:
            return 13
        held = {**self.objects[description.value]}, alpha._obj.value, beta._obj.value
        if self.cupy is None:
            self._compute(*held, a, la, b, lb, c, lc, d, ld, size)
        else:
            self.cupy.enqueue(
                stream, lambda: self._compute(*held, a, la, b, lb, c, lc, d, ld, size, self.costs[number])
            )
        return 0

    def _compute(
        self, about: Any, alpha: float, beta: float, a: int, la: Any, b: int, lb: Any, c: int, lc: Any, d: int, ld: Any,
        size: int, cost: float = 0.0,
    ) -> None:  # fmt: skip
        if cost:
            self.cupy.clock += cost
        assert lc == ld and size == 32 << 20
        wide = np.float64 if about["scale"] == 1 else np.float32
        left = self._matrix(a, la, about[SIZES["TRANSA"]]).astype(wide)
        right = self._matrix(b, lb, about[SIZES["TRANSB"]]).astype(wide)
        out = self._matrix(d, ld, 0)
        value = alpha * (left @ right)
        added = self._matrix(c, lc, 0).astype(wide)
        kind = about[SIZES["EPILOGUE"]]
        if kind != 1:
            dtype = np.dtype(KINDS[about[SIZES["BIAS_TYPE"]]])
            length = out.shape[2 if kind == 512 else 1]  # 512: BGRADB, one for each column
            vector = np.frombuffer(
                (ctypes.c_char * (length * dtype.itemsize)).from_address(about[SIZES["BIAS"]]), dtype
            )
        if kind == 4:
            value = value + vector.astype(wide)[None, :, None]
        elif kind != 1:
            vector[:] = left.sum(2)[0] if kind == 256 else right.sum(1)[0]  # 256: BGRADA
        if beta:
            value = value + beta * added
        out[...] = value
