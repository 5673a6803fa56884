"""Callbacks that hand figures on: to functions, a file, a server."""

from __future__ import annotations

import csv
import json
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_models.callbacks.base import Callback

__all__ = ["CSVLogger", "LambdaCallback", "RemoteMonitor"]


class LambdaCallback(Callback):
    """A callback of functions, given by the names of the methods that they stand for.

    Example:
        >>> told = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs))
        >>> told.on_epoch_end(0, {"loss": 1.0})
        0 {'loss': 1.0}
    """

    def __init__(self, **functions: Callable[..., Any]) -> None:
        for name, function in functions.items():
            if not name.startswith("on_") or not hasattr(Callback, name):
                raise InvalidArgumentError(f"LambdaCallback: there is no event {name!r}")
            if function is not None:
                setattr(self, name, function)


class CSVLogger(Callback):
    """A line of comma-separated figures an epoch, "NA" for those that an epoch does not have.

    Args:
        filename: of the file.
        separator: between the figures.
        append: whether to write behind what is there, as when a run goes on.
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        self.filename, self.sep, self.append = Path(os.fspath(filename)), separator, append
        self.keys: list[str] | None = None
        self._file: Any = None
        self._writer: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Open the file."""
        empty = not self.filename.exists() or self.filename.stat().st_size == 0
        self._headed = self.append and not empty
        if self._headed:
            with self.filename.open(newline="", encoding="utf-8") as file:
                self.keys = next(csv.reader(file, delimiter=self.sep), ["epoch"])[1:]
        self._file = self.filename.open("a" if self.append else "w", newline="", encoding="utf-8")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write the line."""
        if self.keys is None:
            self.keys = sorted(logs)
            if not any(key.startswith("val_") for key in self.keys):
                self.keys += [f"val_{key}" for key in self.keys]  # a later epoch may have them: see `validation_freq`
        writer = csv.writer(self._file, delimiter=self.sep)
        if not self._headed:
            writer.writerow(["epoch", *self.keys])
            self._headed = True
        writer.writerow([epoch, *(_text(logs.get(key, "NA")) for key in self.keys)])
        self._file.flush()

    def on_train_end(self, logs: Any = None) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _text(value: Any) -> Any:
    return json.dumps(value.tolist()) if isinstance(value, np.ndarray) and value.ndim else value


class RemoteMonitor(Callback):
    """Sends every epoch's figures to a server, as JSON in a POST request. A server that does not answer is warned of only.

    Args:
        root: address of the server.
        path: behind it.
        field: name of the form's field, where it is sent as a form.
        headers: of the request.
        send_as_json: the body is the JSON; False: a form with one field of it.
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: dict[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        if not root.startswith(("http://", "https://")):
            raise InvalidArgumentError(f"RemoteMonitor: root must start with http:// or https://; got {root!r}")
        self.root, self.path, self.field, self.headers, self.send_as_json = root, path, field, headers, send_as_json

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Send."""
        from urllib import request
        from urllib.error import URLError
        from urllib.parse import urlencode

        figures = {"epoch": epoch, **{k: v.tolist() if hasattr(v, "tolist") else v for k, v in (logs or {}).items()}}
        text = json.dumps(figures)
        body = text if self.send_as_json else urlencode({self.field: text})
        kind = "application/json" if self.send_as_json else "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, **(self.headers or {})}
        try:
            with request.urlopen(request.Request(self.root + self.path, body.encode(), headers), timeout=10):  # noqa: S310
                pass
        except (URLError, OSError) as error:
            warnings.warn(f"RemoteMonitor could not reach {self.root}: {error}", stacklevel=2)
