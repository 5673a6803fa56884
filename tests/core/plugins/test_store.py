from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hornbeam.errors import MissingPackageError, PluginError, UnknownNameError
from hornbeam.plugins import Component, Identity
from hornbeam.plugins.discovery import Source
from hornbeam.plugins.store import Registry

from .conftest import Install, registry_of, write_distribution

LOSSES = """
@hookimpl
def provide_losses():
    return [Component("Gap", "acme.losses:Gap", version=2, aliases=["g"]), Component("Other", "acme.losses:Other")]

@hookimpl
def provide_optimizers():
    return [Component("Push", "acme.push:Push")]
"""
FILES = {
    "acme/__init__.py": "import acme.losses",
    "acme/losses.py": "class Gap:\n    pass\n\n\nclass Other:\n    class Gap:\n        pass\n",
    "acme/push.py": "class Push:\n    pass\n",
}


@pytest.fixture
def acme(install: Install) -> Registry:
    return install(acme={"manifest": LOSSES, "files": FILES})


def test_lookup_by_every_name(acme: Registry) -> None:
    names = ("Gap", "gap", "g", "acme/Gap", "acme/g", "acme/Gap@2", "acme/gap@9")
    found = {acme.lookup("losses", name) for name in names}
    assert len(found) == 1
    assert found.pop().__qualname__ == "Gap"
    assert acme.names("losses") == ["Gap", "Other", "g", "gap", "other"]


def test_nothing_is_imported_before_it_is_used(acme: Registry) -> None:
    import sys

    assert acme.component("losses", "gap").identity == Identity("acme", "Gap", 2, "acme-hornbeam")
    assert acme.names("optimizers") == ["Push", "push"]
    assert "acme" not in sys.modules
    acme.lookup("losses", "gap")
    assert "acme.losses" in sys.modules
    assert "acme.push" not in sys.modules


def test_find_as_a_saved_file_does(acme: Registry) -> None:
    assert acme.find("acme/Gap@2", "losses") is acme.find("acme/Gap@1", "losses") is acme.lookup("losses", "Gap")
    assert acme.find(Identity("acme", "Push"), "optimizers").__name__ == "Push"
    with pytest.raises(PluginError, match="acme/Gap@3 was written by a newer version"):
        acme.find("acme/Gap@3", "losses")
    with pytest.raises(MissingPackageError, match="Run: pip install zen-hornbeam"):
        acme.find("zen/Gap@1", "losses", distribution="zen-hornbeam")
    with pytest.raises(UnknownNameError, match="Unknown loss 'acme/Gapp'. Did you mean 'acme/Gap'"):
        acme.find("acme/Gapp@1", "losses")


def test_identity_of_class_and_instance(acme: Registry) -> None:
    gap = acme.lookup("losses", "Gap")
    for thing in (gap, gap()):
        identity = acme.identity(thing)
        assert (str(identity), identity.distribution) == ("acme/Gap@2", "acme-hornbeam")
        assert acme.identity(thing, "losses") == identity
        assert acme.find(identity, "losses") is gap
        with pytest.raises(PluginError, match="acme.losses.Gap is not registered"):
            acme.identity(thing, "optimizers")


def test_identity_of_what_only_has_the_same_name(acme: Registry) -> None:
    other = acme.lookup("losses", "Other")
    with pytest.raises(PluginError) as caught:
        acme.identity(other.Gap)
    assert str(caught.value) == (
        "acme.losses.Other.Gap is not registered, so a saved file could not name it. Put "
        "@hornbeam.plugins.register_component('layers') before it, or list it in a plugin's manifest."
    )


def test_one_object_in_two_plugins_has_no_single_identity(install: Install) -> None:
    hook = "@hookimpl\ndef provide_losses():\n    return [Component('{}', 'acme.losses:Gap')]"
    registry = install(acme={"manifest": hook.format("Gap"), "files": FILES}, zen=hook.format("Gap"))
    with pytest.raises(PluginError, match="several identities: acme/Gap@1, zen/Gap@1"):
        registry.identity(registry.lookup("losses", "acme/Gap"))


def test_discovery_runs_once_whoever_comes_first() -> None:
    calls: list[int] = []
    gate = threading.Barrier(8)

    def sources() -> list[Source]:
        calls.append(1)
        return [Source("core", "hornbeam._manifest", "hornbeam-core")]

    registry = Registry(sources, {})
    answers: list[list[str]] = []

    def ask() -> None:
        gate.wait()
        answers.append(registry.names("backends"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == [1]
    assert answers == [["numpy", "reference", "shapes"]] * 8


def test_reset_sees_what_was_installed_since(site: Path) -> None:
    registry = registry_of(site)
    assert registry.names("losses") == []
    (site / "late_manifest.py").write_text(
        "from hornbeam.plugins import Component, hookimpl\nHORNBEAM_PLUGIN_API = 1\n"
        "@hookimpl\ndef provide_losses():\n    return [Component('Late', 'late:Late')]\n"
    )
    write_distribution(site, "late-hornbeam", "0.2", {"late": "late_manifest"})
    assert registry.names("losses") == []
    registry.reset()
    assert registry.names("losses") == ["Late", "late"]


def test_a_load_that_fails_can_be_tried_again(install: Install, site: Path) -> None:
    registry = install(acme="@hookimpl\ndef provide_losses():\n    return [Component('Gap', 'acme_parts:Gap')]")
    with pytest.raises(PluginError):
        registry.lookup("losses", "Gap")
    (site / "acme_parts.py").write_text("def Gap():\n    pass\n")
    __import__("importlib").invalidate_caches()
    assert registry.lookup("losses", "Gap").__name__ == "Gap"


def test_a_plugin_that_fails_later_is_set_aside_from_then_on(install: Install) -> None:
    registry = install(
        acme="@hookimpl\ndef provide_kernels(backend):\n    return 3\n"
        "@hookimpl\ndef provide_losses():\n    return [Component('Gap', 'acme:Gap')]"
    )
    assert registry.component("losses", "Gap").label == "acme/Gap"
    assert registry.kernels("numpy") == {}
    with pytest.raises(UnknownNameError, match=r"Set aside: acme .* provide_kernels\(\) answered 3"):
        registry.component("losses", "Gap")


def test_nested_targets(install: Install) -> None:
    registry = install(
        acme={
            "manifest": "@hookimpl\ndef provide_losses():\n    return [Component('Inner', 'acme.losses:Other.Gap')]",
            "files": FILES,
        }
    )
    found = registry.lookup("losses", "Inner")
    assert found.__qualname__ == "Other.Gap"
    assert str(registry.identity(found)) == "acme/Inner@1"


def test_entries_say_everything_listings_need(acme: Registry) -> None:
    gap, other = acme.components("losses")
    assert (gap.label, gap.owner, gap.component.aliases) == ("acme/Gap", "acme/Gap (acme-hornbeam 0.2)", ("g",))
    assert other.component == Component("Other", "acme.losses:Other")
    with pytest.raises(UnknownNameError, match="Did you mean 'losses'"):
        acme.components("loss")
