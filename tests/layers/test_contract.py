"""Every layer keeps the contract of `hornbeam.testing.check_layer`."""

import hornbeam as hb
import pytest
from hornbeam.testing import check_layer

CASES = [
    ("Dense", {"units": 3, "activation": "tanh"}, (4,), {}),
    ("Dense", {"units": 3, "use_bias": False, "kernel_regularizer": "l2"}, (2, 4), {}),
    ("Conv1D", {"filters": 3, "kernel_size": 2, "strides": 2}, (6, 2), {}),
    ("Conv2D", {"filters": 4, "kernel_size": (2, 3), "padding": "same", "groups": 2}, (5, 4, 2), {}),
    ("Conv2D", {"filters": 2, "kernel_size": 2, "dilation_rate": 2, "activation": "sigmoid"}, (5, 5, 1), {}),
    ("Conv3D", {"filters": 2, "kernel_size": 2}, (3, 3, 4, 1), {}),
    ("MaxPooling1D", {"pool_size": 2}, (5, 2), {}),
    ("MaxPooling2D", {"pool_size": 3, "strides": 1, "padding": "same"}, (4, 5, 2), {}),
    ("MaxPooling3D", {"pool_size": 2}, (4, 2, 3, 1), {}),
    ("AveragePooling1D", {"pool_size": 3, "padding": "same"}, (5, 2), {}),
    ("AveragePooling2D", {"pool_size": (2, 1)}, (4, 5, 2), {}),
    ("AveragePooling3D", {"pool_size": 2}, (4, 2, 3, 1), {}),
    ("BatchNormalization", {"momentum": 0.9}, (3, 4), {}),
    ("BatchNormalization", {"axis": 1, "scale": False}, (3, 4), {}),
    ("Dropout", {"rate": 0.3, "seed": 1}, (8,), {"deterministic": False}),
    ("Flatten", {}, (2, 3, 2), {}),
    ("Reshape", {"target_shape": (3, -1)}, (2, 6), {}),
    ("Activation", {"activation": "gelu"}, (4,), {}),
    ("ReLU", {"negative_slope": 0.1, "max_value": 1.0}, (4,), {}),
    ("Softmax", {"axis": -1}, (2, 4), {}),
]


@pytest.mark.parametrize(
    ("name", "arguments", "shape", "options"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)]
)
def test_layer(name, arguments, shape, options):
    check_layer(getattr(hb.layers, name), arguments, input_shape=shape, **options)


def test_every_layer_is_checked():
    skipped = {"Input", "InputLayer", "Layer"}
    classes = {
        n
        for n in hb.layers.__all__
        if isinstance(getattr(hb.layers, n), type) and issubclass(getattr(hb.layers, n), hb.Layer)
    }
    same = {n for n in classes for m, *_ in CASES if getattr(hb.layers, n) is getattr(hb.layers, m)}
    assert classes - skipped - same == set()
