"""`.keras` files: a zip of metadata, configuration, weights and assets; and a folder of the same names."""

from __future__ import annotations

import datetime
import json
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import hornbeam as hb
from hornbeam.errors import HornbeamError, SerializationError
from hornbeam.serialization import serialize_shared, sharing

from hornbeam_models.saving.compiling import compile_config, model_from_saved
from hornbeam_models.saving.files import write_atomically
from hornbeam_models.saving.store import H5State
from hornbeam_models.saving.walk import saveables
from hornbeam_models.saving.weights import h5_bytes, open_h5, read_state

__all__ = [
    "KERAS_VERSION",
    "archive_weights",
    "assets_of",
    "load_archive",
    "load_archive_weights",
    "save_archive",
]

KERAS_VERSION = "3.15.1"  # whose layout the files have
LIMIT = 1 << 30  # bytes: a member that unpacks to more must not be packed to a hundredth or less
EXPANSION = 100
_BOMB = "it is damaged, or made to fill the memory"


def save_archive(model: Any, path: Path, include_optimizer: bool = True) -> None:
    """Write a whole, built model."""
    form = serialize_shared(model)
    how = compile_config(model) if include_optimizer else None
    if how is not None:
        form["compile_config"] = how
    date = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    metadata = {"keras_version": KERAS_VERSION, "date_saved": date, "hornbeam_version": hb.__version__}
    members: dict[str, str | bytes] = {
        "metadata.json": json.dumps(metadata),
        "config.json": json.dumps(form),
        "model.weights.h5": h5_bytes(model, include_optimizer),
    }

    def write(file: Any) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
            for name, asset in assets_of(model).items():
                archive.writestr(f"assets/{name}", asset)

    write_atomically(path, write)


def load_archive(path: Path, compile: bool) -> Any:  # noqa: A002 - Keras's name
    """The model of a `.keras` file or folder.

    Raises:
        SerializationError: it is damaged, or needs a class that is not known.
    """
    with _opened(path) as (read, names):
        weights = _weights_name(path, names)
        try:
            config = json.loads(read("config.json"))
        except (ValueError, RecursionError) as error:
            raise SerializationError(f"{path} is damaged: config.json is not JSON: {error}") from None
        try:
            with sharing():
                model = model_from_saved(config, compile)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            if isinstance(error, HornbeamError):
                raise
            raise SerializationError(
                f"{path}: config.json cannot be made sense of; it is damaged, or a class in it fails: {error!r}"
            ) from error
        with open_h5(read(weights), f"{path}: {weights}") as file:
            read_state(model, H5State(file))
        assets = {name.removeprefix("assets/"): name for name in names if name.startswith("assets/")}
        if assets:
            _give_assets(model, {name: read(member) for name, member in assets.items()})
    return model


def archive_weights(path: Path) -> bytes:
    """The HDF5 file of weights in a `.keras` file."""
    with _opened(path) as (read, names):
        return read(_weights_name(path, names))


def load_archive_weights(model: Any, path: Path, skip_mismatch: bool) -> None:
    """Take the weights of a `.keras` file into a model."""
    with open_h5(archive_weights(path), f"{path}: its weights") as file:
        read_state(model, H5State(file), skip_mismatch)


def _weights_name(path: Path, names: set[str]) -> str:
    if "config.json" in names and "model.weights.h5" in names:
        return "model.weights.h5"
    if "model.weights.npz" in names:
        raise SerializationError(f"{path} keeps its weights as pickled objects, which can hold code, and are not read")
    raise SerializationError(f"{path} is damaged, or not a saved model: it lacks config.json or model.weights.h5")


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Callable[[str], bytes], set[str]]]:
    """How to read a member of an archive or folder, and the names of all."""
    if path.is_dir():
        yield (
            (lambda name: (path / name).read_bytes()),
            {p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file() and not p.is_symlink()},
        )
        return
    try:
        with zipfile.ZipFile(path) as archive:
            infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
            for info in infos.values():
                _check(info, path)
            whole, size = sum(info.file_size for info in infos.values()), path.stat().st_size
            if whole > LIMIT and whole > EXPANSION * size:
                raise SerializationError(f"{path} claims to unpack from {size:,} to {whole:,} bytes: {_BOMB}")
            yield (lambda name: archive.read(name)), set(infos)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zipfile.LargeZipFile, zlib.error) as error:
        raise SerializationError(f"{path} is damaged, or not a saved model: {error}") from None


def _check(info: zipfile.ZipInfo, path: Path) -> None:
    """Refuse members that would unpack to more than is plausible, or lie outside of the archive."""
    if info.file_size > LIMIT and info.file_size > EXPANSION * max(1, info.compress_size):
        raise SerializationError(
            f"{path}: {info.filename} claims to unpack from {info.compress_size:,} to {info.file_size:,} bytes: {_BOMB}"
        )
    parts = PurePosixPath(info.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in info.filename:
        raise SerializationError(f"{path} has a member {info.filename!r}, which would lie outside of the archive")


# ---- assets: files that layers write themselves, such as vocabularies


def assets_of(model: Any) -> dict[str, bytes]:
    """The files that layers keep, by path."""
    found: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for path, part in saveables(model):
            if not hasattr(part, "save_assets"):
                continue
            place = Path(folder, path)
            place.mkdir(parents=True, exist_ok=True)
            part.save_assets(str(place))
        for file in sorted(Path(folder).rglob("*")):
            if file.is_file():
                found[file.relative_to(folder).as_posix()] = file.read_bytes()
    return found


def _give_assets(model: Any, assets: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in assets.items():
            place = Path(folder, name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        for path, part in saveables(model):
            if hasattr(part, "load_assets") and Path(folder, path).is_dir():
                part.load_assets(str(Path(folder, path)))
