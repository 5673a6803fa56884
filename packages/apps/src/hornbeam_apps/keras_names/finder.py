"""Imports of keras and tensorflow are answered by modules whose names are Hornbeam's."""

from __future__ import annotations

import difflib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hornbeam_apps.keras_names.modules import MISSING, Names, is_module, names_of
from hornbeam_apps.keras_names.tensorflow.missing import ADVICE

__all__ = ["ROOTS", "keras_names"]

ROOTS = ("keras", "tensorflow", "tf_keras")


class NamesModule(types.ModuleType):
    """A module that finds its names when they are asked for."""

    def __init__(self, name: str, path: str, names: Names) -> None:
        super().__init__(name, f"{path or 'keras'} as Hornbeam has it.")
        self.__path__: list[str] = []  # a package: it may have modules below it
        self._where, self._names = path, names

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in self._names.others:
            raise AttributeError(name)
        found = self._names.find(name)
        if found is MISSING or isinstance(found, types.ModuleType):
            if is_module(canonical(f"{self.__name__}.{name}")):
                found = importlib.import_module(f"{self.__name__}.{name}")
            elif found is MISSING:
                raise AttributeError(self._missing(name))
        setattr(self, name, found)
        return found

    def _missing(self, name: str) -> str:
        advice = ADVICE.get(canonical(f"{self.__name__}.{name}"))
        if advice:
            return f"{self.__name__}.{name}: {advice}"
        near = difflib.get_close_matches(name, self._names.all(), n=3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        return f"Hornbeam has no {self.__name__}.{name}.{hint}"

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._names.all()})

    @property
    def __all__(self) -> list[str]:
        """What `from keras.layers import *` gives."""
        return [name for name in self._names.all() if not name.startswith("_")]


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and makes the modules; those of tensorflow.keras are those of keras."""

    def __init__(self) -> None:
        self.made: dict[str, NamesModule] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        root = fullname.partition(".")[0]
        if root not in ROOTS:
            return None
        where = canonical(fullname)
        if where and not is_module(where):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> NamesModule:
        where = canonical(spec.name)
        if where not in self.made:
            self.made[where] = NamesModule(spec.name, where, names_of(where))
        return self.made[where]

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""


def canonical(fullname: str) -> str:
    """The place in Keras of a module's name: "layers" for keras.layers and for tensorflow.keras.layers; "" for keras."""
    for prefix in ("tensorflow.python.keras", "tensorflow.keras", "tf_keras", "keras"):
        if fullname == prefix or fullname.startswith(prefix + "."):
            rest = fullname[len(prefix) + 1 :]
            return rest.removeprefix("api.").removeprefix("src.")
    return fullname  # tensorflow and what is below it


@contextmanager
def keras_names() -> Iterator[None]:
    """A with block in which `import keras` and `import tensorflow` give Hornbeam's modules, whatever is installed."""
    from hornbeam_apps.keras_names.spellings import keras2_spellings

    def ours(name: str) -> bool:
        return name.partition(".")[0] in ROOTS

    finder = _Finder()
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if ours(name)}
    sys.meta_path.insert(0, finder)
    try:
        with keras2_spellings():
            yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if ours(name)]:
            del sys.modules[name]
        sys.modules.update(before)
