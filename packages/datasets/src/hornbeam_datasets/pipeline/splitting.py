"""Parts of a dataset that share no sample: for training, validation and test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.pipeline.dataset import Dataset
from hornbeam_datasets.pipeline.transforms import call

__all__ = ["split"]


def split(
    dataset: Dataset,
    sizes: Sequence[float],
    stratify: Any = None,
    groups: Any = None,
    time: Any = None,
    seed: int | None = 0,
) -> list[Dataset]:
    """Parts of a dataset whose samples can be asked for by number.

    Args:
        dataset: what is split.
        sizes: shares (below 1) or numbers of samples, one for each part; if they do not sum up to everything, one part more has
            the rest.
        stratify: each part has the same share of each class: an array of classes, or a function of a sample.
        groups: samples of one group stay together (a patient's, a speaker's): an array, or a function of a sample. Sizes are then
            met as well as the groups allow.
        time: the first part is the earliest: an array of times, or a function of a sample; nothing is shuffled.
        seed: of the shuffling before; None: in the order that there is.

    Returns:
        The parts, each in the order of `dataset`.

    Raises:
        InvalidArgumentError: samples come one after another, or sizes do not fit.

    Example:
        >>> train, test = Dataset.of(np.arange(10)).split(0.8)
        >>> len(train), len(test)
        (8, 2)
    """
    count = dataset.slots
    if not dataset.by_number or count is None:
        raise InvalidArgumentError(
            "split needs samples that can be asked for by number; use take() and skip() for others"
        )
    if sum(x is not None for x in (stratify, groups, time)) > 1:
        raise InvalidArgumentError("split: give one of stratify, groups and time")
    wanted = _counts(sizes, count)
    if time is not None:
        order = np.argsort(_values(dataset, time, count), kind="stable")
        chosen = np.split(order, np.cumsum(wanted)[:-1])
    elif groups is not None:
        chosen = _by_group(_values(dataset, groups, count), wanted, seed)
    else:
        classes = np.zeros(count, np.int64) if stratify is None else _values(dataset, stratify, count)
        chosen = _by_class(classes, wanted, seed)
    return [dataset.select(np.sort(part)) for part in chosen]


def _counts(sizes: Sequence[float], count: int) -> list[int]:
    """Samples of each part."""
    unclear = [s for s in sizes if isinstance(s, float) and s == 1]  # all samples, or one
    if not sizes or unclear or any(isinstance(s, bool) or s <= 0 for s in sizes):
        raise InvalidArgumentError(
            f"split: sizes must be positive shares below 1, or whole numbers of samples; got {tuple(sizes)}"
        )
    shares = all(s < 1 for s in sizes)
    total = sum(sizes) if shares else sum(sizes) / max(count, 1)
    if total > 1 + 1e-9 or (not shares and any(int(s) != s for s in sizes)):
        raise InvalidArgumentError(f"split: {count} samples cannot be split into {tuple(sizes)}")
    ends = [round(e * count) if shares else int(e) for e in np.cumsum(sizes)]
    found = [end - begin for begin, end in zip([0, *ends], ends, strict=False)]
    found += [count - ends[-1]] if count > ends[-1] else []
    if min(found) == 0:
        raise InvalidArgumentError(f"split: a part of {count} samples by {tuple(sizes)} would be empty")
    return found


def _values(dataset: Dataset, given: Any, count: int) -> Any:
    if callable(given):
        found = np.asarray([call(given, dataset.at(i, 0)) for i in range(count)])
    else:
        found = np.asarray(given)
    if found.shape != (count,):
        raise InvalidArgumentError(f"split: expected {count} values, one for each sample; got shape {found.shape}")
    return found


def _by_class(classes: Any, wanted: list[int], seed: int | None) -> list[Any]:
    """Of each class the same share to each part; what rounding leaves over goes where most is missing."""
    count = len(classes)
    order = np.arange(count) if seed is None else np.random.default_rng(seed).permutation(count)
    names, inverse = np.unique(classes[order], return_inverse=True)
    if len(names) == 1:
        return np.split(order, np.cumsum(wanted)[:-1])
    places = [order[inverse == k] for k in range(len(names))]
    sizes = np.array([len(p) for p in places])
    exact = np.outer(sizes, np.asarray(wanted) / count)  # [class, part]
    given = np.floor(exact).astype(np.int64)
    for k in np.argsort(-sizes, kind="stable"):
        for _ in range(int(sizes[k] - given[k].sum())):
            missing = np.asarray(wanted) - given.sum(0)
            part = int(np.argmax((exact[k] - given[k]) + np.where(missing > 0, 1.0, -1.0)))
            given[k, part] += 1
    found: list[list[Any]] = [[] for _ in wanted]
    for place, row in zip(places, given, strict=True):
        for part, piece in enumerate(np.split(place, np.cumsum(row)[:-1])):
            found[part].append(piece)
    return [np.concatenate(pieces) for pieces in found]


def _by_group(groups: Any, wanted: list[int], seed: int | None) -> list[Any]:
    """Groups, the largest first, to the part that misses most of its share."""
    names, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(names) < len(wanted):
        raise InvalidArgumentError(f"split: {len(wanted)} parts need as many groups at least; there are {len(names)}")
    order = np.arange(len(names)) if seed is None else np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-sizes[order], kind="stable")]
    home, filled = np.empty(len(names), np.int64), np.zeros(len(wanted))
    for name in order:
        part = int(np.argmax(1 - filled / np.asarray(wanted)))
        home[name], filled[part] = part, filled[part] + sizes[name]
    return [np.flatnonzero(home[inverse] == part) for part in range(len(wanted))]
