"""The arrays that come and go with a run: inputs, and outputs beside them or in the memory of the variables that they replace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hornbeam.graph.ir import Graph
from hornbeam.host import native_dtype

from hornbeam_cpu.memory import empty

__all__ = ["Outside"]


class Outside:
    """Finds the memory of every external array of a program, with as little work as a run leaves to do.

    A training step has hundreds of variables, whose arrays stay the same from run to run: only what moved is looked at.

    Args:
        graph: whose inputs come first among the external arrays.
        fresh: output -> number of its array.
        in_place: output -> the input in whose memory it may be written.

    Attributes:
        arrays: the external arrays of the present run.
        addresses: of their first bytes.
        version: another number whenever an address is another.
    """

    def __init__(self, graph: Graph, fresh: dict[int, int], in_place: dict[int, int]) -> None:
        count = len(graph.inputs) + len(fresh)
        self.arrays: list[Any] = [None] * count
        self.addresses = np.zeros(count, np.int64)
        self.version = 0
        self.known: list[Any] = [None] * len(graph.inputs)  # as they were given
        kinds = {i: (graph.outputs[i].shape, native_dtype(graph.outputs[i].dtype)) for i in fresh}
        self.replacing = [(fresh[i], into, kinds[i]) for i, into in in_place.items()]
        self.beside = [(n, graph.donated.get(i), kinds[i]) for i, n in fresh.items() if i not in in_place]
        self.replaced = frozenset(in_place.values())
        self.settled = False  # whether all that can be written in place is, into the arrays of the run before
        self.donate: Sequence[bool] = ()
        self.spares: dict[int, Any] = {}  # array -> the memory that a variable had before

    def take(self, given: Sequence[Any], donate: Sequence[bool]) -> None:
        """Find everything for a run.

        Args:
            given: the inputs.
            donate: for each, whether its memory may be overwritten; empty: of none.
        """
        moved = [i for i, (new, old) in enumerate(zip(given, self.known, strict=True)) if new is not old]
        for i in moved:
            array = given[i]
            plain = array.flags.c_contiguous
            self.known[i] = array if plain else None
            self._put(i, array if plain else np.ascontiguousarray(array))
        if not self.settled or donate != self.donate or not self.replaced.isdisjoint(moved):
            self._replace(given, donate)
        for number, into, kind in self.beside:
            spare = self.spares.pop(number, None) if into is not None and donate and donate[into] else None
            self._put(number, empty(*kind) if spare is None else spare)
        self.version += bool(moved or self.beside)

    def _replace(self, given: Sequence[Any], donate: Sequence[bool]) -> None:
        self.settled, self.donate = True, list(donate)
        self.version += 1
        for number, into, kind in self.replacing:
            mine = bool(donate) and donate[into]
            if mine and self.arrays[into] is given[into]:
                self.arrays[number], self.addresses[number] = self.arrays[into], self.addresses[into]
            else:
                self.settled = False
                spare = self.spares.pop(number, None) if mine else None
                self._put(number, empty(*kind) if spare is None else spare)

    def _put(self, number: int, array: Any) -> None:
        self.arrays[number] = array
        self.addresses[number] = array.__array_interface__["data"][0]

    def release(self, given: Sequence[Any], donate: Sequence[bool]) -> None:
        """After a run: memory that variables had before serves at the next one; results belong to the caller alone."""
        for number, into, _ in self.beside if self.settled else (*self.beside, *self.replacing):
            if into is not None and donate and donate[into] and self.arrays[number] is not given[into]:
                self.spares[number] = given[into]
            self.arrays[number] = None
        if not donate:
            self.known = [None] * len(self.known)
