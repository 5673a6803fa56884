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
