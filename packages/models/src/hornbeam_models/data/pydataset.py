"""PyDataset: batches by their number, which workers may prepare ahead of the training."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from hornbeam.errors import InvalidArgumentError

__all__ = ["PyDataset", "batches_of", "is_pydataset"]


class PyDataset:
    """A source of batches: subclass it with `__len__` (batches an epoch; `num_batches` to say None) and `__getitem__(index)`.

    `fit` shuffles the order of the batches. With several workers they are prepared ahead, and still come in order.

    Args:
        workers: threads or processes that prepare batches; 0 or 1: the one that trains prepares them.
        use_multiprocessing: processes instead of threads; the object has to be picklable then.
        max_queue_size: batches that are prepared ahead at most.

    Example:
        >>> class Squares(PyDataset):
        ...     def __len__(self):
        ...         return 3
        ...     def __getitem__(self, index):
        ...         return [[float(index)]], [[float(index**2)]]
        >>> Squares()[2]
        ([[2.0]], [[4.0]])
    """

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self.workers, self.use_multiprocessing, self.max_queue_size = workers, use_multiprocessing, max_queue_size

    def __getitem__(self, index: int) -> Any:
        """Batch number `index`: (x,), (x, y) or (x, y, sample_weight)."""
        raise InvalidArgumentError(f"{type(self).__name__} has no __getitem__(index): override it.")

    @property
    def num_batches(self) -> int | None:
        """How many batches there are; None: without end."""
        try:
            return len(self)  # type: ignore[arg-type]
        except TypeError:
            raise InvalidArgumentError(
                f"{type(self).__name__} needs __len__, or num_batches, which may be None: without end"
            ) from None

    def on_epoch_begin(self) -> None:
        """An epoch starts."""

    def on_epoch_end(self) -> None:
        """An epoch has ended."""


def is_pydataset(x: Any) -> bool:
    """Whether something gives batches by number: a PyDataset, or what is used like one (Keras's too)."""
    if isinstance(x, (list, tuple, dict)) or hasattr(x, "shape") or not hasattr(x, "__getitem__"):
        return False
    return hasattr(x, "num_batches") or (hasattr(x, "on_epoch_end") and hasattr(x, "__len__"))


def batches_of(source: Any, order: Any) -> Iterator[Any]:
    """The batches of those numbers, in that order, prepared ahead where `source` asks for workers."""
    workers = int(getattr(source, "workers", 1))
    if workers <= 1:
        yield from map(source.__getitem__, order)
        return
    pool: Executor
    if getattr(source, "use_multiprocessing", False):
        from concurrent.futures import ProcessPoolExecutor  # which imports multiprocessing

        pool = ProcessPoolExecutor(workers)
    else:
        pool = ThreadPoolExecutor(workers)
    ahead = max(1, int(getattr(source, "max_queue_size", 10)))
    waiting: deque[Any] = deque()
    try:
        for index in order:
            waiting.append(pool.submit(_item, source, index))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _item(source: Any, index: int) -> Any:
    return source[index]
