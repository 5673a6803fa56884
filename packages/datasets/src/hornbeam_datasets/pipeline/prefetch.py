"""Samples and batches made ready while earlier ones are used."""

from __future__ import annotations

import queue
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import Executor
from typing import Any

import hornbeam as hb
import numpy as np
from hornbeam.tree import map_structure

from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset, whole_number
from hornbeam_datasets.pipeline.skips import skips_of
from hornbeam_datasets.pipeline.workers import WorkerError, held_by_worker, in_order, processes, threads

__all__ = ["Prefetch"]

END = object()


class Prefetch(Dataset):
    """What comes before it, computed ahead.

    Args:
        parent: samples, or batches.
        buffer_size: how many are ready at most, for each worker; what of them is not used is memory.
        workers: how many compute at the same time, each another sample or batch: that needs samples that can be asked for by
            number; where they come one after another, one thread runs ahead. 0: one thread.
        processes: workers are processes rather than threads. Threads suffice where the work is done outside of Python (decoding
            images and audio, NumPy, reading files) and cost no copy; processes for functions that are written in Python. A script
            that uses them needs `if __name__ == "__main__":`.
        to_device: arrays are moved to the current backend ahead, too, and come as tensors.
    """

    def __init__(
        self, parent: Dataset, buffer_size: int = 2, workers: int = 0, processes: bool = False, to_device: bool = False
    ) -> None:
        self.parent, self.size = parent, whole_number("buffer_size", buffer_size, 1)
        self.workers, self.processes, self.to_device = whole_number("workers", workers, 0), processes, to_device
        self.complete = parent.complete
        self.pool: Executor | None = None

    @property
    def by_number(self) -> bool:
        """As the parent."""
        return self.parent.by_number

    @property
    def slots(self) -> int | None:
        """The parent's."""
        return self.parent.slots

    def at(self, slot: int, epoch: int) -> Any:
        """The parent's."""
        return self._moved(self.parent.at(slot, epoch))

    def rows(self, slots: Any, epoch: int) -> Any:
        """The parent's."""
        return self.parent.rows(slots, epoch)

    def walk(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """In order, computed ahead."""
        count = self.parent.slots
        found = (
            self._asked(epoch, start, count)
            if self.workers and self.by_number and count is not None
            else self._ahead(epoch, start)
        )
        return map(self._moved, found) if self.to_device and self.workers else found

    def _moved(self, sample: Any) -> Any:
        if not self.to_device or sample is SKIPPED:
            return sample
        return map_structure(lambda a: hb.ops.asarray(a) if np.asarray(a).dtype.kind in "biufc" else a, sample)

    def _asked(self, epoch: int, start: int, count: int) -> Iterator[Any]:
        tasks = ((slot, epoch) for slot in range(start, count))
        if self.pool is None:
            self.pool = processes(self.workers, self.parent) if self.processes else threads(self.workers)
            weakref.finalize(self, _end, self.pool)
        if not self.processes:
            yield from in_order(self.pool, self.parent.at, tasks, self.size * self.workers)
            return
        skips = skips_of(self.parent)
        try:
            for sample, notes in in_order(self.pool, _of_held, tasks, self.size * self.workers):
                for own, said in zip(skips, notes, strict=True):
                    for one in said:
                        own.note(one)
                yield sample
        except WorkerError:
            self.close()  # the next iteration starts others
            raise

    def _ahead(self, epoch: int, start: int) -> Iterator[Any]:
        """One thread walks ahead and puts what it finds into a queue."""
        found: queue.Queue[Any] = queue.Queue(self.size)
        stop = threading.Event()

        def put(item: Any) -> bool:
            while not stop.is_set():
                try:
                    found.put(item, timeout=0.1)
                    return True
                except queue.Full:
                    continue
            return False

        def run() -> None:
            source = self.parent.walk(epoch, start)
            try:
                for sample in source:
                    if not put((self._moved(sample), None)):
                        return
                put((END, None))
            except BaseException as error:
                put((END, error))
            finally:
                close = getattr(source, "close", None)
                if close is not None:
                    close()

        thread = threading.Thread(target=run, name="hornbeam-prefetch", daemon=True)
        thread.start()
        try:
            while True:
                sample, error = found.get()
                if error is not None:
                    raise error
                if sample is END:
                    return
                yield sample
        finally:
            stop.set()
            if thread is not threading.current_thread():  # the collector of garbage may come by in any thread
                thread.join()

    def close(self) -> None:
        """End the workers; the next iteration starts others."""
        if self.pool is not None:
            _end(self.pool)
            self.pool = None

    def __getstate__(self) -> dict[str, Any]:
        """For other processes, which start no workers."""
        return {**self.__dict__, "pool": None, "workers": 0}


def _of_held(slot: int, epoch: int) -> tuple[Any, list[list[str]]]:
    """In a worker process: a sample, and what was passed over for it."""
    dataset = held_by_worker()
    skips = skips_of(dataset)
    before = [own.count for own in skips]
    sample = dataset.at(slot, epoch)
    return sample, [own.since(count) for own, count in zip(skips, before, strict=True)]


def _end(pool: Executor) -> None:
    pool.shutdown(wait=False, cancel_futures=True)
