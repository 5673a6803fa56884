from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import hornbeam as hb
import pytest
from hornbeam.errors import InvalidArgumentError, PluginError, UnknownNameError
from hornbeam.plugins import Component, hookimpl
from hornbeam.plugins.store import Registry

from .conftest import Install


@pytest.fixture
def registry() -> Registry:
    return Registry(list, {})


def gap(y_true: Any, y_pred: Any) -> Any:
    return y_true - y_pred


def test_register_component(registry: Registry) -> None:
    assert registry.register_component("losses")(gap) is gap
    for name in ("gap", "Custom/gap", "Custom/gap@1"):
        assert registry.lookup("losses", name) is gap
    assert str(registry.identity(gap)) == "Custom/gap@1"
    assert registry.find("Custom/gap@1", "losses") is gap


def test_register_component_with_everything(registry: Registry) -> None:
    @registry.register_component("layers", package="my_package", name="Fancy", version=3, aliases=["f"])
    class Layer3(hb.Layer):
        pass

    assert registry.lookup("layers", "Fancy") is registry.lookup("layers", "f") is registry.lookup("layers", "fancy")
    assert str(registry.identity(Layer3())) == "my_package/Fancy@3"
    (entry,) = registry.components("layers")
    assert entry.owner == f"my_package/Fancy (registered in {__name__}:{Layer3.__qualname__})"


def test_a_cell_may_run_again(registry: Registry) -> None:
    def cell(value: int) -> Any:
        @registry.register_component("losses")
        def again() -> int:
            return value

        return again

    cell(1)
    second = cell(2)
    assert registry.lookup("losses", "again") is second
    assert str(registry.identity(second)) == "Custom/again@1"


def test_another_object_under_the_same_identity_is_refused(registry: Registry) -> None:
    registry.register_component("losses")(gap)
    with pytest.raises(PluginError, match=r"The loss Custom/gap is already .*test_local.gap; register .* another name"):

        @registry.register_component("losses", name="gap")
        def other() -> None: ...

    registry.register_component("metrics")(gap)  # another kind is another name
    registry.register_component("losses", package="mine")(gap)


def test_two_packages_make_a_short_name_ambiguous(registry: Registry) -> None:
    registry.register_component("losses", package="a", name="Gap")(gap)
    registry.register_component("losses", package="b", name="Gap")(lambda: 0)
    with pytest.raises(PluginError, match="'Gap' is claimed by a/Gap .registered in .* and b/Gap"):
        registry.lookup("losses", "Gap")


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"kind": "loss"}, UnknownNameError, "Did you mean 'losses'"),
        (
            {"package": "layers"},
            PluginError,
            "The plugin name 'layers' is reserved for hornbeam-layers; choose another.",
        ),
        ({"package": "a/b"}, InvalidArgumentError, "'a/b' is not a name for a plugin"),
        ({"package": 3}, InvalidArgumentError, "3 is not a name for a plugin"),
        ({"name": "a b"}, InvalidArgumentError, "a name starts with a letter"),
        ({"version": 0}, InvalidArgumentError, "version must be a whole number"),
        ({"aliases": "gap"}, InvalidArgumentError, "aliases must be a list of names"),
        ({"kind": "optimizers"}, PluginError, "Custom/gap .* is a function; an optimizer has to be a class."),
        ({"kind": "layers"}, PluginError, "Custom/gap .* is a function; a layer has to be a class."),
    ],
)
def test_register_component_refuses(
    registry: Registry, arguments: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        registry.register_component(**{"kind": "losses", **arguments})(gap)
    assert registry.components("losses") == []


def test_a_class_that_is_no_layer(registry: Registry) -> None:
    with pytest.raises(PluginError, match="is a class that does not derive from hornbeam.layer.Layer, as a"):
        registry.register_component("layers", name="Box")(dict)


def test_objects_without_a_name_of_their_own(registry: Registry) -> None:
    class Callable:
        def __call__(self) -> int:
            return 3

    thing = Callable()
    registry.register_component("losses")(thing)
    assert registry.lookup("losses", "Callable") is thing
    assert str(registry.identity(thing)) == "Custom/Callable@1"


def manifest() -> SimpleNamespace:
    return SimpleNamespace(
        HORNBEAM_PLUGIN_API=1, provide_losses=hookimpl(lambda: [Component("Gap", f"{__name__}:gap", aliases=["g"])])
    )


def test_register_a_plugin(registry: Registry) -> None:
    registry.register(manifest(), "acme")
    assert registry.lookup("losses", "g") is gap
    assert str(registry.identity(gap)) == "acme/Gap@1"
    with pytest.raises(PluginError, match=r"'acme' is registered already; call hornbeam.plugins.unregister\('acme'\)"):
        registry.register(manifest(), "acme")
    registry.unregister("acme")
    assert registry.names("losses") == []
    registry.register(manifest(), "acme")


def test_register_raises_where_an_installed_plugin_would_be_set_aside(registry: Registry) -> None:
    with pytest.raises(PluginError, match="Plugin acme: its manifest does not say HORNBEAM_PLUGIN_API = 1"):
        registry.register(SimpleNamespace(), "acme")
    with pytest.raises(PluginError, match="reserved for hornbeam-core"):
        registry.register(manifest(), "core")
    registry.register(manifest(), "acme")


def test_registered_and_installed_under_one_name(install: Install) -> None:
    registry = install(acme="@hookimpl\ndef provide_losses():\n    return [Component('Gap', 'acme:Gap')]")
    registry.register(manifest(), "acme")
    with pytest.raises(PluginError, match="The loss name 'Gap' is claimed by acme/Gap .* Rename one of them"):
        registry.lookup("losses", "Gap")
    assert registry.lookup("losses", "g") is gap


def test_registration_survives_reset_and_discovers_nothing() -> None:
    def sources() -> list[Any]:
        raise AssertionError("discovered")

    registry = Registry(sources, {})
    registry.register_component("losses")(gap)
    registry.register(manifest(), "acme")
    registry.reset()
    registry._find_sources = list
    assert registry.names("losses") == ["Gap", "g"]  # "gap" means both Custom/gap and acme/Gap


def test_unregister(registry: Registry) -> None:
    registry.register_component("losses", package="a")(gap)
    registry.register_component("metrics", package="a")(gap)
    registry.register_component("metrics", package="b")(gap)
    registry.unregister("a")
    assert (registry.names("losses"), registry.names("metrics")) == ([], ["gap"])
    with pytest.raises(UnknownNameError, match="Unknown registered plugin 'a'"):
        registry.unregister("a")
