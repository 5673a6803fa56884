"""cuDNN's recurrent layers by ctypes: the functions of its legacy interface that have no successor, and the numbers of its headers.

Names and numbers are those of cudnn_adv.h and cudnn_graph.h of cuDNN 9 (checked against 9.19).
"""

from __future__ import annotations

from ctypes import POINTER, byref, c_char_p, c_int, c_int32, c_size_t, c_uint32, c_void_p
from typing import Any

from hornbeam_cuda.device.libraries import Functions

__all__ = ["ALGORITHMS", "CELLS", "DATA_TYPES", "CudnnRnn"]

DATA_TYPES = {"float32": 0, "float64": 1, "float16": 2, "bfloat16": 9}
CELLS = {"relu": 0, "tanh": 1, "lstm": 2, "gru": 3}
BIASES = {(False, False): 0, (True, False): 1, (True, True): 2, (False, True): 3}  # none, of inputs, both, of the state
MATH_DEFAULT, MATH_TENSOR_OP, MATH_FMA = 0, 1, 3
ALGORITHMS = {
    "standard": 0,
    "persist static": 1,
    "persist small": 3,
}  # the latter keep the weights on the multiprocessors
ONE_DIRECTION, LINEAR_INPUT = 0, 0
LAYOUT_PACKED = 1  # step after step, without padding
INFERENCE, TRAINING = 0, 1
ADD_GRADIENTS = 0  # the one mode that there is: to what is in the memory of the gradients

_OUT, _SIZE = POINTER(c_void_p), POINTER(c_size_t)
_STATES = (c_void_p,) * 4  # a descriptor and three arrays
_SPACES = (c_size_t, c_void_p) * 3
_SIGNATURES: dict[str, tuple[Any, ...]] = {
    "Create": (_OUT,),
    "SetStream": (c_void_p, c_void_p),
    "CreateRNNDescriptor": (_OUT,),
    "SetRNNDescriptor_v8": (c_void_p, *(c_int,) * 8, *(c_int32,) * 4, c_void_p, c_uint32),
    "DestroyRNNDescriptor": (c_void_p,),
    "CreateRNNDataDescriptor": (_OUT,),
    "SetRNNDataDescriptor": (c_void_p, *(c_int,) * 5, POINTER(c_int), c_void_p),
    "DestroyRNNDataDescriptor": (c_void_p,),
    "CreateTensorDescriptor": (_OUT,),
    "SetTensorNdDescriptor": (c_void_p, c_int, c_int, POINTER(c_int), POINTER(c_int)),
    "DestroyTensorDescriptor": (c_void_p,),
    "GetRNNTempSpaceSizes": (c_void_p, c_void_p, c_int, c_void_p, _SIZE, _SIZE),
    "GetRNNWeightSpaceSize": (c_void_p, c_void_p, _SIZE),
    "GetRNNWeightParams": (c_void_p, c_void_p, c_int32, c_size_t, c_void_p, c_int32, c_void_p, _OUT, c_void_p, _OUT),
    "RNNForward": (c_void_p, c_void_p, c_int, *(c_void_p,) * 5, *(c_void_p,) * 6, *_SPACES),
    "RNNBackwardData_v8": (c_void_p, c_void_p, *(c_void_p,) * 6, *_STATES, *_STATES, *_SPACES),
    "RNNBackwardWeights_v8": (c_void_p, c_void_p, c_int, *(c_void_p,) * 7, *_SPACES),
}


class CudnnRnn(Functions):
    """The library's functions; each raises where the library answers with an error.

    Args:
        library: the loaded library; functions are found in it by name.
    """

    def __init__(self, library: Any) -> None:
        text = library.cudnnGetErrorString
        text.argtypes, text.restype = (c_int,), c_char_p
        super().__init__(library, "cudnn", _SIGNATURES, lambda status: text(status).decode())

    def made(self, kind: str) -> c_void_p:
        """What `cudnnCreate<kind>` makes."""
        made = c_void_p()
        self.call(f"Create{kind}", byref(made))
        return made

    def size(self, name: str, *arguments: Any, results: int = 1) -> list[int]:
        """The sizes that a function tells by its last arguments."""
        found = [c_size_t() for _ in range(results)]
        self.call(name, *arguments, *map(byref, found))
        return [f.value for f in found]

    def data(self, dtype: str, time: int, batch: int, size: int) -> c_void_p:
        """The descriptor of a sequence (time, batch, size), all samples of the same length."""
        made = self.made("RNNDataDescriptor")
        lengths = (c_int * batch)(*[time] * batch)
        self.call("SetRNNDataDescriptor", made, DATA_TYPES[dtype], LAYOUT_PACKED, time, batch, size, lengths, None)
        return made

    def state(self, dtype: str, batch: int, units: int) -> c_void_p:
        """The descriptor of a state (1, batch, units)."""
        made = self.made("TensorDescriptor")
        sizes, strides = (c_int * 3)(1, batch, units), (c_int * 3)(batch * units, units, 1)
        self.call("SetTensorNdDescriptor", made, DATA_TYPES[dtype], 3, sizes, strides)
        return made

    def place(self, name: str, base: int, *arguments: Any) -> tuple[int | None, int | None]:
        """Where a matrix and a bias are, in bytes from the beginning; None for what there is not."""
        matrix, bias = c_void_p(), c_void_p()
        about = [self.made("TensorDescriptor") for _ in range(2)]
        try:
            self.call(name, *arguments, about[0], byref(matrix), about[1], byref(bias))
        finally:
            for descriptor in about:
                self.call("DestroyTensorDescriptor", descriptor)
        first, second = ((v.value - base) if v.value else None for v in (matrix, bias))
        return first, second
