"""Objects and their saved forms, which are Keras 3's: `{"module", "class_name", "config", "registered_name"}`.

Reading one runs no code that the form holds, and imports no module that it names: classes and functions are found among
`custom_objects`, in the registry, or among the layers that the program has defined already.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import EllipsisType, FunctionType
from typing import Any

from hornbeam import ops
from hornbeam.code import dumped, loaded
from hornbeam.dtypes import DType
from hornbeam.errors import HornbeamError, MissingPackageError, SerializationError
from hornbeam.fitting import fitted_config
from hornbeam.plugins import FIRST_PARTY, registry
from hornbeam.plugins.custom import custom_object, custom_object_scope, get_registered_name
from hornbeam.policy import DTypePolicy

__all__ = [
    "deserialize_keras_object", "in_safe_mode", "safe_mode_scope", "serialize_keras_object",
    "serialize_shared", "sharing",
]  # fmt: skip

# Where Keras has what is ours, by kind. A class of ours that Keras lacks is named the same way: Keras then says so.
HOMES = {
    "layers": "keras.layers", "initializers": "keras.initializers", "regularizers": "keras.regularizers",
    "constraints": "keras.constraints", "optimizers": "keras.optimizers", "schedules": "keras.optimizers.schedules",
    "losses": "keras.losses", "metrics": "keras.metrics", "models": "keras", "activations": "keras.activations",
}  # fmt: skip
APART = {"FeatureSpace": "keras.utils"}  # layers that Keras has in another place

_safe: ContextVar[bool] = ContextVar("hornbeam_safe_mode", default=True)
_shared: ContextVar[dict[Any, Any] | None] = ContextVar("hornbeam_shared_objects", default=None)


@contextmanager
def safe_mode_scope(safe_mode: bool | None) -> Iterator[None]:
    """A with block in which code in saved forms is refused (True), or run (False); None changes nothing."""
    token = _safe.set(_safe.get() if safe_mode is None else safe_mode)
    try:
        yield
    finally:
        _safe.reset(token)


def in_safe_mode() -> bool:
    """Whether code in saved forms is refused now."""
    return _safe.get()


@contextmanager
def sharing() -> Iterator[None]:
    """A with block in which layers get numbers in their saved forms, and one number is one layer when they are read."""
    token = _shared.set({})
    try:
        yield
    finally:
        _shared.reset(token)


def serialize_shared(obj: Any) -> Any:
    """As `serialize_keras_object`, but a layer that is met several times will be one layer again."""
    with sharing():
        form = serialize_keras_object(obj)
    counts: dict[Any, int] = {}

    def forms(tree: Any) -> Iterator[dict[str, Any]]:
        for value in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, (list, tuple)) else ():
            yield from forms(value)
        if isinstance(tree, dict) and "shared_object_id" in tree:
            yield tree

    for one in forms(form):
        counts[one["shared_object_id"]] = counts.get(one["shared_object_id"], 0) + 1
    for one in list(forms(form)):
        if counts[one["shared_object_id"]] == 1:
            del one["shared_object_id"]
    return form


# ---- writing


def serialize_keras_object(obj: Any) -> Any:
    """The saved form of an object, of what JSON knows.

    Args:
        obj: something with `get_config`, a named function, a plain value, a tensor, or a list, tuple or dict of those.

    Raises:
        SerializationError: it is something else.

    Example:
        >>> serialize_keras_object(slice(1, None))
        {'class_name': '__slice__', 'config': {'start': 1, 'stop': None, 'step': None}}
    """
    if obj is None or isinstance(obj, (str, bool, int, float)):
        return str(obj) if isinstance(obj, DType) else obj
    if isinstance(obj, (list, tuple)):
        return type(obj)(map(serialize_keras_object, obj)) if type(obj) in (list, tuple) else list(obj)
    if isinstance(obj, dict):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    if isinstance(obj, slice):
        parts = {name: serialize_keras_object(getattr(obj, name)) for name in ("start", "stop", "step")}
        return {"class_name": "__slice__", "config": parts}
    if isinstance(obj, EllipsisType):
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(obj, bytes):
        return {"class_name": "__bytes__", "config": {"value": obj.decode()}}
    if isinstance(obj, DTypePolicy):
        return {"module": "keras", "class_name": "DTypePolicy", "config": obj.get_config(), "registered_name": None}
    if hasattr(obj, "shape") and hasattr(obj, "dtype"):
        return _array_form(obj)
    if hasattr(obj, "get_config") and not isinstance(obj, type):
        return _object_form(obj)
    if callable(obj):
        return _function_form(obj)
    raise SerializationError(f"{obj!r} of type {type(obj).__name__} cannot be saved: it has no get_config()")


def _array_form(array: Any) -> Any:
    history = getattr(array, "history", None)
    if history is not None:
        place = [history.operation.name, history.node_index, history.tensor_index]
        config = {"shape": list(array.shape), "dtype": str(array.dtype), "keras_history": place}
        return {"class_name": "__keras_tensor__", "config": config}
    values = array.numpy() if hasattr(array, "numpy") else array
    if not values.shape and not hasattr(array, "numpy"):
        return values.item()
    kind = "__tensor__" if hasattr(array, "numpy") else "__numpy__"
    return {"class_name": kind, "config": {"value": values.tolist(), "dtype": str(array.dtype)}}


def _object_form(obj: Any) -> dict[str, Any]:
    shared = _shared.get() if hasattr(obj, "inbound_nodes") else None
    form = {**_class_form(type(obj)), "config": serialize_keras_object(obj.get_config())}
    form = {key: form[key] for key in ("module", "class_name", "config", "registered_name", *form)}
    build = obj.get_build_config() if hasattr(obj, "get_build_config") else None
    if build is not None:
        form["build_config"] = serialize_keras_object(build)
    if shared is not None:
        form["shared_object_id"] = shared.setdefault(id(obj), len(shared))
    return form


def _class_form(cls: type) -> dict[str, Any]:
    """Whose a class is, for a file."""
    hidden = vars(cls).get("keras_module")  # of a class that Keras has and does not export: its place there is its name
    if hidden is not None:
        return {"module": hidden, "class_name": cls.__name__, "registered_name": cls.__name__}
    own = {"module": cls.__module__, "class_name": cls.__name__, "registered_name": get_registered_name(cls)}
    if ">" in own["registered_name"]:
        return own
    entry = registry.provider(cls)
    if entry is None:
        return own
    if entry.plugin.name in FIRST_PARTY and entry.kind in HOMES:
        home = APART.get(entry.component.name, HOMES[entry.kind])
        form = {"module": home, "class_name": entry.component.name, "registered_name": None}
        return form if entry.component.version == 1 else {**form, "identity": str(entry.identity)}
    form = {**own, "registered_name": f"{entry.plugin.name}>{entry.component.name}", "identity": str(entry.identity)}
    distribution = entry.identity.distribution  # so that a reader without it is told what to install
    return {**form, "distribution": distribution} if distribution else form


def _function_form(function: Any) -> Any:
    name = getattr(function, "__name__", "")
    if name == "<lambda>":
        return {"class_name": "__lambda__", "config": {"value": dumped(function)}}
    entry = registry.provider(function)
    ours = entry is not None and entry.plugin.name in FIRST_PARTY and entry.kind in HOMES
    module = HOMES[entry.kind] if ours and entry is not None else getattr(function, "__module__", None)
    if isinstance(function, type):
        return {"module": module, "class_name": name, "config": {}, "registered_name": None if ours else name}
    registered = name if ours else get_registered_name(function)
    return {"module": module, "class_name": "function", "config": name, "registered_name": registered}


# ---- reading


def deserialize_keras_object(
    config: Any, custom_objects: dict[str, Any] | None = None, safe_mode: bool | None = None, kind: str | None = None
) -> Any:
    """The object of a saved form.

    Args:
        config: what `serialize_keras_object` returned, perhaps after a way through JSON.
        custom_objects: classes and functions of your own, by name.
        safe_mode: whether code in the form is refused (default), or run.
        kind: plural, as in the registry ("layers", "losses", ...), for forms that do not say it, as those of Keras 2.

    Raises:
        SerializationError: the form is not one, is of a class that is not known, or holds code.
        MissingPackageError: it is of a plugin that is not installed.

    Example:
        >>> deserialize_keras_object(serialize_keras_object([1, (2.5, None), slice(3)]))
        [1, [2.5, None], slice(None, 3, None)]
    """
    with custom_object_scope(custom_objects), safe_mode_scope(safe_mode):
        return _read(config, kind)


def _read(form: Any, kind: str | None) -> Any:
    if isinstance(form, (list, tuple)):
        return [_read(value, None) for value in form]
    if not isinstance(form, dict):
        return form
    if "class_name" not in form or "config" not in form:
        return {key: _read(value, None) for key, value in form.items()}
    name, config = form["class_name"], form["config"]
    if not isinstance(name, str):
        raise SerializationError(f"expected a saved form with the name of a class; got {str(form)[:80]}")
    if name.startswith("__"):
        return _special(name, config if isinstance(config, dict) else {})
    if name == "function":
        return _function(form, kind)
    shared = _shared.get() if "shared_object_id" in form else None
    if shared is not None and form["shared_object_id"] in shared:
        return shared[form["shared_object_id"]]
    thing = _made(_class(form, kind), form)
    if shared is not None and hasattr(thing, "inbound_nodes"):
        shared[form["shared_object_id"]] = thing
    return thing


def _special(name: str, config: dict[str, Any]) -> Any:
    from hornbeam.ops import asarray

    try:
        if name in ("__tensor__", "__numpy__"):
            tensor = asarray(config["value"], dtype=config["dtype"])
            return tensor if name == "__tensor__" else tensor.numpy()
        if name == "__slice__":
            return slice(*(_read(config[part], None) for part in ("start", "stop", "step")))
        if name == "__bytes__":
            return config["value"].encode()
        if name == "__ellipsis__":
            return Ellipsis
        if name == "__lambda__":
            return loaded(config.get("value", config), in_safe_mode())
    except (KeyError, AttributeError) as error:
        raise SerializationError(f"the saved form {name} lacks {error}") from None
    raise SerializationError(f"a saved form of the kind {name} is not one that can be read")


def _function(form: dict[str, Any], kind: str | None) -> Any:
    name, module = form["config"], str(form.get("module") or "")
    found = custom_object(form.get("registered_name"))
    found = custom_object(name) if found is None else found
    if found is not None:
        return found
    if module.startswith(("hornbeam.ops", "keras.ops", "keras.src.ops")) and not name.startswith("_"):
        function = getattr(ops, name, None)
        if isinstance(function, FunctionType):
            return function
    homes = [k for k, home in HOMES.items() if module == home] or ([kind] if kind else list(HOMES))
    for home in homes:
        try:
            return registry.lookup(home, name)
        except MissingPackageError:
            raise
        except HornbeamError:
            continue
    raise SerializationError(f"the function {name!r} is not known. Pass custom_objects={{{name!r}: {name}}}.")


def _class(form: dict[str, Any], kind: str | None) -> Any:
    name, module, registered = form["class_name"], str(form.get("module") or ""), form.get("registered_name")
    for candidate in (registered, name):
        found = custom_object(candidate)
        if found is not None:
            return found
    if module == "keras" and name == "DTypePolicy":
        return DTypePolicy
    kinds = [k for k, home in HOMES.items() if module in (home, home.replace("optimizers.", ""))]
    if module == APART.get(name) or module.startswith("keras.src.applications."):
        kinds = ["layers"]
    if name in ("Functional", "Sequential", "Model") and (not module or module.startswith("keras")):
        return registry.lookup("models", "Functional" if name == "Model" else name)
    try:
        if form.get("identity"):
            return registry.find(form["identity"], _kind_of(form, kind), form.get("distribution", ""))
        if kinds:
            return registry.lookup(kinds[0], name)
        if ">" in str(registered):
            return registry.find(str(registered).replace(">", "/"), kind or "layers", form.get("distribution", ""))
        loaded_already = _defined(module, name)
        if loaded_already is not None:
            return loaded_already
        if not module and kind:
            return registry.lookup(kind, name)
    except MissingPackageError:
        raise  # it carries the distribution to install
    except HornbeamError as error:
        raise SerializationError(
            f"{error} If it is a class of your own, pass custom_objects={{{name!r}: {name}}}."
        ) from None
    raise SerializationError(
        f"the class {name!r}{f' of the module {module!r}' if module else ''} is not known: nothing that a file names is "
        f"imported. Pass custom_objects={{{name!r}: {name}}}, or put @register_keras_serializable() before it."
    )


def _kind_of(form: dict[str, Any], kind: str | None) -> str:
    """The kind under which an identity is registered."""
    if kind:
        return kind
    name = str(form["identity"]).partition("@")[0]
    kinds = {e.kind for e in registry.index().entries if e.label == name and e.kind in HOMES}
    return next(iter(sorted(kinds)), "layers")


def _defined(module: str, name: str) -> Any:
    """A layer that the program has defined in a module that is loaded already."""
    from hornbeam.layer import Layer

    found = getattr(sys.modules.get(module), name, None)
    return found if isinstance(found, type) and issubclass(found, Layer) else None


def _made(cls: Any, form: dict[str, Any]) -> Any:
    name, config = form["class_name"], form["config"] or {}
    if isinstance(cls, FunctionType):
        return cls
    if not isinstance(config, dict) or not hasattr(cls, "from_config"):
        raise SerializationError(f"expected the arguments of {name} as a dict; got {str(config)[:80]}")
    ours = str(form.get("module") or "keras").partition(".")[0] == "keras"
    config = fitted_config(cls, config) if ours else config
    try:
        thing = cls.from_config(config)
    except (KeyError, TypeError, AttributeError) as error:
        if isinstance(error, HornbeamError):
            raise
        raise SerializationError(f"the saved arguments of {name} are not ones that it takes: {error!r}") from error
    if form.get("build_config") and hasattr(thing, "build_from_config") and not thing.built:
        thing.build_from_config(_tuples(form["build_config"]))
    return thing


def _tuples(tree: Any) -> Any:
    """Shapes as tuples: JSON knows none."""
    if isinstance(tree, dict):
        return {key: _tuples(value) for key, value in tree.items()}
    if isinstance(tree, list):
        sizes = all(s is None or isinstance(s, int) for s in tree)
        return tuple(tree) if sizes else [_tuples(value) for value in tree]
    return tree
