"""Files: whole models as `.keras` (a zip of configuration and weights), weights as `.weights.h5`.

Loading never runs code from a file: classes are found by identity in the registry, or among `custom_objects`.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import hornbeam as hb
import numpy as np
from hornbeam import Layer
from hornbeam.errors import DTypeError, InvalidArgumentError, SerializationError
from hornbeam.naming import to_snake_case
from hornbeam.plugins import FIRST_PARTY, registry

__all__ = ["deserialize", "load_model", "load_weights", "save_model", "save_weights", "serialize", "tuples"]

LIMIT = 2**34  # bytes that one member of an archive may unpack to
_custom: list[dict[str, Any]] = []


# ---- objects <-> configurations


def serialize(thing: Any) -> dict[str, Any]:
    """The saved form of a layer, optimizer, loss or metric."""
    kind = type(thing)
    saved = {"class_name": kind.__name__, "config": thing.get_config(), "registered_name": None}
    try:
        identity = registry.identity(kind)
        saved["registered_name"] = str(identity)
        if identity.distribution and identity.plugin not in FIRST_PARTY:
            saved["distribution"] = identity.distribution  # so that a reader without it is told what to install
    except hb.HornbeamError:
        pass  # a class of the user's own: it is given again at loading
    if isinstance(thing, Layer) and thing.get_build_config() is not None:
        saved["build_config"] = thing.get_build_config()
    return saved


def deserialize(saved: Any, kind: str) -> Any:
    """The object of a saved form.

    Args:
        saved: what `serialize` returned.
        kind: plural, as in the registry: "layers", "optimizers", ...

    Raises:
        SerializationError: the form is not one of ours, or the class is not known.
    """
    if (
        not isinstance(saved, dict)
        or not isinstance(saved.get("class_name"), str)
        or not isinstance(saved.get("config"), dict)
    ):
        raise SerializationError(f"expected the saved form of one of the {kind}; got {str(saved)[:80]}")
    name = saved["class_name"]
    custom = {k: v for given in _custom for k, v in given.items()}
    try:
        if name in custom:
            cls = custom[name]
        elif name in ("Sequential", "Functional", "Model"):
            cls = _model_class(name)
        elif saved.get("registered_name"):
            cls = registry.find(saved["registered_name"], kind, saved.get("distribution", ""))
        else:
            cls = registry.lookup(kind, name)
    except hb.MissingPackageError:
        raise  # it carries the distribution to install
    except hb.HornbeamError as error:
        raise SerializationError(
            f"{error} If it is a class of your own, pass custom_objects={{{name!r}: {name}}}."
        ) from None
    try:
        thing = cls.from_config(saved["config"])
    except (KeyError, TypeError, AttributeError) as error:
        if isinstance(error, hb.HornbeamError):
            raise
        raise SerializationError(f"the saved arguments of {name} are not ones that it takes: {error!r}") from error
    if isinstance(thing, Layer) and saved.get("build_config"):
        thing.build_from_config(tuples(saved["build_config"]))
    return thing


def _model_class(name: str) -> Any:
    from hornbeam_models.functional import Functional
    from hornbeam_models.sequential import Sequential

    return Sequential if name == "Sequential" else Functional


def tuples(tree: Any) -> Any:
    """Lists as tuples: JSON knows no tuples, shapes are."""
    if isinstance(tree, dict):
        return {k: tuples(v) for k, v in tree.items()}
    return tuple(tuples(v) for v in tree) if isinstance(tree, list) else tree


# ---- weights <-> HDF5


def _parts(layer: Layer) -> list[tuple[str, Layer]]:
    """The layers inside, under names that do not depend on the layers' own: class names in snake case, numbered."""
    seen: dict[str, int] = {}
    found = []
    for inner in (
        x
        for x in (layer.layers if hasattr(layer, "layers") else layer._sublayers())
        if type(x).__name__ != "InputLayer"
    ):
        name = to_snake_case(type(inner).__name__)
        count = seen.get(name, 0)
        seen[name] = count + 1
        found.append((f"{name}_{count}" if count else name, inner))
    return found


def _write(layer: Layer, group: Any) -> None:
    own = group.create_group("vars")
    own.attrs["name"] = layer.name
    inner = {id(w) for _, part in _parts(layer) for w in part.weights}
    for i, weight in enumerate(w for w in layer.weights if id(w) not in inner):
        own.create_dataset(str(i), data=weight.numpy())
    for name, part in _parts(layer):
        _write(part, group.create_group(f"layers/{name}"))


def _read(layer: Layer, group: Any, path: str) -> None:
    inner = {id(w) for _, part in _parts(layer) for w in part.weights}
    weights = [w for w in layer.weights if id(w) not in inner]
    stored = group.get("vars", {})
    if len(stored) != len(weights):
        raise SerializationError(
            f"{path or 'the model'}: the file has {len(stored)} weights, layer {layer.name!r} has {len(weights)}"
        )
    for i, weight in enumerate(weights):
        data = stored[str(i)]
        if not isinstance(data, h5py.Dataset) or data.external or data.is_virtual:
            raise SerializationError(f"{path}/vars/{i} is not a plain dataset")
        if data.shape != weight.shape:
            raise SerializationError(
                f"{path}/vars/{i} has shape {data.shape}; weight {weight.path!r} has {weight.shape}"
            )
        weight.assign(np.asarray(data))
    for name, part in _parts(layer):
        place = f"layers/{name}"
        if place not in group or isinstance(group.get(place, getlink=True), (h5py.ExternalLink, h5py.SoftLink)):
            raise SerializationError(f"the file has nothing for {path}/{place} (layer {part.name!r})")
        _read(part, group[place], f"{path}/{place}")


def _weights_bytes(model: Any) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        _write(model, file)
        if model.optimizer is not None:
            group = file.create_group("optimizer/vars")
            for i, variable in enumerate(model.optimizer.variables):
                group.create_dataset(str(i), data=variable.numpy())
    return buffer.getvalue()


def _load_weights_bytes(model: Any, data: bytes, what: str) -> None:
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            _read(model, file, "")
            if model.optimizer is not None and "optimizer/vars" in file:
                model.optimizer.build(model.trainable_variables)
                stored = file["optimizer/vars"]
                variables = model.optimizer.variables
                if len(stored) == len(variables):
                    for i, variable in enumerate(variables):
                        variable.assign(np.asarray(stored[str(i)]))
    except (OSError, KeyError) as error:
        raise SerializationError(f"{what} is damaged, or not a file of weights: {error}") from None


# ---- files


def _write_atomically(path: Path, write: Callable[[Any], None]) -> None:
    """Write beside the target, then put it in place: a crash leaves the old file or the new one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise SerializationError(
            f"cannot write to the folder {path.parent}: {error.strerror}. Choose another."
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _path(filepath: Any) -> Path:
    try:
        return Path(filepath)
    except TypeError:
        raise DTypeError(f"filepath must be a text or a pathlib.Path; got {filepath!r}") from None


def _target(filepath: Any, suffix: str, overwrite: bool) -> Path:
    path = _path(filepath)
    if not path.name.endswith(suffix):
        raise InvalidArgumentError(f"the file name must end in {suffix!r}; got {str(path)!r}")
    if path.exists() and not overwrite:
        raise InvalidArgumentError(f"{path} exists already, and overwrite=False was given")
    return path


def _compile_config(model: Any) -> dict[str, Any] | None:
    """How the model was compiled, where that can be written down: names and objects with get_config."""
    if model.optimizer is None:
        return None

    def plain(value: Any, kind: str) -> Any:
        if isinstance(value, dict):
            return {k: plain(v, kind) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(v, kind) for v in value]
        if value is None or isinstance(value, (str, int, float)):
            return value
        return {"kind": kind, **serialize(value)} if hasattr(value, "get_config") else None

    return {
        "optimizer": serialize(model.optimizer),
        "loss": plain(model._given["loss"], "losses"),
        "loss_weights": model._given["loss_weights"],
        "metrics": plain(model._given["metrics"], "metrics"),
        "weighted_metrics": plain(model._given["weighted_metrics"], "metrics"),
    }


def _compiled(value: Any) -> Any:
    if isinstance(value, dict):
        if "class_name" in value:
            return deserialize(value, value["kind"])
        return {k: _compiled(v) for k, v in value.items()}
    return [_compiled(v) for v in value] if isinstance(value, list) else value


def save_model(model: Any, filepath: Any, overwrite: bool = True) -> None:
    """Write a whole model to a `.keras` file.

    Args:
        model: a built model.
        filepath: must end in ".keras".
        overwrite: whether an existing file is replaced.

    Raises:
        InvalidArgumentError: the model has no weights yet, or the name does not end so.
    """
    path = _target(filepath, ".keras", overwrite)
    if not model.built:
        raise InvalidArgumentError(
            f"model {model.name!r} has no weights yet: call it on data, or give it an Input, before saving"
        )
    config = {**serialize(model), "compile_config": _compile_config(model)}
    metadata = {"hornbeam_version": hb.__version__, "format": 1}

    def write(file: Any) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("metadata.json", json.dumps(metadata))
            archive.writestr("config.json", json.dumps(config))
            archive.writestr("model.weights.h5", _weights_bytes(model))

    _write_atomically(path, write)


def load_model(filepath: Any, custom_objects: dict[str, Any] | None = None, compile: bool = True) -> Any:  # noqa: A002
    """Read a model that `save_model` wrote. Nothing in the file is executed.

    Args:
        filepath: the `.keras` file.
        custom_objects: your own classes, by class name.
        compile: whether to compile it as it was.

    Raises:
        SerializationError: the file is damaged, or needs a class that is not known.
    """
    path = _path(filepath)
    if not path.is_file():
        raise SerializationError(f"there is no file {path}")
    try:
        with zipfile.ZipFile(path) as archive:
            members = {}
            for name in ("config.json", "model.weights.h5"):
                if archive.getinfo(name).file_size > LIMIT:
                    raise SerializationError(f"{path}: {name} claims to be larger than {LIMIT} bytes")
                members[name] = archive.read(name)
        config = json.loads(members["config.json"])
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise SerializationError(f"{path} is damaged, or not a saved model: {error}") from None
    _custom.append(dict(custom_objects or {}))
    try:
        model = deserialize(config, "models")
        how = config.get("compile_config")
        if compile and how:
            how = {k: _compiled(v) if k != "optimizer" else deserialize(v, "optimizers") for k, v in how.items()}
            model.compile(**how)
    finally:
        _custom.pop()
    _load_weights_bytes(model, members["model.weights.h5"], f"{path}: model.weights.h5")
    return model


def save_weights(model: Any, filepath: Any, overwrite: bool = True) -> None:
    """Write a model's weights to a `.weights.h5` file."""
    path = _target(filepath, ".weights.h5", overwrite)
    _write_atomically(path, lambda file: file.write(_weights_bytes(model)))


def load_weights(model: Any, filepath: Any) -> None:
    """Read a `.weights.h5` file into a built model of the same architecture.

    Raises:
        SerializationError: the file is damaged, or its weights do not fit.
    """
    path = _path(filepath)
    if not path.is_file():
        raise SerializationError(f"there is no file {path}")
    if not model.built:
        raise InvalidArgumentError(
            f"model {model.name!r} has no weights yet: call it on data, or give it an Input, first"
        )
    _load_weights_bytes(model, path.read_bytes(), str(path))
