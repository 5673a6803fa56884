"""Casts whose answer is a matter of definition."""

import hornbeam as hb
import pytest


@pytest.mark.parametrize("value", [1j, -1.0, 1 + 1j, 0j, float("nan")])
def test_a_number_is_true_where_it_is_not_zero(value):
    x = hb.ops.asarray([value])
    assert hb.ops.astype(x, "bool").tolist() == [value != 0]
    assert bool(hb.ops.any(x)) == bool(hb.ops.all(x)) == (value != 0)
    assert hb.jit(hb.ops.count_nonzero)(x).item() == int(value != 0)
