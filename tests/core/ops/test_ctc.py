"""Connectionist temporal classification against every path there is. Numbers of others: tests/interop/ctc."""

import itertools
from collections import Counter

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.testing import check_gradients
from hypothesis import given
from hypothesis import strategies as st

CLASSES = 3


def readings(logits, blank):
    """The probability of each reading of [steps, classes]."""
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    found = Counter()
    for path in itertools.product(range(CLASSES), repeat=len(p)):
        read = tuple(c for c, _ in itertools.groupby(path) if c != blank)
        found[read] += np.prod([row[c] for row, c in zip(p, path, strict=True)])
    return found


@st.composite
def cases(draw):
    steps = draw(st.lists(st.integers(1, 4), min_size=2, max_size=2))
    blank = draw(st.integers(0, CLASSES - 1))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    logits = rng.normal(size=(len(steps), 4, CLASSES), scale=2).astype("float32")
    return logits, np.array(steps), blank


@given(case=cases(), data=st.data())
def test_the_loss_is_that_of_all_paths(case, data):
    logits, steps, blank = case
    labels, lengths, expected = np.full((len(steps), 5), -1), [], []
    for i, count in enumerate(steps):
        found = readings(logits[i, :count], blank)
        read = data.draw(st.sampled_from(sorted(found)))
        labels[i, : len(read)] = read
        lengths.append(len(read))
        expected.append(-np.log(found[read]))
    found = hb.jit(lambda x: ops.ctc_loss(labels, x, lengths, steps, blank))(logits)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-4, atol=1e-5)


@given(case=cases())
def test_a_wide_beam_finds_the_most_probable_readings(case):
    logits, steps, blank = case
    labels, scores = ops.ctc_decode(logits, steps, "beam_search", beam_width=32, top_paths=2, mask_index=blank)
    for i, count in enumerate(steps):
        found = readings(logits[i, :count], blank)
        for k, (_, probability) in enumerate(found.most_common(2)):
            read = tuple(c for c in labels.numpy()[k, i] if c >= 0)
            assert found[read] == pytest.approx(probability, rel=1e-4)
            assert scores.numpy()[i, k] == pytest.approx(np.log(probability), rel=1e-4, abs=1e-5)


def test_gradients():
    x = np.random.default_rng(0).normal(size=(2, 4, 3))
    check_gradients(lambda x: ops.ctc_loss([[1, 1], [2, 0]], x, [2, 1], [4, 3]), x, order=2)


def test_a_target_without_room_has_finite_gradients():
    x = hb.random.normal((1, 2, 3))
    loss, gradient = hb.value_and_grad(lambda x: ops.sum(ops.ctc_loss([[1, 1]], x, [2], [2])))(x)
    assert float(loss) > 9e4
    assert np.isfinite(gradient.numpy()).all()


def test_greedy_takes_the_best_class_of_each_step():
    path = [1, 1, 0, 1, 2, 2, 0]
    logits = np.eye(3)[path][None]
    labels, score = ops.ctc_decode(logits, [7])
    assert labels.numpy().tolist() == [[[1, 1, 2, -1, -1, -1, -1]]]
    assert float(score[0, 0]) == -7.0
    assert ops.ctc_decode(logits, [5], merge_repeated=False)[0].numpy().tolist() == [[[1, 1, 1, 2, -1, -1, -1]]]


def test_bad_input():
    x = np.zeros((2, 4, 3), "float32")
    with pytest.raises(hb.ShapeError, match=r"target \[batch, labels\].*got \(2, 1\), \(2, 4, 3\), \(1,\) and \(2,\)"):
        ops.ctc_loss([[1], [1]], x, [1], [4, 4])
    with pytest.raises(hb.ShapeError, match=r"sequence_lengths \[batch\]; got \(2, 4, 3\) and \(3,\)"):
        ops.ctc_decode(x, [4, 4, 4])
    with pytest.raises(hb.InvalidArgumentError, match="strategy must be 'greedy' or 'beam_search'; got 'best'"):
        ops.ctc_decode(x, [4, 4], "best")
    with pytest.raises(hb.InvalidArgumentError, match="top_paths must be from 1 to beam_width, 2; got top_paths=3"):
        ops.ctc_decode(x, [4, 4], "beam_search", beam_width=2, top_paths=3)
