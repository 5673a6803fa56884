"""Workers: functions run ahead in threads or processes, with the results in the order in which they were asked for."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from hornbeam.errors import HornbeamError, InvalidArgumentError

__all__ = ["WorkerError", "in_order", "processes", "threads"]


class WorkerError(HornbeamError, RuntimeError):
    """A worker process ended without an answer."""


def threads(count: int) -> Executor:
    """So many threads."""
    return ThreadPoolExecutor(count, "hornbeam-datasets")


def processes(count: int, held: Any) -> Executor:
    """So many processes, each with a copy of an object: `held_by_worker()` in the functions that they run.

    They are started afresh rather than forked: a fork would copy locks that threads of this process hold.

    Raises:
        InvalidArgumentError: the object cannot be sent to another process.
    """
    try:
        packed = pickle.dumps(held)
    except Exception as error:
        raise InvalidArgumentError(
            f"the pipeline cannot be sent to worker processes: {error}. Functions for map() and filter() must be defined at the "
            "top of a module (no lambda, no function within a function); or use threads: processes=False."
        ) from error
    context = multiprocessing.get_context(
        "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    )
    return ProcessPoolExecutor(count, context, _begin, (packed, os.getpid()))


_held: Any = None


def _begin(packed: bytes, parent: int) -> None:
    """In the new process: take the object; leave Ctrl-C to the parent, which then ends its workers."""
    global _held
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _held = pickle.loads(packed)  # noqa: S301 - written by the process that started this one


def held_by_worker() -> Any:
    """The object that a worker process got at its start."""
    return _held


def in_order(
    pool: Executor, function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]], ahead: int
) -> Iterator[Any]:
    """`function(*task)` of each task, `ahead` of them begun before they are asked for.

    Who stops asking leaves at most `ahead` of them behind: threads drop those not yet begun, processes compute them for nothing.

    Raises:
        WorkerError: a worker process was killed.
    """
    waiting: deque[Any] = deque()
    try:
        for task in tasks:
            waiting.append(pool.submit(function, *task))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenExecutor as error:
        raise WorkerError(
            "a worker process of the pipeline ended without an answer: it could not start (see above; a script that uses processes "
            'begins its work below `if __name__ == "__main__":`), ran out of memory, or crashed in native code. Run the pipeline '
            "with workers=0 to see where."
        ) from error
    finally:
        # Not in processes: where one of them dies, CPython fails at the first cancelled future, before it ends the other
        # processes, and the interpreter then waits for them for ever.
        if not isinstance(pool, ProcessPoolExecutor):
            for future in waiting:
                future.cancel()
