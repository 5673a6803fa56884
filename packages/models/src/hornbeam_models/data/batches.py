"""Batches: what the epochs of one call are made of, and where in them training is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from hornbeam import ops
from hornbeam.errors import InvalidArgumentError
from hornbeam.tree import flatten, leaves, unflatten

from hornbeam_models.data.given import Batch, Given, elsewhere, unpack_x_y_sample_weight, whole
from hornbeam_models.data.pydataset import batches_of, is_pydataset
from hornbeam_models.data.stream import Stream
from hornbeam_models.data.weights import ClassWeights

__all__ = ["Batches"]

AHEAD = 1 << 20  # bytes of a batch from which on the next one is put together while the step runs


class Batches:
    """The batches of every epoch.

    Args:
        given: arrays, or an iterable of batches.
        batch_size: samples per batch of arrays.
        shuffle: whether arrays, and batches that are known by number, come in another order each epoch.
        class_weight: factors of the loss by class.
    """

    def __init__(self, given: Given, batch_size: int, shuffle: bool, class_weight: ClassWeights | None = None) -> None:
        self.given, self.batch_size = given, whole("batch_size", batch_size, 1)
        self.class_weight = class_weight
        # follows hb.set_random_seed
        self.generator = np.random.default_rng(np.random.randint(2**31)) if shuffle else None
        self.check: Callable[[Any], None] | None = None  # what finds labels that nothing can be learned from
        self.numbered = self.streamed and is_pydataset(given.iterable)
        self.stream = Stream(given.iterable, self._checked) if self.streamed and not self.numbered else None
        self.count = self._count()
        self.began: dict[str, Any] = {}  # the state at the beginning of the present epoch
        self.inside = False  # whether the stream stands within the epoch that comes, and not before it
        # Arrays and numbered batches: where in a pass over them the next epoch begins, whose `steps` may end it within one.
        self.passed = 0  # batches of it
        self.order: Any = None
        self.drawn: Any = None  # the generator's state before the order was drawn

    def _count(self) -> int | None:
        if not self.streamed:
            return math.ceil(self.given.count / self.batch_size)
        source = self.given.iterable
        if self.numbered:
            count = source.num_batches if hasattr(source, "num_batches") else len(source)
            return None if count is None or count == math.inf else int(count)
        try:
            return len(source)
        except TypeError:
            return None

    @property
    def streamed(self) -> bool:
        """Whether the batches come from an iterable, and are not known before they come."""
        return self.given.iterable is not None

    def other_sizes(self, but_first: bool) -> list[Batch]:
        """A batch of each size that an epoch over arrays has: the usual one (unless `but_first`), and a shorter one at the end."""
        if self.streamed:
            return []
        sizes = {} if but_first else {min(self.batch_size, self.given.count): None}
        last = self.given.count % self.batch_size
        if last and self.count != 1:
            sizes[last] = None
        parts = [self.given.slice(slice(0, size)) for size in sizes]
        found = [(part.x, part.y, part.sample_weight) for part in parts]
        return found if self.class_weight is None else list(map(self.class_weight.applied, found))

    # ---- to go on later

    def state(self, step: int = 0) -> dict[str, Any]:
        """What the rest of training depends on.

        Args:
            step: how many batches of the present epoch were given; 0 between epochs.
        """
        within = self.drawn is not None and 0 < self.passed < (self.count or 0)  # the order can be drawn again
        generator = None if self.generator is None else self.generator.bit_generator.state
        now: dict[str, Any] = {
            "generator": self.drawn if within else generator,
            "passed": self.passed,
            "stream": None if self.stream is None else self.stream.state(),
            "inside": False,
        }
        if not step:
            return now
        stream = now["stream"]
        if stream is None or stream["position"] is None:
            return self.began
        return {**self.began, "stream": stream, "inside": True}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        if self.generator is not None and state["generator"] is not None:
            self.generator.bit_generator.state = state["generator"]
        if self.stream is not None:
            self.stream.set_state(state["stream"])
        self.inside = state["inside"]
        self.passed, self.order = state.get("passed", 0), None

    # ---- batches

    def peek(self) -> Batch:
        """The first batch, which is not lost."""
        if not self.streamed:
            part = self.given.slice(slice(0, self.batch_size))
            return part.x, part.y, part.sample_weight
        if self.stream is None:
            return self._checked(self.given.iterable[0])
        return self.stream.peek()

    def epoch(self, steps: int | None = None, skip: int = 0) -> Iterator[Batch]:
        """One pass over the data, or so many batches, without the first `skip`: those behind the epoch before, round and round."""
        self.began = self.state()
        found: Iterator[Batch]
        if self.stream is None:
            found = self._sliced(steps, skip) if not self.streamed else self._by_number(steps, skip)
        elif self.inside:
            self.inside, found = False, self.stream.epoch(steps, skip)
        else:
            found = itertools.islice(self.stream.epoch(steps, 0), skip, None)
        return found if self.class_weight is None else map(self.class_weight.applied, found)

    def from_the_first(self, steps: int | None = None) -> Iterator[Batch]:
        """One pass over the data from their beginning, where they have one, or its first batches: for evaluations."""
        self.passed = 0
        if self.stream is not None:
            self.stream.restart()
            return self.stream.epoch(steps, 0, around=False)
        return self.epoch(steps if steps is None or self.count is None else min(steps, self.count))

    def _numbers(self, steps: int | None, skip: int) -> Iterator[tuple[Any, int]]:
        """For each step the order of the pass that it is in, and the number of its batch there."""
        count = self.count or 0
        if steps is None:
            self.passed = 0
        for step in range(count if steps is None else steps):
            if self.passed in (0, count) or (self.order is None and self.generator is not None):
                self.passed %= count
                if self.generator is not None:
                    self.drawn = self.generator.bit_generator.state
                    self.order = self.generator.permutation(count if self.streamed else self.given.count)
            number, self.passed = self.passed, self.passed + 1
            if step >= skip:
                yield self.order, number

    def _sliced(self, steps: int | None, skip: int) -> Iterator[Batch]:
        arrays, structure = flatten((self.given.x, self.given.y, self.given.sample_weight))

        def batch(turn: tuple[Any, int]) -> Batch:
            order, start = turn[0], turn[1] * self.batch_size
            if order is None:
                parts = [a[start : start + self.batch_size] for a in arrays]
            else:
                rows = order[start : start + self.batch_size]
                parts = [ops.take(a, rows, 0) if elsewhere(a) else a.take(rows, 0) for a in arrays]
            x, y, sample_weight = unflatten(structure, parts)
            return x, y, sample_weight

        turns = self._numbers(steps, skip)
        per_sample = sum(a.nbytes for a in arrays) // max(1, self.given.count)
        if self.generator is None or per_sample * self.batch_size < AHEAD:
            yield from map(batch, turns)
            return
        with ThreadPoolExecutor(1, "hornbeam-batches") as pool:
            coming = None
            for turn in turns:
                ready, coming = coming, pool.submit(batch, turn)
                if ready is not None:
                    yield ready.result()
            if coming is not None:
                yield coming.result()

    def _by_number(self, steps: int | None, skip: int) -> Iterator[Batch]:
        source = self.given.iterable
        if hasattr(source, "on_epoch_begin"):
            source.on_epoch_begin()
        if self.count is None:
            numbers: Iterator[int] = itertools.islice(itertools.count(), skip, steps)
        else:
            numbers = (n if order is None else int(order[n]) for order, n in self._numbers(steps, skip))
        yield from map(self._checked, batches_of(source, numbers))
        if hasattr(source, "on_epoch_end"):
            source.on_epoch_end()

    def _checked(self, item: Any) -> Batch:
        if isinstance(item, list) and type(self.given.iterable).__module__.startswith("torch.utils.data"):
            item = tuple(item)  # PyTorch's loaders give lists
        x, y, sample_weight = unpack_x_y_sample_weight(item)
        if y is not None and not isinstance(y, (dict, list, tuple)) and np.ndim(y) == 0:
            raise InvalidArgumentError(
                f"the {type(self.given.iterable).__name__} gives single samples, not batches: its labels are numbers, such as {y!r}. "
                "Put samples together first, as with .batch(32)."
            )
        checked = Given.of(x, y, sample_weight, batch=True)
        if any(map(elsewhere, leaves((checked.y, checked.sample_weight)))):
            return checked.x, checked.y, checked.sample_weight  # to look at each batch would be to wait for it
        checked.check_labels()
        if self.check is not None:
            self.check(checked.y)
        return checked.x, checked.y, checked.sample_weight
