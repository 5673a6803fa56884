"""The shapes backend: right shapes and dtypes without values, for a network as large as ResNet-50."""

import math

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam.errors import BackendError, ShapeError


@pytest.fixture(autouse=True)
def _shapes():
    with using_backend("shapes"):
        yield


class Counter:
    """Makes weights without values, and counts their elements."""

    def __init__(self):
        self.total = 0

    def __call__(self, *shape):
        self.total += math.prod(shape)
        return hb.ops.zeros(shape)


def convolution(x, weights, filters, window, strides=1, normalise=True):
    channels = x.shape[-1]
    x = hb.ops.conv(x, weights(window, window, channels, filters), strides=strides, padding="same")
    scale, shift = weights(filters), weights(filters)
    return x * scale + shift if normalise else x


def bottleneck(x, weights, filters, strides):
    shortcut = x
    if strides > 1 or x.shape[-1] != 4 * filters:
        shortcut = convolution(x, weights, 4 * filters, 1, strides)
    y = hb.ops.relu(convolution(x, weights, filters, 1, strides))
    y = hb.ops.relu(convolution(y, weights, filters, 3))
    return hb.ops.relu(convolution(y, weights, 4 * filters, 1) + shortcut)


def resnet50(x, weights):
    """He et al. 2015, table 1, with a normalisation (scale and shift) after each convolution."""
    x = hb.ops.relu(convolution(x, weights, 64, 7, 2))
    x = hb.ops.max_pool(x, 3, 2, padding="same")
    for stage, (filters, blocks) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)]):
        for block in range(blocks):
            x = bottleneck(x, weights, filters, 2 if stage and not block else 1)
    x = hb.ops.mean(x, axis=(1, 2))
    return hb.ops.softmax(hb.ops.matmul(x, weights(2048, 1000)) + weights(1000))


def test_resnet50_is_built_without_computing_it():
    weights = Counter()
    out = resnet50(hb.ops.zeros((256, 224, 224, 3)), weights)
    assert out.shape == (256, 1000) and out.dtype == "float32"
    assert weights.total == 25_557_032  # the published number of trainable parameters


def test_gradients_have_the_shapes_of_their_arguments():
    def loss(w):
        return hb.ops.sum(hb.ops.conv(hb.ops.zeros((8, 32, 32, 3)), w, strides=2, padding="same"))

    gradient = hb.grad(loss)(hb.ops.zeros((3, 3, 3, 16)))
    assert gradient.shape == (3, 3, 3, 16)
    value, gradient = hb.jit(hb.value_and_grad(loss))(hb.ops.zeros((5, 5, 3, 2)))
    assert value.shape == () and gradient.shape == (5, 5, 3, 2)


def test_wrong_shapes_are_found():
    with pytest.raises(ShapeError, match="matrix product of shapes"):
        hb.ops.matmul(hb.ops.zeros((3, 4)), hb.ops.zeros((5, 6)))


def test_there_are_no_values():
    x = hb.ops.asarray(np.ones((2, 3)))
    assert x.shape == (2, 3) and x.dtype == "float64"
    for use in (x.numpy, lambda: float(hb.ops.sum(x)), lambda: bool(hb.ops.all(x > 0)), x.__dlpack__):
        with pytest.raises(BackendError, match="shapes and dtypes only.*no values"):
            use()
    assert x.__dlpack_device__() == (1, 0)


def test_weights_of_any_size_cost_nothing():
    assert hb.random.normal((10**6, 10**6), seed=0).shape == (10**6, 10**6)
    assert hb.ops.zeros((10**9, 10**9)).size == 10**18
