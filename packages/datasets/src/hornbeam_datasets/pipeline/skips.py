"""What was left out because it could not be read: how many, and which."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset

__all__ = ["Skips", "skips_of"]

LISTED = 1000  # of the newest are kept


class Skips:
    """Errors that are passed over, and the list of them.

    Args:
        errors: "raise": nothing is passed over; "skip": everything that a sample's own reading or function raises.

    Attributes:
        count: how many were passed over.
        listed: where and why, the newest thousand.

    Example:
        >>> skips = Skips("skip")
        >>> skips.guard(lambda: 1 / 0, "row 3")
        SKIPPED
        >>> print(skips)
        1 skipped
        row 3: ZeroDivisionError: division by zero
    """

    def __init__(self, errors: str) -> None:
        if errors not in ("raise", "skip"):
            raise InvalidArgumentError(f'errors must be "raise" or "skip"; got {errors!r}')
        self.skip = errors == "skip"
        self.count = 0
        self.listed: list[str] = []
        self.lock = threading.Lock()  # threads of a pipeline may meet errors at the same time

    def guard(self, read: Callable[[], Any], where: str) -> Any:
        """What `read` returns; SKIPPED where it fails and that is passed over."""
        if not self.skip:
            return read()
        try:
            return read()
        except Exception as error:
            said = str(error).partition(' With errors="skip"')[0]
            self.note(said if said.startswith(where) else f"{where}: {type(error).__name__}: {said}")
            return SKIPPED

    def note(self, said: str) -> None:
        """Count and list one."""
        with self.lock:
            self.count += 1
            self.listed = [*self.listed[1 - LISTED :], said]

    def since(self, count: int) -> list[str]:
        """What was listed since there were `count`."""
        return self.listed[count - self.count :] if self.count > count else []

    def __getstate__(self) -> dict[str, Any]:
        """For other processes, without the lock."""
        return {name: value for name, value in self.__dict__.items() if name != "lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """In another process."""
        self.__dict__ = {**state, "lock": threading.Lock()}

    def __str__(self) -> str:
        """The count and the list."""
        return "\n".join((f"{self.count} skipped", *self.listed))


def skips_of(dataset: Dataset) -> list[Skips]:
    """Those of a pipeline, of every step before it, in an order that is the same in every process."""
    found: dict[int, Skips] = {}
    waiting: list[Any] = [dataset]
    while waiting:
        for value in vars(waiting.pop()).values():
            if isinstance(value, Skips):
                found[id(value)] = value
            elif isinstance(value, Dataset):
                waiting.append(value)
            elif isinstance(value, (list, tuple)) and value and isinstance(value[0], Dataset):
                waiting += value
    return list(found.values())
