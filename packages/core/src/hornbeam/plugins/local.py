"""Plugins and components that a program registers by hand: in a notebook, a script or a test."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..errors import InvalidArgumentError, PluginError, UnknownNameError
from .discovery import Source
from .index import Entry
from .loader import Plugin, read
from .manifest import FIRST_PARTY, Component, kind_of
from .targets import wrong_kind

__all__ = ["Registrations"]


class Registrations:
    """What was registered in this process: whole plugins, and single components by (package, kind, name)."""

    def __init__(self) -> None:
        self.plugins: dict[str, Plugin] = {}
        self.components: dict[tuple[str, str, str], Entry] = {}

    def add_plugin(self, manifest: object, name: str, environment: Mapping[str, str]) -> None:
        """Read a manifest under the rules for installed ones; a problem raises PluginError."""
        check_package(name)
        if name in self.plugins:
            raise PluginError(f"A plugin {name!r} is registered already; call hornbeam.plugins.unregister({name!r}).")
        module = getattr(manifest, "__name__", type(manifest).__module__)
        try:
            self.plugins[name] = read(manifest, Source(name, module, ""), environment=environment)
        except PluginError as error:
            raise PluginError(f"Plugin {name}: {error}") from error

    def add_component(
        self, obj: object, kind: str, package: str, name: str | None, version: int, aliases: Iterable[str]
    ) -> None:
        """Make one object known; the same definition, run again, replaces itself."""
        wanted = kind_of(kind)
        check_package(package)
        module, path = str(getattr(obj, "__module__", "__main__")), str(getattr(obj, "__qualname__", ""))
        own = name or path.rpartition(".")[2] or type(obj).__name__
        # What a function made is not found by its path, "make.<locals>.Thing", but the path still tells it apart.
        importable = bool(path) and "<" not in module + path
        target = f"{module}:{path}" if importable else f"__main__:{own}"
        component = Component(own, target, version=version, aliases=aliases)
        entry = Entry(kind, Plugin(Source(package, f"{module}:{path}", "")), component, obj)
        if fault := wrong_kind(wanted, obj):
            raise PluginError(f"{entry.owner} {fault}.")
        before = self.components.get((package, kind, own))
        if before is not None and before.plugin.source.module != entry.plugin.source.module:
            raise PluginError(
                f"The {wanted.singular} {entry.label} is already {before.plugin.source.module}; "
                f"register {entry.plugin.source.module} under another name or package."
            )
        self.components[package, kind, own] = entry

    def remove(self, name: str) -> None:
        """Take back a plugin, or every component of a package."""
        mine = [key for key in self.components if key[0] == name]
        if self.plugins.pop(name, None) is None and not mine:
            known = [*self.plugins, *(package for package, _, _ in self.components)]
            raise UnknownNameError("registered plugin", name, known)
        for key in mine:
            del self.components[key]


def check_package(name: str) -> None:
    """Refuse names of ours and what is not a name."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][\w.-]*", name):
        raise InvalidArgumentError(f"{name!r} is not a name for a plugin: letters, digits, '_', '.' and '-'.")
    if name in FIRST_PARTY:
        raise PluginError(f"The plugin name {name!r} is reserved for {FIRST_PARTY[name]}; choose another.")
