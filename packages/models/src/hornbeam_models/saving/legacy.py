"""Whole-model `.h5` files of Keras 2, and as Keras 3 writes them; and their weights, by the order of layers or by name."""

from __future__ import annotations

import io
import json
import warnings
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from hornbeam import Layer
from hornbeam.errors import HornbeamError, SerializationError
from hornbeam.naming import to_snake_case
from hornbeam.plugins import registry
from hornbeam.serialization import serialize_keras_object

from hornbeam_models.saving.archive import KERAS_VERSION, assets_of
from hornbeam_models.saving.compiling import compile_config, compile_from_config, model_from_saved
from hornbeam_models.saving.cudnn import with_cudnn
from hornbeam_models.saving.old_config import modern, modern_compile_config
from hornbeam_models.saving.store import dataset_of, group_of, values_of
from hornbeam_models.saving.weights import open_h5

__all__ = ["legacy_bytes", "legacy_weights_bytes", "load_legacy", "load_legacy_weights"]

HEADER = 64512  # bytes: a longer attribute is split
# ---- reading


def load_legacy(path: Path, compile: bool) -> Any:  # noqa: A002 - Keras's name
    """The model of a whole-model `.h5` file.

    Raises:
        SerializationError: it is damaged, holds weights only, or needs a class that is not known.
    """
    with open_h5(str(path), str(path)) as file:
        config = _json(file, "model_config")
        if config is None:
            raise SerializationError(
                "it holds no architecture: make the model, then load its weights with load_weights()"
            )
        keras2 = not _text(file.attrs.get("keras_version", "2")).startswith("3")
        model = model_from_saved(modern(config, keras2), compile=False)
        _read_layers(model, _weights_group(file), by_name=False, skip_mismatch=False)
        training = _json(file, "training_config")
        if compile and training is not None and "optimizer_config" in training:
            compile_from_config(model, modern_compile_config(training, keras2))
            _read_optimizer(model, file)
    return model


def load_legacy_weights(model: Any, path: Path, by_name: bool, skip_mismatch: bool) -> None:
    """Read the weights of an `.h5` file, with or without an architecture, into a model.

    Args:
        model: built.
        path: of the file.
        by_name: whether layers are found by their names; otherwise by their order, those without weights left out.
        skip_mismatch: whether layers that do not fit keep their values, with a warning.

    Raises:
        SerializationError: it is damaged, or does not fit.
    """
    with open_h5(str(path), str(path)) as file:
        _read_layers(model, _weights_group(file), by_name, skip_mismatch)


def _weights_group(file: Any) -> Any:
    group = (
        group_of(file, "model_weights")
        if "layer_names" not in file.attrs and "layer_names0" not in file.attrs
        else file
    )
    if group is None or not any(name.startswith("layer_names") for name in group.attrs):
        raise SerializationError("it has no weights in the layout of Keras's .h5 files")
    return group


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _json(file: Any, name: str) -> Any:
    value = file.attrs.get(name)
    if value is None:
        return None
    try:
        return json.loads(_text(value))
    except ValueError as error:
        raise SerializationError(f"its attribute {name} is not JSON: {error}") from None


def _names(group: Any, name: str) -> list[str]:
    """A list of names, which may be split over several attributes."""
    if name in group.attrs:
        return [_text(n) for n in group.attrs[name]]
    found: list[str] = []
    for part in range(len(group.attrs)):
        found += [_text(n) for n in group.attrs.get(f"{name}{part}", ())]
    return found


def _stored(group: Any, layer: str) -> list[Any]:
    own = group_of(group, layer)
    if own is None:
        raise SerializationError(f"it lists layer {layer!r}, and has nothing for it")
    return [values_of(dataset_of(own, name)) for name in _names(own, "weight_names")]


def ordered_weights(layer: Layer) -> list[Any]:
    """A layer's weights in the order of old files: those that can be trained first, whatever layer inside they are of."""
    known = dict.fromkeys(layer.weights)
    return [w for w in known if w.trainable] + [w for w in known if not w.trainable]


def _read_layers(model: Any, group: Any, by_name: bool, skip_mismatch: bool) -> None:
    names = [name for name in _names(group, "layer_names")]
    if by_name:
        own = {layer.name: layer for layer in model.layers}
        pairs = [(name, own[name]) for name in names if name in own]
    else:
        layers = [layer for layer in model.layers if layer.weights]
        names = [name for name in names if _names(group_of(group, name) or group, "weight_names")]
        if len(names) != len(layers):
            raise SerializationError(
                f"it has weights of {len(names)} layers, {names[:20]}; the model has {len(layers)} layers with weights, "
                f"{[layer.name for layer in layers][:20]}"
            )
        pairs = list(zip(names, layers, strict=True))
    for name, layer in pairs:
        try:
            _assign(layer, _fitting(layer, _stored(group, name)))
        except SerializationError as error:
            if not skip_mismatch:
                raise SerializationError(f"layer {name!r}: {error}") from None
            warnings.warn(f"layer {name!r} kept its values: {error}", stacklevel=4)


def _fitting(layer: Layer, values: list[Any]) -> list[Any]:
    """The values as the layer, and those inside it, want them."""
    weights = ordered_weights(layer)
    if len(values) != len(weights):
        raise SerializationError(f"the file has {len(values)} weights for it; layer {layer.name!r} has {len(weights)}")
    return with_cudnn(layer, weights, values)


def _assign(layer: Layer, values: list[Any]) -> None:
    weights = ordered_weights(layer)
    for weight, value in zip(weights, values, strict=True):
        if tuple(value.shape) != weight.shape:
            raise SerializationError(
                f"weight {weight.path!r} has shape {weight.shape}; the file has {tuple(value.shape)}"
            )
    for weight, value in zip(weights, values, strict=True):
        weight.assign(value)


def _read_optimizer(model: Any, file: Any) -> None:
    """The optimizer's state. Files of Keras 2 have no learning rate there, and one kind of state after the other.

    Keras 2.0 had the weights in the order of their names.
    """
    group = group_of(file, "optimizer_weights")
    if group is None:
        return
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    values = [values_of(dataset_of(group, name)) for name in _names(group, "weight_names")]
    variables = list(model.trainable_variables)
    count = len(variables)
    kinds = (len(optimizer.variables) - 2) // count if count else 0
    if len(values) == len(optimizer.variables) - 1 == 1 + kinds * count:
        old = _text(file.attrs.get("keras_version", "")).startswith("2.0.")
        names = _names_in(file, model)
        order = sorted(variables, key=lambda v: names.get(v, v.path)) if old else variables
        each = [values[1 + kind * count + order.index(v)] for v in variables for kind in range(kinds)]
        values = [values[0], np.asarray(optimizer.learning_rate), *each]
    try:
        optimizer.load_own_variables({str(i): value for i, value in enumerate(values)})
    except SerializationError as error:
        warnings.warn(f"the optimizer starts anew: its saved state does not fit: {error}", stacklevel=4)


def _names_in(file: Any, model: Any) -> dict[Any, str]:
    """What the file calls each weight."""
    group = _weights_group(file)
    found: dict[Any, str] = {}
    for layer in model.layers:
        names = _names(group_of(group, layer.name) or group, "weight_names")
        found.update(zip(ordered_weights(layer), names, strict=False))
    return found


# ---- writing


def legacy_bytes(model: Any, include_optimizer: bool = True) -> bytes:
    """A whole model in the layout of Keras's `.h5` files.

    Raises:
        SerializationError: a layer keeps files, as for a vocabulary that was learnt, for which there is no place.
    """
    files = assets_of(model)
    if files:
        raise SerializationError(
            f"an .h5 file has no place for {sorted(files)}, which layers of {model.name!r} keep: save as .keras, or give the "
            "layers their vocabularies when they are made"
        )
    form = serialize_keras_object(model)
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = KERAS_VERSION, "hornbeam"
        config = {"class_name": form["class_name"], "config": _plain(form["config"])}
        file.attrs["model_config"] = json.dumps(config).encode()
        how = compile_config(model) if include_optimizer else None
        if how is not None:
            optimizer = how.pop("optimizer")
            how["optimizer_config"] = {"class_name": optimizer["class_name"], "config": optimizer["config"]}
            for name, kind in (("loss", "losses"), ("metrics", "metrics"), ("weighted_metrics", "metrics")):
                how[name] = _full_names(how[name], kind)
            file.attrs["training_config"] = json.dumps(how).encode()
        _put_layers(file.create_group("model_weights"), model)
        if how is not None:
            values: dict[str, Any] = {}
            model.optimizer.save_own_variables(values)
            group, name = file.create_group("optimizer_weights"), model.optimizer.name
            _put_weights(group, [(f"{name}/{key}", value) for key, value in values.items()])
    return buffer.getvalue()


def _full_names(tree: Any, kind: str) -> Any:
    """Losses and metrics by their full names: Keras does not read "mse" in such files."""
    if isinstance(tree, dict) and "class_name" not in tree:
        return {key: _full_names(value, kind) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_full_names(value, kind) for value in tree]
    try:
        return to_snake_case(registry.component(kind, tree).component.name) if isinstance(tree, str) else tree
    except HornbeamError:
        return tree


def legacy_weights_bytes(model: Any) -> bytes:
    """A model's weights in the layout of Keras 2's `.h5` files of weights."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        _put_layers(file, model)
    return buffer.getvalue()


def _put_layers(group: Any, model: Any) -> None:
    _put_names(group, "layer_names", [layer.name for layer in model.layers])
    group.attrs["backend"], group.attrs["keras_version"] = b"hornbeam", KERAS_VERSION.encode()
    for layer in model.layers:
        _put_weights(group.create_group(layer.name), [(w.path, w.numpy()) for w in ordered_weights(layer)])
    _put_weights(group.create_group("top_level_model_weights"), [])


def _plain(config: dict[str, Any]) -> dict[str, Any]:
    """A model's configuration whose layers are named by their classes alone, as in old files."""
    layers = []
    for form in config.get("layers", []):
        old = {k: v for k, v in form.items() if k not in ("module", "registered_name", "build_config")}
        inner = isinstance(form["config"], dict) and "layers" in form["config"]
        custom = form.get("registered_name") not in (None, form["class_name"]) or not str(form["module"]).startswith(
            "keras."
        )
        if form["module"].startswith("keras.src.ops") or (custom and form["module"] != "keras"):
            layers.append(form)
        else:
            layers.append({**old, "config": _plain(form["config"])} if inner else old)
    return {**config, "layers": layers} if "layers" in config else config


def _put_names(group: Any, name: str, names: list[str]) -> None:
    encoded = np.asarray([n.encode() for n in names]) if names else np.asarray([], "S1")
    parts = -(-encoded.nbytes // HEADER) or 1
    if parts == 1:
        group.attrs[name] = encoded
        return
    for i, part in enumerate(np.array_split(encoded, parts + 1)):
        group.attrs[f"{name}{i}"] = part


def _put_weights(group: Any, weights: list[tuple[str, Any]]) -> None:
    names: list[str] = []
    for path, value in weights:
        name = path if path not in names else f"{path}_{len(names)}"
        names.append(name)
        group.create_dataset(name, data=np.asarray(value))
    _put_names(group, "weight_names", names)
