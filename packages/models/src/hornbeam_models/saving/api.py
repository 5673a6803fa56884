"""save_model, load_model, save_weights, load_weights: the file's name says the format.

What reads and writes the formats is imported when it is needed: h5py takes as long to import as the rest of this package.
"""

from __future__ import annotations

from typing import Any

from hornbeam.errors import InvalidArgumentError, SerializationError
from hornbeam.plugins.custom import custom_object_scope
from hornbeam.serialization import safe_mode_scope

from hornbeam_models.saving.files import LEGACY, existing, is_legacy, target, write_atomically

__all__ = ["load_model", "load_weights", "save_model", "save_weights"]

WEIGHTS = (".weights.h5", ".weights.json", ".safetensors")  # ends of names of files that hold nothing else


def save_model(model: Any, filepath: Any, overwrite: bool = True, *, include_optimizer: bool = True) -> None:
    """Write a whole model: architecture, weights, how it was compiled, the optimizer's state.

    Args:
        model: a built model.
        filepath: ends in ".keras", or, for the old layout of one HDF5 file, in ".h5" or ".hdf5".
        overwrite: whether an existing file is replaced.
        include_optimizer: whether the file says how the model was compiled, and has the optimizer's state.

    Raises:
        InvalidArgumentError: the model has no weights yet, or the name does not end so.
    """
    from hornbeam_models.saving import archive, legacy

    path = target(filepath, (".keras", *LEGACY), overwrite)
    if not model.built:
        raise InvalidArgumentError(
            f"model {model.name!r} has no weights yet: call it on data, or give it an Input, before saving"
        )
    if is_legacy(path):
        data = legacy.legacy_bytes(model, include_optimizer)
        write_atomically(path, lambda file: file.write(data))
    else:
        archive.save_archive(model, path, include_optimizer)


def load_model(
    filepath: Any, custom_objects: dict[str, Any] | None = None, compile: bool = True, safe_mode: bool = True  # noqa: A002
) -> Any:  # fmt: skip
    """Read a model that `save_model` or Keras wrote. Nothing in the file is executed.

    Args:
        filepath: a `.keras` file, a folder of what one holds, or an `.h5` file of Keras 2 or 3.
        custom_objects: classes and functions of your own, by name.
        compile: whether to compile it as it was.
        safe_mode: False runs code that the file holds (lambdas): only for files of whom you trust.

    Raises:
        SerializationError: the file is damaged, needs a class that is not known, or holds code.
    """
    from hornbeam_models.saving import archive, legacy

    path = existing(filepath)
    if path.name.endswith(WEIGHTS):
        raise SerializationError(
            f"{path} holds weights, and no model: make the model as it was made, and call model.load_weights({str(filepath)!r})"
        )
    with custom_object_scope(custom_objects), safe_mode_scope(safe_mode):
        return (legacy.load_legacy if is_legacy(path) else archive.load_archive)(path, compile)


def save_weights(model: Any, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None) -> None:
    """Write a model's weights, and its optimizer's state.

    Args:
        model: a built model.
        filepath: ends in ".weights.h5"; in ".weights.json" for several files beside it; in ".safetensors"; or, for the layout of
            Keras 2, which has no state of the optimizer, in another ".h5" or ".hdf5".
        overwrite: whether an existing file is replaced.
        max_shard_size: GiB that each of the several files may have.

    Raises:
        InvalidArgumentError: the name ends otherwise, or `max_shard_size` does not go with it.
    """
    from hornbeam_models.saving import legacy, safetensors, shards, weights

    path = target(filepath, (*WEIGHTS, *LEGACY), overwrite)
    if (max_shard_size is not None) != path.name.endswith(".json"):
        raise InvalidArgumentError("max_shard_size goes with a name that ends in '.weights.json', and only with that")
    if max_shard_size is not None:
        shards.write_shards(weights.state_of(model), path, max_shard_size)
        return
    if path.suffix == ".safetensors":
        data = safetensors.safetensors_bytes(weights.state_of(model))
    else:
        data = legacy.legacy_weights_bytes(model) if is_legacy(path) else weights.h5_bytes(model)
    write_atomically(path, lambda file: file.write(data))


def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False, *, by_name: bool = False) -> None:
    """Read weights into a built model of the same architecture.

    Args:
        model: a built model.
        filepath: of weights (".weights.h5", ".weights.json", ".safetensors"), of a whole model (".keras", of which the
            weights are read), or an ".h5" file of Keras 2.
        skip_mismatch: whether layers that do not fit keep their values, with a warning, instead of an error.
        by_name: for ".h5" files: layers are found by their names, and others keep their values; otherwise by their order.

    Raises:
        SerializationError: the file is damaged, or its weights do not fit.
    """
    from hornbeam_models.saving import archive, legacy, safetensors, shards, store, weights

    path = existing(filepath)
    if not model.built:
        raise InvalidArgumentError(
            f"model {model.name!r} has no weights yet: call it on data, or give it an Input, first"
        )
    if by_name and not is_legacy(path):
        raise InvalidArgumentError(f"by_name=True goes with .h5 files in the old layout; got {path}")
    if is_legacy(path):
        legacy.load_legacy_weights(model, path, by_name, skip_mismatch)
    elif path.suffix == ".safetensors":
        weights.read_state(model, safetensors.SafetensorsState(path), skip_mismatch)
    elif path.suffix == ".json":
        with shards.open_shards(path) as source:
            weights.read_state(model, source, skip_mismatch)
    elif path.suffix == ".keras" or path.is_dir():
        archive.load_archive_weights(model, path, skip_mismatch)
    else:
        with weights.open_h5(str(path), str(path)) as file:
            weights.read_state(model, store.H5State(file), skip_mismatch)
