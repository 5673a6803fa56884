"""Lambda: functions as layers, by name in files, never by code."""

import hornbeam as hb
import numpy as np
import pytest

X = np.float32([[1.0, -2.0, 3.0]])


def times(x, factor=2.0, training=None):
    return x * factor if training else x


def test_it_calls_the_function():
    layer = hb.layers.Lambda(times, arguments={"factor": 3.0})
    assert layer(X).numpy().tolist() == X.tolist()
    assert layer(X, training=True).numpy().tolist() == (3 * X).tolist()
    assert layer(hb.Input((5,))).shape == (None, 5)
    assert layer.compute_output_shape((None, 4)) == (None, 4)


def test_functions_of_the_library_and_the_users_own_come_back():
    for function, known in ((hb.ops.square, {}), (hb.activations.relu, {}), (times, {"times": times})):
        config = hb.saving.serialize_keras_object(hb.layers.Lambda(function, arguments={}))
        again = hb.saving.deserialize_keras_object(config, custom_objects=known)
        assert again.function is function
        assert again(X).numpy().tolist() == np.asarray(function(hb.ops.asarray(X))).tolist()


def test_unknown_functions_and_code_are_refused():
    config = hb.saving.serialize_keras_object(hb.layers.Lambda(times))
    with pytest.raises(hb.SerializationError, match="the function 'times' is not known"):
        hb.saving.deserialize_keras_object(config)
    config = hb.saving.serialize_keras_object(hb.layers.Lambda(lambda x: x + 1))
    with pytest.raises(hb.SerializationError, match="the code of a Python lambda"):
        hb.saving.deserialize_keras_object(config)
    assert hb.saving.deserialize_keras_object(config, safe_mode=False)(X).numpy().tolist() == (X + 1).tolist()
    with pytest.raises(hb.InvalidArgumentError, match="Lambda 'mine': function must be a function; got function=3"):
        hb.layers.Lambda(3, name="mine")


def test_masks():
    x = hb.layers.Masking()(np.float32([[[1.0], [0.0]]]))
    assert not hasattr(hb.layers.Lambda(hb.ops.square)(x), "mask")
    handed_on = hb.layers.Lambda(lambda x, mask: hb.ops.where(mask[..., None], x, -1.0), mask=lambda x, mask: mask)
    out = handed_on(x)
    assert out.numpy().ravel().tolist() == [1, -1]
    assert out.mask.numpy().tolist() == [[True, False]]
