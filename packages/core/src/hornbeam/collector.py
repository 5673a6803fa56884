"""Python's search for cycles among objects waits while many are made that all stay."""

from __future__ import annotations

import gc

__all__ = ["Uncollected"]


class Uncollected:
    """A context in which cycles are not looked for: a graph's thousands of objects would make Python go through all that there are.

    What is not part of a cycle is freed as ever.

    Example:
        >>> import gc
        >>> before = gc.isenabled()
        >>> with Uncollected(), Uncollected():
        ...     gc.isenabled()
        False
        >>> gc.isenabled() == before
        True
    """

    def __enter__(self) -> None:
        self.before = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self.before:
            gc.enable()
