"""Makes operations.json of hornbeam_models/saving: which class stands in Keras's files for a function of keras.ops.

Run with Keras 3.15.1: `python make_operations.py`. For each function: module, class, arguments of the class, arguments of its
call ("*x" for any number of them).
"""

import importlib
import inspect
import json
import os
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "jax"}

import keras
from keras.src.ops.operation import Operation

MODULES = ("numpy", "nn", "math", "core", "linalg", "image")
PLACE = Path(__file__).parents[3] / "packages/models/src/hornbeam_models/saving/operations.json"
SPECIAL = {
    "GetItem": "get_item", "Matmul": "matmul", "Relu6": "relu6", "Log10": "log10", "Log1p": "log1p", "Log2": "log2",
    "Expm1": "expm1", "Arctan2": "arctan2", "Det": "det", "LuFactor": "lu_factor", "LogSumExp": "logsumexp",
    "FFT": "fft", "FFT2": "fft2", "IFFT2": "ifft2", "RFFT": "rfft", "IRFFT": "irfft", "STFT": "stft", "ISTFT": "istft",
    "Elu": "elu", "Argmax": "argmax", "NanToNum": "nan_to_num", "MultiHot": "multi_hot", "OneHot": "one_hot", "PRelu": "prelu",
}  # fmt: skip


def parameters(function):
    found = list(inspect.signature(function).parameters.values())[1:]
    return [f"*{p.name}" if p.kind is p.VAR_POSITIONAL else p.name for p in found if p.kind is not p.VAR_KEYWORD]


def main():
    known = {name: name for name in dir(keras.ops)} | {name.replace("_", ""): name for name in dir(keras.ops)}
    table = {}
    for module in MODULES:
        for name, cls in vars(importlib.import_module(f"keras.src.ops.{module}")).items():
            if (
                not (isinstance(cls, type) and issubclass(cls, Operation))
                or cls.__module__ != f"keras.src.ops.{module}"
            ):
                continue
            function = SPECIAL.get(name) or known.get(name.lower())
            if function is None:
                continue
            made = [p for p in parameters(cls.__init__) if p != "name"]
            table.setdefault(function, [module, name, made, parameters(cls.call)])
    rows = ",\n".join(f" {json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(table.items()))
    PLACE.write_text("{\n" + rows + "\n}\n")


if __name__ == "__main__":
    main()
