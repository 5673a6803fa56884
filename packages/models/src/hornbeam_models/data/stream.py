"""Stream: batches that an iterable gives one after another, and where in them training is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hornbeam.errors import InvalidArgumentError

from hornbeam_models.data.given import Batch

__all__ = ["Stream"]


class Stream:
    """The batches of an iterable, epoch after epoch. `steps` an epoch may end one within a pass over the iterable.

    Args:
        source: the iterable. One with `iterate(state)`, such as a pipeline of Hornbeam, can go on from anywhere; another is
            started again, and gone through up to there.
        checked: makes a batch of what the iterable gives.
    """

    def __init__(self, source: Any, checked: Callable[[Any], Batch]) -> None:
        self.source, self.checked = source, checked
        self.coming: Any = None  # the iterator
        self.pending: list[tuple[Batch, Any]] = []  # looked at, and not given yet; with the position behind it
        self.taken = 0  # batches given of the present pass
        self.position: Any = None  # behind the last batch given, where the source knows such

    @property
    def endless(self) -> bool:
        """Whether it is an iterator, which cannot be started again."""
        return hasattr(self.source, "__next__")

    def peek(self) -> Batch:
        """The first batch, which is not lost."""
        if not self.pending:
            try:
                self.pending.append(self._pull())
            except StopIteration:
                raise InvalidArgumentError("the data are empty: the iterable gives no batch") from None
        return self.pending[0][0]

    def restart(self) -> None:
        """Begin a pass, where the iterable can be started again."""
        if not self.endless and self.taken:
            if hasattr(self.coming, "close"):
                self.coming.close()
            self.pending, self.coming, self.position, self.taken = [], None, None, 0

    def epoch(self, steps: int | None, done: int, around: bool = True) -> Iterator[Batch]:
        """One pass, or so many batches (with `around`, of several passes if need be), of which `done` were given already."""
        given, fresh = done, self.coming is None
        while steps is None or given < steps:
            try:
                batch, self.position = self.pending.pop() if self.pending else self._pull()
            except StopIteration:
                self.coming = self.position = None
                if steps is None or fresh or self.endless or not around:
                    return
                fresh = True  # an iterable that is empty from its start is not asked for ever
                continue
            self.taken, given, fresh = self.taken + 1, given + 1, False
            yield batch

    def _pull(self) -> tuple[Batch, Any]:
        if self.coming is None:
            self.coming, self.taken = iter(self.source), 0
        batch = self.checked(next(self.coming))
        can = hasattr(self.source, "iterate") and hasattr(self.coming, "state")
        return batch, self.coming.state() if can else None

    def state(self) -> dict[str, Any]:
        """Where it is."""
        under_way = self.coming is not None
        count = getattr(self.source, "epoch", None)  # pipelines count how often they were started
        return {
            "position": self.position,
            "taken": self.taken if under_way else 0,
            "epoch": count - under_way if isinstance(count, int) else None,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        if not self.endless:
            if hasattr(self.coming, "close"):
                self.coming.close()
            self.pending, self.coming = [], None
        if state["position"] is not None:
            self.coming, self.position = self.source.iterate(state["position"]), state["position"]
            self.taken = state["taken"]
            return
        if state["epoch"] is not None:
            self.source.epoch = state["epoch"]
        for _ in self.epoch(state["taken"], 0):
            pass
