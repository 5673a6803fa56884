"""Names to components: a pure function of the set of plugins, whatever their order.

An identity "plugin/Name" always means one component. A short name "Name" works while one plugin claims it; names that
our own packages claim are theirs; any other shared name is refused, and the refusal lists who claims it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..errors import DTypeError, MissingPackageError, PluginError, UnknownNameError
from ..naming import to_snake_case
from .loader import Plugin
from .manifest import FIRST_PARTY, KINDS, Component, Identity, kind_of

__all__ = ["Entry", "Index", "with_article"]


@dataclass(frozen=True)
class Entry:
    """A component and whose it is.

    Args:
        kind: its kind, in the plural.
        plugin: the plugin that provides it.
        component: what the manifest said.
        obj: the object itself where it was registered in the program, else None.
    """

    kind: str
    plugin: Plugin
    component: Component
    obj: object = field(default=None, compare=False, repr=False)

    @property
    def identity(self) -> Identity:
        """What a saved file calls it."""
        component, source = self.component, self.plugin.source
        return Identity(source.name, component.name, component.version, source.distribution)

    @property
    def label(self) -> str:
        """The identity without its version: "acme/FancyConv"."""
        return f"{self.plugin.name}/{self.component.name}"

    @property
    def owner(self) -> str:
        """Whose it is, in words: "acme/FancyConv (acme-hornbeam 0.2)"."""
        source = self.plugin.source
        package = " ".join(part for part in (source.distribution, source.version) if part)
        return f"{self.label} ({package or 'registered in ' + source.module})"

    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names its author gave it, and those that follow from them: they yield to given ones of the plugin."""
        given = tuple(dict.fromkeys((self.component.name, *self.component.aliases)))
        return given, tuple({to_snake_case(self.component.name)} - set(given))


def _order(entry: Entry) -> tuple[str, ...]:
    source, component = entry.plugin.source, entry.component
    return (entry.kind, source.name, component.name, source.distribution, component.target)


class Index:
    """The names of a set of plugins.

    Args:
        plugins: what the loader made, set-aside ones among them (failed look-ups tell of them).
        loose: components that were registered one by one in the program.
    """

    def __init__(self, plugins: Iterable[Plugin], loose: Iterable[Entry] = ()) -> None:
        self.plugins = tuple(sorted(plugins, key=lambda p: (p.name, p.source.distribution, p.source.module)))
        entries = [
            Entry(kind, plugin, component)
            for plugin in self.plugins
            if plugin.usable
            for kind, components in plugin.components.items()
            for component in components
        ]
        declared = {(entry.kind, entry.label, entry.component.target) for entry in entries}
        # A class may be both in its plugin's manifest and registered by a decorator: that is one component.
        entries += [e for e in loose if (e.kind, e.label, e.component.target) not in declared]
        self.entries = tuple(sorted(entries, key=_order))
        self._local = self._claims_within_plugins()
        self._short: dict[tuple[str, str], tuple[Entry, ...]] = {}
        for (kind, _, name), claims in sorted(self._local.items(), key=lambda item: item[0]):
            self._short[kind, name] = self._short.get((kind, name), ()) + claims
        for key, claims in self._short.items():
            ours = tuple(entry for entry in claims if entry.plugin.source.ours)
            self._short[key] = ours or claims

    def _claims_within_plugins(self) -> dict[tuple[str, str, str], tuple[Entry, ...]]:
        claims: dict[tuple[str, str, str], tuple[Entry, ...]] = {}
        for entry in self.entries:
            for name in entry.names()[0]:
                key = (entry.kind, entry.plugin.name, name)
                claims[key] = claims.get(key, ()) + (entry,)
        given = set(claims)
        for entry in self.entries:
            for name in entry.names()[1]:
                key = (entry.kind, entry.plugin.name, name)
                if key not in given:
                    claims[key] = claims.get(key, ()) + (entry,)
        return claims

    def resolve(self, kind: str, name: str) -> Entry:
        """The component called `name`: "Name", an alias, "plugin/Name" or "plugin/Name@version".

        Raises:
            UnknownNameError: nobody has it.
            PluginError: several claim the name, or the plugin was set aside.
            MissingPackageError: the name is of a package of ours that is not installed.
        """
        singular = kind_of(kind).singular
        if not isinstance(name, str):
            got = f"{name!r} of type {type(name).__name__}"
            raise DTypeError(f"The name of {with_article(singular)} is text, got {got}.")
        if "/" in name:
            return self.find(Identity.parse(name), kind, version=False)
        claims = self._short.get((kind, name), ())
        if len(claims) == 1:
            return claims[0]
        if claims:
            labels = [entry.label for entry in claims]
            raise PluginError(
                f"The {singular} name {name!r} is claimed by {_and(entry.owner for entry in claims)}. "
                + (f"Write {_or(labels)}." if len(set(labels)) > 1 else "Rename one of them.")
            )
        raise UnknownNameError(singular, name, self.names(kind), self._hint(kind, name))

    def find(self, identity: Identity, kind: str, version: bool = True) -> Entry:
        """The component that a saved file names.

        Args:
            identity: what the file says; its distribution makes a better message where the plugin is missing.
            kind: its kind, in the plural.
            version: whether a newer configuration version than the installed one is refused.

        Raises:
            MissingPackageError: the plugin's distribution is known and not installed.
            PluginError: the plugin was set aside, left out, is unknown, or is older than the file.
            UnknownNameError: the plugin has no such component.
        """
        singular = kind_of(kind).singular
        claims = self._local.get((kind, identity.plugin, identity.name), ())
        if len(claims) > 1:
            raise PluginError(
                f"The {singular} name {identity.plugin}/{identity.name} is claimed by "
                f"{_and(f'{e.component.target} {e.owner}' for e in claims)}. Rename one of them."
            )
        if claims:
            have = claims[0].component.version
            if version and identity.version > have:
                package = identity.distribution or claims[0].identity.distribution
                raise PluginError(
                    f"{identity} was written by a newer version of its plugin: the installed {claims[0].owner} reads "
                    f"version {have} at most. " + (f"Run: pip install --upgrade {package}" if package else "")
                )
            return claims[0]
        known = [f"{plugin}/{name}" for k, plugin, name in self._local if (k, plugin) == (kind, identity.plugin)]
        present = [str(plugin) for plugin in self.plugins if plugin.name == identity.plugin and plugin.usable]
        if known or present:
            hints = [f"Installed is {plugin}." for plugin in present] + [self._elsewhere(kind, identity.name)]
            raise UnknownNameError(singular, f"{identity.plugin}/{identity.name}", known, " ".join(filter(None, hints)))
        raise self._missing(identity, singular)

    def _missing(self, identity: Identity, singular: str) -> Exception:
        what = f"The {singular} {identity.plugin}/{identity.name}"
        for plugin in self.plugins:
            if plugin.name == identity.plugin and plugin.left_out:
                return PluginError(f"{what} is of the plugin {plugin}, which HORNBEAM_PLUGINS leaves out.")
            if plugin.name == identity.plugin:
                return PluginError(f"{what} is of the plugin {plugin}, which was set aside: {plugin.cause}.")
        distribution = FIRST_PARTY.get(identity.plugin, identity.distribution)
        if distribution:
            return MissingPackageError(what, distribution)
        return PluginError(
            f"{what} is of the plugin {identity.plugin!r}, which is not installed. Install the package that has it; "
            "or, if a program registered it (hornbeam.plugins.register_component), run that registration first."
        )

    def names(self, kind: str) -> list[str]:
        """Every short name and alias of this kind that means one component, sorted."""
        kind_of(kind)
        return sorted(name for (k, name), claims in self._short.items() if k == kind and len(claims) == 1)

    def components(self, kind: str) -> list[Entry]:
        """Every component of this kind, sorted by plugin and name."""
        kind_of(kind)
        return [entry for entry in self.entries if entry.kind == kind]

    def clashes(self) -> list[str]:
        """Names that do not work short, one line each; their identities work."""
        lines: dict[str, None] = {}
        for entry in self.entries:
            for name in entry.names()[0]:
                claims = self._short[entry.kind, name]
                what = f"{KINDS[entry.kind].singular} {name!r}"
                if entry not in claims:
                    lines[f"{what} is {_and(c.label for c in claims)}; write {entry.label} for the other"] = None
                elif len(claims) > 1:
                    lines[f"{what} is claimed by {_and(c.owner for c in claims)}"] = None
        return list(lines)

    def _hint(self, kind: str, name: str) -> str:
        home = FIRST_PARTY[KINDS[kind].home]
        missing = not any(p.source.ours and p.name == KINDS[kind].home for p in self.plugins)
        hints = [self._elsewhere(kind, name)]
        if missing and kind != "backends":
            hints.append(f"Most of them are in {home}, which is not installed. Run: pip install {home}")
        hints += [f"Set aside: {p}: {p.cause}." for p in self.plugins if p.cause]
        left_out = [str(p) for p in self.plugins if p.left_out]
        if left_out:
            hints.append(f"Left out by HORNBEAM_PLUGINS: {', '.join(left_out)}.")
        return " ".join(hint for hint in hints if hint)

    def _elsewhere(self, kind: str, name: str) -> str:
        others = sorted({KINDS[k].singular for k, n in self._short if n == name and k != kind})
        if not others:
            return ""
        return f"{name!r} is {_and(with_article(other) for other in others)}, not {with_article(KINDS[kind].singular)}."


def with_article(word: str) -> str:
    """The word with "a" or "an"."""
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _and(words: Iterable[str]) -> str:
    *most, last = list(words)
    return f"{', '.join(most)} and {last}" if most else last


def _or(words: Iterable[str]) -> str:
    return " or ".join(repr(word) for word in words)
