"""How many threads engines use."""

from __future__ import annotations

import os

from hornbeam.errors import InvalidArgumentError

__all__ = ["get_num_threads", "set_num_threads"]

_chosen: list[int] = []


def get_num_threads() -> int:
    """How many threads a compiled step uses.

    What `set_num_threads` said; else the environment variable OMP_NUM_THREADS; else the processors that this process may use.

    Example:
        >>> import hornbeam as hb
        >>> hb.get_num_threads() >= 1
        True
    """
    if _chosen:
        return _chosen[0]
    said = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    if said.isdigit() and int(said) > 0:
        return int(said)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def set_num_threads(count: int | None) -> None:
    """Use `count` threads from now on; results are the same bits whatever the number.

    It is for engines of ours, such as hornbeam-cpu; the threads of NumPy's BLAS are set by variables like OMP_NUM_THREADS.

    Args:
        count: 1 or more; None: as many as without this call.

    Raises:
        InvalidArgumentError: it is not a whole number from 1 on.

    Example:
        >>> import hornbeam as hb
        >>> hb.set_num_threads(2)
        >>> hb.get_num_threads()
        2
        >>> hb.set_num_threads(None)
    """
    if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
        raise InvalidArgumentError(f"the number of threads must be a whole number from 1 on; got {count!r}.")
    _chosen[:] = [] if count is None else [count]
