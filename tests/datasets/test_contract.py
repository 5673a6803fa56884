"""Every loader keeps the contract of `hornbeam.testing.check_loader`."""

import numpy as np
import pytest
from hornbeam.datasets import ArrayLoader
from hornbeam.testing import check_loader


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("batch_size", [1, 4, 11, 20])
def test_array_loader(shuffle, batch_size):
    x, y = np.arange(22.0).reshape(11, 2), np.arange(11)
    check_loader(lambda: ArrayLoader(x, y, batch_size=batch_size, shuffle=shuffle, seed=3), 11)
