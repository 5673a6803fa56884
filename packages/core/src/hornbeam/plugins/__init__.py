"""The plugin system: manifests declare components, the registry finds them by name.

A plugin author needs `Component`, `BackendComponent` and `hookimpl`; docs/plugins.md shows a plugin whole. A user needs
`register_component` for classes of a notebook, and `python -m hornbeam doctor`.

Example:
    >>> from hornbeam.plugins import Component, hookimpl
    >>> HORNBEAM_PLUGIN_API = 1
    >>> @hookimpl
    ... def provide_layers():
    ...     return [Component("FancyConv", "acme_hornbeam.conv:FancyConv", summary="A convolution with a hat")]
"""

from __future__ import annotations

from . import registry
from .engines import BackendStatus
from .index import Entry
from .loader import Plugin
from .manifest import FIRST_PARTY, KINDS, BackendComponent, Component, Config, Identity
from .registry import register, register_component, reset, unregister
from .specs import PLUGIN_API, hookimpl

__all__ = [
    "FIRST_PARTY",
    "KINDS",
    "PLUGIN_API",
    "BackendComponent",
    "BackendStatus",
    "Component",
    "Config",
    "Entry",
    "Identity",
    "Plugin",
    "hookimpl",
    "register",
    "register_component",
    "registry",
    "reset",
    "unregister",
]
