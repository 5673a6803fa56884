from __future__ import annotations

from itertools import permutations

import pytest
from hornbeam.backends.base import make_backend
from hornbeam.errors import BackendError, PluginError
from hornbeam.plugins import BackendComponent, Entry, Plugin
from hornbeam.plugins.discovery import Source
from hornbeam.plugins.engines import best, probe

from .conftest import Install


def backend(name: str, priority: int, reason: str | None = None) -> Entry:
    component = BackendComponent(name, f"{name}:Backend", probe=lambda: reason, priority=priority)
    return Entry("backends", Plugin(Source(name, name, f"{name}-hornbeam")), component)


def test_best_first_in_any_order() -> None:
    entries = [backend("numpy", 0), backend("fast", 100), backend("gone", 200, "no device"), backend("oracle", -10)]
    for order in permutations(entries):
        statuses = probe(order)
        assert [status.name for status in statuses] == ["fast", "numpy", "oracle", "gone"]
        assert best(statuses) == entries[1]
        assert statuses[-1].reason == "no device"


def test_two_best_are_an_error_that_names_them() -> None:
    with pytest.raises(PluginError) as caught:
        best(probe([backend("b", 5), backend("a", 5), backend("c", 4)]))
    assert str(caught.value) == (
        "No backend is the best one: a/a (a-hornbeam) and b/b (b-hornbeam) have the same priority. "
        "Choose one with HORNBEAM_BACKEND or set_backend."
    )


def test_none_is_best() -> None:
    for entries in ([], [backend("oracle", -1)], [backend("gone", 5, "no device")]):
        with pytest.raises(PluginError, match="none is usable"):
            best(probe(entries))


def test_a_probe_runs_once(install: Install) -> None:
    registry = install(
        acme="""
import itertools
count = itertools.count()
@hookimpl
def provide_backends():
    return [BackendComponent("acme", "acme:Backend", probe=lambda: f"asked {next(count)} times before")]
"""
    )
    for _ in range(3):
        (status,) = [status for status in registry.backends() if status.name == "acme"]
        assert status.reason == "asked 0 times before"


KERNELS = """
@hookimpl
def provide_kernels(backend):
    return [Component("softmax", "{0}_kernels:softmax")] if backend == "numpy" else []
"""


def test_kernels(install: Install) -> None:
    files = {"acme_kernels.py": "def softmax(xp, x, *, axis):\n    return x\n"}
    registry = install(acme={"manifest": KERNELS.format("acme"), "files": files})
    (entry,) = registry.kernels("numpy").values()
    assert (entry.label, entry.component.name) == ("acme/softmax", "softmax")
    assert registry.load_entry(entry)(None, 3, axis=0) == 3
    assert registry.kernels("reference") == {}


def test_two_kernels_for_one_primitive_are_an_error_that_names_them(install: Install) -> None:
    registry = install(acme=KERNELS.format("acme"), zen=KERNELS.format("zen"))
    with pytest.raises(PluginError) as caught:
        registry.kernels("numpy")
    assert str(caught.value) == (
        "The kernel 'softmax' for the backend 'numpy' is offered by acme/softmax (acme-hornbeam 0.2) and "
        "zen/softmax (zen-hornbeam 0.2). Uninstall one, or leave it out with HORNBEAM_PLUGINS."
    )
    assert registry.kernels("reference") == {}


def test_a_kernel_has_to_be_callable(install: Install) -> None:
    registry = install(acme={"manifest": KERNELS.format("acme"), "files": {"acme_kernels.py": "softmax = 3\n"}})
    with pytest.raises(PluginError, match="is an instance of int; a kernel has to be a class or a function"):
        registry.load_entry(registry.kernels("numpy")["softmax"])


def test_backends_and_kernels_reach_the_core(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = KERNELS.format("acme").replace('"numpy"', '"acme"') + (
        "@hookimpl\ndef provide_backends():\n"
        "    return [BackendComponent('acme', 'hornbeam.backends.base:Backend'),\n"
        "            BackendComponent('gone', 'acme:Gone', probe=lambda: 'no device')]\n"
    )
    files = {"acme_kernels.py": "def softmax(xp, x, *, axis):\n    return x\n"}
    made = install(acme={"manifest": manifest, "files": files})
    for name in ("component", "backends", "kernels", "load_entry"):
        monkeypatch.setattr(f"hornbeam.plugins.registry.{name}", getattr(made, name))
    monkeypatch.setattr("hornbeam.backends.base._made", {})
    assert make_backend("acme").kernels["softmax"](None, 3, axis=0) == 3
    assert make_backend("acme") is make_backend("acme/acme")
    with pytest.raises(BackendError, match="backend 'gone' cannot be used here: no device"):
        make_backend("gone")
