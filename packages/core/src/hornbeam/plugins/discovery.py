"""Which plugins are installed: entry points of the group "hornbeam.plugins", and the setting HORNBEAM_PLUGINS."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..errors import InvalidArgumentError
from .manifest import FIRST_PARTY

__all__ = ["GROUP", "Setting", "Source", "distribution_key", "installed", "version_of"]

GROUP = "hornbeam.plugins"


@dataclass(frozen=True)
class Source:
    """An entry point as data: where a manifest is and whose it is. `fault` says what is already wrong with it."""

    name: str
    module: str
    distribution: str
    version: str = ""
    fault: str = ""

    @property
    def ours(self) -> bool:
        """Whether this is one of our own packages: name and distribution are a pair of FIRST_PARTY."""
        return FIRST_PARTY.get(self.name) == distribution_key(self.distribution)


@dataclass(frozen=True)
class Setting:
    """What HORNBEAM_PLUGINS says. It chooses among other people's plugins; our own packages are always used.

    Args:
        only: names of the plugins to use; None means all.
        strict: raise on the first problem instead of setting a plugin aside.

    Example:
        >>> Setting.parse("strict, acme").strict
        True
        >>> sorted(Setting.parse("acme,other").only)
        ['acme', 'other']
        >>> Setting.parse("none").only
        frozenset()
    """

    only: frozenset[str] | None = None
    strict: bool = False

    @classmethod
    def parse(cls, text: str) -> Setting:
        """Read "", "none", "strict" or names with commas between; "strict" may stand before names.

        Raises:
            InvalidArgumentError: "none" stands beside names.
        """
        words = [word for word in (part.strip() for part in text.split(",")) if word]
        names = frozenset(word for word in words if word not in ("none", "strict"))
        if "none" in words and names:
            raise InvalidArgumentError(f"HORNBEAM_PLUGINS={text!r}: 'none' cannot stand beside names of plugins.")
        return cls(names if names or "none" in words else None, "strict" in words)

    def takes(self, source: Source) -> bool:
        """Whether the plugin is to be used."""
        return self.only is None or source.ours or source.name in self.only


def distribution_key(name: str) -> str:
    """A distribution's name in the one spelling in which names are compared.

    Example:
        >>> distribution_key("Acme_Hornbeam")
        'acme-hornbeam'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def version_of(distribution: str) -> str:
    """The installed version of a distribution, without importing it; "" if it is not installed."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""


def installed() -> list[Source]:
    """Core's own manifest and every entry point of our group, each distribution once: the first on sys.path.

    One unreadable distribution costs only itself, which importlib.metadata.entry_points() does not promise.
    """
    found = {"hornbeam-core": [Source("core", "hornbeam._manifest", "hornbeam-core", version_of("hornbeam-core"))]}
    for distribution in importlib.metadata.distributions():
        text = distribution.read_text("entry_points.txt") or ""
        if GROUP not in text:
            continue
        name: str = distribution.metadata["Name"]
        key = distribution_key(name)
        first = importlib.metadata.distribution(name)
        hidden = first.version != distribution.version or first.read_text("entry_points.txt") != text
        if key not in found and not hidden:
            found[key] = list(_sources(distribution, name))
    return sorted((s for sources in found.values() for s in sources), key=lambda s: (s.name, s.distribution, s.module))


def _sources(distribution: importlib.metadata.Distribution, name: str) -> Iterator[Source]:
    version = distribution.version
    try:
        points = [point for point in distribution.entry_points if point.group == GROUP]
    except Exception as error:  # the parser of importlib.metadata lets whatever it meets through
        fault = f"its entry_points.txt cannot be read ({type(error).__name__}: {error})"
        yield Source(distribution_key(name), "", name, version, fault)
        return
    for point in points:
        fault = ""
        if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", point.value):
            fault = f"its entry point {point.name} = {point.value!r} does not name a module"
        elif len(points) > 1:
            names = ", ".join(sorted(f"{p.name} = {p.value}" for p in points))
            fault = f"its distribution declares {len(points)} entry points ({names}); one is the rule"
        yield Source(point.name, point.value, name, version, fault)


def options_for(plugin: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The options of one plugin among the environment variables.

    Example:
        >>> options_for("acme-fast", {"HORNBEAM_ACME_FAST_CACHE": "/tmp", "HOME": "/"})
        {'cache': '/tmp'}
    """
    prefix = f"HORNBEAM_{re.sub(r'[-.]', '_', plugin).upper()}_"
    return {key[len(prefix) :].lower(): value for key, value in sorted(environment.items()) if key.startswith(prefix)}
