"""Batches of arrays in memory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import leaves, map_structure

__all__ = ["ArrayLoader"]


class ArrayLoader:
    """An iterable of batches (x, y) of arrays; every pass is an epoch.

    Args:
        x: arrays in nested containers, all of the same length.
        y: labels, or None.
        batch_size: samples per batch.
        shuffle: whether every epoch has an order of its own.
        seed: of the orders: epoch e of seed s is always the same.
        drop_last: whether a last batch that is not full is left out.

    Raises:
        InvalidArgumentError: lengths differ, or there are no samples.

    Example:
        >>> [b[0].tolist() for b in ArrayLoader(np.arange(3), batch_size=2, shuffle=False)]
        [[0, 1], [2]]
    """

    def __init__(
        self, x: Any, y: Any = None, batch_size: int = 32, shuffle: bool = True, seed: int = 0, drop_last: bool = False
    ) -> None:
        if batch_size <= 0:
            raise InvalidArgumentError(f"batch_size must be positive; got {batch_size}")
        self.data = tuple(map_structure(np.asarray, part) for part in ((x,) if y is None else (x, y)))
        lengths = {len(a) for a in leaves(self.data)}
        if len(lengths) != 1 or lengths == {0}:
            raise InvalidArgumentError(
                f"arrays must have the same number of samples, at least one; got {sorted(lengths)}"
            )
        (self.count,) = lengths
        self.batch_size, self.shuffle, self.seed, self.drop_last = batch_size, shuffle, seed, drop_last
        self.epoch = 0

    def __len__(self) -> int:
        """Batches per epoch."""
        return self.count // self.batch_size if self.drop_last else math.ceil(self.count / self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        """The batches of the next epoch."""
        order = (
            np.random.default_rng((self.seed, self.epoch)).permutation(self.count)
            if self.shuffle
            else np.arange(self.count)
        )
        self.epoch += 1
        for index in range(len(self)):
            rows = order[index * self.batch_size : (index + 1) * self.batch_size]
            yield tuple(map_structure(lambda a, rows=rows: a[rows], part) for part in self.data)
