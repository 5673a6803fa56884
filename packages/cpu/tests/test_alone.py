"""What must hold where only this package and its declared dependencies are installed."""

import subprocess
import sys

import hornbeam as hb
import hornbeam_cpu
import numpy as np
from hornbeam.backends.base import using_backend

SIBLINGS = ("hornbeam_layers", "hornbeam_optimizers", "hornbeam_models", "hornbeam_datasets", "hornbeam_apps")


def test_it_has_a_version_and_public_names():
    assert hornbeam_cpu.__version__ == "0.1.0"


def test_importing_it_imports_no_sibling():
    code = f"import hornbeam_cpu, sys; print(sorted({set(SIBLINGS)!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert found == "[]"


def test_installing_it_makes_it_the_default():
    code = "import hornbeam as hb; print(hb.backend())"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert found == "cpu"


def test_a_compiled_function_gives_numpys_numbers():
    x = np.random.default_rng(0).normal(size=(37, 50))
    with using_backend("cpu"):
        found = hb.jit(lambda x: hb.ops.exp(x) / hb.ops.sum(hb.ops.exp(x), axis=1, keepdims=True))(x)
    np.testing.assert_allclose(found.numpy(), np.exp(x) / np.exp(x).sum(1, keepdims=True), rtol=1e-13)
