"""Connectionist temporal classification: the probability of a sequence of labels, summed over everywhere it may stand."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import ShapeError
from hornbeam.ops.control.scan import scan
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.creation import arange, full, zeros
from hornbeam.ops.elementwise.arithmetic import add, negative
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import equal, less, where
from hornbeam.ops.elementwise.exponential import logaddexp
from hornbeam.ops.indexing import take_along_axis
from hornbeam.ops.joining import concat
from hornbeam.ops.movement import expand_dims, moveaxis, squeeze
from hornbeam.ops.nn import log_softmax
from hornbeam.tensor import Tensor

__all__ = ["ctc_loss"]

IMPOSSIBLE = -1e5  # the logarithm of a probability of 0: finite, so that gradients are, and the same as Keras's


def ctc_loss(target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0) -> Tensor:
    """-log of the probability that the steps of `output`, without repetitions and then without blanks, read `target`.

    Args:
        target: [batch, labels] integers, the right labels; what stands behind `target_length` does not count.
        output: [batch, steps, classes], logits.
        target_length: [batch] integers, how many labels there are.
        output_length: [batch] integers, how many steps count.
        mask_index: the class that stands for the blank.

    Returns:
        [batch], float32 at least. A target that has no room in its steps gives about 1e5.

    Raises:
        ShapeError: the shapes do not fit together.

    Source: Graves et al. 2006, eq. 6 to 8.

    Example:
        >>> import hornbeam as hb
        >>> even = hb.ops.zeros((1, 2, 3))  # two steps, in each a third for the blank and for each of two labels
        >>> loss = hb.ops.ctc_loss([[1]], even, [1], [2])  # of 9 pairs of classes 3 read [1]: 1 1, 1 blank, blank 1
        >>> round(float(hb.ops.exp(-loss)[0]), 4)
        0.3333
    """
    labels, logits = astype(as_tensor(target), "int32"), as_float(output)
    room, steps = astype(as_tensor(target_length), "int32"), astype(as_tensor(output_length), "int32")
    lengths = {room.shape, steps.shape}
    if labels.ndim != 2 or logits.ndim != 3 or lengths != {labels.shape[:1]} or lengths != {logits.shape[:1]}:
        raise ShapeError(
            "ctc_loss takes target [batch, labels], output [batch, steps, classes] and two lengths [batch]; got "
            f"{labels.shape}, {logits.shape}, {room.shape} and {steps.shape}"
        )
    logits = logits if logits.dtype.itemsize >= 4 else astype(logits, "float32")
    labels = where(less(arange(labels.shape[1], dtype="int32"), expand_dims(room, 1)), labels, mask_index)
    return _loss(labels, log_softmax(logits, -1), room, steps, mask_index)


def _loss(labels: Tensor, logs: Tensor, room: Tensor, steps: Tensor, blank: int) -> Tensor:
    """The walk over the steps: per place between and on the labels, the log probability of all paths that are there.

    between [batch, labels + 1]: paths whose last class is the blank (or that have not begun); on [batch, labels]: the label.
    """
    batch, count = labels.shape
    repeated = concat([full((batch, 1), False), equal(labels[:, 1:], labels[:, :-1])], axis=1)[:, :count]
    again = where(repeated, IMPOSSIBLE, 0.0).astype(logs.dtype)  # from a label to the same one only over a blank
    nowhere = full((batch, 1), IMPOSSIBLE, logs.dtype)
    state = (
        concat([zeros((batch, 1), logs.dtype), full((batch, count), IMPOSSIBLE, logs.dtype)], axis=1),
        full((batch, count), IMPOSSIBLE, logs.dtype),
    )
    on_labels = take_along_axis(logs, expand_dims(labels, 1), axis=2)  # [batch, steps, labels]
    counts = less(arange(logs.shape[1], dtype="int32"), expand_dims(steps, 1))
    rows = {"label": on_labels, "blank": logs[:, :, blank : blank + 1], "counts": expand_dims(counts, 2)}

    def step(state: Any, row: Any) -> Any:
        between, on = state
        before = concat([nowhere, on[:, :-1]], axis=1)[:, :count]  # on the label before
        come = logaddexp(between[:, :-1], add(before, again))
        new_on = add(logaddexp(on, come), row["label"])
        new_between = add(concat([between[:, :1], logaddexp(between[:, 1:], on)], axis=1), row["blank"])
        return (where(row["counts"], new_between, between), where(row["counts"], new_on, on)), None

    (between, on), _ = scan(step, state, {name: moveaxis(t, 1, 0) for name, t in rows.items()})
    ends = logaddexp(between, concat([nowhere, on], axis=1))  # [batch, labels + 1], by the number of labels read
    return negative(squeeze(take_along_axis(ends, expand_dims(room, 1), axis=1), 1))
