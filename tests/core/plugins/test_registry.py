from __future__ import annotations

import subprocess
import sys

import hornbeam
from hornbeam.plugins import registry
from hornbeam.plugins.store import Registry


def test_the_functions_are_the_methods_of_one_registry() -> None:
    methods = {name for name in vars(Registry) if not name.startswith("_")}
    assert methods == set(registry.__all__) - {"Registry", "process_registry"}
    for name in methods:
        assert getattr(registry, name).__self__ is registry.process_registry


def test_import_hornbeam_discovers_nothing_and_imports_no_plugin() -> None:
    program = (
        "import sys, hornbeam\n"
        "ours = [m for m in sys.modules if m.startswith('hornbeam_')]\n"
        "assert not ours, ours\n"
        "if 'hornbeam.plugins.registry' in sys.modules:\n"
        "    assert sys.modules['hornbeam.plugins.registry'].process_registry._index is None\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_plugins_import_no_numpy() -> None:
    program = (
        "import sys, types, importlib.util\n"
        "package = types.ModuleType('hornbeam')\n"
        "package.__path__ = list(importlib.util.find_spec('hornbeam').submodule_search_locations)\n"
        "sys.modules['hornbeam'] = package\n"  # the package without its __init__, which imports all of core
        "from hornbeam.plugins import doctor, registry\n"
        "registry.plugins()\n"
        "assert 'numpy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_backends_of_core() -> None:
    assert {"numpy", "reference", "shapes"} <= set(registry.names("backends"))
    assert registry.identity(type(hornbeam.backends.base.make_backend("numpy"))).name == "numpy"


def test_our_own_packages_are_sound() -> None:
    for plugin in registry.plugins():
        if plugin.source.ours:
            assert not plugin.cause
            assert not any("imports" in complaint for complaint in plugin.complaints), plugin.complaints
