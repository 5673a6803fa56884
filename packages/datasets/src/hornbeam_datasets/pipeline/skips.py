"""What was left out because it could not be read: how many, and which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.pipeline.dataset import SKIPPED

__all__ = ["Skips"]

LISTED = 1000  # of the newest are kept


class Skips:
    """Errors that are passed over, and the list of them.

    Args:
        errors: "raise": nothing is passed over; "skip": everything that a sample's own reading or function raises.

    Attributes:
        count: how many were passed over, in this process.
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
        self.count += 1
        self.listed = [*self.listed[1 - LISTED :], said]

    def __str__(self) -> str:
        """The count and the list."""
        return "\n".join((f"{self.count} skipped", *self.listed))
