from __future__ import annotations

import random
from types import SimpleNamespace

import pytest
from hornbeam.errors import PluginError, UnknownNameError
from hornbeam.plugins import Component, Config, hookimpl
from hornbeam.plugins.discovery import Setting, Source
from hornbeam.plugins.loader import ask, load, read
from hypothesis import given
from hypothesis import strategies as st

from .conftest import Install

ANY = Source("acme", "acme._manifest", "acme-hornbeam", "0.2")


def manifest(**hooks: object) -> SimpleNamespace:
    """A manifest as an object; hooks are marked."""
    marked = {name: hookimpl(hook) if callable(hook) else hook for name, hook in hooks.items()}
    return SimpleNamespace(**{"HORNBEAM_PLUGIN_API": 1, **marked})


def test_read() -> None:
    plugin = read(manifest(provide_losses=lambda: [Component("Gap", "acme:Gap")]), ANY)
    assert plugin.usable
    assert plugin.components == {"losses": (Component("Gap", "acme:Gap"),)}
    assert str(plugin) == "acme (acme-hornbeam 0.2)"


def test_a_tuple_is_a_list_too_and_an_empty_list_is_an_answer() -> None:
    plugin = read(manifest(provide_losses=lambda: (), provide_metrics=lambda: (Component("G", "a:G"),)), ANY)
    assert list(plugin.components) == ["metrics"]


def test_configure_comes_first_and_gets_the_options() -> None:
    seen: list[object] = []

    def configure(config: Config) -> None:
        seen.append(config)

    def provide_losses() -> list[Component]:
        seen.append("losses")
        return [Component("Gap", "acme:Gap")]

    read(manifest(configure=configure, provide_losses=provide_losses), ANY, environment={"HORNBEAM_ACME_LEVEL": "3"})
    config, then = seen
    assert isinstance(config, Config)
    assert (config.plugin, config.api, dict(config.options), then) == ("acme", 1, {"level": "3"}, "losses")


def test_a_hook_of_a_later_core_may_be_marked_optional() -> None:
    def provide_dreams() -> list[Component]:
        return []

    hooks = manifest(provide_losses=lambda: [Component("Gap", "acme:Gap")])
    hooks.provide_dreams = hookimpl(optionalhook=True)(provide_dreams)
    assert read(hooks, ANY).usable


def test_one_hook_may_have_two_functions() -> None:
    def more() -> list[Component]:
        return [Component("B", "acme:B")]

    hooks = manifest(provide_losses=lambda: [Component("A", "acme:A")])
    hooks.more = hookimpl(specname="provide_losses")(more)
    assert {component.name for component in read(hooks, ANY).components["losses"]} == {"A", "B"}


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, GeneratorExit])
def test_the_user_can_interrupt(interrupt: type[BaseException]) -> None:
    def provide_losses() -> list[Component]:
        raise interrupt

    with pytest.raises(interrupt):
        read(manifest(provide_losses=provide_losses), ANY)


def test_kernels_are_asked_by_backend() -> None:
    def provide_kernels(backend: str) -> list[Component]:
        return [Component("softmax", f"acme.{backend}:softmax")]

    plugin = read(manifest(provide_kernels=provide_kernels), ANY)
    assert plugin.complaints == ()
    assert plugin.manager is not None
    assert ask(plugin.manager, "provide_kernels", backend="numpy") == (Component("softmax", "acme.numpy:softmax"),)


def test_two_plugins_do_not_hear_of_each_other() -> None:
    first = read(manifest(provide_losses=lambda: [Component("A", "acme:A")]), ANY)
    second = read(manifest(provide_losses=lambda: [Component("B", "zen:B")]), Source("zen", "zen", "zen"))
    assert [c.name for c in first.components["losses"]] == ["A"]
    assert [c.name for c in second.components["losses"]] == ["B"]


NAMES = ["acme", "zen", "layers", "core", "none", "Bad", "a b"]
MODULES = ["json", "no_such_module", "hornbeam._manifest"]
SOURCES = st.builds(
    Source, st.sampled_from(NAMES), st.sampled_from(MODULES), st.sampled_from(["acme-h", "zen-h", "hornbeam-layers"])
)


@given(st.lists(SOURCES, unique=True, max_size=6), st.integers(0, 999))
def test_order_of_installation_never_matters(sources: list[Source], seed: int) -> None:
    shuffled = list(sources)
    random.Random(seed).shuffle(shuffled)
    assert load(sources, Setting(), {}) == load(shuffled, Setting(), {})
    for plugin in load(sources, Setting(), {}):
        rivals = {s.distribution for s in sources if s.name == plugin.name} - {plugin.source.distribution}
        if plugin.usable and not plugin.source.ours:
            assert not rivals, "a shared name is nobody's"


def test_settings(install: Install) -> None:
    plugins = {"acme": "", "zen": "", "layers": {"manifest": "", "distribution": "hornbeam-layers"}}

    def used(registry: object) -> set[str]:
        return {p.name for p in registry.plugins() if p.usable}  # type: ignore[attr-defined]

    registry = install(**plugins)
    assert used(registry) == {"acme", "zen", "layers", "core"}
    for setting, expected in [("none", set()), ("acme", {"acme"}), ("zen,acme", {"acme", "zen"})]:
        assert used(install({"HORNBEAM_PLUGINS": setting})) == expected | {"layers", "core"}


def test_a_plugin_that_is_left_out_is_not_imported(install: Install) -> None:
    registry = install({"HORNBEAM_PLUGINS": "none"}, acme="raise RuntimeError('imported')")
    (plugin,) = [p for p in registry.plugins() if p.name == "acme"]
    assert (plugin.left_out, plugin.cause) == (True, "")


def test_setting_names_what_is_not_installed(install: Install) -> None:
    registry = install({"HORNBEAM_PLUGINS": "acmee"}, acme="")
    with pytest.raises(UnknownNameError) as caught:
        registry.names("losses")
    assert str(caught.value) == (
        "Unknown plugin 'acmee'. Did you mean 'acme'? The environment variable HORNBEAM_PLUGINS names it."
    )


def test_strict_with_names_looks_at_those_only(install: Install) -> None:
    environment = {"HORNBEAM_PLUGINS": "strict,zen"}
    good = "@hookimpl\ndef provide_losses():\n    return [Component('Gap', 'zen:Gap')]"
    assert install(environment, acme="1 / 0", zen=good).names("losses") == ["Gap", "gap"]


def test_strict_raises_each_time(install: Install) -> None:
    registry = install({"HORNBEAM_PLUGINS": "strict"}, acme="1 / 0", zen="1 / 0")
    for _ in range(2):
        with pytest.raises(PluginError, match="Plugin acme .acme-hornbeam 0.2.: its manifest .* ZeroDivisionError"):
            registry.names("losses")
