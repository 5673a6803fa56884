"""The registry: what is installed and registered, found by name, loaded when it is first used.

The first look-up starts discovery, once, whichever thread comes first.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from ..errors import PluginError
from .custom import custom_object
from .discovery import Setting, Source, installed
from .engines import BackendStatus, best, offers, probe
from .index import Entry, Index
from .loader import Plugin, load
from .local import Registrations, check_package
from .manifest import Identity, kind_of
from .targets import identify, load_target, provider

__all__ = ["Registry"]

T = TypeVar("T")

# Kinds whose names a program may add to without a plugin, by `custom_object_scope`.
CUSTOM = (
    "activations",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "regularizers",
    "schedules",
)


class Registry:
    """A registry. The functions of `hornbeam.plugins.registry` are the methods of the one that the process has.

    Args:
        sources: answers the installed entry points; called once.
        environment: where HORNBEAM_PLUGINS and the plugins' options are read.
    """

    def __init__(
        self, sources: Callable[[], list[Source]] = installed, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._find_sources = sources
        self._environment = environment
        self._lock = threading.RLock()
        self._own = Registrations()
        self._forget()

    def _forget(self) -> None:
        self._sources: list[Source] | None = None
        self._installed: list[Plugin] | None = None
        self._discovering = False
        self._late: dict[str, str] = {}  # plugin -> why it was set aside after discovery
        self._index: Index | None = None
        self._objects: dict[Entry, object] = {}
        self._kernels: dict[str, dict[str, Entry]] = {}
        self._provided: tuple[Index | None, dict[type, Entry | None]] = (None, {})
        self._backends: list[BackendStatus] | None = None

    def index(self) -> Index:
        """The names of everything installed and registered; discovers on the first call."""
        known = self._index
        if known is not None:
            return known
        with self._lock:
            if self._index is None:
                plugins = [*self._discovered(), *self._own.plugins.values()]
                self._index = Index([self._as_of_now(plugin) for plugin in plugins], self._own.components.values())
            return self._index

    def _as_of_now(self, plugin: Plugin) -> Plugin:
        cause = self._late.get(plugin.name, "")
        return replace(plugin, components={}, cause=cause, manager=None) if cause else plugin

    def _discovered(self) -> list[Plugin]:
        if self._installed is None:
            if self._discovering:
                raise PluginError("a manifest looked something up while plugins are being read; let it be data only")
            self._discovering = True
            try:
                if self._sources is None:
                    self._sources = self._find_sources()
                setting = Setting.parse(self._environment.get("HORNBEAM_PLUGINS", ""))
                self._installed = load(self._sources, setting, self._environment)
            finally:
                self._discovering = False
        return self._installed

    def plugins(self) -> tuple[Plugin, ...]:
        """Every plugin, in use or not, sorted by name."""
        return self.index().plugins

    def names(self, kind: str) -> list[str]:
        """Every short name and alias of a kind that can be looked up, sorted.

        Example:
            >>> from hornbeam.plugins import registry
            >>> "numpy" in registry.names("backends")
            True
        """
        return self.index().names(kind)

    def components(self, kind: str) -> list[Entry]:
        """Every component of a kind with its plugin, sorted by plugin and name."""
        return self.index().components(kind)

    def component(self, kind: str, name: str) -> Entry:
        """As `lookup`, but the entry (component and plugin) instead of the object; imports nothing."""
        return self.index().resolve(kind, name)

    def lookup(self, kind: str, name: str) -> Any:
        """The object called `name`, imported now if it was not before.

        Args:
            kind: "layers", "optimizers", "losses" and so on: a key of `KINDS`.
            name: "Dense", an alias as "mse", or an identity as "acme/FancyConv"; a name of `custom_object_scope` comes first.

        Raises:
            UnknownNameError: nobody provides it; the message has the nearest names, kinds that have it, and the
                plugins that were set aside with their causes.
            PluginError: several plugins claim the name, or its target cannot be used.
            MissingPackageError: it is of a package of ours that is not installed.

        Example:
            >>> from hornbeam.plugins import registry
            >>> registry.lookup("losses", "nonesuch/gap")  # doctest: +ELLIPSIS
            Traceback (most recent call last):
            ...
            hornbeam.errors.PluginError: The loss nonesuch/gap is of the plugin 'nonesuch', which is not installed...
        """
        own = custom_object(name) if kind in CUSTOM else None
        return self.load_entry(self.component(kind, name)) if own is None else own

    def find(self, identity: str | Identity, kind: str, distribution: str = "") -> Any:
        """The object that a saved file names by its identity.

        Args:
            identity: "plugin/Name@version".
            kind: its kind, in the plural.
            distribution: the package that had it when the file was written, if the file says so.

        Raises:
            MissingPackageError: the plugin is not installed, and this package has it.
            PluginError: the plugin is set aside, unknown, or older than the file.
            UnknownNameError: the plugin has no such component.
        """
        if not isinstance(identity, Identity):
            identity = Identity.parse(identity, distribution)
        return self.load_entry(self.index().find(identity, kind))

    def load_entry(self, entry: Entry) -> Any:
        """The object of an entry; imported, checked against its kind, and kept."""
        if entry.obj is not None:
            return entry.obj
        if entry in self._objects:
            return self._objects[entry]
        # No lock is held while a plugin's code runs: another thread may hold the import lock it needs.
        return self._objects.setdefault(entry, load_target(entry))

    def identity(self, obj: object, kind: str | None = None) -> Identity:
        """What a saved file calls a class, a function, or the class of an instance.

        Args:
            obj: the class, function or instance.
            kind: where to look; None looks everywhere.

        Raises:
            PluginError: it is not registered, or two plugins provide it under different names.

        Example:
            >>> from hornbeam.plugins import register_component, registry, unregister
            >>> @register_component("losses", package="demo")
            ... def gap(y_true, y_pred):
            ...     return y_true - y_pred
            >>> str(registry.identity(gap))
            'demo/gap@1'
            >>> unregister("demo")
        """
        if kind is not None:
            kind_of(kind)
        entries = [entry for entry in self.index().entries if kind in (None, entry.kind)]
        return identify(obj, entries, self.load_entry, kind)

    def provider(self, obj: object) -> Entry | None:
        """The entry that provides a class or a function; None if no plugin does."""
        index = self.index()
        if self._provided[0] is not index:
            self._provided = (index, {})
        known = self._provided[1]
        if not isinstance(obj, type):
            return provider(obj, index.entries, self.load_entry)
        if obj not in known:
            known[obj] = provider(obj, index.entries, self.load_entry)
        return known[obj]

    def backends(self) -> list[BackendStatus]:
        """Every backend, the best first, and why one cannot be used here; each probe runs once.

        Example:
            >>> from hornbeam.plugins import registry
            >>> [status.name for status in registry.backends() if status.name == "numpy"]
            ['numpy']
        """
        if self._backends is None:
            self._backends = probe(self.components("backends"))
        return list(self._backends)

    def best_backend(self) -> Entry:
        """The usable backend with the highest priority that is not below 0.

        Raises:
            PluginError: there is none, or two have the same priority.
        """
        return best(self.backends())

    def kernels(self, backend: str) -> dict[str, Entry]:
        """The kernels that plugins offer for a backend, by primitive or composite; `load_entry` gets the function.

        Raises:
            PluginError: two plugins offer one for the same primitive.
        """
        if backend not in self._kernels:
            self._kernels[backend] = offers(self.plugins(), backend, self._set_aside)
        return dict(self._kernels[backend])

    def _set_aside(self, plugin: Plugin, cause: str) -> None:
        if Setting.parse(self._environment.get("HORNBEAM_PLUGINS", "")).strict:
            raise PluginError(f"Plugin {plugin}: {cause}")
        with self._lock:
            self._late[plugin.name] = cause
            self._index = self._backends = None

    def register(self, manifest: object, name: str) -> None:
        """Add a plugin by hand, in a notebook or a test: the same manifest as an installed one, and the same rules.

        Args:
            manifest: a module or an object with hooks and HORNBEAM_PLUGIN_API.
            name: the name of the plugin.

        Raises:
            PluginError: something is wrong with it; it is not set aside in silence.
        """
        with self._lock:
            self._own.add_plugin(manifest, name, self._environment)
            self._changed()

    def unregister(self, name: str) -> None:
        """Take back what was registered in this process under the name of a plugin or package."""
        with self._lock:
            self._own.remove(name)
            self._late.pop(name, None)
            self._changed()

    def register_component(
        self,
        kind: str,
        package: str = "Custom",
        name: str | None = None,
        *,
        version: int = 1,
        aliases: Iterable[str] = (),
    ) -> Callable[[T], T]:
        """Decorator: make a class or function known by name, so that files can name it ("package/Name").

        The counterpart of Keras's `register_keras_serializable(package, name)`. A notebook cell may run again: the
        same class replaces itself.

        Args:
            kind: its kind, in the plural.
            package: first half of its identity; not a name of ours.
            name: second half; None takes the object's own name.
            version: version of its configuration, from 1 on.
            aliases: further short names.

        Raises:
            PluginError: the package's name is ours, or another object has this identity, or it is of the wrong kind.

        Example:
            >>> from hornbeam.plugins import register_component, registry, unregister
            >>> @register_component("losses", package="demo")
            ... def squared_gap(y_true, y_pred):
            ...     return (y_true - y_pred) ** 2
            >>> registry.lookup("losses", "squared_gap") is squared_gap
            True
            >>> unregister("demo")
        """
        kind_of(kind)
        check_package(package)

        def add(obj: T) -> T:
            with self._lock:
                self._own.add_component(obj, kind, package, name, version, aliases)
                self._changed()
            return obj

        return add

    def _changed(self) -> None:
        self._index = self._backends = None
        self._kernels = {}

    def reset(self) -> None:
        """Forget what was discovered: the next look-up reads the installed plugins again. For tests.

        What was registered by hand stays; `unregister` takes that back.
        """
        with self._lock:
            self._forget()
