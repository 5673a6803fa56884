"""K, the functions of keras.backend, beside NumPy."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_apps.keras_names import keras_names

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 3, 4)).astype("float32"), RNG.normal(size=(2, 4, 5)).astype("float32")
M = RNG.normal(size=(4, 3)).astype("float32")
P = np.array([[0.2, 0.8], [0.6, 0.4]], "float32")
ONES = np.array([[0.0, 1.0], [1.0, 0.0]], "float32")


@pytest.fixture(scope="module")
def K() -> Any:  # noqa: N802 - as scripts call it
    with keras_names():
        from keras import backend

        yield backend


CASES = {
    "abs": (lambda K: K.abs(X), np.abs(X)),
    "batch_dot": (lambda K: K.batch_dot(X, Y), X @ Y),
    "batch_dot axes": (lambda K: K.batch_dot(X, X, axes=[1, 1]), np.einsum("bij,bik->bjk", X, X)),
    "batch_dot rows": (lambda K: K.batch_dot(P, ONES, axes=1), np.sum(P * ONES, 1, keepdims=True)),
    "batch_flatten": (lambda K: K.batch_flatten(X), X.reshape(2, 12)),
    "bias_add": (lambda K: K.bias_add(X, M[:, 0]), X + M[:, 0]),
    "binary_crossentropy": (
        lambda K: K.binary_crossentropy(ONES, P), -(ONES * np.log(P) + (1 - ONES) * np.log(1 - P)),
    ),
    "cast_to_floatx": (lambda K: K.cast_to_floatx(np.arange(3)), np.arange(3, dtype="float32")),
    "categorical_crossentropy": (lambda K: K.categorical_crossentropy(ONES, P), -np.log([0.8, 0.6])),
    "clip": (lambda K: K.clip(X, -0.5, 0.5), np.clip(X, -0.5, 0.5)),
    "concatenate": (lambda K: K.concatenate([X, X]), np.concatenate([X, X], -1)),
    "constant": (lambda K: K.constant(2.0, shape=(2, 2)), np.full((2, 2), 2.0)),
    "dot": (lambda K: K.dot(X, M), X @ M),
    "exp": (lambda K: K.exp(X), np.exp(X)),
    "flatten": (lambda K: K.flatten(X), X.reshape(-1)),
    "foldl": (lambda K: K.foldl(lambda a, b: a + b, X), X.sum(0)),
    "gather": (lambda K: K.gather(M, [2, 0]), M[[2, 0]]),
    "hard_sigmoid": (lambda K: K.hard_sigmoid(X), np.clip(0.2 * X + 0.5, 0, 1)),
    "in_top_k": (lambda K: K.cast(K.in_top_k(P, np.array([1, 1]), 1), "float32"), [1.0, 0.0]),
    "l2_normalize": (lambda K: K.l2_normalize(M, axis=1), M / np.linalg.norm(M, axis=1, keepdims=True)),
    "map_fn": (lambda K: K.map_fn(lambda row: row * 2, M), M * 2),
    "max": (lambda K: K.max(X, axis=1, keepdims=True), X.max(1, keepdims=True)),
    "one_hot": (lambda K: K.one_hot([1, 0], 2), ONES),
    "permute_dimensions": (lambda K: K.permute_dimensions(X, (2, 0, 1)), X.transpose(2, 0, 1)),
    "pow": (lambda K: K.pow(P, 2), P**2),
    "relu": (lambda K: K.relu(X, alpha=0.1, max_value=0.5), np.minimum(np.where(X > 0, X, 0.1 * X), 0.5)),
    "repeat": (lambda K: K.repeat(P, 3), np.repeat(P[:, None], 3, 1)),
    "repeat_elements": (lambda K: K.repeat_elements(P, 2, 1), np.repeat(P, 2, 1)),
    "resize_images": (lambda K: K.resize_images(X[..., None], 2, 3), np.kron(X, np.ones((1, 2, 3)))[..., None]),
    "reverse": (lambda K: K.reverse(X, (0, 2)), X[::-1, :, ::-1]),
    "slice": (lambda K: K.slice(X, (0, 1, 2), (-1, 2, 1)), X[:, 1:3, 2:3]),
    "sparse_categorical_crossentropy": (
        lambda K: K.sparse_categorical_crossentropy(np.array([[1], [0]]), P), -np.log([0.8, 0.6]),
    ),
    "spatial_2d_padding": (
        lambda K: K.spatial_2d_padding(X[..., None], ((1, 0), (0, 2))), np.pad(X[..., None], ((0, 0), (1, 0), (0, 2), (0, 0))),
    ),
    "switch": (lambda K: K.switch(np.array([True, False]), P, lambda: -P), np.stack([P[0], -P[1]])),
    "temporal_padding": (lambda K: K.temporal_padding(X, (2, 1)), np.pad(X, ((0, 0), (2, 1), (0, 0)))),
    "var": (lambda K: K.var(X, axis=-1), X.var(-1)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_functions(name: str, K: Any) -> None:  # noqa: N803
    call, expected = CASES[name]
    np.testing.assert_allclose(np.asarray(call(K)), expected, rtol=1e-5, atol=1e-6)


def test_convolution_and_pooling_are_the_layers_(K: Any) -> None:  # noqa: N803
    image = RNG.normal(size=(1, 5, 6, 2)).astype("float32")
    layer = hb.layers.Conv2D(3, 3, padding="same", use_bias=False)
    expected = layer(image)
    np.testing.assert_array_equal(K.conv2d(image, layer.kernel, padding="same").numpy(), expected.numpy())
    pooled = hb.layers.AveragePooling2D(2)(image).numpy()
    np.testing.assert_array_equal(K.pool2d(image, (2, 2), (2, 2), pool_mode="avg").numpy(), pooled)


def test_variables(K: Any) -> None:  # noqa: N803
    v = K.variable([1.0, 2.0])
    K.update_add(v, [1.0, 1.0])
    K.update_sub(v, [0.0, 1.0])
    assert K.get_value(v).tolist() == [2.0, 2.0]
    K.moving_average_update(v, hb.ops.asarray([0.0, 4.0]), 0.75)
    assert K.eval(v).tolist() == [1.5, 2.5]
    K.batch_set_value([(v, [0.0, 0.0])])
    assert K.batch_get_value([v])[0].tolist() == [0.0, 0.0]
    assert (K.int_shape(v), K.ndim(v), K.dtype(v), K.count_params(v)) == ((2,), 1, "float32", 2)


def test_the_phase_is_that_of_the_call(K: Any) -> None:  # noqa: N803
    class Phase(hb.Layer):
        def call(self, x: Any) -> Any:
            return K.in_train_phase(x + 1.0, x)

    assert Phase()(np.zeros(1), training=True).numpy().tolist() == [1.0]
    assert Phase()(np.zeros(1)).numpy().tolist() == [0.0]


def test_settings(K: Any) -> None:  # noqa: N803
    assert (K.backend(), K.image_data_format(), K.floatx()) == ("tensorflow", "channels_last", "float32")
    before = K.epsilon()
    K.set_epsilon(1e-3)
    assert K.epsilon() == 1e-3
    K.set_epsilon(before)
    with pytest.raises(hb.InvalidArgumentError, match="Give data_format="):
        K.set_image_data_format("channels_first")
    assert K.get_uid("a") == 1
    assert K.get_uid("a") == 2
    K.reset_uids()
    assert K.get_uid("a") == 1
