"""Write tensorflow.npz: what TensorFlow 2.20 with Keras 3.15.1 answers to `cases.py`. Run by `nox -s interop`."""

import os
from pathlib import Path

import numpy as np

os.environ["KERAS_BACKEND"] = "tensorflow"

if __name__ == "__main__":
    import sys

    import tensorflow as tf

    sys.path.insert(0, str(Path(__file__).parent))
    from cases import EXPRESSIONS, PROGRAMS, answer

    found = {case: answer(tf, case) for case in (*EXPRESSIONS, *PROGRAMS)}
    arrays = {f"{name}|{i}": array for name, parts in found.items() for i, array in enumerate(parts)}
    np.savez_compressed(Path(__file__).with_name("tensorflow.npz"), **arrays)
