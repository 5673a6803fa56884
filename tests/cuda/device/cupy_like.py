"""NumPy as far as CuPy goes: a name, an argument or a dtype that CuPy 14.2 lacks is an error here too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np
import scipy.special
from hornbeam.backends.base import Backend
from hornbeam.primitive import primitives
from hornbeam_cuda.backend import CudaBackend
from hornbeam_cuda.device.products import Products
from hornbeam_cuda.library import Call, Convolution, Product

from tests.cuda.device.cublaslt_double import FakeLt

NAMES = json.loads(Path(__file__).with_name("cupy_names.json").read_text())
LETTERS = {np.dtype(ml_dtypes.bfloat16): "E"}


def _letter(x: Any) -> str:
    return LETTERS.get(x.dtype, x.dtype.char)


class CupyLike:
    """A module of CuPy.

    Args:
        part: "cupy", "linalg", "fft" or "special".
        source: what computes it.
    """

    def __init__(self, part: str, source: Any) -> None:
        self._part, self._source = part, source
        self.used: set[str] = set()
        if part == "cupy":
            self.linalg = CupyLike("linalg", np.linalg)
            self.fft = CupyLike("fft", np.fft)

    def __getattr__(self, name: str) -> Any:
        if name not in NAMES[self._part]:
            raise AttributeError(f"CuPy {NAMES['version']} has no {self._part}.{name}")
        about, found = NAMES[self._part][name], getattr(self._source, name)
        if about is None:
            return found

        def function(*arguments: Any, **named: Any) -> Any:
            self.used.add(name)
            assert not any(isinstance(a, np.generic) and a.dtype.kind == "V" for a in arguments)
            if isinstance(about, str) or name == "where":
                self._check_loop(name, about if isinstance(about, str) else NAMES["where"], arguments)
            else:
                assert set(named) <= set(about), f"CuPy's {name} takes {about}; got {sorted(named)}"
            if self._part in ("linalg", "fft"):
                kinds = {_letter(a) for a in arguments if isinstance(a, np.ndarray)}
                assert kinds <= set("fdFD"), f"CuPy's {self._part}.{name} takes no {kinds}"
            if name in ("argsort", "sort"):
                assert _letter(arguments[0]) != "E", f"CuPy's {name} takes no bfloat16"
                named["kind"] = "stable"
            return found(*arguments, **named)

        return function

    def _check_loop(self, name: str, types: str, arguments: Sequence[Any]) -> None:
        letters = [_letter(a) for a in arguments if isinstance(a, np.ndarray)]
        loops = [loop.partition("->")[0] for loop in types.split()]
        if len(letters) < len(loops[0]):  # a Python number beside an array follows it
            fits = any(set(letters) <= set(loop) for loop in loops)
        else:
            fits = any(
                all(
                    a == b or a in "?bBhHiIlLqQ" and np.can_cast(a, b.replace("E", "f"))
                    for a, b in zip(letters, loop, strict=True)
                )
                for loop in loops
            )
        assert fits, f"CuPy's {name} has no loop for {letters}: {types}"


class HostTarget:
    """A device whose arrays are NumPy's; libraries by doubles.

    Args:
        libraries: whether it has any.
    """

    name, number, architecture = "cuda:0", 0, "sm_90"

    def __init__(self, libraries: bool) -> None:
        self.products = Products(FakeLt()) if libraries else None
        self.calls: list[Call] = []

    active = staticmethod(nullcontext)
    upload = staticmethod(lambda host: np.array(host))
    download = staticmethod(lambda array: array.copy())
    empty = staticmethod(lambda shape, dtype: np.empty(shape, getattr(ml_dtypes, dtype, dtype)))
    contiguous = staticmethod(lambda array: np.ascontiguousarray(array).reshape(array.shape))
    address = staticmethod(lambda array: array.ctypes.data)
    allocate = staticmethod(lambda size: SimpleNamespace(address=0))
    workspace = staticmethod(lambda call: 0)

    def supports(self, call: Call) -> bool:
        if self.products is None:
            return False
        return self.products.supports(call) if isinstance(call, Product) else call.dtype != "float64"

    def library(self, call: Call, addresses: Sequence[int], workspace: int) -> None:
        self.calls.append(call)
        if isinstance(call, Product):
            assert self.products is not None
            self.products.run(call, addresses, workspace, 0)
        else:
            assert isinstance(call, Convolution)
            convolve(call, addresses)


def convolve(call: Convolution, addresses: Sequence[int]) -> None:
    """What cuDNN does, by the generic kernels; arrays are found by their addresses."""
    import ctypes

    shapes = {"x": call.x, "kernel": call.kernel, "y": call.y}
    order = {"forward": ("x", "kernel", "y"), "input": ("kernel", "y", "x"), "kernel": ("x", "y", "kernel")}[
        call.direction
    ]
    dtype = np.dtype(getattr(ml_dtypes, call.dtype, call.dtype))
    found = {}
    for name, address in zip(order, addresses, strict=True):
        memory = (ctypes.c_char * (int(np.prod(shapes[name])) * dtype.itemsize)).from_address(address)
        found[name] = np.ndarray(shapes[name], dtype, memory)
    how: dict[str, Any] = {
        "strides": call.strides, "padding": tuple(zip(call.low, call.high, strict=True)), "dilation": call.dilation,
        "groups": call.groups,
    }  # fmt: skip
    turned = np.moveaxis(found["kernel"], 0, -1)
    name, more, inputs = {
        "forward": ("conv_general", {}, (found["x"], turned)),
        "input": ("conv_input_grad", {"input_shape": call.x}, (found["y"], turned)),
        "kernel": ("conv_kernel_grad", {"kernel_shape": turned.shape}, (found["x"], found["y"])),
    }[call.direction]
    kernel = primitives()[name].generic_kernel
    assert kernel is not None
    result = kernel(np, *(np.asarray(a, np.float64) for a in inputs), **how, **more)
    found[order[-1]][...] = np.moveaxis(result, -1, 0) if call.direction == "kernel" else result


class HostCuda(CudaBackend):
    """The CUDA backend over NumPy held to CuPy's limits.

    Args:
        libraries: whether the device has any.
    """

    name = "cuda-on-host"

    def __init__(self, libraries: bool = True) -> None:
        Backend.__init__(self)
        self.target: Any = HostTarget(libraries)
        self.module = CupyLike("cupy", np)
        self._use(self.module, CupyLike("special", scipy.special), nullcontext)

    def run(self, primitive: Any, arrays: Any, params: Any) -> Any:
        """As on the GPU; NumPy's scalars become arrays, and it does not warn."""
        with np.errstate(all="ignore"):
            out = super().run(primitive, arrays, params)
        return tuple(map(np.asarray, out)) if primitive.multiple else np.asarray(out)

    def compile(self, graph: Any) -> Any:
        """Node by node: only single operations are looked at."""
        return Backend.compile(self, graph)
