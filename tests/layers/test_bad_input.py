"""Arguments of layers that cannot be meant."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D, Reshape
from hypothesis import given
from hypothesis import strategies as st

NO_SIZE = st.one_of(
    st.integers(max_value=0), st.floats(), st.text(max_size=3), st.none(), st.booleans(), st.just((1, 2, 3)), st.just((2, 0))
)  # fmt: skip


@given(value=NO_SIZE)
def test_sizes_are_positive_integers(value):
    with pytest.raises(hb.InvalidArgumentError, match="units must be a positive integer; got units="):
        Dense(value)
    with pytest.raises(hb.InvalidArgumentError, match="filters must be a positive integer; got filters="):
        Conv2D(value, 3)
    for argument in ("kernel_size", "strides", "dilation_rate"):
        with pytest.raises(hb.InvalidArgumentError, match=f"{argument} must be a positive integer or 2 of them; got"):
            Conv2D(2, **{"kernel_size": 3, argument: value})
    with pytest.raises(hb.InvalidArgumentError, match="pool_size must be a positive integer or 2 of them; got"):
        MaxPooling2D(value)


@pytest.mark.parametrize("value", [-1, None, "sane", 1.5])
def test_padding(value):
    with pytest.raises(hb.InvalidArgumentError, match="padding must be one of"):
        Conv2D(2, 3, padding=value)
    with pytest.raises(hb.InvalidArgumentError, match="padding must be 'valid' or 'same'; got"):
        MaxPooling2D(padding=value)


def test_the_rest():
    with pytest.raises(hb.InvalidArgumentError, match="Dense does not take 'activaton'. Did you mean 'activation'?"):
        Dense(2, activaton="relu")
    with pytest.raises(hb.ShapeError, match="Flatten .*: the input needs at least a batch axis"):
        Flatten()(np.float32(3))
    with pytest.raises(hb.InvalidArgumentError, match="data_format must be .*; got 'NCHW'"):
        MaxPooling2D(data_format="NCHW")
    with pytest.raises(hb.InvalidArgumentError, match="target_shape must be a tuple of sizes"):
        Reshape(3)
    with pytest.raises(hb.InvalidArgumentError, match="momentum must be between 0 and 1; got momentum=-1"):
        BatchNormalization(momentum=-1)
    with pytest.raises(hb.ShapeError, match=r"inputs of shape \(2, 3\) have no axis 7"):
        BatchNormalization(axis=7)(np.ones((2, 3), np.float32))
