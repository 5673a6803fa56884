"""Callback, which is told of every step and epoch, and CallbackList, which tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["Callback", "CallbackList", "Logs"]


class Callback:
    """Base class: override what you want to be told of.

    Attributes:
        model: the model that is trained.
        params: dict with "verbose", "epochs" and "steps" (None where it is not known).

    Example:
        >>> class Count(Callback):
        ...     seen = 0
        ...
        ...     def on_train_batch_end(self, batch, logs=None):
        ...         self.seen += 1
    """

    model: Any = None
    params: dict[str, Any] = {}  # noqa: RUF012 - replaced, never changed
    last = False  # whether it is told of everything after all others, wherever it stands among them

    def set_model(self, model: Any) -> None:
        """Called once, before anything else."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Called once, before anything else."""
        self.params = params

    def get_state(self) -> dict[str, Any]:
        """What `BackupAndRestore` has to keep of this callback: numbers, texts, lists and dicts of them, NumPy arrays."""
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""

    def on_train_begin(self, logs: Any = None) -> None:
        """Training starts."""

    def on_train_end(self, logs: Any = None) -> None:
        """Training has ended, for whatever reason; `logs` are the last epoch's."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """An epoch starts; counted from 0."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """An epoch has ended; `logs` maps names to figures, those of the validation with "val_" before them."""

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Another name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Another name of `on_train_batch_end`."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A step starts; counted from 0 in each epoch. With `steps_per_execution`, the first of several."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """A step has ended; `logs` maps names to the figures so far. They are computed when they are looked at."""
        self.on_batch_end(batch, logs)

    def on_test_begin(self, logs: Any = None) -> None:
        """An evaluation, also one within `fit`, starts."""

    def on_test_end(self, logs: Any = None) -> None:
        """An evaluation, also one within `fit`, has ended."""

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A step of it starts."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """A step of it has ended."""

    def on_predict_begin(self, logs: Any = None) -> None:
        """A prediction starts."""

    def on_predict_end(self, logs: Any = None) -> None:
        """A prediction has ended."""

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A step of it starts."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """A step of it has ended; `logs["outputs"]` are its outputs."""


_ALIASES = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}


class CallbackList:
    """Tells every callback, in order: it has the methods of `Callback`.

    Args:
        callbacks: the callbacks.
        add_history: whether to add a History, unless there is one.
        add_progbar: whether to add a progress bar, unless there is one.
        model: what they are told to watch.
        **params: "verbose", "epochs", "steps".
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        from hornbeam_models.callbacks.history import History
        from hornbeam_models.callbacks.progress import ProgbarLogger

        self.callbacks: list[Any] = list(callbacks or [])
        self.model, self.params = model, params
        if add_progbar and not any(isinstance(c, ProgbarLogger) for c in self.callbacks):
            self.callbacks.insert(0, ProgbarLogger())
        if add_history and not any(isinstance(c, History) for c in self.callbacks):
            self.callbacks.append(History())
        for callback in self.callbacks:
            self._introduce(callback)

    def _introduce(self, callback: Any) -> None:
        if self.params and hasattr(callback, "set_params"):
            callback.set_params(self.params)
        if self.model is not None:
            callback.set_model(self.model)

    def append(self, callback: Any) -> None:
        """Tell one more from now on."""
        self.callbacks.append(callback)
        self._introduce(callback)
        for name in [n for n in vars(self) if n.startswith("on_")]:
            delattr(self, name)

    def listeners(self, event: str) -> list[Callable[..., None]]:
        """The methods of those that have something of their own to do at an event."""
        names = [event, *([_ALIASES[event]] if event in _ALIASES else [])]
        found = []
        for callback in sorted(self.callbacks, key=lambda c: getattr(c, "last", False)):
            own = [getattr(callback, n) for n in names if getattr(callback, n, None) is not None]
            if own and any(
                getattr(o, "__func__", o) is not getattr(Callback, n, None) for o, n in zip(own, names, strict=False)
            ):
                found.append(own[0])
        return found

    def __getattr__(self, event: str) -> Callable[..., None]:
        """A function that tells every callback of an event; callbacks may lack it."""
        if not event.startswith("on_"):
            raise AttributeError(f"CallbackList has no attribute {event!r}")
        told = self.listeners(event)

        def tell(*args: Any) -> None:
            for function in told:
                function(*args)

        setattr(self, event, tell)
        return tell


class Logs(dict[str, Any]):
    """Figures by name, computed when they are first looked at."""

    def __init__(self, read: Callable[[], dict[str, Any]]) -> None:
        super().__init__({"": None})  # not empty: the json module writes what it finds empty as {} without asking
        self._read: Callable[[], dict[str, Any]] | None = read

    @property
    def unread(self) -> bool:
        """Whether nobody has looked at them."""
        return self._read is not None

    def settle(self) -> None:
        """Compute them now, where somebody may look at them later."""
        if self._read is not None:
            read, self._read = self._read, None
            super().clear()
            super().update(read())


def _settling(name: str) -> Callable[..., Any]:
    plain = getattr(dict, name)

    def method(self: Logs, *args: Any, **kwargs: Any) -> Any:
        self.settle()
        return plain(self, *args, **kwargs)

    method.__name__, method.__doc__ = name, plain.__doc__
    return method


_READING = (
    *(
        "__getitem__",
        "__iter__",
        "__len__",
        "__contains__",
        "__repr__",
        "__eq__",
        "__ne__",
        "__or__",
        "__ror__",
        "__ior__",
    ),
    *(
        "__reversed__",
        "__setitem__",
        "__delitem__",
        "get",
        "keys",
        "values",
        "items",
        "copy",
        "pop",
        "popitem",
        "setdefault",
    ),
    *("update", "clear"),
)
for _name in _READING:
    setattr(Logs, _name, _settling(_name))
