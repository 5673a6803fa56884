"""Names are a pure function of the set of plugins: random sets with clashing names, in any order, mean the same."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations
from typing import Any

import pytest
from hornbeam.errors import DTypeError, HornbeamError, MissingPackageError, PluginError, UnknownNameError
from hornbeam.naming import to_snake_case
from hornbeam.plugins import Component, Identity, Plugin
from hornbeam.plugins.discovery import Source
from hornbeam.plugins.index import Entry, Index
from hypothesis import given
from hypothesis import strategies as st

FEW = ["Gap", "gap", "MeanGap", "mean_gap", "mg", "Hits"]
OURS = {"layers": "hornbeam-layers", "optimizers": "hornbeam-optimizers"}


def plugin(name: str, kinds: dict[str, list[Component]], cause: str = "", left_out: bool = False) -> Plugin:
    source = Source(name, f"{name}._manifest", OURS.get(name, f"{name}-hornbeam"), "0.2")
    return Plugin(source, {kind: tuple(components) for kind, components in kinds.items()}, cause, left_out)


def losses(name: str, *components: Component | str) -> Plugin:
    made = [Component(c, f"{name}.losses:{c}") if isinstance(c, str) else c for c in components]
    return plugin(name, {"losses": made})


@st.composite
def components(draw: st.DrawFn, owner: str) -> list[Component]:
    """Components of one plugin: clashing with other plugins at will, within the plugin as the loader allows."""
    given_names: set[str] = set()
    made = []
    for name in draw(st.lists(st.sampled_from(FEW), unique=True, max_size=4)):
        aliases = draw(st.lists(st.sampled_from(FEW), unique=True, max_size=2))
        claims = {name, *aliases}
        if claims & given_names:
            continue
        given_names |= claims
        made.append(Component(name, f"{owner}.parts:{name}", aliases=aliases))
    return made


@st.composite
def sets_of_plugins(draw: st.DrawFn) -> list[Plugin]:
    names = draw(st.lists(st.sampled_from(["acme", "zen", "mid", "layers", "optimizers"]), unique=True, max_size=4))
    return [
        plugin(
            name,
            {kind: draw(components(owner=f"{name}.{kind}")) for kind in ("losses", "metrics")},
            cause=draw(st.sampled_from(["", "", "", "it is broken"])),
            left_out=draw(st.sampled_from([False, False, False, True])),
        )
        for name in names
    ]


def outcome(index: Index, kind: str, name: str) -> tuple[str, str]:
    try:
        return ("found", index.resolve(kind, name).owner)
    except HornbeamError as error:
        return (type(error).__name__, str(error))


def every_outcome(index: Index) -> dict[tuple[str, str], tuple[str, str]]:
    prefixes = ["", "acme/", "zen/", "mid/", "layers/", "optimizers/"]
    return {
        (kind, prefix + name): outcome(index, kind, prefix + name)
        for kind in ("losses", "metrics", "layers")
        for prefix in prefixes
        for name in FEW
    }


@given(sets_of_plugins(), st.randoms(use_true_random=False))
def test_order_never_matters(plugins: list[Plugin], random: Any) -> None:
    expected = every_outcome(Index(plugins))
    shuffled = list(plugins)
    random.shuffle(shuffled)
    index = Index(shuffled)
    assert every_outcome(index) == expected
    assert index.names("losses") == Index(plugins).names("losses")
    assert index.clashes() == Index(plugins).clashes()
    assert index.components("metrics") == Index(plugins).components("metrics")


def meaning(plugins: list[Plugin], kind: str, name: str) -> set[str]:
    """An independent account of the rules: the labels that a short name can mean."""
    by_plugin: dict[str, set[str]] = defaultdict(set)
    for one in plugins:
        if one.cause or one.left_out:
            continue
        for component in one.components.get(kind, ()):
            if name == component.name or name in component.aliases:
                by_plugin[one.name].add(f"{one.name}/{component.name}")
        if one.name not in by_plugin:
            for component in one.components.get(kind, ()):
                if name == to_snake_case(component.name):
                    by_plugin[one.name].add(f"{one.name}/{component.name}")
    ours = set().union(*(labels for owner, labels in by_plugin.items() if owner in OURS))
    return ours or set().union(*by_plugin.values())


@given(sets_of_plugins(), st.sampled_from(["losses", "metrics"]), st.sampled_from(FEW))
def test_short_names_follow_the_rules(plugins: list[Plugin], kind: str, name: str) -> None:
    labels = meaning(plugins, kind, name)
    index = Index(plugins)
    result, text = outcome(index, kind, name)
    if len(labels) == 1:
        assert result == "found"
        assert text.partition(" ")[0] in labels
    elif labels:
        assert result == "PluginError"
        assert all(label in text for label in labels)
    else:
        assert result == "UnknownNameError"
        assert all(f"Set aside: {one}" in text for one in plugins if one.cause)
    assert (name in index.names(kind)) == (len(labels) == 1)


@given(sets_of_plugins())
def test_an_identity_always_works(plugins: list[Plugin]) -> None:
    index = Index(plugins)
    for entry in index.entries:
        assert index.resolve(entry.kind, entry.label) == entry
        assert index.find(entry.identity, entry.kind) == entry
        assert index.find(Identity.parse(str(entry.identity)), entry.kind) == entry


@given(sets_of_plugins(), sets_of_plugins())
def test_another_plugin_never_changes_what_a_working_identity_or_name_of_ours_means(
    plugins: list[Plugin], more: list[Plugin]
) -> None:
    before = Index(plugins)
    names = {one.name for one in plugins} | set(OURS)
    after = Index([*plugins, *(one for one in more if one.name not in names)])
    for entry in before.entries:
        assert after.resolve(entry.kind, entry.label) == entry
    for kind in ("losses", "metrics"):
        for name in before.names(kind):
            found = before.resolve(kind, name)
            if found.plugin.source.ours:
                assert after.resolve(kind, name) == found
            elif name in after.names(kind):
                assert after.resolve(kind, name) == found  # it is refused, or means the same; never another


def test_within_a_plugin_given_names_come_before_snake_case() -> None:
    index = Index([losses("acme", "MeanGap", "mean_gap")])
    assert index.resolve("losses", "mean_gap").label == "acme/mean_gap"
    assert index.resolve("losses", "MeanGap").label == "acme/MeanGap"


def test_snake_case_of_two_components_is_refused() -> None:
    index = Index([losses("acme", "HTTPGap", "HttpGap")])
    with pytest.raises(PluginError, match="'http_gap' is claimed by acme/HTTPGap .* and acme/HttpGap"):
        index.resolve("losses", "http_gap")


def test_two_plugins() -> None:
    index = Index([losses("acme", "Gap", "Only"), losses("zen", "Gap")])
    with pytest.raises(PluginError) as caught:
        index.resolve("losses", "Gap")
    assert str(caught.value) == (
        "The loss name 'Gap' is claimed by acme/Gap (acme-hornbeam 0.2) and zen/Gap (zen-hornbeam 0.2). "
        "Write 'acme/Gap' or 'zen/Gap'."
    )
    assert index.resolve("losses", "only").label == "acme/Only"
    assert index.names("losses") == ["Only", "only"]
    assert index.clashes() == ["loss 'Gap' is claimed by acme/Gap (acme-hornbeam 0.2) and zen/Gap (zen-hornbeam 0.2)"]


def test_ours_are_reserved() -> None:
    for plugins in permutations([losses("acme", "Hinge"), losses("optimizers", "Hinge"), losses("zen", "hinge")]):
        index = Index(plugins)
        assert index.resolve("losses", "Hinge").label == "optimizers/Hinge"
        assert index.resolve("losses", "hinge").label == "optimizers/Hinge"
        assert index.resolve("losses", "acme/Hinge").label == "acme/Hinge"
        assert index.clashes() == [
            "loss 'Hinge' is optimizers/Hinge; write acme/Hinge for the other",
            "loss 'hinge' is optimizers/Hinge; write zen/hinge for the other",
        ]


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("Gapp", UnknownNameError, "Unknown loss 'Gapp'. Did you mean 'Gap'?"),
        ("GAP", UnknownNameError, "Unknown loss 'GAP'. Did you mean 'Gap'"),
        ("Hits", UnknownNameError, "'Hits' is a metric, not a loss."),
        ("", UnknownNameError, "Unknown loss ''."),
        (None, DTypeError, "The name of a loss is text, got None of type NoneType."),
        (3, DTypeError, "The name of a loss is text, got 3 of type int."),
        ("acme/Gapp", UnknownNameError, "Unknown loss 'acme/Gapp'. Did you mean 'acme/Gap'"),
        ("acme/Hits", UnknownNameError, "'Hits' is a metric, not a loss."),
        (
            "bad/Gap",
            PluginError,
            "The loss bad/Gap is of the plugin bad (bad-hornbeam 0.2), which was set aside: it broke.",
        ),
        ("out/Gap", PluginError, "is of the plugin out (out-hornbeam 0.2), which HORNBEAM_PLUGINS leaves out."),
        ("nowhere/Gap", PluginError, "The loss nowhere/Gap is of the plugin 'nowhere', which is not installed."),
        (
            "models/Gap",
            MissingPackageError,
            "The loss models/Gap needs the package hornbeam-models, which is not installed. "
            "Run: pip install hornbeam-models",
        ),
    ],
)
def test_failed_lookups(name: Any, error: type[Exception], says: str) -> None:
    index = Index(
        [
            plugin("acme", {"losses": [Component("Gap", "acme:Gap")], "metrics": [Component("Hits", "acme:Hits")]}),
            plugin("bad", {}, cause="it broke"),
            plugin("out", {}, left_out=True),
        ]
    )
    with pytest.raises(error) as caught:
        index.resolve("losses", name)
    assert says in str(caught.value)


def test_failed_lookup_says_what_to_install() -> None:
    with pytest.raises(UnknownNameError) as caught:
        Index([]).resolve("optimizers", "adam")
    assert str(caught.value) == (
        "Unknown optimizer 'adam'. No optimizer is registered. Most of them are in hornbeam-optimizers, which is not "
        "installed. Run: pip install hornbeam-optimizers"
    )
    with pytest.raises(UnknownNameError) as caught:
        Index([losses("optimizers", "Gap")]).resolve("losses", "adam")
    assert "pip install" not in str(caught.value)


def test_failed_lookup_lists_what_was_set_aside_and_left_out() -> None:
    with pytest.raises(UnknownNameError) as caught:
        Index([plugin("bad", {}, cause="it broke"), plugin("out", {}, left_out=True)]).resolve("losses", "gap")
    assert "Set aside: bad (bad-hornbeam 0.2): it broke. Left out by HORNBEAM_PLUGINS: out" in str(caught.value)


def test_files_say_which_package_is_missing() -> None:
    index = Index([])
    with pytest.raises(MissingPackageError) as caught:
        index.find(Identity.parse("layers/Dense@1"), "layers")
    assert caught.value.distribution == "hornbeam-layers"
    with pytest.raises(MissingPackageError, match="Run: pip install acme-hornbeam"):
        index.find(Identity.parse("acme/Gap@1", "acme-hornbeam"), "losses")
    # A file cannot send the reader to another package for what is ours.
    with pytest.raises(MissingPackageError, match="pip install hornbeam-layers"):
        index.find(Identity.parse("layers/Dense@1", "evil"), "layers")


def test_files_of_a_newer_version() -> None:
    index = Index([losses("acme", Component("Gap", "acme:Gap", version=2))])
    assert index.find(Identity.parse("acme/Gap@1"), "losses").component.version == 2
    assert index.find(Identity.parse("acme/Gap@2"), "losses").component.version == 2
    with pytest.raises(PluginError) as caught:
        index.find(Identity.parse("acme/Gap@3"), "losses")
    assert str(caught.value) == (
        "acme/Gap@3 was written by a newer version of its plugin: the installed acme/Gap (acme-hornbeam 0.2) reads "
        "version 2 at most. Run: pip install --upgrade acme-hornbeam"
    )
    assert index.resolve("losses", "acme/Gap@3").label == "acme/Gap"


def loose(package: str, name: str, target: str) -> Entry:
    module = target.replace(":", ".")
    return Entry("losses", Plugin(Source(package, module, "")), Component(name, target), obj=print)


def test_a_registered_component_that_the_manifest_has_too_is_one() -> None:
    index = Index([losses("acme", "Gap")], [loose("acme", "Gap", "acme.losses:Gap")])
    assert len(index.components("losses")) == 1
    assert index.resolve("losses", "acme/Gap").obj is None


def test_a_registered_component_that_says_it_is_another_plugins_is_refused() -> None:
    index = Index([losses("acme", "Gap", "Other")], [loose("acme", "Gap", "__main__:Gap")])
    with pytest.raises(PluginError) as caught:
        index.resolve("losses", "acme/Gap")
    assert str(caught.value) == (
        "The loss name acme/Gap is claimed by __main__:Gap acme/Gap (registered in __main__.Gap) and "
        "acme.losses:Gap acme/Gap (acme-hornbeam 0.2). Rename one of them."
    )
    assert index.resolve("losses", "Other").label == "acme/Other"
