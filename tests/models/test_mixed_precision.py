"""Models whose layers compute in another dtype than that of their weights."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.dtypes import as_dtype


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_a_model_of_mixed_precision_learns(policy):
    if policy == "mixed_bfloat16":
        pytest.importorskip("ml_dtypes")
    hb.set_random_seed(0)
    model = hb.Sequential([
        hb.Input((6, 6, 1)),
        hb.layers.Conv2D(4, 3, activation="relu", dtype=policy),
        hb.layers.MaxPooling2D(2, dtype=policy),
        hb.layers.Flatten(dtype=policy),
        hb.layers.Dense(2, dtype=policy),
        hb.layers.Activation("softmax", dtype="float32"),
    ])  # fmt: skip
    model.compile(hb.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    x = np.random.default_rng(0).normal(size=(64, 6, 6, 1)).astype(np.float32)
    y = (x.mean((1, 2, 3)) > 0).astype(np.int32)
    history = model.fit(x, y, epochs=15, batch_size=16, verbose=0).history
    assert history["accuracy"][-1] > 0.85
    assert {str(w.dtype) for w in model.weights} == {"float32"}
    assert model.layers[0](x).dtype == as_dtype(policy.removeprefix("mixed_"))
    assert model.predict(x, verbose=0).dtype == np.float32


def test_float16_scales_its_loss():
    hb.set_random_seed(0)
    layers = [
        hb.Input((4,)),
        hb.layers.Dense(8, activation="relu", dtype="mixed_float16"),
        hb.layers.Dense(1, dtype="mixed_float16"),
    ]
    model = hb.Sequential(layers)
    model.compile(hb.optimizers.SGD(0.05), "mse")
    assert type(model.optimizer).__name__ == "LossScaleOptimizer"
    x = np.random.default_rng(0).normal(size=(64, 4)).astype(np.float32)
    y = x[:, :1] * 1e-6  # gradients that float16 cannot hold
    model.set_weights([w * 1e-3 for w in model.get_weights()])
    before = model.get_weights()
    model.fit(x, y, epochs=1, batch_size=16, verbose=0)
    assert any(not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert int(model.optimizer.iterations) == 4 and float(model.optimizer.dynamic_scale) == 2.0**15


def test_settings_changed_between_epochs_count():
    model = hb.Sequential([hb.Input((1,)), hb.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    optimizer = hb.optimizers.SGD(1.0, clipvalue=1.0)
    model.compile(optimizer, "mean_absolute_error")
    x, y = np.ones((1, 1), np.float32), np.full((1, 1), 100.0, np.float32)
    model.fit(x, y, epochs=2, verbose=0)
    assert model.get_weights()[0] == 3.0
    optimizer.clipvalue = 0.25
    model.fit(x, y, epochs=2, verbose=0)
    assert model.get_weights()[0] == 3.5


def test_averages_are_the_weights_after_fit():
    model = hb.Sequential([hb.Input((1,)), hb.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(hb.optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5), "mean_absolute_error")
    model.fit(np.ones((3, 1), np.float32), np.full((3, 1), 100.0, np.float32), batch_size=1, epochs=1, verbose=0)
    assert model.get_weights()[0] == 0.5 * (0.5 * 1.0 + 0.5 * 2.0) + 0.5 * 3.0  # weights were 1, 2, 3


def test_the_global_policy_is_that_of_layers_without_one():
    try:
        hb.mixed_precision.set_global_policy("mixed_float16")
        assert hb.mixed_precision.global_policy().name == "mixed_float16"
        model = hb.Sequential([hb.Input((4,)), hb.layers.Dense(3), hb.layers.Dense(1, dtype="float32")])
        model.compile("sgd", "mse")
    finally:
        hb.mixed_precision.set_global_policy("float32")
    assert [str(layer.compute_dtype) for layer in model.layers] == ["float16", "float32"]
    assert {str(w.dtype) for w in model.weights} == {"float32"}
    assert type(model.optimizer).__name__ == "LossScaleOptimizer"
    plain = hb.Sequential([hb.Input((4,)), hb.layers.Dense(3)])
    plain.compile("sgd", "mse")
    assert type(plain.optimizer).__name__ == "SGD"
    model.compile("sgd", "mse", auto_scale_loss=False)
    assert type(model.optimizer).__name__ == "SGD"
