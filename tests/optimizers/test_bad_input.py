"""Arguments of optimizers that cannot be meant."""

import hornbeam as hb
import pytest
from hornbeam_optimizers import SGD, Adam, AdamW
from hypothesis import given
from hypothesis import strategies as st

NO_SHARE = st.one_of(
    st.floats(max_value=-1e-9), st.floats(min_value=1), st.just(float("nan")), st.text(max_size=3), st.none(), st.booleans()
)  # fmt: skip


@given(value=NO_SHARE)
def test_decays_are_at_least_0_and_less_than_1(value):
    for kind in (Adam, AdamW):
        for name in ("beta_1", "beta_2"):
            with pytest.raises(
                hb.InvalidArgumentError, match=f"{kind.__name__}: {name} must be at least 0 and less than 1; got"
            ):
                kind(**{name: value})


def test_the_rest():
    for value in (-0.1, 1.1, "much"):
        with pytest.raises(hb.InvalidArgumentError, match="SGD: momentum must be between 0 and 1; got"):
            SGD(momentum=value)
    with pytest.raises(hb.InvalidArgumentError, match="Adam: epsilon must be a number of at least 0; got -1"):
        Adam(epsilon=-1)
    with pytest.raises(hb.InvalidArgumentError, match="SGD does not take 'lr'. Write learning_rate."):
        SGD(lr=0.1)
    with pytest.raises(
        hb.InvalidArgumentError, match="learning_rate must be a number of at least 0 or a schedule; got 'fast'"
    ):
        Adam("fast")
