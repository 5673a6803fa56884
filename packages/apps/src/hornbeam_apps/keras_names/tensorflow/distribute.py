"""tf.distribute: strategies of one device, which is what computes here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

__all__ = ["MirroredStrategy", "OneDeviceStrategy", "ReduceOp", "Strategy", "get_strategy"]

ReduceOp = SimpleNamespace(MEAN="mean", SUM="sum")


class Strategy:
    """A strategy of one device, which is what computes here."""

    num_replicas_in_sync = 1

    def __init__(self, *args: Any, **options: Any) -> None:
        """Devices are not chosen."""

    @contextmanager
    def scope(self) -> Iterator[None]:
        """A with block like any other."""
        yield

    def run(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """Call a function."""
        return fn(*args, **(kwargs or {}))

    def reduce(self, reduce_op: Any, value: Any, axis: Any = None) -> Any:
        """The value: there is one replica."""
        return value

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> Any:
        """The dataset."""
        return dataset


MirroredStrategy = OneDeviceStrategy = get_strategy = Strategy
