"""The public names of each package are those on its list in tests/api; changing one is changing the list.

Write the lists anew: .venv/bin/python tests/project/test_public_names.py
"""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

API = Path(__file__).parents[1] / "api"
FACES = {
    "core": ("hornbeam", "hornbeam.ops", "hornbeam.ops.image", "hornbeam.ops.linalg", "hornbeam.random", "hornbeam.tree",
             "hornbeam.plugins", "hornbeam.testing"),
    "layers": ("hornbeam_layers", "hornbeam_layers.activations", "hornbeam_layers.constraints",
               "hornbeam_layers.initializers", "hornbeam_layers.regularizers"),
    "optimizers": ("hornbeam_optimizers", "hornbeam_optimizers.losses", "hornbeam_optimizers.metrics",
                   "hornbeam_optimizers.schedules"),
    "models": ("hornbeam_models", "hornbeam_models.callbacks", "hornbeam_models.saving"),
    "datasets": ("hornbeam_datasets",),
    "apps": ("hornbeam_apps.applications",),
}  # fmt: skip


def public_names(package: str) -> list[str]:
    """Each public name, modules aside, with the module in which users find it."""
    found = set()
    for face in FACES[package]:
        module = importlib.import_module(face)
        names = getattr(module, "__all__", None) or dir(module)
        for name in names:
            if not name.startswith("_") and not inspect.ismodule(getattr(module, name)):
                found.add(f"{face}.{name}")
    return sorted(found)


def list_of(package: str) -> Path:
    return API / f"{package}.txt"


@pytest.mark.parametrize("package", FACES)
def test_public_names(package: str) -> None:
    listed = list_of(package).read_text(encoding="utf-8").split()
    now = public_names(package)
    change = {"new": sorted(set(now) - set(listed)), "gone": sorted(set(listed) - set(now))}
    assert change == {"new": [], "gone": []}, (
        "write the lists anew: .venv/bin/python tests/project/test_public_names.py"
    )


if __name__ == "__main__":
    for package in FACES:
        list_of(package).write_text("".join(f"{name}\n" for name in public_names(package)), encoding="utf-8")
