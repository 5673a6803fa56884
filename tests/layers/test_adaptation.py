"""LoRA and weights of eight bits: what they keep, what they change, what files hold. Numbers: tests/interop/adaptation."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers.core.adaptation import rounded
from hypothesis import given
from hypothesis import strategies as st

X = np.random.default_rng(0).normal(size=(16, 6)).astype("float32")


def model():
    found = hb.Sequential([hb.Input((6,)), hb.layers.Dense(8, activation="tanh"), hb.layers.Dense(3)])
    found.compile("sgd", "mse")
    return found


def test_lora_starts_from_what_the_layer_computes_and_trains_the_addition_alone():
    net = model()
    before, kernels = net.predict(X, verbose=0), [layer.kernel.numpy().copy() for layer in net.layers]
    for layer in net.layers:
        layer.enable_lora(2, lora_alpha=4)
    np.testing.assert_array_equal(net.predict(X, verbose=0), before)
    assert [w.name for w in net.trainable_weights] == ["bias", "lora_kernel_a", "lora_kernel_b"] * 2
    net.compile(hb.optimizers.Adam(0.05), "mse")
    y = np.stack([X[:, 0] * X[:, 1], X[:, 2], X[:, 3]], axis=1)
    losses = net.fit(X, y, epochs=60, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]
    for layer, kernel in zip(net.layers, kernels, strict=True):
        np.testing.assert_array_equal(layer._main.numpy(), kernel)
        delta = layer.kernel.numpy() - kernel
        assert np.linalg.matrix_rank(delta, tol=1e-5) == 2
        a, b = (w.numpy() for w in layer.weights if "lora" in w.name)
        np.testing.assert_allclose(delta, 2 * a @ b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("how", ["lora", "int8", "both"])
def test_models_with_them_are_saved_and_loaded(how, tmp_path):
    net = model()
    for layer in net.layers:
        if how != "lora":
            layer.quantize("int8")
        if how != "int8":
            layer.enable_lora(2)
            layer._lora_b.assign(np.random.default_rng(1).normal(size=layer._lora_b.shape))
    net.compile("sgd", "mse")
    expected = net.predict(X, verbose=0)
    net.save(tmp_path / "m.keras")
    again = hb.models.load_model(tmp_path / "m.keras")
    assert [(w.name, w.shape, w.dtype) for w in again.weights] == [(w.name, w.shape, w.dtype) for w in net.weights]
    near = 0.1 if how == "both" else 1e-5  # what LoRA added is rounded with the weight
    np.testing.assert_allclose(again.predict(X, verbose=0), expected, rtol=near, atol=near)


@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(-6, 6).map(lambda e: 10**e))
def test_rounding_is_off_by_half_a_step_at_most(seed, scale):
    x = (np.random.default_rng(seed).normal(size=(5, 4)) * scale).astype("float32")
    values, factor = (t.numpy() for t in rounded(hb.ops.asarray(x), (0,)))
    assert values.dtype == np.int8
    step = np.abs(x).max(0) / 127
    assert (np.abs(values / factor - x) <= 0.51 * step + 1e-6).all()


def test_eight_bits_are_near_and_pass_gradients_on():
    layer = hb.layers.Dense(5)
    plain = layer(X).numpy()
    kernel = layer.kernel.numpy().copy()
    layer.quantize("int8")
    assert layer._main.dtype == "int8"
    found, gradient = (hb.jit(f)(X) for f in (layer, hb.grad(lambda x: hb.ops.sum(layer(x) ** 2))))
    assert np.abs(found.numpy() - plain).max() < 0.03 * np.abs(plain).max()
    np.testing.assert_allclose(gradient.numpy(), 2 * found.numpy() @ layer.kernel.numpy().T, rtol=1e-4, atol=1e-5)
    assert np.abs(layer.kernel.numpy() - kernel).max() <= np.abs(kernel).max() / 250


def test_attention_in_eight_bits():
    layer = hb.layers.MultiHeadAttention(2, 4)
    x = X.reshape(2, 8, 6)
    plain = layer(x, x).numpy()
    for dense in (layer.query_dense, layer.key_dense, layer.value_dense, layer.output_dense):
        dense.quantize("int8")
    assert np.abs(layer(x, x).numpy() - plain).max() < 0.05 * np.abs(plain).max()


def nested():
    x = hb.Input((6,))
    inner = hb.Sequential([hb.Input((6,)), hb.layers.Dense(4, name="inner_dense")], name="inner")
    return hb.Model(x, hb.layers.Dense(3, name="head")(hb.layers.Dropout(0.1)(inner(x))))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (None, {"inner_dense", "head"}),
        ("^inner_", {"inner_dense"}),
        (["^he", "nothing"], {"head"}),
        (lambda layer: layer.name == "head", {"head"}),
    ],
    ids=["all", "pattern", "patterns", "function"],
)
def test_a_model_s_layers_in_eight_bits(filters, expected):
    net = nested()
    plain = net.predict(X, verbose=0)
    net.quantize("int8", filters=filters)
    layers = {"head": net.get_layer("head"), "inner_dense": net.get_layer("inner").layers[0]}
    assert {name for name, layer in layers.items() if layer.quantization_mode} == expected
    found = net.predict(X, verbose=0)  # the compiled step is made anew
    assert 0 < np.abs(found - plain).max() < 0.05 * np.abs(plain).max()


class Own(hb.layers.Dense):
    def call(self, inputs):
        return super().call(inputs) + 1.0


def test_subclasses_are_left_out_unless_told_otherwise():
    net = hb.Sequential([hb.Input((6,)), Own(3, name="own"), hb.layers.Dense(2)])
    with pytest.warns(UserWarning, match="layer 'own' stays as it is: .* has a call of its own"):
        net.quantize("int8")
    assert [bool(layer.quantization_mode) for layer in net.layers] == [False, True]
    net.layers[0].quantize("int8", type_check=False)
    assert net.layers[0].quantization_mode == "int8"


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"mode": "int4"}, "quantize knows the mode \"int8\"; got mode='int4'"),
        ({}, 'quantize knows the mode "int8"; got mode=None'),
        ({"mode": "int8", "config": {}}, "quantize takes no config"),
        ({"mode": "int8", "filters": 3}, "filters must be a regular expression"),
        ({"mode": "int8", "filters": "no such"}, "has no layer that can be quantised for filters='no such'"),
    ],
)
def test_what_a_model_cannot(how, message):
    with pytest.raises(hb.InvalidArgumentError, match=message):
        nested().quantize(**how)


def built(make=lambda: hb.layers.Dense(3), **how):
    layer = make(**how)
    layer(X)
    return layer


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: hb.layers.Dense(3).enable_lora(2), "enable_lora: Dense .* is not built yet"),
        (lambda: built().enable_lora(0), "rank must be a positive integer; got rank=0"),
        (lambda: built(lambda: hb.layers.Dense(3, lora_rank=2)).enable_lora(2), "has LoRA already"),
        (
            lambda: built(lambda: hb.layers.Dense(3, kernel_constraint="non_neg")).enable_lora(2),
            "constrains its kernel",
        ),
        (lambda: hb.layers.Dense(3, lora_rank=0.5), "lora_rank must be a positive integer; got lora_rank=0.5"),
        (lambda: hb.layers.Dense(3).quantize("int8"), "quantize: Dense .* is not built yet"),
        (lambda: built().quantize("int2"), "knows the mode \"int8\"; got 'int2'"),
        (lambda: built(lambda: hb.layers.Dense(3, lora_rank=2)).quantize("int8"), "has LoRA; quantise it first"),
        (lambda: built(lambda: hb.layers.Dense(3, dtype="int8_from_float32")).quantize("int8"), "is quantised already"),
        (lambda: hb.layers.Conv2D(3, 2).quantize("int8"), "has no weight that eight bits fit"),
    ],
)
def test_what_cannot_be(make, message):
    with pytest.raises(hb.InvalidArgumentError, match=message):
        make()
