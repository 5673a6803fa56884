"""Reading what a network of connectionist temporal classification says: its best path, or its most probable readings."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.ops.control.scan import scan
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import arange, full, zeros
from hornbeam.ops.elementwise.arithmetic import add, negative
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import equal, greater, greater_equal, less, logical_and, where
from hornbeam.ops.elementwise.exponential import logaddexp
from hornbeam.ops.indexing import take_along_axis
from hornbeam.ops.joining import concat
from hornbeam.ops.movement import broadcast_to, expand_dims, moveaxis, reshape
from hornbeam.ops.nn import log_softmax, one_hot
from hornbeam.ops.reduction import any as any_
from hornbeam.ops.reduction import argmax
from hornbeam.ops.reduction import max as top
from hornbeam.ops.reduction import sum as total
from hornbeam.ops.sorting import argsort, top_k
from hornbeam.tensor import Tensor

__all__ = ["ctc_decode"]

NEVER = float("-inf")
MIX = 0x5851F42D4C957F2D  # Knuth's multiplier for 64 bits: readings are compared by a polynomial in it


def ctc_decode(
    inputs: Any, sequence_lengths: Any, strategy: str = "greedy", beam_width: int = 100, top_paths: int = 1,
    merge_repeated: bool = True, mask_index: int = 0,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The labels that logits of connectionist temporal classification read.

    Args:
        inputs: [batch, steps, classes], logits.
        sequence_lengths: [batch] integers, how many steps count.
        strategy: "greedy": the best class of each step; "beam_search": the readings that are most probable over all their
            paths, as far as `beam_width` of them are followed.
        beam_width: how many readings are followed.
        top_paths: how many readings beam search returns.
        merge_repeated: whether the greedy strategy takes a class in steps that follow one another for one label; beam search
            always does.
        mask_index: the class that stands for the blank.

    Returns:
        Labels, [readings, batch, steps] of int32, -1 behind the last; and scores: for "greedy" [batch, 1], minus the sum of the
        best logits; for "beam_search" [batch, top_paths], log probabilities.

    Raises:
        InvalidArgumentError: the strategy is unknown, or fewer readings are followed than asked for.
        ShapeError: the shapes do not fit together.

    Source: Graves et al. 2006, section 3.2, and Graves and Jaitly 2014, algorithm 1, for the beam.

    Example:
        >>> import hornbeam as hb
        >>> logits = hb.ops.asarray([[[0.0, 9.0, 0.0], [0.0, 9.0, 0.0], [9.0, 0.0, 0.0], [0.0, 0.0, 9.0]]])
        >>> hb.ops.ctc_decode(logits, [4])[0].numpy().tolist()
        [[[1, 2, -1, -1]]]
    """
    logits, lengths = as_float(inputs), astype(as_tensor(sequence_lengths), "int32")
    if logits.ndim != 3 or lengths.shape != logits.shape[:1]:
        raise ShapeError(
            f"ctc_decode takes inputs [batch, steps, classes] and sequence_lengths [batch]; got {logits.shape} and {lengths.shape}"
        )
    logits = logits if logits.dtype.itemsize >= 4 else astype(logits, "float32")
    counts = less(arange(logits.shape[1], dtype="int32"), expand_dims(lengths, 1))  # [batch, steps]
    if strategy == "greedy":
        return _greedy(logits, counts, merge_repeated, mask_index)
    if strategy != "beam_search":
        raise InvalidArgumentError(f"ctc_decode: strategy must be 'greedy' or 'beam_search'; got {strategy!r}")
    if not 0 < top_paths <= beam_width:
        raise InvalidArgumentError(
            f"ctc_decode: top_paths must be from 1 to beam_width, {beam_width}; got top_paths={top_paths}"
        )
    return _search(log_softmax(logits, -1), counts, beam_width, top_paths, mask_index)


def _greedy(logits: Tensor, counts: Tensor, merge: bool, blank: int) -> tuple[Tensor, Tensor]:
    best = where(counts, astype(argmax(logits, -1), "int32"), blank)
    score = total(where(counts, top(logits, -1), 0.0), axis=1, keepdims=True)
    nothing = equal(best, blank)
    if merge:
        again = concat([full((best.shape[0], 1), False), equal(best[:, 1:], best[:, :-1])], axis=1)
        nothing = nothing | again[:, : best.shape[1]]
    order = argsort(astype(nothing, "int32"), axis=1)  # stable: labels first, in their order
    labels = take_along_axis(where(nothing, -1, best), order, axis=1)
    return expand_dims(labels, 0), negative(score)


def _search(logs: Tensor, counts: Tensor, width: int, readings: int, blank: int) -> tuple[Tensor, Tensor]:
    """A beam of readings: each with the log probability of its paths that end in a blank, and of those that do not.

    Shapes: [batch, width]; the labels [batch, width, steps].
    """
    batch, steps, classes = logs.shape
    none = full((batch, width), NEVER, logs.dtype)
    state = {
        "labels": full((batch, width, steps), -1, "int32"),
        "length": zeros((batch, width), "int32"),
        "last": full((batch, width), -1, "int32"),
        "name": zeros((batch, width), "int64"),
        "blank": concat([zeros((batch, 1), logs.dtype), none[:, 1:]], axis=1),  # the empty reading
        "label": none,
    }
    place = arange(steps, dtype="int32")

    def step(state: Any, row: Any) -> Any:
        frame = expand_dims(row["logs"], 1)  # [batch, 1, classes]
        either = logaddexp(state["blank"], state["label"])
        stay = {
            "blank": add(either, frame[:, :, blank]),
            "label": add(state["label"], _of_class(broadcast_to(frame, (batch, width, classes)), state["last"])),
        }
        longer = _extensions(state, either, frame, blank)  # [batch, width, classes]
        joins = _joins(state, either)  # [batch, width (of the shorter), width (of the longer)]
        gain = top(where(joins, _of_classes(longer, state["last"]), NEVER), axis=1)
        stay["label"] = logaddexp(stay["label"], gain)
        joined = any_(logical_and(expand_dims(joins, 3), _chosen(state["last"], classes)), axis=2)
        longer = where(joined, NEVER, longer)

        everything = concat([logaddexp(stay["blank"], stay["label"]), reshape(longer, (batch, -1))], axis=1)
        best, chosen = top_k(everything, width)
        chosen = astype(chosen, "int32")
        is_longer = greater_equal(chosen, width)
        parent = where(is_longer, (chosen - width) // classes, chosen)
        new = where(is_longer, (chosen - width) % classes, 0)
        kept = {name: take_along_axis(t, parent, axis=1) for name, t in state.items() if name != "labels"}
        labels = take_along_axis(state["labels"], expand_dims(parent, 2), axis=1)
        here = logical_and(expand_dims(is_longer, 2), equal(place, expand_dims(kept["length"], 2)))
        after = {
            "labels": where(here, expand_dims(new, 2), labels),
            "length": kept["length"] + astype(is_longer, "int32"),
            "last": where(is_longer, new, kept["last"]),
            "name": where(is_longer, _name(kept["name"], new), kept["name"]),
            "blank": where(is_longer, NEVER, take_along_axis(stay["blank"], parent, axis=1)),
            "label": where(is_longer, best, take_along_axis(stay["label"], parent, axis=1)),
        }
        counts = {name: reshape(row["counts"], (batch, *(1,) * (t.ndim - 1))) for name, t in after.items()}
        return {name: where(counts[name], t, state[name]) for name, t in after.items()}, None

    state, _ = scan(step, state, {"logs": moveaxis(logs, 1, 0), "counts": moveaxis(counts, 1, 0)})
    scores, order = top_k(logaddexp(state["blank"], state["label"]), readings)
    labels = take_along_axis(state["labels"], expand_dims(astype(order, "int32"), 2), axis=1)
    return moveaxis(labels, 1, 0), scores


def _extensions(state: Any, either: Tensor, frame: Tensor, blank: int) -> Tensor:
    """Log probabilities of each reading with one more label; a label that is its last needs a blank between."""
    classes = frame.shape[2]
    same = one_hot(state["last"], classes, dtype="bool")
    found = add(where(same, expand_dims(state["blank"], 2), expand_dims(either, 2)), frame)
    return where(equal(arange(classes, dtype="int32"), blank), NEVER, found)


def _joins(state: Any, either: Tensor) -> Tensor:
    """Whether reading i and the last label of reading j make reading j; readings without probability make nothing."""
    made = _name(expand_dims(state["name"], 2), expand_dims(state["last"], 1))
    same = logical_and(equal(made, expand_dims(state["name"], 1)),
                       equal(expand_dims(state["length"], 2) + 1, expand_dims(state["length"], 1)))  # fmt: skip
    return logical_and(same, expand_dims(greater(either, NEVER), 1))


def _name(name: Tensor, label: Tensor) -> Tensor:
    """The number by which a reading and one more label is known."""
    return name * MIX + astype(label, "int64") + 1


def _of_class(rows: Tensor, which: Tensor) -> Tensor:
    """[batch, width, classes] and [batch, width] -> [batch, width]; -inf where there is no class yet."""
    found = take_along_axis(rows, expand_dims(where(less(which, 0), 0, which), 2), axis=2)[:, :, 0]
    return where(less(which, 0), NEVER, found)


def _of_classes(rows: Tensor, which: Tensor) -> Tensor:
    """[batch, i, classes] and [batch, j] -> [batch, i, j]."""
    return take_along_axis(rows, expand_dims(where(less(which, 0), 0, which), 1), axis=2)


def _chosen(which: Tensor, classes: int) -> Tensor:
    """[batch, j] -> [batch, 1, j, classes], True at the class."""
    return expand_dims(one_hot(which, classes, dtype="bool"), 1)
