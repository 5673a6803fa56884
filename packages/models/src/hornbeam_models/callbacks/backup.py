"""BackupAndRestore: a run that was interrupted goes on where it was, and ends with the bits of one that was not."""

from __future__ import annotations

import json
import os
import random
import shutil
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.dtypes import as_dtype
from hornbeam.errors import InvalidArgumentError, SerializationError
from hornbeam.host import native_dtype
from hornbeam.random.generator import global_state, set_global_state

from hornbeam_models.callbacks.base import Callback
from hornbeam_models.callbacks.saving import Every

__all__ = ["BackupAndRestore"]

FORMAT = 2


class BackupAndRestore(Callback):
    """Keeps the state of training on disk. `fit` with the same arguments, in a new process, goes on from there.

    The state is everything that the rest of the run depends on: weights, optimizer, the figures of the epoch so far, random keys
    (layers', the global ones of Hornbeam, NumPy and Python), the epoch, the step in it and its order of samples, and what other
    callbacks keep. An iterable of batches is started again and skipped up to the step. So a run that was killed and resumed ends
    with the same bits.

    Args:
        backup_dir: folder of this run's state.
        save_freq: "epoch", or a number of batches.
        double_checkpoint: keep the state before the last one too, for when the last one is damaged.
        delete_checkpoint: remove the folder when training has ended by itself.

    Raises:
        InvalidArgumentError: there is no folder, or the state belongs to a different model.
        SerializationError: the state is damaged.
    """

    last = True  # what it saves is what the others have made of the step or epoch

    def __init__(
        self, backup_dir: Any, save_freq: Any = "epoch", double_checkpoint: bool = False, delete_checkpoint: bool = True
    ) -> None:
        if not backup_dir:
            raise InvalidArgumentError("BackupAndRestore: backup_dir is empty")
        self.backup_dir, self.save_freq = Path(os.fspath(backup_dir)), save_freq
        self.double_checkpoint, self.delete_checkpoint = double_checkpoint, delete_checkpoint
        self._every = Every("BackupAndRestore", save_freq)
        self._epoch = 0

    @property
    def _path(self) -> Path:
        return self.backup_dir / "latest.state"

    def on_train_begin(self, logs: Any = None) -> None:
        """Go on, if there is something to go on from."""
        if not self.model.built:
            raise InvalidArgumentError("BackupAndRestore needs a model whose weights exist")
        previous = self._path.with_suffix(".previous")
        if not self._path.exists() and not previous.exists():
            return
        try:
            manifest, arrays = _read(self._path)
        except SerializationError as error:
            if not previous.exists():
                raise
            warnings.warn(f"{error} The state before it is used.", stacklevel=2)
            manifest, arrays = _read(previous)
        self._restore(manifest, arrays)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Save, if it is time."""
        if self._every.batch(batch):
            self._save(self._epoch, batch + 1)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save: the next epoch is to be done."""
        self._save(epoch + 1, 0)

    def on_train_end(self, logs: Any = None) -> None:
        """Remove the state."""
        if self.delete_checkpoint and not self.model.interrupted:
            shutil.rmtree(self.backup_dir, ignore_errors=True)

    def _variables(self) -> list[Any]:
        model = self.model
        metrics = [v for metric in model.metrics for v in metric.variables]
        return list(dict.fromkeys([*model.variables, *model.optimizer.variables, *metrics]))

    def _metrics_on_host(self) -> list[Any]:
        return [metric for metric in self.model.metrics if hasattr(metric, "get_state")]

    def _others(self) -> list[Any]:
        return [c for c in self.model.callbacks.callbacks if c is not self and hasattr(c, "get_state")]

    def _save(self, epoch: int, step: int) -> None:
        arrays: dict[str, Any] = {}
        variables = self._variables()
        for i, variable in enumerate(variables):
            arrays[f"variable/{i}"] = variable.numpy()
        version, words, *rest = random.getstate()
        name, keys, *numbers = np.random.get_state()
        arrays["numpy"] = keys
        manifest = {
            "format": FORMAT,
            "epoch": epoch,
            "step": step,
            "variables": [[v.path, list(v.shape), str(v.dtype)] for v in variables],
            "data": self.model.data_state(step),
            "random": global_state(),
            "python": [version, list(words), *rest],
            "numpy": [name, *numbers],
            "metrics": [_plain(m.get_state(), arrays) for m in self._metrics_on_host()],
            "callbacks": [[type(c).__name__, _plain(c.get_state(), arrays)] for c in self._others()],
            "every": [self._every.seen, self._every.last],
        }
        self.backup_dir.mkdir(parents=True, exist_ok=True)
        if self.double_checkpoint and self._path.exists():
            os.replace(self._path, self._path.with_suffix(".previous"))
        _write(self._path, manifest, arrays)

    def _restore(self, manifest: dict[str, Any], arrays: dict[str, Any]) -> None:
        if manifest["format"] != FORMAT:
            raise SerializationError(
                f"{self._path} was written in format {manifest['format']}; this version reads {FORMAT}"
            )
        variables = self._variables()
        kept, now = [v[1:] for v in manifest["variables"]], [[list(v.shape), str(v.dtype)] for v in variables]
        if kept != now:
            raise InvalidArgumentError(
                f"the state in {self.backup_dir} belongs to another model: it has {len(kept)} variables, this one {len(now)}"
                if len(kept) != len(now)
                else f"the state in {self.backup_dir} belongs to another model: the shapes of its variables differ"
            )

        def restore() -> None:
            self._assign(manifest, arrays, variables)

        restore()
        self.model.resume_at(manifest["epoch"], manifest["step"], manifest["data"], restore)

    def _assign(self, manifest: dict[str, Any], arrays: dict[str, Any], variables: list[Any]) -> None:
        for i, variable in enumerate(variables):
            variable.assign(arrays[f"variable/{i}"])
        version, words, *rest = manifest["python"]
        random.setstate((version, tuple(words), *rest))
        name, *numbers = manifest["numpy"]
        np.random.set_state((name, arrays["numpy"], *numbers))
        set_global_state(manifest["random"])
        for metric, state in zip(self._metrics_on_host(), manifest["metrics"], strict=True):
            metric.set_state(_whole(state, arrays))
        for callback, (kind, state) in zip(self._others(), manifest["callbacks"], strict=False):
            if kind == type(callback).__name__:
                callback.set_state(_whole(state, arrays))
        self._every.seen, self._every.last = manifest["every"]


def _plain(value: Any, arrays: dict[str, Any]) -> Any:
    """A value as JSON knows it; arrays go among `arrays`."""
    if isinstance(value, dict):
        return {"dict": [[_plain(k, arrays), _plain(v, arrays)] for k, v in value.items()]}
    if isinstance(value, (list, tuple)):
        return {"list" if isinstance(value, list) else "tuple": [_plain(v, arrays) for v in value]}
    if isinstance(value, np.ndarray):
        name = f"kept/{len(arrays)}"
        arrays[name] = value
        return {"array": name}
    return {"value": value.item() if isinstance(value, np.generic) else value}


def _whole(kept: Any, arrays: dict[str, Any]) -> Any:
    ((kind, value),) = kept.items()
    if kind == "dict":
        return {_whole(k, arrays): _whole(v, arrays) for k, v in value}
    if kind in ("list", "tuple"):
        found = [_whole(v, arrays) for v in value]
        return found if kind == "list" else tuple(found)
    return arrays[value] if kind == "array" else value


def _write(path: Path, manifest: dict[str, Any], arrays: dict[str, Any]) -> None:
    """Write all of it or nothing: into another file first, which then takes the name."""
    described = {name: [str(a.dtype), list(a.shape)] for name, a in arrays.items()}
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("manifest.json", json.dumps({**manifest, "arrays": described}))
            for name, array in arrays.items():
                archive.writestr(name, np.ascontiguousarray(array).tobytes())
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            arrays = {
                name: np.frombuffer(archive.read(name), native_dtype(as_dtype(dtype))).reshape(shape).copy()
                for name, (dtype, shape) in manifest["arrays"].items()
            }
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise SerializationError(f"the state {path} is damaged: {error}.") from error
    return manifest, arrays
