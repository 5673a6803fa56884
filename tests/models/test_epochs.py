"""Epochs of so many steps, and evaluations of so many: which batches they are of."""

import json

import numpy as np
import pytest
from hornbeam_layers import Dense, Input
from hornbeam_models import Sequential
from hornbeam_models.data import Batches, Given, PyDataset
from hypothesis import given
from hypothesis import strategies as st

X = np.arange(20, dtype=np.float32)[:, None]


class Numbered(PyDataset):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        return X[4 * index : 4 * index + 4], X[4 * index : 4 * index + 4]


class Again:
    """An iterable that can be started again."""

    def __iter__(self):
        return iter([(X[i : i + 4], X[i : i + 4]) for i in range(0, 20, 4)])


def model():
    """What always predicts 0: the mean squared error is the mean of the squared labels."""
    made = Sequential([Input((1,)), Dense(1, kernel_initializer="zeros")])
    made.compile("sgd", "mse")
    made.optimizer.learning_rate = 0.0
    return made


def error(*batches):
    """The mean of the squares of the labels in batches of those numbers."""
    return np.mean([X[4 * b : 4 * b + 4] ** 2 for b in batches])


@given(steps=st.integers(1, 12), shuffle=st.booleans(), numbered=st.booleans(), large=st.booleans())
def test_epochs_of_some_steps_go_round_and_leave_nothing_out(steps, shuffle, numbered, large):
    def make():
        x = np.repeat(X, 80_000, 1) if large and not numbered else X  # large batches are put together ahead
        batches = Batches(Given.of(Numbered()) if numbered else Given.of(x), 4, shuffle)
        return batches, (lambda *how: [x[:, 0].tolist() for x, _, _ in batches.epoch(*how)])

    whole, epoch = make()
    state, states, seen = whole.state(), [], []
    for _ in range(4):
        states.append(json.loads(json.dumps(whole.state())))
        seen.append(epoch(steps))
        assert len(seen[-1]) == steps
    joined = sum(seen, [])
    for start in range(0, len(joined), 5):  # five batches are a pass
        assert len({tuple(b) for b in joined[start : start + 5]}) == len(joined[start : start + 5])
        if not shuffle:
            assert joined[start : start + 5] == X.reshape(5, 4).tolist()[: len(joined) - start]
    whole.set_state(state)
    assert epoch(steps) == seen[0]
    again, part = make()
    for state, expected in zip(states, seen, strict=True):
        for skip in range(steps):
            again.set_state(state)
            assert part(steps, skip) == expected[skip:]


def test_fit_goes_on_with_arrays_where_the_epoch_before_ended():
    history = model().fit(X, X, batch_size=4, steps_per_epoch=2, epochs=3, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], [error(0, 1), error(2, 3), error(4, 0)], rtol=1e-6)


@pytest.mark.parametrize("data", [Again(), Numbered(), (X, X)], ids=["iterable", "numbered", "arrays"])
def test_every_validation_begins_with_the_first_batch(data):
    how = {"validation_data": data, "validation_steps": 2, "validation_batch_size": 4}
    history = model().fit(X, X, epochs=3, verbose=0, **how).history
    np.testing.assert_allclose(history["val_loss"], [error(0, 1)] * 3, rtol=1e-6)


@pytest.mark.parametrize("data", [Again(), Numbered(), iter(Again())], ids=["iterable", "numbered", "iterator"])
def test_an_evaluation_takes_nothing_twice(data):
    with pytest.warns(UserWarning, match="ran out after 5 of 7 steps"):
        found = model().evaluate(data, steps=7, verbose=0)
    np.testing.assert_allclose(found, error(0, 1, 2, 3, 4), rtol=1e-6)


def test_a_validation_without_batches_has_no_figures():
    with pytest.warns(UserWarning, match="no figures of the validation after epoch 3"):
        history = (
            model().fit(X, X, epochs=3, verbose=0, validation_data=iter([*Again()][:4]), validation_steps=2).history
        )
    np.testing.assert_allclose(history["val_loss"], [error(0, 1), error(2, 3)], rtol=1e-6)
    assert len(history["loss"]) == 3


def test_an_epoch_that_comes_too_short_is_told_of():
    with pytest.warns(UserWarning, match="ran out in epoch 2, after 2 of 3 steps"):
        history = model().fit(iter(Again()), steps_per_epoch=3, epochs=2, verbose=0).history
    np.testing.assert_allclose(history["loss"], [error(0, 1, 2), error(3, 4)], rtol=1e-6)
