"""Importing a manifest alone: not the package it lies in, and with an eye on what it imports besides."""

from __future__ import annotations

import importlib
import sys
import threading
import traceback
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from itertools import accumulate
from pathlib import Path
from types import ModuleType

from ..errors import HornbeamError, PluginError

__all__ = ["import_manifest", "told"]

HERE = Path(__file__).parent


class _Watch:
    """A finder that finds nothing and notes what the current thread looks for."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.names: list[str] = []

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if threading.get_ident() == self.thread:
            self.names.append(name)


def import_manifest(name: str) -> tuple[ModuleType, tuple[str, ...]]:
    """Import a manifest and complain about what it imported besides.

    Raises:
        PluginError: it cannot be imported.
    """
    watch = _Watch()
    sys.meta_path.insert(0, watch)  # a finder that only listens
    try:
        manifest = _import_alone(name)
    except (Exception, SystemExit) as error:
        raise PluginError(f"its manifest {name} cannot be imported: {told(error)}") from error
    finally:
        sys.meta_path.remove(watch)
    free = ("hornbeam", "pluggy", name)
    heavy = [
        module
        for module in dict.fromkeys(watch.names)
        if module in sys.modules
        and module.partition(".")[0] not in sys.stdlib_module_names
        and not any(module == f or module.startswith(f + ".") for f in free)
    ]
    heavy = [module for module in heavy if module.rpartition(".")[0] not in heavy]
    if not heavy:
        return manifest, ()
    return manifest, (
        f"its manifest {name} imports {', '.join(heavy)}; let it import hornbeam.plugins only, so that nothing is "
        "loaded before it is used",
    )


def _import_alone(name: str) -> ModuleType:
    """Import a module without running the packages it lies in, whose __init__ may import everything they have."""
    parent = name.rpartition(".")[0]
    if name in sys.modules or not parent or parent in sys.modules:
        return importlib.import_module(name)
    spec = _find(name)
    if spec is None or spec.loader is None:
        return importlib.import_module(name)
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _find(name: str) -> ModuleSpec | None:
    """Where a module is, asked of the finders directly: importlib.util.find_spec imports the packages on the way."""
    path: list[str] | None = None
    spec: ModuleSpec | None = None
    for part in accumulate(name.split("."), "{}.{}".format):
        try:
            found = (finder.find_spec(part, path) for finder in sys.meta_path)
            spec = next((one for one in found if one is not None), None)
        except KeyError:  # a namespace package inside another looks for that one in sys.modules
            return None
        locations = None if spec is None else spec.submodule_search_locations
        if locations is None and part != name:
            return None
        path = list(locations or ())
    return spec


def told(error: BaseException) -> str:
    """An exception in one line, and where it was raised."""
    message = str(error) if isinstance(error, HornbeamError) else f"{type(error).__name__}: {error}"
    message = " ".join(message.split())
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<frozen")]
    paths = [(Path(frame.filename), frame.lineno) for frame in frames]
    # Our own frames and those of the import system say nothing about the plugin.
    paths = [(path, line) for path, line in paths if path.parent != HERE and path.parent.name != "importlib"]
    if not paths or isinstance(error, SyntaxError):
        return message
    path, line = paths[-1]
    return f"{message} ({path.parent.name}/{path.name}, line {line})"
