"""The registry of this process: functions to find what is installed and registered, by name.

`import hornbeam` discovers nothing; the first of these calls does. Each is a method of `Registry` in store.py, which
explains it.

Example:
    >>> from hornbeam.plugins import registry
    >>> registry.component("backends", "numpy").label
    'core/numpy'
"""

from __future__ import annotations

from .store import Registry

__all__ = [
    "Registry",
    "backends",
    "best_backend",
    "component",
    "components",
    "find",
    "identity",
    "index",
    "kernels",
    "load_entry",
    "lookup",
    "names",
    "process_registry",
    "plugins",
    "provider",
    "register",
    "register_component",
    "reset",
    "unregister",
]

process_registry = Registry()
backends = process_registry.backends
best_backend = process_registry.best_backend
component = process_registry.component
components = process_registry.components
find = process_registry.find
identity = process_registry.identity
index = process_registry.index
kernels = process_registry.kernels
load_entry = process_registry.load_entry
lookup = process_registry.lookup
names = process_registry.names
plugins = process_registry.plugins
provider = process_registry.provider
register = process_registry.register
register_component = process_registry.register_component
reset = process_registry.reset
unregister = process_registry.unregister
