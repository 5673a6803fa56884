"""What must hold where only this package and its declared dependencies are installed."""

import subprocess
import sys

import hornbeam_cuda

SIBLINGS = (
    "hornbeam_layers",
    "hornbeam_optimizers",
    "hornbeam_models",
    "hornbeam_datasets",
    "hornbeam_apps",
    "hornbeam_cpu",
)


def test_it_has_a_version():
    assert hornbeam_cuda.__version__ == "0.1.0"


def test_importing_it_imports_no_sibling_and_no_cupy():
    code = f"import hornbeam_cuda._manifest, sys; print(sorted({{*{SIBLINGS!r}, 'cupy'}} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert found == "[]"


def test_without_a_gpu_it_says_why_and_another_backend_is_the_default():
    code = "import hornbeam as hb; from hornbeam_cuda._manifest import probe; print(probe() or 'usable'); print(hb.backend())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert said[1] == ("cuda" if said[0] == "usable" else said[1]) and said[0]
