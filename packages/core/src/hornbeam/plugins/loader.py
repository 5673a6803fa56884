"""Reading manifests: each plugin by itself, so that a broken one is set aside and costs nobody else anything."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pluggy

from ..errors import PluginError, UnknownNameError, closest
from . import specs
from .discovery import Setting, Source, options_for, version_of
from .importing import import_manifest, told
from .manifest import FIRST_PARTY, KINDS, BackendComponent, Component, Config

__all__ = ["Plugin", "ask", "load", "read"]


@dataclass(frozen=True)
class Plugin:
    """What came of one entry point.

    Args:
        source: the entry point.
        components: what it provides, by kind; empty when it is not in use.
        cause: why it was set aside, or "".
        left_out: whether HORNBEAM_PLUGINS leaves it out.
        complaints: what its author should mend, though it works.
        manager: pluggy's manager, of this plugin alone: its answers carry its identity, its failures stay its own.
    """

    source: Source
    components: Mapping[str, tuple[Component, ...]] = field(default_factory=dict, hash=False)
    cause: str = ""
    left_out: bool = False
    complaints: tuple[str, ...] = ()
    manager: pluggy.PluginManager | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        """The name of the plugin, the first half of its components' identities."""
        return self.source.name

    @property
    def usable(self) -> bool:
        """Whether its components can be used."""
        return not self.cause and not self.left_out

    def __str__(self) -> str:
        package = " ".join(part for part in (self.source.distribution, self.source.version) if part)
        return f"{self.name} ({package})" if package else self.name


def load(sources: Sequence[Source], setting: Setting, environment: Mapping[str, str] = os.environ) -> list[Plugin]:
    """Read every manifest. The answer is sorted by name and does not depend on the order of `sources`.

    Raises:
        UnknownNameError: HORNBEAM_PLUGINS names a plugin that is not installed.
        PluginError: the first problem, when the setting is strict.
    """
    names = {source.name for source in sources}
    for name in sorted((setting.only or frozenset()) - names):
        raise UnknownNameError("plugin", name, names, "The environment variable HORNBEAM_PLUGINS names it.")
    plugins = []
    for source in sorted(sources, key=lambda s: (s.name, s.distribution, s.module)):
        if not setting.takes(source):
            plugins.append(Plugin(source, left_out=True))
            continue
        try:
            if source.fault:
                raise PluginError(source.fault)
            _check_name(source, sources)
            manifest, complaints = import_manifest(source.module)
            plugin = read(manifest, source, complaints, environment)
        except PluginError as error:
            plugin = Plugin(source, cause=str(error))
            if setting.strict:
                raise PluginError(f"Plugin {plugin}: {error}") from error
        if setting.strict and plugin.complaints:
            raise PluginError(f"Plugin {plugin}: {plugin.complaints[0]}")
        plugins.append(plugin)
    return plugins


def _check_name(source: Source, sources: Sequence[Source]) -> None:
    """Ours are reserved; of several claims to one name none is taken, as neither first nor last has a better right."""
    if source.ours:
        return
    if source.name in FIRST_PARTY:
        raise PluginError(f"the plugin name {source.name!r} is reserved for {FIRST_PARTY[source.name]}")
    plain = source.name.replace("_", "a").replace("-", "a")
    if source.name in ("none", "strict") or not (plain.isascii() and plain.isalnum() and source.name[0].islower()):
        raise PluginError(
            f"{source.name!r} is not a name for a plugin: letters, digits, '_' and '-', the first a small letter"
        )
    others = sorted({s.distribution for s in sources if s.name == source.name} - {source.distribution})
    if others:
        raise PluginError(f"the plugin name {source.name!r} is also claimed by {', '.join(others)}; uninstall one")


def read(
    manifest: object, source: Source, complaints: tuple[str, ...] = (), environment: Mapping[str, str] = os.environ
) -> Plugin:
    """Ask a manifest everything, once, and check the answers.

    Raises:
        PluginError: it is not a manifest, or answers nonsense.
    """
    api = getattr(manifest, "HORNBEAM_PLUGIN_API", None)
    core = " ".join(("hornbeam-core", version_of("hornbeam-core"))).strip()
    if api is None:
        raise PluginError(f"its manifest does not say HORNBEAM_PLUGIN_API = {specs.PLUGIN_API}")
    if api != specs.PLUGIN_API or isinstance(api, bool):
        newer = isinstance(api, int) and api > specs.PLUGIN_API
        advice = "upgrade hornbeam-core" if newer else f"upgrade {source.distribution or source.name}"
        raise PluginError(
            f"it was written for HORNBEAM_PLUGIN_API {api!r}, and {core} speaks {specs.PLUGIN_API}; {advice}"
        )
    manager = pluggy.PluginManager("hornbeam")
    manager.add_hookspecs(specs)
    try:
        manager.register(manifest, source.name)
    except pluggy.PluginValidationError as error:
        raise PluginError(" ".join(str(error).split())) from error
    _check_hooks(manifest, manager)
    config = Config(source.name, specs.PLUGIN_API, version_of("hornbeam-core"), options_for(source.name, environment))
    try:
        manager.hook.configure.call_historic(kwargs={"config": config})
    except (Exception, SystemExit) as error:
        raise PluginError(f"configure() raised {told(error)}") from error
    components = {kind: ask(manager, f"provide_{kind}") for kind in KINDS}
    for kind, provided in components.items():
        _check_components(kind, provided)
    if not manager.get_hookcallers(manifest):
        complaints += ("its manifest provides nothing",)
    return Plugin(source, {k: c for k, c in components.items() if c}, complaints=complaints, manager=manager)


def _check_hooks(manifest: object, manager: pluggy.PluginManager) -> None:
    for caller in manager.get_hookcallers(manifest) or ():
        if not caller.has_spec() and not all(impl.optionalhook for impl in caller.get_hookimpls()):
            close = closest(caller.name, specs.HOOKS)
            raise PluginError(f"there is no hook {caller.name}()" + (f"; did you mean {close[0]}()?" if close else ""))
    marked = {caller.name for caller in manager.get_hookcallers(manifest) or ()}
    for name in dir(manifest):
        hook = name.startswith("provide_") or name == "configure"
        if hook and name not in marked and manager.parse_hookimpl_opts(manifest, name) is None:
            raise PluginError(f"its {name} is not marked @hookimpl, so it would never be called")


def ask(manager: pluggy.PluginManager, hook: str, **arguments: object) -> tuple[Component, ...]:
    """Call one hook of one plugin and check that it answers a list of components.

    Raises:
        PluginError: it raised, or answered something else.
    """
    caller = getattr(manager.hook, hook)
    implementations = caller.get_hookimpls()
    if not implementations:
        return ()
    try:
        answers: list[object] = caller(**arguments)
    except (Exception, SystemExit) as error:
        raise PluginError(f"{hook}() raised {told(error)}") from error
    wanted = BackendComponent if hook == "provide_backends" else Component
    if len(answers) < len(implementations):
        raise PluginError(f"{hook}() answered None; expected a list of {wanted.__name__}")
    provided: list[Component] = []
    for answer in answers:
        if not isinstance(answer, (list, tuple)):
            raise PluginError(f"{hook}() answered {_short(answer)}; expected a list of {wanted.__name__}")
        for item in answer:
            if not isinstance(item, wanted) or (isinstance(item, BackendComponent) and wanted is Component):
                raise PluginError(f"{hook}() answered a list with {_short(item)} in it; expected {wanted.__name__}")
            provided.append(item)
    return tuple(provided)


def _check_components(kind: str, components: Sequence[Component]) -> None:
    """Within one plugin a name or a listed alias means one component."""
    claims = Counter(name for component in components for name in {component.name, *component.aliases})
    for name, count in sorted(claims.items()):
        if count > 1:
            who = ", ".join(sorted(c.target for c in components if name in (c.name, *c.aliases)))
            raise PluginError(f"provide_{kind}() gives the name {name!r} to {count} components: {who}")


def _short(value: object) -> str:
    text = repr(value)
    return f"{text[:57]}..." if len(text) > 60 else text
