"""Layers train natively: what a step does runs on no kernel of NumPy."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend

from tests.cpu.harness import fallbacks_of, threads

L = hb.layers
NETWORKS = {
    "pictures": lambda: [
        L.BatchNormalization(), L.PReLU(shared_axes=(1, 2)), L.DepthwiseConv2D(3), L.SpatialDropout2D(0.2),
        L.GroupNormalization(2), L.Conv2DTranspose(3, 3, strides=2, padding="same"), L.AdaptiveAveragePooling2D(3),
        L.LocallyConnected2D(3, 2), L.Flatten(),
    ],
    "sequences": lambda: [
        L.Reshape((64, 2)), L.Conv1D(4, 3, padding="causal"), L.LayerNormalization(), L.GaussianNoise(0.1),
        L.RMSNormalization(), L.AlphaDropout(0.1), L.WeightNormalization(L.Dense(3)), L.UnitNormalization(),
        L.GlobalMaxPooling1D(), L.SpectralNormalization(L.Dense(4)), L.BatchNormalization(renorm=True),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_layers_train_natively(name):
    layers, x = NETWORKS[name](), hb.ops.asarray(np.random.default_rng(0).normal(size=(3, 8, 8, 2)).astype("float32"))

    def run(x):
        for layer in layers:
            x = layer(x, training=True)
        return hb.ops.sum(hb.ops.square(x))

    with using_backend("cpu"), threads(2):
        run(x)
        weights = [w for layer in layers for w in layer.trainable_weights]
        step = hb.jit(lambda x: hb.value_and_grad(lambda: run(x), variables=weights)())
        loss, grads = step(x)
        assert fallbacks_of(step) == []
        assert np.isfinite(float(loss))
        assert len(grads) == len(weights)
