"""What stands in for cuDNN in the tests of the GPU engine computes what PyTorch does, gates in cuDNN's order; see make_torch_layers.py."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("hornbeam_cuda")
from hornbeam_cuda.library import Recurrent

from tests.cuda.emulator.recurrent import COUNTS, run, spaces

STORED = dict(np.load(Path(__file__).with_name("torch_layers.npz")))


def group(cell, kind):
    count = sum(key.startswith(f"{cell}/{kind}/") for key in STORED)
    return [STORED[f"{cell}/{kind}/{i}"].copy() for i in range(count)]


def packed(call, weights):
    """Weights and biases where the emulated cuDNN has them."""
    memory, places, gates = np.zeros(spaces(call).weights // 8), spaces(call), COUNTS[call.cell]
    blocks = [block for matrix in weights for block in np.split(matrix, gates)]
    for place, block in zip(places.matrices + places.biases, blocks, strict=True):
        memory[place // 8 : place // 8 + block.size] = block.ravel()
    return memory


@pytest.mark.parametrize("cell", COUNTS)
def test_layers_and_gradients(cell):
    weights, given, results, cotangents, gradients = (
        group(cell, kind) for kind in ("weights", "given", "results", "cotangents", "gradients")
    )
    (x, *first), (y, *last) = given, [np.full_like(r, np.nan) for r in results]
    sizes = (*x.shape, first[0].shape[-1])
    forward, data, of_weights = (
        Recurrent(direction, cell, "float64", sizes, (True, True)) for direction in ("forward", "data", "weights")
    )
    memory, reserve = packed(forward, weights), np.full(spaces(forward).reserve // 8, np.nan)
    dx, *dfirst = [np.full_like(a, np.nan) for a in given]
    made = np.zeros_like(memory)
    for call, arrays in (
        (forward, [*given, memory, y, *last, reserve]),
        (data, [y, cotangents[0], *first, *cotangents[1:], memory, dx, *dfirst, reserve]),
        (of_weights, [x, first[0], y, made, reserve]),
    ):
        run(call, [a.ctypes.data for a in arrays])
    for found, expected in zip((y, *last, dx, *dfirst), (*results, *gradients[: len(given)]), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(made, packed(forward, gradients[len(given) :]), rtol=1e-12, atol=1e-13)
