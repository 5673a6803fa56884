"""Windows of time series against a plain loop."""

import numpy as np
import pytest
from hornbeam.errors import InvalidArgumentError
from hornbeam_datasets.loaders.windows import Windows
from hypothesis import assume, given
from hypothesis import strategies as st


@given(
    lengths=st.lists(st.integers(1, 25), min_size=1, max_size=3), length=st.integers(1, 5), horizon=st.integers(0, 4),
    stride=st.integers(1, 4), rate=st.integers(1, 3), offset=st.integers(0, 3), gaps=st.integers(0, 2), seed=st.integers(0, 99),
)  # fmt: skip
def test_as_a_plain_loop(lengths, length, horizon, stride, rate, offset, gaps, seed):
    rng = np.random.default_rng(seed)
    series = [rng.normal(size=(n, 2)) for n in lengths]
    times = [np.cumsum(1 + 7 * (rng.random(n) < 0.1 * gaps)) for n in lengths]
    expected = []
    for one, clock in zip(series, times, strict=True):
        steps = np.diff(clock)
        usual = None if not len(steps) else min(set(steps.tolist()), key=lambda s: (-np.sum(steps == s), s))
        for start in range(0, len(one), stride):
            inputs = [start + rate * i for i in range(length)]
            targets = [inputs[-1] + offset + rate * (i + 1) for i in range(horizon)]
            last = (targets or inputs)[-1]
            if last < len(one) and all(s == usual for s in steps[start:last]):
                expected.append((one[inputs], one[targets][:, 1]))
    how = {"horizon": horizon, "stride": stride, "sampling_rate": rate, "offset": offset, "times": times, "targets": 1}
    if not expected:
        with pytest.raises(InvalidArgumentError, match="no window fits: one needs"):
            Windows(series, length, **how)
        return
    dataset = Windows(series, length, **how)
    found = list(dataset)
    assert len(dataset) == len(found) == len(expected)
    batch = dataset.rows(range(len(expected)), 0)
    for i, (x, y) in enumerate(expected):
        np.testing.assert_array_equal(found[i][0] if horizon else found[i], x)
        np.testing.assert_array_equal((batch[0] if horizon else batch)[i], x)
        if horizon:
            np.testing.assert_array_equal(found[i][1], y)
            np.testing.assert_array_equal(batch[1][i], y)


@given(count=st.integers(1, 3), seed=st.integers(0, 20))
def test_what_is_known_of_the_future_and_of_each_series(count, seed):
    rng = np.random.default_rng(seed)
    series = [rng.normal(size=(12 + k, 1)) for k in range(count)]
    future, statics = [np.arange(12 + k)[:, None] * 10 for k in range(count)], np.arange(count)[:, None]
    dataset = Windows(series, 4, 3, future=future, statics=statics)
    batch = dataset.rows(range(dataset.slots), 0)
    for i in range(dataset.slots):
        inputs, targets = dataset[i]
        number, start = dataset.places[i]
        np.testing.assert_array_equal(inputs["past"], series[number][start : start + 4])
        np.testing.assert_array_equal(inputs["future"][:, 0], 10 * np.arange(start + 4, start + 7))
        np.testing.assert_array_equal(targets, series[number][start + 4 : start + 7])
        assert inputs["static"] == [number]
        for name in inputs:
            np.testing.assert_array_equal(batch[0][name][i], inputs[name])


@given(length=st.integers(1, 9), rate=st.integers(1, 3), stride=st.integers(1, 3))
def test_inputs_alone(length, rate, stride):
    assume((length - 1) * rate + 1 <= 20)
    x = np.arange(20)
    found = [w.tolist() for w in Windows(x, length, 0, sampling_rate=rate, stride=stride)]
    assert found == [
        x[s : s + (length - 1) * rate + 1 : rate].tolist() for s in range(0, 20 - (length - 1) * rate, stride)
    ]


def test_series_that_do_not_fit_together():
    with pytest.raises(
        InvalidArgumentError, match=r"future: lengths must be those of the series, \[5, 6\]; got \[5, 5\]"
    ):
        Windows([np.zeros(5), np.zeros(6)], 2, future=[np.zeros(5), np.zeros(5)])
    with pytest.raises(InvalidArgumentError, match="statics: 1 series need as many rows; got 2"):
        Windows(np.zeros(5), 2, statics=np.zeros((2, 1)))
