from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hornbeam.errors import InvalidArgumentError, UnknownNameError
from hornbeam.plugins import KINDS, BackendComponent, Component, Identity
from hornbeam.plugins.manifest import kind_of
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,12}", fullmatch=True)


def test_component_is_frozen_hashable_and_can_be_pickled() -> None:
    component = Component("Gap", "acme.losses:Gap", aliases=["gap", "g"])
    assert component.aliases == ("gap", "g")
    assert component == Component("Gap", "acme.losses:Gap", aliases=("gap", "g"))
    assert hash(component) == hash(pickle.loads(pickle.dumps(component)))
    with pytest.raises(FrozenInstanceError):
        component.name = "Other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"name": ""}, "a name starts with a letter"),
        ({"name": "acme/Gap"}, "a name starts with a letter"),
        ({"name": "Gap@2"}, "a name starts with a letter"),
        ({"name": "Gap\n"}, "a name starts with a letter"),
        ({"name": 3}, "a name starts with a letter"),
        ({"target": "acme.losses"}, "got 'acme.losses'"),
        ({"target": "acme.losses:"}, "target must be"),
        ({"target": ":Gap"}, "target must be"),
        ({"target": "acme..losses:Gap"}, "target must be"),
        ({"target": "acme.losses:Gap()"}, "target must be"),
        ({"target": "../losses:Gap"}, "target must be"),
        ({"target": print}, "target must be"),
        ({"summary": None}, "summary must be text, got None"),
        ({"since": 0.2}, "since must be text, got 0.2"),
        ({"version": 0}, "version must be a whole number from 1 on, got 0"),
        ({"version": -1}, "version must be"),
        ({"version": "1"}, "version must be"),
        ({"version": True}, "version must be"),
        ({"aliases": "gap"}, "aliases must be a list of names, got 'gap'"),
        ({"aliases": 3}, "aliases must be"),
        ({"aliases": ["ga p"]}, "'ga p' is not a name"),
        ({"aliases": [3]}, "3 is not a name"),
    ],
)
def test_component_refuses(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        Component(**{"name": "Gap", "target": "acme.losses:Gap", **arguments})
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "says"), [({"probe": "no"}, "probe must be"), ({"priority": 1.5}, "priority must")]
)
def test_backend_component_refuses(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidArgumentError, match=says):
        BackendComponent("acme", "acme:Backend", **arguments)


def test_probe() -> None:
    def fail() -> str | None:
        raise SystemExit(2)

    assert BackendComponent("acme", "acme:Backend").why_not() is None
    assert BackendComponent("acme", "acme:Backend", probe=lambda: "no device").why_not() == "no device"
    assert "SystemExit: 2" in str(BackendComponent("acme", "acme:Backend", probe=fail).why_not())
    for answer in (True, False, 0, "", ["no"]):
        component = BackendComponent("acme", "acme:Backend", probe=lambda answer=answer: answer)  # type: ignore[misc]
        assert f"its probe answered {answer!r}" in str(component.why_not())


@given(plugin=NAMES, name=NAMES, version=st.integers(1, 10**6))
def test_identity_round_trip(plugin: str, name: str, version: int) -> None:
    identity = Identity(plugin, name, version)
    assert Identity.parse(str(identity)) == identity
    assert Identity.parse(f"{plugin}/{name}") == Identity(plugin, name, 1)
    assert Identity.parse(str(identity), "acme-hornbeam").distribution == "acme-hornbeam"


@given(st.text(max_size=12).filter(lambda text: "/" not in text))
def test_identity_needs_a_plugin(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="An identity is written"):
        Identity.parse(text)


@pytest.mark.parametrize("text", ["a/b@", "a/b@0", "a/b@x", "a/b/c", "/b", "a/", "a b/c", None, 3])
def test_identity_refuses(text: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="An identity is written"):
        Identity.parse(text)


def test_kinds() -> None:
    assert kind_of("losses") is KINDS["losses"]
    with pytest.raises(UnknownNameError, match="Unknown kind of component 'layer'. Did you mean 'layers'"):
        kind_of("layer")
    with pytest.raises(UnknownNameError):
        kind_of(["layers"])  # type: ignore[arg-type]
