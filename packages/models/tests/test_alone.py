"""What must hold where only this package and its declared dependencies are installed."""

import subprocess
import sys

import hornbeam_models


def test_it_has_a_version_and_public_names():
    assert hornbeam_models.__version__ == "0.1.0"


def test_importing_it_imports_no_sibling():
    siblings = {"hornbeam_layers", "hornbeam_optimizers", "hornbeam_models", "hornbeam_datasets", "hornbeam_apps"} - {
        "hornbeam_models"
    }
    code = f"import hornbeam_models, sys; print(sorted({siblings!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert found == "[]"
