"""The example on MNIST reaches what it says, where MNIST lies beside the project: nightly, since it takes minutes."""

import os
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = next((p for p in (ROOT / "shared/data/mnist", ROOT.parent / "shared/data/mnist") if p.exists()), None)
NIGHTLY = os.environ.get("HORNBEAM_HYPOTHESIS") == "nightly"


@pytest.mark.skipif(not NIGHTLY or FOLDER is None, reason="nightly, and with the files of MNIST")
def test_the_convnet_reaches_99_percent():
    example = runpy.run_path(str(ROOT / "examples/mnist/mnist_convnet.py"))
    _, (_, accuracy) = example["train"](FOLDER, verbose=0)
    assert accuracy >= 0.99
