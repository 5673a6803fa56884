"""What plugins offer to run graphs with: backends, ranked by their probes, and kernels for a backend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..errors import PluginError
from .index import Entry
from .loader import Plugin, ask
from .manifest import BackendComponent

__all__ = ["BackendStatus", "best", "offers", "probe"]


@dataclass(frozen=True)
class BackendStatus:
    """A backend on this machine.

    Args:
        entry: the component.
        reason: None if it can be used, else why not.
    """

    entry: Entry
    reason: str | None

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        return self.entry.component.name

    @property
    def priority(self) -> int:
        """Of the usable ones the highest is the default."""
        component = self.entry.component
        return component.priority if isinstance(component, BackendComponent) else 0


def probe(entries: Iterable[Entry]) -> list[BackendStatus]:
    """Ask every backend whether it can be used; the answer is sorted, the best first."""
    found = []
    for entry in entries:
        component = entry.component
        found.append(BackendStatus(entry, component.why_not() if isinstance(component, BackendComponent) else None))
    return sorted(found, key=lambda status: (status.reason is not None, -status.priority, status.entry.label))


def best(statuses: Sequence[BackendStatus]) -> Entry:
    """The usable backend with the highest priority that is not below 0.

    Raises:
        PluginError: there is none, or two have the same priority.
    """
    usable = [status for status in statuses if status.reason is None and status.priority >= 0]
    top = [status.entry for status in usable if status.priority == max(s.priority for s in usable)]
    if len(top) != 1:
        names = " and ".join(sorted(entry.owner for entry in top))
        problem = f"{names} have the same priority" if top else "none is usable (run: python -m hornbeam doctor)"
        raise PluginError(f"No backend is the best one: {problem}. Choose one with HORNBEAM_BACKEND or set_backend.")
    return top[0]


def offers(plugins: Iterable[Plugin], backend: str, set_aside: Callable[[Plugin, str], None]) -> dict[str, Entry]:
    """The kernels that plugins offer for a backend, by the name of the primitive or composite.

    Args:
        plugins: the plugins in use.
        backend: name of the backend.
        set_aside: called with a plugin whose hook fails, and the cause.

    Raises:
        PluginError: two plugins offer a kernel for the same primitive.
    """
    offered: dict[str, list[Entry]] = {}
    for plugin in plugins:
        if plugin.manager is None or not plugin.usable:
            continue
        try:
            components = ask(plugin.manager, "provide_kernels", backend=backend)
        except PluginError as error:
            set_aside(plugin, str(error))
            continue
        for component in components:
            offered.setdefault(component.name, []).append(Entry("kernels", plugin, component))
    for name, entries in sorted(offered.items()):
        if len(entries) > 1:
            raise PluginError(
                f"The kernel {name!r} for the backend {backend!r} is offered by "
                f"{' and '.join(sorted(entry.owner for entry in entries))}. Uninstall one, or leave it out with "
                "HORNBEAM_PLUGINS."
            )
    return {name: entries[0] for name, entries in sorted(offered.items())}
