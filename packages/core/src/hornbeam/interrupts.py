"""Ctrl-C while a program runs takes effect when the program and what it leaves behind are complete."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

__all__ = ["Uninterrupted"]


class Uninterrupted:
    """A context in which an interrupt (SIGINT) waits until the end: what is begun in it is never left half done.

    New values of variables may lie in the memory of the old ones, so a step that was cut short between two of them would leave
    weights that belong to no step at all. Only Python's main thread receives signals; in others this does nothing.

    Example:
        >>> with Uninterrupted():
        ...     pair = (1, 2)
    """

    def __init__(self) -> None:
        self.before: Any = None
        self.waiting: tuple[int, FrameType | None] | None = None

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.waiting = number, frame

    def __enter__(self) -> None:
        if threading.get_ident() != threading.main_thread().ident:
            return
        handler = signal.getsignal(signal.SIGINT)
        if callable(handler) and getattr(handler, "__func__", None) is not Uninterrupted._note:
            self.before = handler
            signal.signal(signal.SIGINT, self._note)

    def __exit__(self, *_: object) -> None:
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)
            if self.waiting is not None:
                self.before(*self.waiting)
